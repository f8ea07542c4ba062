"""The program as a person runs it, but within the test's process: arguments in, exit code and words out."""

import contextlib
import io
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from rich.console import Console

from varigraph.cli import console, main

# A ring with chords, 80 edges: enough for every part of 85/5/10. Names have blanks and brackets.
FRIENDS = [(f"Bo [{i}]", f"Bo [{(i + step) % 40}]") for i in range(40) for step in (1, 7)]


@dataclass(frozen=True)
class Outcome:
    """How one run of the program ended."""

    code: int
    out: str
    err: str


def run(*arguments: object, cwd: Path, width: int = 80, stdin: bytes | None = None) -> Outcome:
    """`varigraph ARGUMENTS` in the folder `cwd`, on terminals that are none, so many columns wide."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.chdir(cwd),
        mock.patch.object(sys, "argv", ["varigraph", *map(str, arguments)]),
        mock.patch.object(sys, "stdin", sys.stdin if stdin is None else io.TextIOWrapper(io.BytesIO(stdin))),
        mock.patch.object(console, "out", Console(highlight=False, width=width)),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode())
    return Outcome(code, *texts)


def write_friends(path: Path, *, rows: list[tuple[str, str]] = FRIENDS) -> Path:
    """An edge table of names."""
    path.write_text("source,target\n" + "".join(f"{a},{b}\n" for a, b in rows))
    return path


def write_measurements(path: Path, *, n_rows: int = 60, seed: int = 0) -> Path:
    """A table of rows: ids, three columns that hang together, a label."""
    numbers = random.Random(seed)
    lines = ["id,width,height,weight,class"]
    for at in range(n_rows):
        size = numbers.gauss(0, 1)
        values = [size + numbers.gauss(0, 0.3) for _ in range(3)]
        lines.append(",".join([f"Bo [{at}]", *(f"{value:.4f}" for value in values), "ab"[at % 2]]))
    path.write_text("\n".join(lines) + "\n")
    return path
