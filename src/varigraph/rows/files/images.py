"""A folder of images as rows: one size, grey or colour, sub-folders as labels."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from varigraph.errors import FileContentError, MissingExtraError
from varigraph.rows.rows import Rows
from varigraph.tensor_types import FloatArray

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["read_image_folder"]

_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".pnm")
_LARGEST = 255
_GREY = frozenset({"1", "L", "LA"})
_SEE_THROUGH = frozenset({"LA", "PA", "RGBA", "La", "RGBa"})
_COLOUR = frozenset({"P", "RGB", "CMYK", "YCbCr", "LAB", "HSV", "RGBX"}) | _SEE_THROUGH
_MOST_BYTES = 16 << 30


def read_image_folder(folder: Path) -> Rows:
    """Images of one size as rows, float32 in [0, 1], in ascending order of their paths.

    Images are grey if all of them are, and of three channels (red, green, blue) otherwise; transparency is
    dropped. The ids are paths below the folder. If images lie in sub-folders, the name of the first is the
    label.

    Args:
        folder: The folder; files whose ending is that of no image are passed over.

    Raises:
        FileContentError: There is no image, one cannot be read or has more than 8 bits a channel, two differ
            in size (the message names both), or all together would fill the memory.
        MissingExtraError: Pillow is not installed.
    """
    if not folder.is_dir():
        raise FileContentError(f"{folder} is no folder; give the one in which the images are.")
    paths, n_others = _image_paths(folder)
    if not paths:
        raise FileContentError(
            f"{folder} holds no image: no file there ends in {', '.join(_ENDINGS)}. Give the folder of the "
            "images."
        )
    shape, is_see_through = _common_shape(paths)
    values = _pixels(paths, shape)
    names = [path.relative_to(folder).as_posix() for path in paths]
    return Rows(
        values,
        ids=np.fromiter(names, dtype=object, count=len(names)),
        labels=_labels(names),
        image_shape=shape,
        notes=_notes(n_others, is_see_through),
    )


def _image_paths(folder: Path) -> tuple[list[Path], int]:
    """Images in ascending order of their paths below the folder, and how many other files there are."""
    found, n_others = [], 0
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names:
            if name.startswith("."):
                continue
            if name.casefold().endswith(_ENDINGS):
                found.append(Path(place) / name)
            else:
                n_others += 1
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix()), n_others


def _common_shape(paths: Sequence[Path]) -> tuple[tuple[int, ...], bool]:
    """Shape of every image, and whether one has transparency; only the heads of the files are read."""
    modes = set()
    first: tuple[int, int] | None = None
    for path in paths:
        with _opened(path) as image:
            modes.add(image.mode)
            size = image.size
        if image.mode not in _GREY | _COLOUR:
            raise FileContentError(
                f"{path} has pixels of the kind {image.mode!r}, with more than 8 bits a channel; save it "
                "with 8."
            )
        first = first or size
        if size != first:
            raise FileContentError(
                f"{path} has height × width {size[1]} × {size[0]}, but {paths[0]} has {first[1]} × "
                f"{first[0]}; all images need one size. Resize or crop them, or leave the odd ones out."
            )
    width, height = first or (0, 0)
    shape = (height, width) if modes <= _GREY else (height, width, 3)
    _check_memory(paths, shape)
    return shape, bool(modes & _SEE_THROUGH)


def _check_memory(paths: Sequence[Path], shape: tuple[int, ...]) -> None:
    n_bytes = 4 * len(paths) * int(np.prod(shape))
    if n_bytes > _MOST_BYTES:
        raise FileContentError(
            f"The {len(paths):,} images in {paths[0].parent} would take {n_bytes / 2**30:,.0f} GB of memory. "
            "Make them smaller, or write them to a float32 .npy, which is read page by page."
        )


def _pixels(paths: Sequence[Path], shape: tuple[int, ...]) -> FloatArray:
    values = np.empty((len(paths), int(np.prod(shape))), dtype=np.float32)
    mode = "L" if len(shape) == 2 else "RGB"
    for row, path in enumerate(paths):
        with _opened(path) as image:
            pixels = np.asarray(image.convert(mode), dtype=np.uint8)
        np.divide(pixels.reshape(-1), np.float32(_LARGEST), out=values[row])
    return values


@contextmanager
def _opened(path: Path) -> Iterator[Image]:
    """An image whose head was read; a fault while it is open is one of the file."""
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError(
            "Images are read with Pillow, which is not installed: python -m pip install pillow"
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on tags that do not concern the pixels
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                yield image
    except Exception as error:  # each of Pillow's readers has several of its own for damage
        reason = (str(error).strip().splitlines() or [""])[0].rstrip(".") or type(error).__name__
        raise FileContentError(
            f"{path} cannot be read as an image: {reason}. Leave it out, or save it anew."
        ) from error


def _labels(names: Sequence[str]) -> NDArray[Any] | None:
    """The first sub-folder of each image, None for one that lies in none; None if all do."""
    labels = [name.partition("/")[0] if "/" in name else None for name in names]
    if all(one is None for one in labels):
        return None
    return np.fromiter(labels, dtype=object, count=len(labels))


def _notes(n_others: int, is_see_through: bool) -> tuple[str, ...]:
    notes = [f"Pixels 0 … {_LARGEST} were divided by {_LARGEST}."]
    if n_others:
        notes.append(f"{n_others:,} file(s) that end like no image were passed over.")
    if is_see_through:
        notes.append("Transparency was dropped.")
    return tuple(notes)
