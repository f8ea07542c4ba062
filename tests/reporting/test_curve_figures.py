"""Pictures of curves: every panel and curve is there, and what ends far away squashes nothing."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from varigraph.reporting.figures import Curve, CurvePanel, curve_figure, save_figure

X = np.array([1e4, 1e5, 1e6])
LABELS = {"x_label": "training samples evaluated", "y_label": "lower bound (nats per row)"}


def a_curve(method="AEVB", part="test", values=((-150.0, -120.0, -100.0),), **settings):
    return Curve(method, part, X, np.array(values), **settings)


def a_panel(title="MNIST, N_z = 3", *curves):
    return CurvePanel(title, curves or [a_curve(part="train"), a_curve()])


def lines_of(axes):
    return {line.get_label(): line for line in axes.get_lines()}


def grey(colour):
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


def test_panels_stand_where_they_were_put_and_short_lines_leave_room():
    rows = [[a_panel(f"{k}") for k in range(3)], [a_panel(f"{k}") for k in range(3, 5)]]
    figure = curve_figure(rows, **LABELS, title="Figure 2")
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["0", "1", "2", "3", "4", ""]
    assert [axes.axison for axes in figure.axes] == [True] * 5 + [False]
    # The lowest panel of each column names x, the first of each line y.
    x_named = [bool(axes.get_xlabel()) for axes in figure.axes]
    assert x_named == [False, False, True, True, True, False]
    assert [bool(axes.get_ylabel()) for axes in figure.axes] == [True, False, False, True, False, False]
    assert figure.get_suptitle() == "Figure 2"
    assert all(axes.get_xscale() == "log" for axes in figure.axes[:5])


def test_a_curve_is_the_mean_over_seeds_before_the_range_of_the_test_rows():
    values = ((-150.0, -120.0, -100.0), (-140.0, -124.0, np.nan))
    figure = curve_figure([[a_panel("", a_curve(values=values), a_curve(part="train"))]], **LABELS)
    (axes,) = figure.axes
    drawn = lines_of(axes)["AEVB, test"].get_ydata()
    assert drawn.tolist() == [-145.0, -122.0, -100.0]  # a seed that ended early is left out of the last
    (band,) = axes.collections
    low, high = band.get_datalim(axes.transData).intervaly
    assert (low, high) == (-150.0, -100.0)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()][-1] == "range over 2 seeds (test)"


def test_a_single_seed_has_no_range():
    figure = curve_figure([[a_panel()]], **LABELS)
    assert not figure.axes[0].collections
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["AEVB, train", "AEVB, test"]


def test_methods_differ_in_lightness_and_marker_and_parts_in_dashes():
    curves = [a_curve(method, part) for method in ("AEVB", "wake-sleep") for part in ("test", "train")]
    figure = curve_figure([[a_panel("", *curves)], [a_panel("", *curves[2:])]], **LABELS)
    lines = lines_of(figure.axes[0])
    first, second = lines["AEVB, test"], lines["wake-sleep, test"]
    assert abs(grey(first.get_color()) - grey(second.get_color())) > 0.3
    assert first.get_marker() != second.get_marker()
    for method in ("AEVB", "wake-sleep"):
        test, train = lines[f"{method}, test"], lines[f"{method}, train"]
        assert test.get_color() == train.get_color()
        assert (test.is_dashed(), train.is_dashed()) == (False, True)
    # A method keeps its looks where others are missing.
    assert lines_of(figure.axes[1])["wake-sleep, test"].get_color() == second.get_color()


@pytest.mark.parametrize("is_better_higher", [True, False])
def test_a_method_that_ends_far_away_is_told_of_and_does_not_squash_the_panel(is_better_higher):
    sign = 1 if is_better_higher else -1
    far = sign * np.array([[-12_000.0, -9_000.0, -5_368.0]])
    near = sign * np.array([[-150.0, -120.0, -100.0]])
    curves = [
        Curve(name, "test", X, values, is_better_higher=is_better_higher)
        for name, values in (("AEVB", near), ("wake-sleep", far))
    ]
    figure = curve_figure([[CurvePanel("", curves), a_panel("", curves[0])]], **LABELS)
    axes, neighbour = figure.axes
    low, high = axes.get_ylim()
    assert high - low < 150
    assert low < near.min() + 25 < high
    assert low < near[0, -1] < high
    (told,) = axes.texts
    assert told.get_text() == ("↓ wake-sleep ends at −5,368" if sign == 1 else "↑ wake-sleep ends at 5,368")
    assert not neighbour.texts
    assert neighbour.get_ylim() == axes.get_ylim()  # panels of a line are compared


def test_what_is_near_is_all_shown_and_nothing_is_told():
    curves = [a_curve(), a_curve("wake-sleep", values=((-180.0, -150.0, -130.0),))]
    (axes,) = curve_figure([[a_panel("", *curves)]], **LABELS).axes
    low, high = axes.get_ylim()
    assert low < -150
    assert high > -100
    assert not axes.texts


def test_a_curve_that_does_not_move_can_be_drawn(tmp_path):
    figure = curve_figure([[a_panel("", a_curve(values=((5.0, 5.0, 5.0),)))]], **LABELS)
    save_figure(figure, tmp_path / "flat.png")
    low, high = figure.axes[0].get_ylim()
    assert low < 5 < high


@pytest.mark.parametrize("rows", [[], [[]], [[CurvePanel("", [])]]])
def test_a_picture_of_nothing_is_refused(rows):
    with pytest.raises(ValueError, match="at least one panel a line, and one curve a panel"):
        curve_figure(rows, **LABELS)
