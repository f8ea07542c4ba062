"""Colours and markers can be told apart: in colour, without red-green vision, and in grey."""

import itertools

import numpy as np
import pytest

from varigraph.reporting.style import CLASS_STYLES, GROUND, INK, MUTED_INK, point_area

# Viénot, Brettel & Mollon (1999), linear RGB as red- and green-blind eyes see it.
DICHROMATS = {
    "normal vision": np.eye(3),
    "protanopia": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "deuteranopia": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}
RGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear_rgb(colour):
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(linear):
    ratios = (RGB_TO_XYZ @ linear.clip(0, 1)) / (RGB_TO_XYZ @ np.ones(3))
    x, y, z = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(colour):
    """WCAG 2.1's ratio of luminances against the ground."""
    ink, ground = (0.05 + RGB_TO_XYZ[1] @ linear_rgb(one) for one in (colour, GROUND))
    return ground / ink


def test_every_class_has_a_marker_of_its_own_so_that_grey_print_can_be_read():
    assert len({style.marker for style in CLASS_STYLES}) == len(CLASS_STYLES)


@pytest.mark.parametrize("vision", DICHROMATS)
def test_the_first_seven_colours_stay_apart_for(vision):
    seen = [lab(DICHROMATS[vision] @ linear_rgb(style.colour)) for style in CLASS_STYLES[:7]]
    gaps = [np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)]
    # A difference of 2.3 is just noticeable side by side; five times that is plain across a picture.
    assert min(gaps) > 11.5


def test_text_reaches_the_contrast_that_readability_guidelines_ask_for():
    assert contrast(INK) > 7
    assert contrast(MUTED_INK) > 4.5


def test_points_are_never_too_small_to_see_or_too_large_to_tell_apart():
    assert 2 <= point_area(10**7) < point_area(1_000) <= 60
    assert point_area(0) == point_area(1) == 60
