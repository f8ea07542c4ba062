"""`RowPart`: some rows of an array are those rows, and a mapped file is not read into memory for them."""

import numpy as np
import pytest

from peak_memory import peak_bytes
from varigraph import AE
from varigraph.models.rows.row_part import RowPart

VALUES = np.random.default_rng(0).normal(size=(23, 3))
POSITIONS = np.array([0, 2, 3, 11, 22])


@pytest.mark.parametrize("positions", [None, POSITIONS])
def test_a_part_is_what_a_copy_of_its_rows_is(positions):
    part, copy = RowPart(VALUES, positions), VALUES if positions is None else VALUES[positions]
    assert (len(part), part.shape, part.dtype) == (len(copy), copy.shape, copy.dtype)
    assert np.array_equal(part[1:3], copy[1:3])
    assert np.array_equal(part[np.array([4, 0])], copy[[4, 0]])
    assert np.array_equal(np.concatenate(list(part.blocks())), copy)


def test_two_parts_of_an_order_hold_every_row_once():
    order = np.random.default_rng(1).permutation(len(VALUES))
    rest, some = RowPart(VALUES).split(order, 4)
    assert (len(rest), len(some)) == (19, 4)
    assert sorted([*rest.positions, *some.positions]) == list(range(23))
    assert set(some.positions) == set(order[:4])
    assert (np.diff(rest.positions) > 0).all()


def test_fitting_on_a_mapped_file_with_rows_held_out_needs_no_copy_of_it(tmp_path):
    n_rows = 150_000
    file = np.lib.format.open_memmap(tmp_path / "rows.npy", "w+", np.float32, (n_rows, 256))
    for start in range(0, n_rows, 10_000):
        file[start : start + 10_000] = np.random.default_rng(start).normal(size=(10_000, 256))
    del file
    mapped = np.load(tmp_path / "rows.npy", mmap_mode="r")
    settings = {"latent_dim": 2, "hidden_dims": (4,), "max_epochs": 1, "batch_size": 5_000}
    before = peak_bytes()
    model = AE(**settings, patience=1, random_state=0).fit(mapped)
    # Pages of the file count as the process's own while they are in memory: once, but no copy beside.
    assert "val_loss" in model.history_[0]
    assert peak_bytes() - before < 1.5 * mapped.nbytes
