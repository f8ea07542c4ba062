"""`Rows` is checked once, gives some of its rows, and has one fingerprint whatever its memory."""

from dataclasses import replace

import numpy as np
import pytest

from varigraph.errors import DataError
from varigraph.rows import Rows
from varigraph.rows.rows import first_not_finite

ROWS = Rows(
    np.arange(24.0).reshape(6, 4),
    ids=np.array(list("abcdef"), dtype=object),
    labels=np.array([0, 1, 0, 2, 1, 0]),
    feature_names=("p", "q", "r", "s"),
    image_shape=(2, 2),
    parts={"train": np.array([0, 1, 2, 3]), "test": np.array([4, 5])},
    name="six",
)


def test_rows_taken_have_their_own_ids_and_labels_and_no_published_split():
    some = ROWS.take([4, 0])
    assert (some.ids.tolist(), some.labels.tolist(), some.parts) == (["e", "a"], [1, 0], None)
    np.testing.assert_array_equal(some.values, ROWS.values[[4, 0]])


@pytest.mark.parametrize(("positions", "is_shared"), [([1, 2, 3], True), ([1, 3], False), ([2, 1], False)])
def test_consecutive_rows_share_their_memory(positions, is_shared):
    assert np.shares_memory(ROWS.take(positions).values, ROWS.values) == is_shared
    np.testing.assert_array_equal(ROWS.take(positions).values, ROWS.values[positions])


def test_rows_are_taken_by_a_mask_as_by_its_positions():
    mask = ROWS.labels == 0
    assert ROWS.take(mask).fingerprint == ROWS.take(np.flatnonzero(mask)).fingerprint
    assert ROWS.take([]).n_rows == 0


@pytest.mark.parametrize("positions", [[6], [-1], [[0]], [0.5], [True, False]])
def test_positions_that_are_none_are_refused(positions):
    with pytest.raises(IndexError, match=r"Positions"):
        ROWS.take(positions)


def test_a_label_and_all_others_part_the_rows():
    assert ROWS.labelled(0, 2).ids.tolist() == list("acdf")
    assert ROWS.labelled(0, 2, others=True).ids.tolist() == list("be")


def test_a_label_that_no_row_has_and_rows_without_labels_are_said():
    with pytest.raises(DataError, match=r"No row of six has the label 7; its labels are 0, 1, 2"):
        ROWS.labelled(7)
    with pytest.raises(DataError, match=r"six has no labels"):
        replace(ROWS, labels=None).labelled(0)


def test_a_published_part_is_its_rows():
    assert ROWS.part("test").ids.tolist() == ["e", "f"]
    with pytest.raises(DataError, match=r"no part 'val'; it has train, test"):
        ROWS.part("val")
    with pytest.raises(DataError, match=r"nobody published a split"):
        replace(ROWS, parts=None).part("test")


CHANGES = {
    "values": ROWS.values + 1,
    "ids": np.arange(6),
    "labels": None,
    "feature_names": None,
    "image_shape": (1, 4),
    "parts": None,
}


@pytest.mark.parametrize("field", CHANGES)
def test_the_fingerprint_tells_whatever_matters(field):
    assert replace(ROWS, **{field: CHANGES[field]}).fingerprint != ROWS.fingerprint


def test_the_fingerprint_tells_neither_name_nor_notes_nor_where_values_lie(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, ROWS.values)
    mapped = replace(ROWS, values=np.load(path, mmap_mode="r"), name="other", notes=("A note.",))
    assert mapped.is_mapped
    assert not ROWS.is_mapped
    assert mapped.fingerprint == ROWS.fingerprint
    assert replace(ROWS, values=np.asfortranarray(ROWS.values)).fingerprint == ROWS.fingerprint
    assert replace(ROWS, values=ROWS.values.astype(np.float32)).fingerprint != ROWS.fingerprint


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": np.zeros((6, 4), dtype=int)}, r"float32 or float64 values .* got int64"),
        ({"values": np.zeros(6)}, r"shape \(6,\)"),
        ({"values": [[0.0]]}, r"got <class 'list'>"),
        ({"values": np.zeros((6, 0)), "feature_names": None, "image_shape": None}, r"one column"),
        ({"ids": np.arange(5)}, r"ids must be an array of shape \(6,\), one a row; got \(5,\)"),
        ({"labels": [0] * 6}, r"labels must be an array .* got a list"),
        ({"feature_names": ("p",)}, r"4 columns but 1 names"),
        ({"image_shape": (2, 3)}, r"has 6 values, but the rows have 4"),
        ({"image_shape": (2,)}, r"image_shape is \(height, width\)"),
        ({"image_shape": (2.0, 2)}, r"whole numbers of 1 or more"),
        ({"parts": {"dev": np.arange(6)}}, r"train, val and test; got 'dev'"),
        ({"parts": {"train": np.arange(5)}}, r"each of the 6 rows once"),
        ({"parts": {"train": np.arange(6), "test": np.array([5])}}, r"each of the 6 rows once"),
    ],
)
def test_what_makes_no_rows_is_refused(change, message):
    with pytest.raises(DataError, match=message):
        replace(ROWS, **change)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_refused_with_its_place(bad):
    values = ROWS.values.copy()
    values[3, 2] = bad
    with pytest.raises(DataError, match=r"row 3 \(id 'd'\), column 2, is"):
        replace(ROWS, values=values)


def test_large_finite_values_whose_sum_is_infinite_are_finite():
    assert first_not_finite(np.full((4, 4), np.finfo(np.float64).max)) is None


def test_the_first_bad_value_is_found_behind_many_blocks():
    values = np.zeros((40_000, 64), dtype=np.float32)  # 10 MB: more than one block
    values[39_999, 63] = np.nan
    assert first_not_finite(values) == (39_999, 63)
