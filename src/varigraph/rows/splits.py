"""`RowSplit`: which rows are trained on, which choose the epoch, and which are scored once."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from varigraph.errors import SplitError
from varigraph.rows.rows import Rows
from varigraph.seeding import numpy_generator, resolve_seed
from varigraph.tensor_types import IntArray, RandomState

__all__ = ["RowSplit", "split_rows"]

_STREAM = 0x726F7773  # keeps the order of rows apart from every other use of the same seed


@dataclass(frozen=True, eq=False, repr=False)
class RowSplit:
    """Positions of the rows of each part; made by `split_rows`.

    Attributes:
        train: What is learnt from; ascending, shape (n_train,), int64.
        val: What chooses the epoch; shape (n_val,), perhaps 0.
        test: What is scored once; shape (n_test,), perhaps 0.
        seed: The integer that makes the same split again; None if nothing was drawn.
        protocol: How the parts were made, in words for a record.
    """

    train: IntArray
    val: IntArray
    test: IntArray
    seed: int | None = None
    protocol: str = ""

    def __post_init__(self) -> None:
        together = np.concatenate([self.train, self.val, self.test])
        if together.dtype != np.int64 or together.ndim != 1 or (together < 0).any():
            raise SplitError("The parts of a split are positions of rows: int64 of 0 or more, one axis each.")
        if len(np.unique(together)) != len(together):
            raise SplitError("A row is in two parts of the split, or twice in one.")

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 over the positions of each part: equal for equal splits, however they were made."""
        digest = hashlib.sha256()
        for part in (self.train, self.val, self.test):
            digest.update(f"{len(part)} ".encode() + np.sort(part).tobytes())
        return digest.hexdigest()

    def __repr__(self) -> str:
        return f"RowSplit(train {len(self.train):,}, val {len(self.val):,}, test {len(self.test):,} rows)"


def split_rows(
    rows: Rows,
    *,
    val: float = 0.1,
    test: float = 0.1,
    random_state: RandomState = None,
    published: bool = True,
) -> RowSplit:
    """Splits rows into train, validation and test: as was published, if it was, and at random otherwise.

    At random, ⌊test · n⌋ and then ⌊val · n⌋ rows are drawn; the test part depends on `test` and the seed, not
    on `val`. A published test part is taken as it is and `test` is not looked at; likewise a published
    validation part. If only train and test were published, ⌊val · n_train⌋ rows of train become the
    validation part.

    Args:
        rows: What to split.
        val: Fraction of rows for validation, 0 ≤ val, val + test < 1; 0 leaves the part empty.
        test: Fraction of rows for test.
        random_state: An integer makes the same split each time; see `RowSplit.seed`.
        published: False draws at random even if there is a published split.

    Raises:
        SplitError: The fractions are out of range, or there are too few rows for a part that was asked for;
            the message says what works.

    Example:
        >>> rows = Rows(np.eye(20), np.arange(20))
        >>> split_rows(rows, random_state=0)
        RowSplit(train 16, val 2, test 2 rows)
    """
    if not (min(val, test) >= 0 and val + test < 1):
        raise SplitError(f"val={val} and test={test} must be fractions of 0 or more, together below 1.")
    if rows.parts is not None and published:
        return _published_split(rows, val, random_state)
    n_test, n_val = _size("test", test, rows.n_rows), _size("val", val, rows.n_rows)
    seed = resolve_seed(random_state)
    order = numpy_generator(seed, _STREAM).permutation(rows.n_rows)
    return RowSplit(
        train=np.sort(order[n_test + n_val :]),
        val=np.sort(order[n_test : n_test + n_val]),
        test=np.sort(order[:n_test]),
        seed=seed,
        protocol=f"at random, {val:g} of the rows for validation and {test:g} for test",
    )


def _published_split(rows: Rows, val: float, random_state: RandomState) -> RowSplit:
    parts = dict(rows.parts or {})
    none = np.empty(0, dtype=np.int64)
    train, test = parts.get("train", none), parts.get("test", none)
    if "val" in parts:
        return RowSplit(train, parts["val"], test, protocol="published train, validation and test parts")
    n_val = _size("val", val, len(train))
    if not n_val:
        return RowSplit(train, none, test, protocol="published train and test parts, no validation")
    seed = resolve_seed(random_state)
    order = numpy_generator(seed, _STREAM).permutation(len(train))
    return RowSplit(
        train=train[np.sort(order[n_val:])],
        val=train[np.sort(order[:n_val])],
        test=test,
        seed=seed,
        protocol=f"published train and test parts, {val:g} of the train part at random for validation",
    )


def _size(name: str, fraction: float, n_rows: int) -> int:
    # As the decimal that was written: in floating point, 0.29 · 100 is just below 29.
    size = math.floor(Fraction(str(float(fraction))) * n_rows)
    if fraction > 0 and size == 0:
        least = math.ceil(1 / Fraction(str(float(fraction))))
        raise SplitError(
            f"The {name} part, {fraction:g} of {n_rows:,} rows, is less than one row. Give {least:,} rows or "
            f"more (in Python a larger fraction does too, and {name}=0 makes no such part)."
        )
    return size
