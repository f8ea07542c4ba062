"""Blocks of rows are all rows once, in order, and none larger than asked for unless one row is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from varigraph.rows.blocks import row_blocks


@given(n_rows=st.integers(0, 40), n_features=st.integers(1, 9), n_bytes=st.integers(1, 400))
def test_blocks_cover_each_row_once_and_stay_small(n_rows, n_features, n_bytes):
    values = np.zeros((n_rows, n_features))
    blocks = list(row_blocks(values, n_bytes=n_bytes))
    assert [row for block in blocks for row in range(n_rows)[block]] == list(range(n_rows))
    assert all(values[block].nbytes <= max(n_bytes, 8 * n_features) for block in blocks)
