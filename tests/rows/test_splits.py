"""A split parts the rows: each row in one part, the published parts as they are, a seed the same again."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.errors import SplitError
from varigraph.rows import Rows, RowSplit, split_rows


def rows_of(n_rows, parts=None):
    return Rows(np.arange(float(n_rows)).reshape(-1, 1), np.arange(n_rows), parts=parts)


PUBLISHED = {"train": np.arange(30), "test": np.arange(30, 40)}


@given(n_rows=st.integers(20, 300), val=st.floats(0.05, 0.4), test=st.floats(0.05, 0.4))
def test_each_row_is_in_one_part_and_the_parts_have_the_sizes_asked_for(n_rows, val, test):
    split = split_rows(rows_of(n_rows), val=val, test=test, random_state=0)
    together = np.concatenate([split.train, split.val, split.test])
    assert sorted(together.tolist()) == list(range(n_rows))
    assert all((np.diff(part) > 0).all() for part in (split.train, split.val, split.test))
    # A size is rounded down.
    assert 0 <= val * n_rows - len(split.val) < 1 + 1e-9
    assert 0 <= test * n_rows - len(split.test) < 1 + 1e-9


def test_a_fraction_is_the_decimal_that_was_written():
    assert len(split_rows(rows_of(100), val=0.29, test=0.57, random_state=0).val) == 29


def test_the_test_part_does_not_depend_on_the_validation_fraction():
    first, second = (split_rows(rows_of(100), val=val, random_state=5) for val in (0.1, 0.3))
    np.testing.assert_array_equal(first.test, second.test)


def test_a_seed_makes_the_same_split_and_stands_in_it():
    drawn = split_rows(rows_of(100))
    assert split_rows(rows_of(100), random_state=drawn.seed).fingerprint == drawn.fingerprint
    assert split_rows(rows_of(100), random_state=drawn.seed + 1).fingerprint != drawn.fingerprint


def test_a_published_test_part_is_kept_and_validation_comes_from_train():
    split = split_rows(rows_of(40, PUBLISHED), val=0.2, test=0.5, random_state=0)
    np.testing.assert_array_equal(split.test, PUBLISHED["test"])
    assert (len(split.train), len(split.val)) == (24, 6)
    assert set(split.train) | set(split.val) == set(range(30))
    assert "published train and test" in split.protocol


def test_a_published_validation_part_is_kept_and_nothing_is_drawn():
    parts = {"train": np.arange(30), "val": np.arange(30, 35), "test": np.arange(35, 40)}
    split = split_rows(rows_of(40, parts))
    assert [part.tolist() for part in (split.train, split.val, split.test)] == [
        at.tolist() for at in parts.values()
    ]
    assert split.seed is None


def test_a_published_split_may_be_passed_over():
    split = split_rows(rows_of(40, PUBLISHED), random_state=0, published=False)
    assert split.fingerprint == split_rows(rows_of(40), random_state=0).fingerprint


def test_a_part_of_fraction_0_is_empty():
    split = split_rows(rows_of(10), val=0, test=0)
    assert (len(split.train), len(split.val), len(split.test)) == (10, 0, 0)
    assert len(split_rows(rows_of(40, PUBLISHED), val=0).train) == 30


@pytest.mark.parametrize("fractions", [(-0.1, 0.1), (0.5, 0.5), (float("nan"), 0.1)])
def test_fractions_that_are_none_are_refused(fractions):
    with pytest.raises(SplitError, match=r"fractions of 0 or more, together below 1"):
        split_rows(rows_of(100), val=fractions[0], test=fractions[1])


def test_too_few_rows_for_a_part_are_refused_and_the_advice_works():
    with pytest.raises(SplitError, match=r"test part, 0\.1 of 5 rows, is less than one row") as caught:
        split_rows(rows_of(5))
    assert "test=0 makes no such part" in str(caught.value)


@pytest.mark.parametrize("fraction", [0.1, 0.3, 0.29, 0.5, 0.07, 0.9, 1 / 3])
def test_the_number_of_rows_that_is_advised_is_the_least_that_works(fraction):
    with pytest.raises(SplitError) as caught:
        split_rows(rows_of(1), val=0, test=fraction)
    least = int(re.search(r"Give ([\d,]+) rows", str(caught.value))[1])
    assert len(split_rows(rows_of(least), val=0, test=fraction).test) == 1
    with pytest.raises(SplitError):
        split_rows(rows_of(least - 1), val=0, test=fraction)


def test_parts_that_share_a_row_are_refused():
    one, none = np.array([1]), np.empty(0, dtype=np.int64)
    with pytest.raises(SplitError, match=r"in two parts"):
        RowSplit(one, none, one)
    with pytest.raises(SplitError, match=r"positions of rows"):
        RowSplit(-one, none, none)


def test_the_fingerprint_tells_the_parts_apart():
    split = split_rows(rows_of(20), random_state=0)
    assert replace(split, val=split.test, test=split.val).fingerprint != split.fingerprint
    assert replace(split, seed=None, protocol="another").fingerprint == split.fingerprint
