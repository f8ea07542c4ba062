"""Pictures of comparisons: every run is in them, at its values, and can be told without colours."""

import numpy as np
import pytest

from small_records import links_record
from varigraph.reporting.comparison import compare_runs
from varigraph.reporting.comparison.validation import RunCurve, RunPanel
from varigraph.reporting.figures import comparison_figure, save_figure, validation_figure


@pytest.fixture
def comparison(tmp_path):
    """Two runs that share their splits, and one on other data."""
    records = {
        "a": links_record([0.90, 0.92, 0.94]),
        "b": links_record([0.89, 0.90, 0.91]),
        "costs $5": links_record([0.7, 0.8, 0.9], dataset="pubmed", graph_fingerprint="beef"),
    }
    for name, record in records.items():
        record.write(tmp_path / f"{name}.json")
    return compare_runs([tmp_path / f"{name}.json" for name in records])


def dots(axes):
    """Place, mean and whether the dot is filled."""
    return [
        (line.get_ydata()[0], line.get_xdata()[0], line.get_markerfacecolor() != "#FFFFFF")
        for line in axes.get_lines()
        if line.get_marker() == "o"
    ]


def test_each_run_is_a_dot_at_its_mean_under_the_name_of_its_data_the_best_filled(comparison):
    axes = comparison_figure(comparison).axes[0]
    labels = {
        place: text.get_text() for place, text in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
    }
    assert labels == {0: "cora", 1: "a", 2: "b", 3: "pubmed", 4: "costs $5"}
    assert [(place, filled) for place, _, filled in dots(axes)] == [(1, True), (2, False), (4, False)]
    np.testing.assert_allclose([mean for _, mean, _ in dots(axes)], [92, 90, 80])
    assert axes.get_xlabel() == "AUC, percent"


def test_bars_are_the_intervals_and_ticks_the_repeats(comparison):
    axes = comparison_figure(comparison).axes[0]
    bars = [line.get_xdata() for line in axes.get_lines() if line.get_linestyle() == "-"]
    # t(0.975, 2) · sd / √3 of 90, 92, 94
    np.testing.assert_allclose(bars[0], [92 - 4.968, 92 + 4.968], atol=1e-3)
    ticks = [line.get_xdata() for line in axes.get_lines() if line.get_marker() == "|"]
    np.testing.assert_allclose(ticks[1], [89, 90, 91])


def test_the_last_panel_shows_the_distance_to_the_best_of_runs_that_share_its_splits(comparison):
    axes = comparison_figure(comparison).axes[-1]
    assert axes.get_xlabel() == "behind the best in AUC, points"
    ((place, mean, _),) = dots(axes)
    assert (place, mean) == (2, pytest.approx(2.0))


def test_the_notes_stand_below_the_picture(comparison):
    below = comparison_figure(comparison).get_supxlabel()
    assert "different data" in below.replace("\n", " ")


def test_a_single_run_is_drawn_without_bars_or_a_best(tmp_path):
    links_record(0.9).write(tmp_path / "a.json")
    (axes,) = comparison_figure(compare_runs([tmp_path / "a.json"])).axes
    assert dots(axes) == [(0, pytest.approx(90.0), False)]
    assert len(axes.get_lines()) == 1


def curve(name, *, kept=2):
    return RunCurve(name, np.array([1, 2, 3]), np.array([3.0, 1.0, 2.0]), kept)


def test_curves_differ_in_dashes_and_marks_and_have_their_kept_epoch():
    panels = [
        RunPanel("validation AUC", (curve("a"), curve("b"))),
        RunPanel("validation AP", (curve("b"),)),
    ]
    figure = validation_figure(panels)
    upper, lower = figure.axes
    lines = {line.get_label(): line for line in upper.get_lines() if not line.get_label().startswith("_")}
    assert lines["a"].get_marker() != lines["b"].get_marker()
    assert lines["a"].get_linestyle() != lines["b"].get_linestyle()
    (again,) = [line for line in lower.get_lines() if line.get_label() == "b"]
    assert again.get_color() == lines["b"].get_color()
    kept = [line.get_xydata().tolist() for line in upper.get_lines() if line.get_markersize() > 8]
    assert kept == [[[2, 1]], [[2, 1]]]
    assert (upper.get_ylabel(), lower.get_xlabel()[:5]) == ("validation AUC", "epoch")


def test_pictures_can_be_saved(comparison, tmp_path):
    save_figure(comparison_figure(comparison), tmp_path / "a.png")
    save_figure(validation_figure([RunPanel("validation AUC", (curve("a", kept=None),))]), tmp_path / "b.svg")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert "validation AUC" in (tmp_path / "b.svg").read_text()
