"""Figures of a reproduction as documents quote them: those of its record, a dash for what is not there."""

import math

import pytest

from small_records import reproduction_record
from varigraph.errors import FileContentError
from varigraph.reporting.reproduction.quotes import QuotedReproduction

GAE = {"method": "gae", "dataset": "cora"}
SC = {"method": "sc", "dataset": "cora"}
CELLS = [
    (GAE, {"auc": [0.90, 0.92, 0.94], "bound": [-100.0, -101.0]}, {"auc": 91.0, "bound": -99.5}),
    (SC, {"auc": [0.8], "bound": [math.nan]}, {}),
]


@pytest.fixture
def quoted(tmp_path):
    reproduction_record(CELLS, units={"auc": "percent", "bound": "nats"}).write(tmp_path / "r.json")
    return QuotedReproduction(tmp_path / "r.json")


def test_ours_is_the_mean_with_half_its_interval_in_the_shown_unit(quoted):
    assert quoted.ours("auc", **GAE) == "92.0 ± 5.0"  # 4.3027 · 2 / √3


def test_of_fewer_than_three_seeds_each_value_is_quoted(quoted):
    assert quoted.ours("bound", **GAE) == "−100.0, −101.0"
    assert quoted.ours("auc", **SC) == "80.0"


def test_the_published_figure_has_its_own_decimals(quoted):
    assert (quoted.published("auc", **GAE), quoted.published("bound", **GAE)) == ("91.0", "−99.5")


@pytest.mark.parametrize(
    ("metric", "where"),
    [("auc", {"method": "gae", "dataset": "pubmed"}), ("auc", {"method": "gae"}), ("ap", GAE), ("bound", SC)],
    ids=["no such cell", "half the coordinates", "no such metric", "no value"],
)
def test_what_is_not_there_is_a_dash(quoted, metric, where):
    assert quoted.ours(metric, **where) == quoted.published(metric, **where) == "–"


def test_without_a_record_everything_is_a_dash(tmp_path):
    quoted = QuotedReproduction(tmp_path / "gone.json")
    assert quoted.ours("auc", **GAE) == quoted.published("auc", **GAE) == "–"


def test_the_quick_version_is_not_quoted(tmp_path):
    record = reproduction_record(CELLS, units={"auc": "percent", "bound": "nats"}, quick=True)
    record.write(tmp_path / "r.json")
    with pytest.raises(ValueError, match="quick version"):
        QuotedReproduction(tmp_path / "r.json")


def test_a_damaged_record_is_told_with_its_path(tmp_path):
    (tmp_path / "r.json").write_text("{}")
    with pytest.raises(FileContentError, match=r"r\.json"):
        QuotedReproduction(tmp_path / "r.json")
