"""The picture of reliability: every bin is in it, right probabilities on the diagonal, empty bins visible."""

import matplotlib as mpl
import numpy as np
import pytest

from varigraph.evaluation.reliability import reliability, share_interval
from varigraph.reporting.figures import reliability_figure, save_figure


@pytest.fixture
def measured():
    """Three bins of five expected links each; the second has no link."""
    p = np.array([1e-5, 1e-3, 0.1])
    return reliability(p, np.array([500_000.0, 5_000.0, 50.0]), np.repeat(p, [4, 0, 6]), n_bins=3)


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_a_bin_with_links_is_a_point_at_its_probability_and_share_with_its_interval(measured):
    axes = reliability_figure(measured).axes[0]
    container = axes.containers[0]
    points, _, (bars,) = container.lines
    np.testing.assert_allclose(points.get_xydata(), [[1e-5, 8e-6], [0.1, 0.12]])
    low, high = share_interval(measured.bins["found"], measured.bins["n_pairs"])
    ends = [[segment[:, 1].min(), segment[:, 1].max()] for segment in bars.get_segments()]
    np.testing.assert_allclose(ends, np.stack([low, high], axis=1)[[0, 2]])


def test_a_bin_without_a_link_is_a_triangle_at_the_lower_edge_with_a_bar_to_its_limit(measured):
    axes = reliability_figure(measured).axes[0]
    (triangle,) = [line for line in axes.get_lines() if line.get_marker() == "v"]
    ((x, y),) = triangle.get_xydata()
    bottom, top = axes.get_ylim()
    assert x == pytest.approx(1e-3)
    assert bottom < y < 2 * bottom
    limit = share_interval(np.array([0.0]), np.array([5_000.0]))[1][0]
    reaches = [segment[:, 1].max() for one in axes.collections for segment in one.get_segments()]
    assert any(one == pytest.approx(limit) for one in reaches)
    assert limit < top
    assert legend_of(axes) == ["as predicted", "none found, 95 % limit", "found, 95 % interval"]


def test_without_an_empty_bin_nothing_is_said_of_one():
    p = np.array([0.01, 0.2])
    figure = reliability_figure(reliability(p, np.array([500.0, 25.0]), np.repeat(p, 5), n_bins=2))
    assert legend_of(figure.axes[0]) == ["as predicted", "found, 95 % interval"]
    assert not figure.axes[1].texts


def test_both_axes_are_logarithmic_with_the_same_limits_so_that_right_is_the_diagonal(measured):
    axes = reliability_figure(measured).axes[0]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_xlim() == axes.get_ylim()
    diagonal = axes.get_lines()[0].get_xydata()
    np.testing.assert_array_equal(diagonal[:, 0], diagonal[:, 1])
    np.testing.assert_allclose(diagonal[:, 0], axes.get_xlim())


def test_the_second_panel_has_expected_and_found_links_of_every_bin_and_a_nought(measured):
    axes = reliability_figure(measured).axes[1]
    expected, found = ([bar.get_height() for bar in bars] for bars in axes.containers)
    np.testing.assert_allclose(expected, [5, 5, 5])
    assert found == [4, 0, 6]
    assert legend_of(axes) == ["expected (15)", "found (10)"]
    assert [(text.get_text(), round(text.xy[0])) for text in axes.texts] == [("0", 2)]


def test_the_two_bars_differ_in_grey(measured):
    bars = [bars[0].get_facecolor()[:3] for bars in reliability_figure(measured).axes[1].containers]
    expected, found = (np.dot([0.299, 0.587, 0.114], colour) for colour in bars)
    assert expected - found > 0.5


def test_the_caption_has_the_base_rate_with_its_origin_and_the_ratios(measured):
    caption = reliability_figure(measured).get_supxlabel()
    figures = measured.metrics
    assert "base rate counted from hidden test edges: 10 of 505,050 pairs, 1.98e-05" in caption
    assert "mean probability 1.50 × base rate · ECE 0.70 × base rate" in caption
    assert f"log loss {figures['log_loss_ratio']:.2f} × that of the constant base rate" in caption


def test_one_bin_alone_is_a_picture(tmp_path):
    one = reliability(np.array([0.2]), np.array([100.0]), np.full(20, 0.2))
    save_figure(reliability_figure(one), tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()


def test_a_bin_of_links_alone_has_its_whole_interval_in_view():
    p = np.array([0.01, 0.9])
    axes = reliability_figure(reliability(p, np.array([900.0, 10.0]), np.repeat(p, [1, 10]), n_bins=2)).axes[
        0
    ]
    assert axes.get_ylim()[1] > 1


def test_the_users_dark_defaults_do_not_hide_the_text(measured):
    with mpl.rc_context({"figure.facecolor": "black", "axes.facecolor": "black", "text.color": "white"}):
        figure = reliability_figure(measured, title="T")
        figure.draw_without_rendering()
    assert figure.axes[0].get_facecolor() == figure.axes[1].get_facecolor() == (1.0, 1.0, 1.0, 1.0)
    written = [
        *figure.axes[1].texts,
        *(text for axes in figure.axes for text in axes.get_legend().get_texts()),
    ]
    assert all(mpl.colors.same_color(text.get_color(), "#222222") for text in written)


def test_a_title_with_dollar_signs_is_no_formula(measured, tmp_path):
    save_figure(reliability_figure(measured, title=r"$\frac$"), tmp_path / "a.png")
