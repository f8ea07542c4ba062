"""Figures: what stands in them, that they touch nothing else, and how they reach a file."""

import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest

from varigraph.errors import MissingExtraError
from varigraph.reporting.figures import canvas, embedding_figure, save_figure, training_figure

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
KNOWN_AT_TWO = ({}, {"val_auc": 0.8}, {}, {"val_auc": 0.9})
FIRST_BYTES = {".png": PNG_SIGNATURE, ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.fixture
def points():
    return np.random.default_rng(0).normal(size=(40, 2))


def history(n_epochs=5, **terms):
    shared = {"loss": 2.0, "reconstruction": 1.5}
    return [{"epoch": epoch, **shared, **terms} for epoch in range(1, n_epochs + 1)]


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_every_point_is_drawn_where_it_is(points):
    labels = np.arange(40) % 3
    axes = embedding_figure(points, labels).axes[0]
    for number, collection in enumerate(axes.collections):
        np.testing.assert_array_equal(collection.get_offsets(), points[labels == number])


def test_the_legend_names_classes_with_their_counts(points):
    axes = embedding_figure(points, ["cat"] * 10 + ["dog"] * 30).axes[0]
    assert legend_of(axes) == ["cat (10)", "dog (30)"]


def test_without_labels_there_is_no_legend(points):
    axes = embedding_figure(points).axes[0]
    assert axes.get_legend() is None
    assert len(axes.collections) == 1


def test_every_edge_is_a_grey_line_between_its_ends_beneath_the_points(points):
    edges = [[0, 3], [39, 5]]
    lines, *groups = embedding_figure(points, np.arange(40) % 3, edges=edges).axes[0].collections
    np.testing.assert_array_equal(lines.get_segments(), points[edges])
    red, green, blue, _ = lines.get_colors()[0]
    assert red == green == blue
    assert lines.get_zorder() < min(group.get_zorder() for group in groups)


@pytest.mark.parametrize("n_edges", [1, 500, 5_000, 200_000])
def test_many_edges_are_fainter_than_few_but_never_gone(points, n_edges):
    edges = np.random.default_rng(0).integers(40, size=(n_edges, 2))
    few, many = (embedding_figure(points, edges=one).axes[0].collections[0] for one in (edges[:1], edges))
    assert 0.1 < many.get_alpha() <= few.get_alpha() < 1


@pytest.mark.parametrize("edges", [[[0, 40]], [[-1, 0]], [[0, 1, 2]], [0, 1]])
def test_an_edge_to_no_point_is_refused(points, edges):
    with pytest.raises(ValueError, match="edges must be pairs of positions in 0 … 39"):
        embedding_figure(points, edges=edges)


def test_small_classes_lie_over_large_ones_and_the_rest_under_all(points):
    labels = [0] * 20 + [1] * 5 + [None] * 15
    large, small, rest = (one.get_zorder() for one in embedding_figure(points, labels).axes[0].collections)
    assert rest < large < small


def test_both_axes_have_one_scale(points):
    figure = embedding_figure(points * [1.0, 100.0])
    figure.draw_without_rendering()
    axes = figure.axes[0]
    corners = axes.transData.transform([[0, 0], [1, 0], [0, 1]])
    # Pixels of one unit, both ways; the layout rounds to a fraction of a pixel.
    assert corners[1, 0] - corners[0, 0] == pytest.approx(corners[2, 1] - corners[0, 1], rel=1e-3)


def test_one_far_point_does_not_squeeze_the_others_and_is_counted():
    points = np.random.default_rng(0).uniform(-1, 1, size=(1_000, 2))
    points[0] = [500.0, 500.0]
    axes = embedding_figure(points).axes[0]
    assert axes.get_xlim()[1] < 1.5
    assert [text.get_text() for text in axes.texts] == ["1 of 1,000 points lies farther out"]


def test_of_few_points_every_one_is_inside(points):
    axes = embedding_figure(points).axes[0]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert left < points[:, 0].min() < points[:, 0].max() < right
    assert bottom < points[:, 1].min() < points[:, 1].max() < top
    assert not axes.texts


@pytest.mark.parametrize("n_points", [1, 3])
def test_points_in_one_place_still_make_a_picture(n_points, tmp_path):
    save_figure(embedding_figure(np.ones((n_points, 2)), ids=range(n_points)), tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()


def test_names_stand_beside_few_points_and_not_among_many(points):
    few = embedding_figure(points, ids=[f"n{k}" for k in range(40)]).axes[0]
    many = embedding_figure(np.zeros((61, 2)), ids=range(61)).axes[0]
    assert [text.get_text() for text in few.texts] == [f"n{k}" for k in range(40)]
    assert not many.texts


@pytest.mark.parametrize("argument", ["labels", "ids"])
def test_a_wrong_number_of_labels_or_names_is_refused(points, argument):
    with pytest.raises(ValueError, match=f"40 points but 39 {argument}"):
        embedding_figure(points, **{argument: range(39)})


def test_a_large_picture_is_stored_as_pixels_even_in_vector_files(tmp_path):
    sizes = {}
    for n_points in (4_999, 5_000):
        path = tmp_path / f"{n_points}.svg"
        save_figure(embedding_figure(np.random.default_rng(0).normal(size=(n_points, 2))), path)
        sizes[n_points] = path.stat().st_size
    assert sizes[5_000] < 0.7 * sizes[4_999]


def test_a_point_posterior_has_no_panel_for_its_divergence():
    panels = [axes.get_ylabel() for axes in training_figure(history(kl=0.0)).axes]
    assert panels == ["loss"]


def test_divergence_and_validation_have_panels_of_their_own():
    figure = training_figure(history(kl=0.01, val_auc=0.9, val_ap=0.8))
    assert [axes.get_ylabel() for axes in figure.axes] == [
        "loss",
        "divergence (KL)",
        "validation AUC and AP",
    ]
    assert legend_of(figure.axes[2]) == ["AUC", "AP"]
    np.testing.assert_array_equal(figure.axes[2].get_lines()[1].get_ydata(), [0.8] * 5)


def test_the_chosen_epoch_is_marked_in_every_panel_and_named_once():
    figure = training_figure(history(val_auc=0.9), chosen_epoch=3)
    for axes in figure.axes:
        assert list(axes.get_lines()[-1].get_xdata()) == [3, 3]
    assert [text.get_text() for axes in figure.axes for text in axes.texts] == ["kept: epoch 3"]


@pytest.mark.parametrize(("last", "scale"), [(0.01, "log"), (1.0, "linear"), (-1.0, "linear")])
def test_a_loss_that_falls_by_orders_of_magnitude_is_logarithmic(last, scale):
    records = [{"epoch": 1, "loss": 5.0}, {"epoch": 2, "loss": last}]
    assert training_figure(records).axes[0].get_yscale() == scale


def test_losses_that_are_close_together_are_numbered_as_they_are():
    from matplotlib.ticker import ScalarFormatter

    records = [{"epoch": epoch, "loss": 1234.5678 + 1e-4 * epoch} for epoch in range(1, 5)]
    figure = training_figure(records)
    figure.draw_without_rendering()
    formatter = figure.axes[0].yaxis.get_major_formatter()
    assert isinstance(formatter, ScalarFormatter)
    assert formatter.get_offset() == ""


def test_a_metric_that_is_missing_in_some_epochs_joins_those_where_it_is_known():
    records = [{"epoch": epoch, "loss": 1.0, **known} for epoch, known in enumerate(KNOWN_AT_TWO, 1)]
    drawn = training_figure(records).axes[1].get_lines()[0]
    np.testing.assert_array_equal(drawn.get_xydata(), [[2, 0.8], [4, 0.9]])


def test_a_metric_that_is_known_at_one_epoch_alone_is_a_visible_point():
    records = [{"epoch": 1, "loss": 1.0}, {"epoch": 2, "loss": 0.9, "val_auc": 0.8}]
    line = training_figure(records).axes[1].get_lines()[0]
    np.testing.assert_array_equal(line.get_xydata(), [[2, 0.8]])
    assert line.get_marker() == "o"


def test_the_validation_loss_stands_beside_the_training_loss_in_its_unit():
    axes = training_figure(history(val_loss=2.5), unit="nats per row").axes[0]
    assert axes.get_ylabel() == "loss (nats per row)"
    assert {line.get_label(): line.get_ydata()[0] for line in axes.get_lines()} == {
        "loss": 2.0,
        "validation loss": 2.5,
    }


def test_bounds_are_drawn_as_their_negatives_unless_they_are_the_losses():
    apart = training_figure(history(kl=1.0, elbo=-2.5, val_loss=3.0, val_elbo=-3.5)).axes[0]
    assert legend_of(apart) == ["loss", "validation loss", "reconstruction", "−ELBO", "validation −ELBO"]
    assert [line.get_ydata()[0] for line in apart.get_lines()] == [2.0, 3.0, 1.5, 2.5, 3.5]
    same = training_figure(history(kl=1.0, elbo=-2.0, val_loss=3.0, val_elbo=-3.0)).axes[0]
    assert legend_of(same) == ["loss", "validation loss", "reconstruction"]


def test_the_validation_divergence_stands_beside_that_of_training():
    axes = training_figure(history(kl=1.0, val_kl=1.2), unit="nats per row").axes[1]
    assert axes.get_ylabel() == "divergence (KL, nats per row)"
    assert legend_of(axes) == ["KL", "validation KL"]


def test_no_two_curves_of_a_panel_look_alike_in_grey():
    records = history(kl=1.0, elbo=-2.5, val_loss=3.0, val_elbo=-3.5, val_kl=1.1, val_auc=0.9, val_ap=0.8)
    for axes in training_figure(records).axes:
        looks = [(line.get_linestyle(), str(line._unscaled_dash_pattern)) for line in axes.get_lines()]
        solid = [mpl.colors.to_rgb(one.get_color()) for one in axes.get_lines() if one.get_linestyle() == "-"]
        greys = [np.dot([0.299, 0.587, 0.114], colour) for colour in solid]
        assert len(set(looks)) >= len(looks) - len(solid) + 1
        assert min(np.diff(sorted(greys)), default=1) > 0.3


def test_epochs_are_numbered_by_whole_numbers():
    figure = training_figure(history(3))
    figure.draw_without_rendering()
    ticks = figure.axes[0].get_xticks()
    np.testing.assert_array_equal(ticks, np.rint(ticks))


def test_one_epoch_is_a_visible_point():
    assert training_figure(history(1)).axes[0].get_lines()[0].get_marker() == "o"


def test_an_empty_history_is_refused():
    with pytest.raises(ValueError, match="has not run an epoch"):
        training_figure([])


@pytest.mark.parametrize(("suffix", "begins"), FIRST_BYTES.items())
def test_the_suffix_says_the_format(tmp_path, points, suffix, begins):
    save_figure(embedding_figure(points), tmp_path / f"picture{suffix}")
    assert (tmp_path / f"picture{suffix}").read_bytes().startswith(begins)


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path, points):
    with pytest.raises(ValueError, match=r"\.png, \.svg, \.pdf"):
        save_figure(embedding_figure(points), tmp_path / "picture.docx")
    assert not list(tmp_path.iterdir())


def test_the_same_picture_gives_the_same_png(tmp_path, points):
    for name in ("a.png", "b.png"):
        save_figure(embedding_figure(points, np.arange(40) % 4), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_failed_write_leaves_the_old_picture_and_nothing_else(tmp_path, points):
    path = tmp_path / "a.png"
    path.write_bytes(b"old")
    figure = embedding_figure(points)
    figure.set_size_inches(1e6, 1e6)
    with pytest.raises(ValueError, match="too large"):
        save_figure(figure, path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_drawing_changes_no_default_of_the_user(tmp_path, points):
    before = dict(mpl.rcParams)
    save_figure(embedding_figure(points, range(40), ids=range(40)), tmp_path / "a.png")
    save_figure(training_figure(history(kl=1.0, val_auc=0.9), chosen_epoch=2), tmp_path / "b.png")
    assert dict(mpl.rcParams) == before


def test_the_users_dark_defaults_do_not_hide_the_text(points):
    with mpl.rc_context({"figure.facecolor": "black", "axes.facecolor": "black", "text.color": "white"}):
        figure = embedding_figure(points, np.arange(40) % 2)
        figure.draw_without_rendering()
    assert figure.get_facecolor() == figure.axes[0].get_facecolor() == (1.0, 1.0, 1.0, 1.0)
    written = [*figure.axes[0].get_legend().get_texts(), figure.axes[0].xaxis.label]
    assert all(mpl.colors.same_color(text.get_color(), "#222222") for text in written)


def test_pyplot_is_never_loaded():
    program = (
        "import sys; from varigraph.reporting.figures import embedding_figure, training_figure; "
        "embedding_figure([[0., 1.], [1., 0.]]); training_figure([{'epoch': 1, 'loss': 1.0}]); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_notebook_shows_the_figure_without_being_asked(points):
    assert embedding_figure(points)._repr_png_().startswith(PNG_SIGNATURE)


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch, points):
    canvas._figure_class.cache_clear()
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match="pip install matplotlib"):
        embedding_figure(points)


def test_a_users_dollar_signs_are_no_formulas(points, tmp_path):
    odd = r"$\frac$"
    figure = embedding_figure(points, [odd] * 20 + ["$a", "b$"] * 10, ids=[odd] * 40, title=odd)
    save_figure(figure, tmp_path / "a.png")
    save_figure(training_figure(history(), title=odd), tmp_path / "b.png")
