"""What an npy array states about itself, believed only when its length bears it out."""

from __future__ import annotations

from typing import IO, Any

import numpy as np

__all__ = ["read_array_header"]


def read_array_header(file: IO[bytes], size: int) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype in the header of npy data; nothing of the stated size is made for it.

    Args:
        file: At the start of the data; left behind the header.
        size: The length of the data with its header, in bytes.

    Raises:
        ValueError: It is no npy data, holds Python objects, or is not as long as its header says.
    """
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in read:
        raise ValueError(f"it is of npy version {version}")
    shape, _, dtype = read[version](file)
    start = file.tell()
    if dtype.hasobject or dtype.names is not None:
        raise ValueError("it holds Python objects, which are never loaded")
    n_bytes = dtype.itemsize
    for length in shape:
        n_bytes *= length
    if size != start + n_bytes:
        raise ValueError(f"it is {size:,} bytes long where its header asks for {start + n_bytes:,}")
    return shape, dtype
