"""A folder of images is rows: flattened, in [0, 1], named by their paths, labelled by their folders."""

import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from varigraph.errors import FileContentError, MissingExtraError
from varigraph.rows import read_rows_file
from varigraph.rows.files import images

PIXELS = np.random.default_rng(0).integers(0, 256, size=(5, 7), dtype=np.uint8)
COLOURS = np.random.default_rng(1).integers(0, 256, size=(5, 7, 3), dtype=np.uint8)


@pytest.fixture
def save(tmp_path):
    def write(array, name, mode=None):
        path = tmp_path / "faces" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(array)
        (image if mode is None else image.convert(mode)).save(path)
        return tmp_path / "faces"

    return write


def test_grey_images_are_rows_in_the_order_of_their_names(save):
    save(PIXELS, "b.png")
    rows = read_rows_file(save(255 - PIXELS, "a.bmp"))
    assert (rows.ids.tolist(), rows.labels, rows.image_shape, rows.name) == (
        ["a.bmp", "b.png"],
        None,
        (5, 7),
        "faces",
    )
    expected = np.stack([255 - PIXELS, PIXELS]).reshape(2, -1) / np.float32(255)
    np.testing.assert_array_equal(rows.values, expected.astype(np.float32))


def test_sub_folders_are_labels(save):
    save(PIXELS, "cat/1.png")
    save(PIXELS, "dog/deep/2.png")
    rows = read_rows_file(save(PIXELS, "cat/3.png"))
    assert rows.ids.tolist() == ["cat/1.png", "cat/3.png", "dog/deep/2.png"]
    assert rows.labels.tolist() == ["cat", "cat", "dog"]
    assert read_rows_file(save(PIXELS, "0.png")).labels.tolist() == [None, "cat", "cat", "dog"]


def test_colour_images_have_three_channels_and_grey_ones_among_them_too(save):
    save(COLOURS, "a.png")
    rows = read_rows_file(save(PIXELS, "b.png"))
    assert rows.image_shape == (5, 7, 3)
    shaped = rows.values.reshape(2, 5, 7, 3)
    np.testing.assert_array_equal(shaped[0], (COLOURS / np.float32(255)).astype(np.float32))
    np.testing.assert_array_equal(shaped[1], np.repeat(shaped[1, :, :, :1], 3, axis=2))


def test_transparency_is_dropped_and_other_files_are_counted(save):
    folder = save(COLOURS, "a.png", mode="RGBA")
    (folder / "notes.txt").write_text("x")
    (folder / ".hidden.png").write_text("x")
    rows = read_rows_file(folder)
    assert rows.image_shape == (5, 7, 3)
    assert rows.notes[1:] == (
        "1 file(s) that end like no image were passed over.",
        "Transparency was dropped.",
    )


def test_images_of_different_sizes_are_named_both(save):
    save(PIXELS, "a.png")
    with pytest.raises(
        FileContentError, match=r"b.png has height × width 7 × 5, but .*a.png has 5 × 7; .* Resize"
    ):
        read_rows_file(save(PIXELS.T.copy(), "b.png"))


def test_a_file_that_is_no_image_and_one_cut_short_are_named(save):
    folder = save(PIXELS, "a.png")
    (folder / "b.png").write_text("hello")
    with pytest.raises(FileContentError, match=r"b.png cannot be read as an image"):
        read_rows_file(folder)
    (folder / "b.png").write_bytes((folder / "a.png").read_bytes()[:-30])
    with pytest.raises(FileContentError, match=r"b.png cannot be read as an image"):
        read_rows_file(folder)


def test_more_than_8_bits_are_refused_rather_than_clipped(save):
    with pytest.raises(FileContentError, match=r"a.png has pixels of the kind 'I;16', with more than 8 bits"):
        read_rows_file(save(PIXELS.astype(np.uint16), "a.png"))


def test_a_folder_without_images_says_what_it_looks_for(tmp_path):
    with pytest.raises(FileContentError, match=r"holds no image: no file there ends in .png"):
        read_rows_file(tmp_path)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def test_a_small_file_that_claims_an_enormous_image_is_refused_by_its_head(tmp_path):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + body)
    with pytest.raises(FileContentError, match=r"a.png cannot be read as an image: .*exceeds limit"):
        read_rows_file(tmp_path)


def test_images_that_would_fill_the_memory_together_are_refused(save, monkeypatch):
    monkeypatch.setattr(images, "_MOST_BYTES", 2 * 4 * PIXELS.size)
    save(PIXELS, "a.png")
    assert read_rows_file(save(PIXELS, "b.png")).n_rows == 2
    with pytest.raises(FileContentError, match=r"The 3 images in .* of memory"):
        read_rows_file(save(PIXELS, "c.png"))


def test_without_pillow_the_message_says_how_to_install_it(save, monkeypatch):
    folder = save(PIXELS, "a.png")
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtraError, match=r"python -m pip install pillow"):
        read_rows_file(folder)
