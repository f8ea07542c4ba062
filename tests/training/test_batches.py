"""Batches of rows: every row once, in an order that the generator decides, from memory or a mapped file."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from varigraph.training import RowBatches


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@given(n_rows=st.integers(1, 40), batch_size=st.integers(1, 50))
def test_an_epoch_has_every_row_once_and_as_many_batches_as_it_says(n_rows, batch_size):
    rows = torch.arange(float(n_rows))[:, None]
    batches = RowBatches(rows, batch_size)
    seen = [batch.clone() for batch in batches.shuffled(generator())]
    assert len(seen) == len(batches)
    assert torch.equal(torch.cat(seen).sort(dim=0).values, rows)
    assert all(len(batch) == batches.batch_size for batch in seen[:-1])


def test_the_generator_decides_the_order():
    batches = RowBatches(torch.arange(50.0)[:, None], 7)

    def order(seed):
        return torch.cat([batch.clone() for batch in batches.shuffled(generator(seed))])

    assert torch.equal(order(1), order(1))
    assert not torch.equal(order(1), order(2))


def test_rows_in_order_come_as_they_stand():
    rows = torch.randn(11, 3)
    assert torch.equal(torch.cat(list(RowBatches(rows, 4).in_order())), rows)


def test_a_batch_larger_than_the_data_is_all_of_the_data():
    (batch,) = RowBatches(torch.ones(3, 2), 100).shuffled(generator())
    assert batch.shape == (3, 2)


def test_batches_of_a_mapped_file_are_those_of_memory_and_leave_the_file_alone(tmp_path):
    values = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    np.save(tmp_path / "rows.npy", values)
    before = (tmp_path / "rows.npy").read_bytes()
    mapped = torch.from_numpy(np.load(tmp_path / "rows.npy", mmap_mode="c"))
    pairs = zip(
        RowBatches(mapped, 7).shuffled(generator()),
        RowBatches(torch.from_numpy(values), 7).shuffled(generator()),
        strict=True,
    )
    for of_file, of_memory in pairs:
        assert torch.equal(of_file, of_memory)
        of_file.zero_()
    assert (tmp_path / "rows.npy").read_bytes() == before


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_batches_have_the_precision_that_is_asked_for(dtype):
    rows = torch.ones(5, 2, dtype=torch.float64)
    assert all(batch.dtype == dtype for batch in RowBatches(rows, 2, dtype=dtype).shuffled(generator()))


@given(n_rows=st.integers(1, 40), batch_size=st.integers(1, 50), data=st.data())
def test_batches_of_some_rows_are_those_of_a_copy_of_them(n_rows, batch_size, data):
    chosen = data.draw(st.sets(st.integers(0, n_rows - 1), min_size=1))
    rows, positions = torch.arange(2.0 * n_rows).view(n_rows, 2), torch.tensor(sorted(chosen))
    some, copied = RowBatches(rows, batch_size, positions=positions), RowBatches(rows[positions], batch_size)
    assert (len(some), some.n_rows) == (len(copied), copied.n_rows)
    for ours, theirs in zip(some.shuffled(generator(3)), copied.shuffled(generator(3)), strict=True):
        assert torch.equal(ours, theirs)
    assert torch.equal(
        torch.cat([batch.clone() for batch in some.in_order()]), torch.cat(list(copied.in_order()))
    )
