"""Reading what anybody may have written: regular files inside a folder, JSON, and what an array states."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import IO, Any, NoReturn

import numpy as np

from varigraph.errors import FileContentError

__all__ = ["file_inside", "parse_json", "read_array_header", "read_json"]


def file_inside(folder: Path, name: str) -> Path:
    """The path of a file of a folder, once it is known that to read it neither leaves the folder nor waits.

    A link may lead to any file of the reader's, and whoever opens a named pipe waits for its writer. A file
    that is not there is for the reader to miss.

    Args:
        folder: May itself be a link.
        name: A fixed name, with slashes for folders in between; never one that stands in a file.

    Raises:
        FileContentError: It is a folder, a pipe or a device, or a link that leads out of the folder.
    """
    path = folder / name
    if path.exists() and not path.is_file():
        raise FileContentError(f"{path} is a folder or a device where a file should be; put the file back.")
    if path.exists() and not path.resolve().is_relative_to(folder.resolve()):
        raise FileContentError(
            f"{path} is a link that leads out of {folder}, so it is not followed; put a copy in its place."
        )
    return path


def read_json(folder: Path, name: str) -> Any:
    """What a JSON file of a folder holds.

    Raises:
        FileContentError: It is missing, no file of the folder, or no JSON; the message names it.
    """
    path = file_inside(folder, name)
    try:
        return parse_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileContentError(f"There is no file {path}.") from None
    except RecursionError:
        raise FileContentError(f"{path} cannot be read as JSON: it is nested too deeply.") from None
    except (OSError, ValueError) as error:
        raise FileContentError(f"{path} cannot be read as JSON: {error}.") from error


def parse_json(text: str) -> Any:
    """What JSON text says, as RFC 8259 has it.

    Raises:
        ValueError: It is no JSON, or holds a NaN or an infinity.
        RecursionError: It is nested too deeply.
    """
    return json.loads(text, parse_constant=_refuse, parse_float=_finite)


def read_array_header(file: IO[bytes], size: int) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype in the header of npy data; nothing of the stated size is made for it.

    Args:
        file: At the start of the data; left behind the header.
        size: The length of the data with its header, in bytes.

    Raises:
        ValueError: It is no npy data, holds Python objects or records, or is not as long as its header says.
    """
    version = np.lib.format.read_magic(file)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in read:
        raise ValueError(f"it is of npy version {version}")
    shape, _, dtype = read[version](file)
    start = file.tell()
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are never loaded")
    if dtype.names is not None:
        raise ValueError(
            f"it holds records with the fields {', '.join(map(repr, dtype.names))}, where plain numbers are "
            "read"
        )
    n_bytes = dtype.itemsize
    for length in shape:
        n_bytes *= length
    if size != start + n_bytes:
        raise ValueError(f"it is {size:,} bytes long where its header asks for {start + n_bytes:,}")
    return shape, dtype


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} stands in it, which RFC 8259 does not know")


def _finite(literal: str) -> float:
    number = float(literal)
    return number if math.isfinite(number) else _refuse(literal)
