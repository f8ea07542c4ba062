"""Grids of images side by side: each image in its place, dot by dot, under its own title."""

import numpy as np
import pytest

from varigraph.reporting.figures import image_grids_figure, save_figure


def images(n, start=0.0):
    """Images of 2 × 3 pixels."""
    return (np.arange(6.0 * n).reshape(n, 6) + start) / 255


def test_every_grid_has_its_images_in_order_and_its_title():
    grids = {"(a) 2-D latent space": images(4), "(b) 5-D latent space": images(4, 100)}
    figure = image_grids_figure(grids, (2, 3), title="Figure 5")
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(grids)
    assert figure.texts[0].get_text() == "Figure 5"
    for axes, rows in zip(figure.axes, grids.values(), strict=True):
        dots = np.asarray(axes.images[0].get_array())
        scale = (dots.shape[1] - 2) // (2 * 3)  # two columns with a gap of two dots
        middles = [
            cell * (3 * scale + 2) + pixel * scale + scale // 2 for cell in (0, 1) for pixel in range(3)
        ]
        lines = [cell * (2 * scale + 2) + pixel * scale + scale // 2 for cell in (0, 1) for pixel in range(2)]
        found = dots[np.ix_(lines, middles)][..., 0].reshape(2, 2, 2, 3).transpose(0, 2, 1, 3).reshape(4, 6)
        assert np.array_equal(found, np.rint(255 * rows))


def test_a_dot_of_the_grid_is_a_dot_of_the_file(tmp_path):
    figure = image_grids_figure({"one": images(3), "another": images(9)}, (2, 3), n_columns=3)
    save_figure(figure, tmp_path / "grids.png")
    width, height = figure.get_size_inches() * 200
    for axes in figure.axes:
        box = axes.get_position()
        shape = np.asarray(axes.images[0].get_array()).shape
        assert (box.width * width, box.height * height) == pytest.approx((shape[1], shape[0]), abs=1e-3)
        assert box.x0 * width == pytest.approx(round(box.x0 * width), abs=1e-3)
    first, second = (axes.get_position() for axes in figure.axes)
    assert first.x1 < second.x0
    assert first.y1 == pytest.approx(second.y1)  # grids hang from one line


def test_no_grid_and_rows_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="needs one grid at least"):
        image_grids_figure({}, (2, 3))
    with pytest.raises(ValueError, match="image_shape=\\(2, 2\\) holds 4 values, but a row has 6"):
        image_grids_figure({"one": images(2)}, (2, 2))
