"""Names of array shapes and of option values, each stated once."""

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FloatArray", "IndexPairs", "IntArray", "PairOrder", "RandomState", "TieRule"]

IntArray: TypeAlias = NDArray[np.int64]
"""Integers of any shape; the docstring of the function states the shape."""

FloatArray: TypeAlias = NDArray[np.floating]
"""Floating-point numbers of any shape; the docstring of the function states the shape."""

IndexPairs: TypeAlias = NDArray[np.int64]
"""Pairs of node positions 0 … n_nodes − 1, shape (n_pairs, 2)."""

RandomState: TypeAlias = "int | np.random.Generator | np.random.RandomState | None"
"""What users give as a seed."""

TieRule: TypeAlias = Literal["average", "optimistic", "pessimistic"]
"""Where a positive stands among negatives of the same score: in the middle, before or behind them."""

PairOrder: TypeAlias = Literal["unordered", "ordered"]
"""Whether a sum over pairs counts i < j once, or all N² ordered pairs with the diagonal."""
