"""Pictures of images: what is drawn is what was given, in its place, dot by dot."""

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pytest
from scipy import stats

from varigraph.reporting.figures import (
    image_grid_figure,
    manifold_figure,
    reconstruction_figure,
    save_figure,
    write_image_grid,
)

WHITE = (255, 255, 255)


@pytest.fixture
def rows():
    """Seven images of 2 × 3 pixels, all of whose grey levels differ."""
    return np.arange(42.0).reshape(7, 6) / 255


def dots_of(figure):
    return np.asarray(figure.axes[0].images[0].get_array())


def read(path):
    """The dots of a PNG as bytes, shape (height, width, 3)."""
    return np.rint(255 * matplotlib.image.imread(path)[:, :, :3]).astype(int)


def ticks_of(axis):
    names = [label.get_text() for label in axis.get_ticklabels()]
    return dict(zip(names, axis.get_ticklocs(), strict=True))


def cells_of(dots, *, n_lines, n_columns, image_shape):
    """Each image again, shape (n_lines, n_columns, height, width), from the middle of each of its pixels."""
    height, width = image_shape
    scale = dots.shape[1] // (n_columns * width)
    scale -= scale % 2 if scale > 1 else 0
    gap = (dots.shape[1] - n_columns * scale * width) // max(n_columns - 1, 1)

    def middles_along(n_cells, side):
        begins = [k * (scale * side + gap) for k in range(n_cells)]
        return [begin + scale * pixel + scale // 2 for begin in begins for pixel in range(side)]

    ys, xs = middles_along(n_lines, height), middles_along(n_columns, width)
    middles = dots[np.ix_(ys, xs)][:, :, 0]
    return middles.reshape(n_lines, height, n_columns, width).swapaxes(1, 2)


def coordinates(z):
    """Images of two pixels: the probabilities below both coordinates."""
    return stats.norm.cdf(z)


def test_images_stand_in_the_order_of_the_rows_and_upright(rows):
    figure = image_grid_figure(rows, (2, 3), n_columns=4)
    cells = cells_of(dots_of(figure), n_lines=2, n_columns=4, image_shape=(2, 3))
    np.testing.assert_array_equal(cells.reshape(8, 6)[:7], np.rint(255 * rows))
    assert (cells[1, 3] == 255).all()


def test_the_first_row_is_at_the_top_of_the_picture_whatever_the_users_defaults_are(rows):
    with mpl.rc_context({"image.origin": "lower", "image.interpolation": "bicubic", "image.aspect": "equal"}):
        figure = image_grid_figure(rows, (2, 3))
    axes = figure.axes[0]
    bottom, top = axes.get_ylim()
    assert top < bottom
    assert axes.images[0].get_interpolation() == "nearest"
    assert axes.get_aspect() == "auto"


@pytest.mark.parametrize(("n_images", "n_columns"), [(1, 1), (2, 2), (5, 3), (7, 3), (9, 3)])
def test_without_a_number_of_columns_the_grid_is_about_square(n_images, n_columns):
    dots = dots_of(image_grid_figure(np.zeros((n_images, 4)), (2, 2)))
    assert dots.shape[1] == n_columns * 240 + (n_columns - 1) * 4


def test_a_bare_grid_is_the_mosaic_and_nothing_else(rows, tmp_path):
    write_image_grid(rows, (2, 3), tmp_path / "a.png", n_columns=4)
    dots = read(tmp_path / "a.png")
    np.testing.assert_array_equal(dots, dots_of(image_grid_figure(rows, (2, 3), n_columns=4)))
    cells = cells_of(dots, n_lines=2, n_columns=4, image_shape=(2, 3))
    np.testing.assert_array_equal(cells.reshape(8, 6)[:7], np.rint(255 * rows))


@pytest.mark.parametrize("image_shape", [(1, 1), (8, 8), (28, 20), (28, 28), (53, 31), (60, 90)])
@pytest.mark.parametrize("n_images", [1, 7, 64])
def test_a_bare_grid_has_every_dot_of_every_size(image_shape, n_images, tmp_path):
    n_pixels = int(np.prod(image_shape))
    rows = np.random.default_rng(0).integers(0, 255, size=(n_images, n_pixels)) / 255
    write_image_grid(rows, image_shape, tmp_path / "a.png", n_columns=min(n_images, 5))
    expected = dots_of(image_grid_figure(rows, image_shape, n_columns=min(n_images, 5)))
    np.testing.assert_array_equal(read(tmp_path / "a.png"), expected)


def test_the_dots_of_a_titled_picture_reach_the_file_unchanged(rows, tmp_path):
    figure = image_grid_figure(rows * 3, (2, 3), title="Seven")
    save_figure(figure, tmp_path / "a.png")
    dots, whole = dots_of(figure), read(tmp_path / "a.png")
    below = whole.shape[0] - 20  # the margin at the foot
    np.testing.assert_array_equal(whole[below - dots.shape[0] : below, 20 : 20 + dots.shape[1]], dots)


def test_colours_reach_the_file(tmp_path):
    colours = np.eye(3).reshape(3, 3)  # a red, a green and a blue pixel
    write_image_grid(colours, (1, 1, 3), tmp_path / "a.png", n_columns=3)
    dots = read(tmp_path / "a.png")
    assert [tuple(dots[120, x]) for x in (120, 364, 608)] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert tuple(dots[120, 242]) == WHITE


def test_one_channel_is_grey():
    grey, plain = (dots_of(image_grid_figure(np.eye(4), shape)) for shape in ((2, 2, 1), (2, 2)))
    np.testing.assert_array_equal(grey, plain)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_a_bare_grid_has_the_format_of_its_suffix(rows, tmp_path, suffix):
    write_image_grid(rows, (2, 3), tmp_path / f"a{suffix}")
    begins = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[suffix]
    assert (tmp_path / f"a{suffix}").read_bytes().startswith(begins)


def test_the_same_images_give_the_same_png(rows, tmp_path):
    for name in ("a.png", "b.png"):
        write_image_grid(rows, (2, 3), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_intensities_are_not_stretched_and_have_no_note():
    figure = image_grid_figure(np.full((1, 4), 0.2), (2, 2))
    assert set(dots_of(figure).ravel()) == {51}
    assert not figure.texts


def test_other_values_fill_the_range_and_the_picture_says_which_it_is():
    figure = image_grid_figure([[0.0, 4.0, 8.0, 16.0]], (2, 2))
    assert sorted(set(dots_of(figure).ravel())) == [0, 64, 128, 255]
    assert [text.get_text() for text in figure.texts] == ["black is 0, white is 16"]


def test_a_stated_range_clips_and_the_picture_says_so():
    figure = image_grid_figure([[0.0, 4.0, 8.0, 16.0]], (2, 2), value_range=(0, 8))
    assert sorted(dots_of(figure)[::120, ::120, 0].ravel()) == [0, 128, 255, 255]
    assert "25 % of the values lie outside [0, 8]" in figure.texts[0].get_text()


def test_inputs_noise_and_reconstructions_stand_in_named_lines_a_column_an_image(rows):
    inputs, noisy, rebuilt = rows[:3], rows[3:6], rows[:3] + 0.5
    figure = reconstruction_figure(inputs, rebuilt, (2, 3), noisy=noisy)
    cells = cells_of(dots_of(figure), n_lines=3, n_columns=3, image_shape=(2, 3)).reshape(3, 3, 6)
    np.testing.assert_array_equal(cells, np.rint(255 * np.stack([inputs, noisy, rebuilt])))
    assert [*ticks_of(figure.axes[0].yaxis)] == ["input", "noisy input", "reconstruction"]


def test_each_name_stands_beside_the_middle_of_its_line(rows):
    figure = reconstruction_figure(rows, rows, (2, 3))
    first, second = figure.axes[0].get_yticks()
    height = dots_of(figure).shape[0]
    # A line's middle is as far from its edge as the other's from the other edge.
    assert first + 0.5 == pytest.approx(height - (second + 0.5))
    assert first + 0.5 == pytest.approx((height - 4) / 4)


def test_all_lines_have_the_grey_levels_of_the_inputs():
    inputs, rebuilt = np.array([[0.0, 16.0, 8.0, 8.0]]), np.array([[8.0, 8.0, 8.0, 24.0]])
    figure = reconstruction_figure(inputs, rebuilt, (2, 2))
    cells = cells_of(dots_of(figure), n_lines=2, n_columns=1, image_shape=(2, 2)).reshape(2, 4)
    assert cells.tolist() == [[0, 255, 128, 128], [128, 128, 128, 255]]
    assert figure.texts[0].get_text().startswith("black is 0, white is 16; 12 % of the values")


def test_lines_of_different_length_are_refused(rows):
    with pytest.raises(ValueError, match="3 inputs, 2 reconstructions"):
        reconstruction_figure(rows[:3], rows[:2], (2, 3))
    with pytest.raises(ValueError, match="The noisy inputs hold a NaN"):
        reconstruction_figure(rows, rows, (2, 3), noisy=np.full_like(rows, np.nan))


@pytest.mark.parametrize("n", [1, 4, 7])
def test_the_manifold_grows_to_the_right_and_upwards_in_equal_steps_of_probability(n):
    figure = manifold_figure(coordinates, (1, 2), n=n)
    cells = cells_of(dots_of(figure), n_lines=n, n_columns=n, image_shape=(1, 2))[:, :, 0]
    middles = (np.arange(n) + 0.5) / n
    np.testing.assert_array_equal(cells[:, :, 0], np.rint(255 * np.tile(middles, (n, 1))))
    np.testing.assert_array_equal(cells[:, :, 1], np.rint(255 * np.tile(middles[::-1, None], (1, n))))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 9, 10, 11, 15, 20, 30])
def test_the_ticks_of_the_manifold_are_symmetric_and_at_the_centres_of_their_cells(n):
    figure = manifold_figure(lambda z: np.zeros((len(z), 1)), (1, 1), n=n)
    axes = figure.axes[0]
    side = dots_of(figure).shape[0]
    across, up = ticks_of(axes.xaxis), ticks_of(axes.yaxis)
    assert [*across] == [*up]
    numbers = [float(name.replace("−", "-")) for name in across]
    assert numbers == sorted(numbers) == [-one for one in reversed(numbers)]
    for name, number in zip(across, numbers, strict=True):
        # Two digits of the coordinate place it to a tenth of a cell, with some room.
        cell = stats.norm.cdf(number) * n - 0.5
        assert cell == pytest.approx(round(cell), abs=0.1)
        assert across[name] == pytest.approx((round(cell) + 0.5) * side / n, abs=side / n / 10 + 3)
        assert up[name] == pytest.approx(side - across[name], abs=1 + 1e-6)


def test_the_axes_of_the_manifold_are_named(rows):
    axes = manifold_figure(coordinates, (1, 2), n=2).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("latent dimension 1", "latent dimension 2")


def test_the_manifold_says_where_its_coordinates_come_from_before_what_was_clipped():
    plain, clipped = (manifold_figure(decode, (1, 2), n=2) for decode in (coordinates, lambda z: 3 * z))
    assert [text.get_text() for text in plain.texts] == ["every cell is equally likely under N(0, I)"]
    assert clipped.texts[0].get_text().startswith("every cell is equally likely under N(0, I); black is")


def test_the_decoder_is_asked_once_for_the_whole_plane():
    asked = []

    def decode(z):
        asked.append(z.shape)
        return np.zeros((len(z), 4))

    manifold_figure(decode, (2, 2), n=6)
    assert asked == [(36, 2)]


@pytest.mark.parametrize(
    "draw",
    [
        lambda: image_grid_figure(np.eye(4), (2, 2), n_columns=0),
        lambda: manifold_figure(coordinates, (1, 2), n=0),
        lambda: image_grid_figure(np.eye(4), (3, 3)),
    ],
)
def test_a_grid_that_cannot_be_is_refused(draw):
    with pytest.raises(ValueError, match=r"one column at least|n=1 or more|holds 9 values"):
        draw()


def test_a_grid_of_large_images_is_drawn_smaller_with_its_shape_kept():
    figure = image_grid_figure(np.zeros((4, 650 * 1300)), (650, 1300))
    figure.draw_without_rendering()
    box = figure.axes[0].get_window_extent()
    assert box.width * 200 / figure.dpi == pytest.approx(2400, abs=2)
    assert box.width / box.height == pytest.approx(2, abs=0.01)
    assert figure.axes[0].images[0].get_interpolation() == "antialiased"


@pytest.mark.parametrize(
    "figure",
    [
        image_grid_figure(np.eye(4)[:1], (2, 2), title="One sample of DenoisingAE, trained on ten classes"),
        image_grid_figure([[0.0, 900.0, 3.0, 4.0]], (2, 2), value_range=(0, 3), title="One"),
        reconstruction_figure(np.eye(4)[:1], np.eye(4)[:1], (2, 2), noisy=np.eye(4)[:1]),
        manifold_figure(coordinates, (1, 2), n=1),
        manifold_figure(coordinates, (1, 2), n=20),
        manifold_figure(lambda z: -10 * coordinates(z), (2, 1), n=3),
    ],
)
def test_everything_that_is_written_lies_inside_the_picture_and_apart(figure):
    figure.draw_without_rendering()
    axes = figure.axes[0]
    written = [*figure.texts, axes._left_title, axes.xaxis.label, axes.yaxis.label]
    written += [*axes.get_xticklabels(), *axes.get_yticklabels()]
    boxes = [text.get_window_extent() for text in written if text.get_text()]
    assert boxes
    for box in boxes:
        assert min(box.x0, box.y0) >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y1 <= figure.bbox.height
    assert all(box.count_overlaps(boxes) == 1 for box in boxes)


@pytest.mark.parametrize("side", [1, 2, 3, 8, 20, 27, 28, 31, 52, 64, 79])
def test_a_grid_of_small_images_has_about_one_size(side):
    dots = dots_of(image_grid_figure(np.zeros((64, side * side)), (side, side)))
    assert 2 / 3 * 1240 < len(dots) < 4 / 3 * 1240 + 28


def test_drawing_changes_no_default_of_the_user(rows, tmp_path):
    before = dict(mpl.rcParams)
    write_image_grid(rows, (2, 3), tmp_path / "a.png")
    save_figure(reconstruction_figure(rows, rows, (2, 3)), tmp_path / "b.png")
    save_figure(manifold_figure(coordinates, (1, 2), n=2), tmp_path / "c.png")
    assert dict(mpl.rcParams) == before


def test_the_users_dark_defaults_do_not_hide_the_text(rows):
    dark = {
        "figure.facecolor": "black",
        "text.color": "white",
        "axes.labelcolor": "white",
        "ytick.color": "white",
    }
    with mpl.rc_context(dark):
        figures = [reconstruction_figure(rows, rows, (2, 3)), manifold_figure(coordinates, (1, 2), n=2)]
        for figure in figures:
            figure.draw_without_rendering()
    for figure in figures:
        axes = figure.axes[0]
        written = [axes._left_title, axes.xaxis.label, axes.yaxis.label, *axes.get_yticklabels()]
        assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
        assert all(np.mean(mpl.colors.to_rgb(text.get_color())) < 0.5 for text in written if text.get_text())


def test_a_title_with_dollar_signs_is_no_formula(rows, tmp_path):
    save_figure(image_grid_figure(rows, (2, 3), title=r"$\frac$"), tmp_path / "a.png")
