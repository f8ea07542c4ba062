"""Arrays of numpy are read without trust in what they state, and large ones stay in their file."""

import io

import numpy as np
import pytest
from scipy import sparse as sp

from varigraph.errors import FileContentError
from varigraph.rows import read_rows_file
from varigraph.rows.files import arrays
from varigraph.rows.files.arrays import read_npy

VALUES = np.arange(12.0).reshape(4, 3)


@pytest.fixture
def npy(tmp_path):
    def write(array, name="x.npy", **options):
        np.save(tmp_path / name, array, **options)
        return tmp_path / name

    return write


@pytest.fixture
def npz(tmp_path):
    def write(**arrays):
        np.savez_compressed(tmp_path / "x.npz", **arrays)
        return tmp_path / "x.npz"

    return write


def test_a_small_array_is_read_and_a_large_one_stays_in_its_file(npy):
    path = npy(VALUES)
    small, large = read_npy(path), read_npy(path, mapped_from=1)
    assert (small.is_mapped, large.is_mapped) == (False, True)
    assert small.fingerprint == large.fingerprint


def test_what_is_written_into_a_mapped_array_does_not_reach_the_file(npy):
    path = npy(VALUES)
    before = path.read_bytes()
    rows = read_npy(path, mapped_from=1)
    rows.values[0, 0] = 99.0
    del rows
    assert path.read_bytes() == before


def test_images_of_floats_stay_mapped_and_those_of_pixels_become_intensities(npy):
    images = read_npy(npy(VALUES.reshape(2, 2, 3)), mapped_from=1)
    assert (images.is_mapped, images.image_shape) == (True, (2, 3))
    pixels = read_npy(npy(np.full((2, 2, 3), 51, dtype=np.uint8)), mapped_from=1)
    assert (pixels.is_mapped, pixels.values.max()) == (False, np.float32(0.2))


@pytest.mark.parametrize("dtype", [">f8", "<i4"])
def test_a_mapped_array_that_must_be_converted_is_converted(npy, dtype):
    rows = read_npy(npy(VALUES.astype(dtype)), mapped_from=1)
    np.testing.assert_array_equal(rows.values, VALUES)
    assert rows.values.dtype == np.float64


def test_an_array_in_fortran_order_has_the_same_rows(npy):
    assert (
        read_npy(npy(np.asfortranarray(VALUES)), mapped_from=1).fingerprint
        == read_npy(npy(VALUES)).fingerprint
    )


def test_python_objects_are_never_loaded(npy, tmp_path):
    path = npy(np.array([[print]], dtype=object), allow_pickle=True)
    with pytest.raises(FileContentError, match=r"x.npy .*Python objects, which are never loaded"):
        read_rows_file(path)
    np.savez(tmp_path / "x.npz", x=np.array([[print]], dtype=object), allow_pickle=True)
    with pytest.raises(FileContentError, match=r"'x' of .*x.npz is refused: it holds Python objects"):
        read_rows_file(tmp_path / "x.npz")


def test_an_array_of_records_is_told_as_such(npy):
    records = np.zeros(3, dtype=[("width", "f4"), ("height", "f4")])
    with pytest.raises(FileContentError, match=r"holds records with the fields 'width', 'height'"):
        read_rows_file(npy(records))


def test_an_array_shorter_or_longer_than_its_header_says_is_refused(npy):
    path = npy(VALUES)
    content = path.read_bytes()
    for damaged in (content[:-8], content + b"\0" * 8):
        path.write_bytes(damaged)
        with pytest.raises(FileContentError, match=r"bytes long where its header asks for"):
            read_rows_file(path)


def test_a_header_that_claims_an_enormous_array_costs_no_memory(tmp_path):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        buffer, {"descr": "<f8", "fortran_order": False, "shape": (2**40, 784)}
    )
    (tmp_path / "x.npy").write_bytes(buffer.getvalue() + b"\0" * 64)
    with pytest.raises(FileContentError, match=r"its header asks for 6,8\d\d,"):
        read_rows_file(tmp_path / "x.npy")


@pytest.mark.parametrize(
    "content", [b"hello world", b"\x93NUMPY", b"\x93NUMPY\x01\x00\x10\x00{'descr': 1}  \n", b"PK"]
)
@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_damage_is_told_as_such(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileContentError, match=rf"{name} cannot be read as an"):
        read_rows_file(tmp_path / name)


def test_a_value_that_is_not_finite_is_named(npy):
    bad = VALUES.copy()
    bad[2, 1] = np.nan
    with pytest.raises(FileContentError, match=r"x.npy makes no rows. .* row 2 .* column 1, is nan"):
        read_rows_file(npy(bad))


def test_values_labels_and_ids_of_an_archive_are_found_by_their_names(npz):
    rows = read_rows_file(npz(X=VALUES, y=np.array([0, 1, 0, 1]), ids=np.array(list("abcd"))))
    np.testing.assert_array_equal(rows.values, VALUES)
    assert (rows.labels.tolist(), rows.ids.tolist(), rows.name) == ([0, 1, 0, 1], list("abcd"), "x")


def test_the_only_array_of_two_axes_is_taken_whatever_its_name(npz):
    assert read_rows_file(npz(anything=VALUES, scale=np.ones(3))).labels is None


def test_arrays_of_an_archive_may_be_named(npz):
    path = npz(train=VALUES, test=VALUES[:2], kinds=np.arange(4))
    with pytest.raises(FileContentError, match=r"2 arrays that could be rows, among train \(4, 3\), test"):
        read_rows_file(path)
    assert read_rows_file(path, array="train", label_column="kinds").labels.tolist() == [0, 1, 2, 3]
    with pytest.raises(FileContentError, match=r"has no array 'valid'; it has train \(4, 3\)"):
        read_rows_file(path, array="valid")


def test_an_archive_of_a_sparse_matrix_says_what_to_do(tmp_path):
    sp.save_npz(tmp_path / "x.npz", sp.csr_array(VALUES))
    with pytest.raises(FileContentError, match=r"sparse matrix of scipy; save its .toarray"):
        read_rows_file(tmp_path / "x.npz")


def test_an_archive_that_unpacks_to_far_more_than_it_holds_is_refused_before_it_is_unpacked(npz, monkeypatch):
    path = npz(x=np.zeros((2**20, 1)))
    assert read_rows_file(path).n_rows == 2**20
    monkeypatch.setattr(arrays, "_MOST_BYTES", 2**22)
    with pytest.raises(FileContentError, match=r"unpack to 8,388,\d\d\d.*save it as .npy"):
        read_rows_file(path)
