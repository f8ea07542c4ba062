"""Reliability documents: what was written comes back, and nothing else is believed."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.errors import RunFolderError
from varigraph.evaluation.reliability import reliability
from varigraph.evaluation.reliability_document import read_reliability, reliability_from_document


def a_document():
    p = np.array([0.001, 0.01, 0.2])
    return reliability(p, np.array([5_000.0, 600.0, 30.0]), np.repeat(p, [4, 0, 7]), n_bins=3).to_dict()


def changed(**changes):
    return a_document() | changes


def with_bins(**changes):
    document = a_document()
    return document | {"bins": document["bins"] | changes}


def test_a_document_comes_back_as_it_was():
    document = json.loads(json.dumps(a_document()))
    assert reliability_from_document(document).to_dict() == a_document()


def test_a_bin_without_links_comes_back():
    assert reliability_from_document(a_document()).bins["found"].tolist() == [4, 0, 7]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "no JSON object"),
        ([a_document()], "no JSON object"),
        ({}, "n_pairs holds None"),
        (changed(base_rate="0.1"), "base_rate holds '0.1'"),
        (changed(brier=True), "brier holds True"),
        (changed(ece=float("nan")), "ece holds nan"),
        (changed(n_pairs=10**400), "n_pairs holds 1000"),
        (changed(n_links=11.0), "n_links is 11.0"),
        (changed(n_links=True), "n_links is True"),
        (changed(n_links=0), "n_links is 0"),
        (changed(n_links=10_000), "n_links is 10000"),
        (changed(brier=-0.1), "too low"),
        (changed(log_loss=0.0), "too low"),
        (changed(bins=[1]), "bins is no JSON object"),
        (with_bins(found=[]), r"bins\.found is no list"),
        (with_bins(found=[1.0] * 1_001), r"bins\.found is no list"),
        (with_bins(found=[1.0]), "different lengths"),
        (with_bins(found=[4.0, None, 7.0]), r"bins\.found holds None"),
        (with_bins(n_pairs=[0.0, 600.0, 30.0]), "one without pairs"),
        (with_bins(found=[5.0, -1.0, 7.0]), "fewer than 0 links"),
        (
            with_bins(probability=[0.01, 0.001, 0.2]),
            r"bins\.probability is no list of numbers between 0 and 1",
        ),
        (
            with_bins(probability=[0.001, 0.01, 1.0]),
            r"bins\.probability is no list of numbers between 0 and 1",
        ),
    ],
)
def test_what_is_no_document_of_reliability_is_refused_with_its_place(document, why):
    with pytest.raises(ValueError, match=why):
        reliability_from_document(document)


@pytest.mark.parametrize("name", ["base_rate", "mean_probability", "ece", "n_pairs", "n_links"])
def test_a_figure_that_contradicts_the_bins_is_refused(name):
    document = a_document()
    with pytest.raises(ValueError, match="contradicts"):
        reliability_from_document(document | {name: 2 * document[name]})


@pytest.mark.parametrize("name", ["n_pairs", "probability", "share", "expected", "found"])
def test_bins_that_contradict_each_other_are_refused(name):
    column = a_document()["bins"][name]
    with pytest.raises(ValueError, match="contradicts"):
        reliability_from_document(with_bins(**{name: [*column[:-1], column[-1] * 1.5]}))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(
    name=st.sampled_from(sorted({*a_document(), *a_document()["bins"]})), value=ANYTHING, inside=st.booleans()
)
def test_whatever_stands_in_a_field_it_is_read_or_refused_and_nothing_else(name, value, inside):
    document = with_bins(**{name: value}) if inside else changed(**{name: value})
    try:
        reliability_from_document(document)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - that it is a ValueError is the claim


def test_a_folder_gives_what_was_written_into_it(tmp_path):
    (tmp_path / "reliability.json").write_text(json.dumps(a_document()))
    assert read_reliability(tmp_path).to_dict() == a_document()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"ece": NaN}', json.dumps(changed(ece=None)).encode()],
)
def test_a_damaged_file_is_refused_with_its_name(tmp_path, content):
    (tmp_path / "reliability.json").write_bytes(content)
    with pytest.raises(RunFolderError, match=r"reliability\.json cannot be read"):
        read_reliability(tmp_path)


def test_a_folder_without_the_file_and_no_folder_are_told_apart(tmp_path):
    with pytest.raises(RunFolderError, match=r"holds no reliability\.json: a finished run has one"):
        read_reliability(tmp_path)
    with pytest.raises(RunFolderError, match="is no folder"):
        read_reliability(tmp_path / "absent")
    (tmp_path / "reliability.json").mkdir()
    with pytest.raises(RunFolderError, match=r"reliability\.json is a folder"):
        read_reliability(tmp_path)


def test_bins_of_one_probability_may_differ_by_rounding():
    told = with_bins(probability=[0.01, 0.01 * (1 - 1e-15), 0.2])
    expected = [p * n for p, n in zip(told["bins"]["probability"], told["bins"]["n_pairs"], strict=True)]
    told["bins"]["expected"] = expected
    with pytest.raises(ValueError, match="contradicts"):  # and not that it falls
        reliability_from_document(told)
