"""Files that verbs write for the user: refused before any work if they cannot be, never replaced unasked."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from varigraph.cli.console import show_file
from varigraph.durable import check_nameable

__all__ = ["PICTURES", "ForceOption", "check_output", "is_picture", "output_or_stdout"]

PICTURES = (".png", ".svg", ".pdf")
"""Endings of pictures."""

ForceOption: TypeAlias = Annotated[
    bool, typer.Option("--force", help="Replace the output file, if there is one of that name.")
]


def check_output(output: Path | None, endings: Sequence[str], *, force: bool, option: str = "-o") -> None:
    """Refuses an output file that cannot be written or would replace another; None is standard output.

    Args:
        output: What the user gave.
        endings: Those that can be written, each with its dot.
        force: A file that is there may be replaced.
        option: What the user gave it with.

    Raises:
        typer.BadParameter: The ending is of another kind, or the file exists and `force` is off.
        OSError: A folder is in its place, or a file where one of its folders should be.
    """
    hint = "'--output' / '-o'" if option == "-o" else f"'{option}'"
    if output is None:
        if force:
            raise typer.BadParameter(f"it is for an output file: {option} FILE.", param_hint="'--force'")
        return
    if not output.name.casefold().endswith(tuple(endings)):
        raise typer.BadParameter(f"{output} has none of the endings {', '.join(endings)}.", param_hint=hint)
    check_nameable(output)
    if output.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(output))
    above = next(one for one in output.absolute().parents if os.path.lexists(one))
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(output))
    if os.path.lexists(output) and not force:
        raise typer.BadParameter(f"{output} exists; --force to replace it.", param_hint=hint)


def is_picture(output: Path | None) -> bool:
    """Whether the output is to be a picture, by its ending."""
    return output is not None and output.suffix.casefold() in PICTURES


@contextmanager
def output_or_stdout(output: Path | None) -> Iterator[Path]:
    """Where a table is to be written: the user's file, or a CSV file that then goes to standard output."""
    if output is not None:
        yield output
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        yield path
        show_file(path)
