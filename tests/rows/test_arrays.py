"""Arrays become values without loss, without a copy where none is needed, and pixels become intensities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from varigraph.errors import DataError
from varigraph.rows.arrays import as_values

KINDS = ["?", "i1", "u1", "<i2", ">u2", "<i4", ">i8", "u8", "<f2", "<f4", ">f4", "<f8", ">f8"]


@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_every_kind_of_number_keeps_its_value(data, kind):
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=2, max_side=4))
    exact = {"allow_nan": False, "allow_infinity": False} if "f" in kind else {}
    if kind in (">i8", "u8"):
        exact = {"max_value": 2**53}  # beyond which float64 has no room either
    if kind == ">i8":
        exact["min_value"] = -(2**53)
    elements = hnp.from_dtype(np.dtype(kind), **exact)
    array = data.draw(hnp.arrays(kind, shape, elements=elements))
    values, image_shape, notes = as_values(array)
    np.testing.assert_array_equal(values, array)
    assert values.dtype in (np.dtype("=f4"), np.dtype("=f8"))
    assert (image_shape, notes) == (None, ())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_in_c_order_are_not_copied_and_others_are(dtype):
    array = np.zeros((5, 4), dtype=dtype)
    assert as_values(array)[0] is not None
    assert np.shares_memory(as_values(array)[0], array)
    assert not np.shares_memory(as_values(np.asfortranarray(array))[0], array)
    assert as_values(np.asfortranarray(array))[0].flags.c_contiguous


@pytest.mark.parametrize(
    ("shape", "expected"), [((3, 4, 5), (4, 5)), ((3, 4, 5, 3), (4, 5, 3)), ((3, 4, 5, 1), (4, 5))]
)
def test_images_are_flattened_in_c_order_and_know_their_shape(shape, expected):
    array = np.arange(np.prod(shape), dtype=float).reshape(shape)
    values, image_shape, _ = as_values(array)
    assert image_shape == expected
    np.testing.assert_array_equal(values.reshape(array.shape), array)


def test_pixels_of_8_bits_become_intensities_when_they_are_images_and_only_then():
    pixels = np.arange(48, dtype=np.uint8).reshape(3, 4, 4) * 5
    values, _, notes = as_values(pixels)
    np.testing.assert_array_equal(values, (pixels.reshape(3, 16) / np.float32(255)).astype(np.float32))
    assert notes == ("Pixels 0 … 255 were divided by 255.",)
    flat = pixels.reshape(3, 16)
    np.testing.assert_array_equal(as_values(flat)[0], flat)
    np.testing.assert_array_equal(as_values(flat, image_shape=(4, 4))[0], values)
    np.testing.assert_array_equal(as_values(pixels.astype(float))[0], flat)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(7), r"one axis of 7; rows have two\. Reshape it to \(-1, 1\)"),
        (np.zeros((2, 2, 2, 2, 2)), r"has shape \(2, 2, 2, 2, 2\)"),
        (np.zeros(()), r"has shape \(\)"),
        (np.zeros((0, 3)), r"is empty: its shape is \(0, 3\)"),
        (np.zeros((3, 0)), r"is empty"),
        (np.array([["a"]]), r"holds <U1 values; rows are real numbers"),
        (np.zeros((2, 2), dtype=complex), r"holds complex128 values"),
        (np.zeros((2, 2), dtype="M8[s]"), r"holds datetime64\[s\] values"),
        (np.zeros((9, 3, 32, 32)), r"channels first; .*moveaxis"),
    ],
)
def test_what_makes_no_rows_is_refused(array, message):
    with pytest.raises(DataError, match=message):
        as_values(array)


def test_an_image_shape_that_contradicts_the_axes_is_refused():
    with pytest.raises(DataError, match=r"images of shape \(4, 5\), not \(5, 4\)"):
        as_values(np.zeros((3, 4, 5)), image_shape=(5, 4))
