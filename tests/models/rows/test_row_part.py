"""`RowPart`: some rows of an array are those rows, and a mapped file is not read into memory for them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

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
    # In a process of its own: what other tests held before would hide what this one takes.
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import numpy as np; from peak_memory import peak_bytes; from varigraph import AE;"
        "mapped = np.load(sys.argv[2], mmap_mode='r');"
        "tiny = dict(latent_dim=2, hidden_dims=(4,), max_epochs=1, batch_size=500, random_state=0);"
        "AE(**tiny).fit(np.ones((50, 3), dtype=np.float32)); before = peak_bytes();"
        "model = AE(**tiny, patience=1).fit(mapped); assert 'val_loss' in model.history_[0];"
        "print((peak_bytes() - before) / mapped.nbytes)"
    )
    tests = str(Path(__file__).parents[2])
    arguments = [sys.executable, "-c", code, tests, str(tmp_path / "rows.npy")]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    # Pages of the file count as the process's own while they are in memory, so it is one file, not none; with
    # a copy of the nine tenths that are trained on it would be 1.9.
    assert 0.9 < float(done.stdout) < 1.5
