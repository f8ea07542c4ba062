"""Binarised rows hold 0 and 1 alone, as often as their intensities say, and one seed makes the same bits."""

import numpy as np
import pytest
from scipy import stats

from varigraph.errors import DataError
from varigraph.rows import Rows, binarised
from varigraph.rows.blocks import row_blocks

GREY = Rows(np.tile(np.linspace(0, 1, 11), (2000, 1)), np.arange(2000), name="grey")


def test_the_threshold_is_a_half_which_itself_becomes_0():
    bits = binarised(GREY, "threshold").values
    np.testing.assert_array_equal(bits[0], [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    assert bits.dtype == np.float32


def test_sampled_bits_are_1_as_often_as_the_intensity_says():
    bits = binarised(GREY, "sampled", seed=3).values
    assert set(np.unique(bits)) == {0.0, 1.0}
    # The interval that a binomial count leaves once in a million, for each of 11 columns.
    low, high = stats.binom.interval(1 - 1e-6, 2000, GREY.values[0])
    ones = bits.sum(axis=0)
    assert ((low <= ones) & (ones <= high)).all()
    assert (ones[0], ones[-1]) == (0, 2000)


def test_a_seed_makes_the_same_bits_and_another_seed_makes_others():
    first, again, other = (binarised(GREY, "sampled", seed=seed).fingerprint for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("n_bytes", [8, 88, 1000])
def test_bits_do_not_depend_on_the_size_of_blocks(n_bytes, monkeypatch):
    whole = binarised(GREY, "sampled", seed=1).values
    monkeypatch.setattr(
        "varigraph.rows.binarising.row_blocks", lambda values: row_blocks(values, n_bytes=n_bytes)
    )
    np.testing.assert_array_equal(binarised(GREY, "sampled", seed=1).values, whole)


def test_none_leaves_the_rows_as_they_are_and_the_others_leave_a_note():
    assert binarised(GREY, "none") is GREY
    assert binarised(GREY, "sampled", seed=7).notes == ("Intensities were made 0 or 1: drawn with seed 7.",)


@pytest.mark.parametrize("how", ["threshold", "sampled"])
@pytest.mark.parametrize("bad", [-0.5, 2.0])
def test_values_that_are_no_intensities_are_refused_with_their_place(how, bad):
    rows = Rows(np.array([[0.0, 1.0], [0.5, bad]]), np.arange(2), name="odd")
    with pytest.raises(DataError, match=rf"row 1, column 1, of odd is {bad:g}; .* from 0 to 1"):
        binarised(rows, how)


def test_an_unknown_way_is_refused():
    with pytest.raises(ValueError, match=r"binarise='dynamic' is not known; there are none, threshold"):
        binarised(GREY, "dynamic")
