"""Notes tell what is odd about rows, and nothing about rows that are not."""

import numpy as np
import pytest

from varigraph.rows import Rows, row_notes


def rows_of(values, **attributes):
    return Rows(np.asarray(values, dtype=float), np.arange(len(values)), **attributes)


@pytest.fixture
def ordinary():
    return np.random.default_rng(0).normal(size=(150, 20))


def only_note(rows):
    (note,) = row_notes(rows)
    return note


def test_ordinary_rows_have_none(ordinary):
    assert row_notes(rows_of(ordinary)) == []


def test_few_rows_are_counted(ordinary):
    assert only_note(rows_of(ordinary[:99])).startswith("Only 99 rows")
    assert row_notes(rows_of(ordinary[:100])) == []


def test_constant_columns_are_named_but_not_of_images_which_have_black_rims(ordinary):
    ordinary[:, 3] = 7.0
    note = only_note(rows_of(ordinary, feature_names=tuple("abcdefghijklmnopqrst")))
    assert note == (
        "1 of 20 columns is constant ('d'): it tells no row from another, and lifts a density whose variance "
        "is learned; leave it out."
    )
    assert row_notes(rows_of(ordinary, image_shape=(4, 5))) == []


def test_repeated_rows_are_counted(ordinary):
    ordinary[[5, 6, 7]] = ordinary[0]
    assert only_note(rows_of(ordinary)).startswith("3 of 150 rows repeat an earlier one")


def test_columns_on_different_scales_are_named(ordinary):
    ordinary[:, 2] *= 1e5
    assert "'2' spans" in only_note(rows_of(ordinary))


def test_values_that_look_like_pixels_are_to_be_divided():
    pixels = np.random.default_rng(0).integers(0, 256, size=(150, 64))
    assert "divide them by 255" in only_note(rows_of(pixels))
    assert row_notes(rows_of(pixels / 255)) == []


def test_a_memory_map_has_the_notes_of_its_values(tmp_path, ordinary):
    ordinary[:, 3] = 7.0
    np.save(tmp_path / "x.npy", ordinary)
    mapped = Rows(np.load(tmp_path / "x.npy", mmap_mode="r"), np.arange(150))
    assert row_notes(mapped) == row_notes(rows_of(ordinary))


def test_what_was_done_on_the_way_stands_first(ordinary):
    assert row_notes(rows_of(ordinary[:9], notes=("Pixels were divided.",)))[0] == "Pixels were divided."
