"""Where words go: data to standard output, talk and progress to standard error."""

from __future__ import annotations

import errno
import io
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.text import Text

if TYPE_CHECKING:
    from varigraph.evaluation.link_prediction import LinkEvaluation
    from varigraph.evaluation.records import RunRecord
    from varigraph.reporting.tables import ResultTable

__all__ = [
    "err",
    "fits",
    "is_terminal",
    "keeps_words",
    "out",
    "say",
    "show",
    "show_checks",
    "show_evaluation",
    "show_file",
    "show_json",
]

err = Console(stderr=True, highlight=False, soft_wrap=True)
out = Console(highlight=False)


def say(message: str, *, style: str = "") -> None:
    """A sentence to standard error; square brackets in it are no markup."""
    from varigraph.reporting.plain_text import shown_text

    err.print(Text(shown_text(message), style=style))


def show(renderable: Any) -> None:
    """A table or text to standard output."""
    out.print(renderable)


def show_evaluation(evaluation: LinkEvaluation, *, title: str) -> None:
    """The table of one evaluation, with a decimal less where the terminal is narrow."""
    from varigraph.reporting.tables import evaluation_table

    whole = evaluation_table(evaluation, title=title)
    show(whole if fits(whole) else evaluation_table(evaluation, title=title, decimals=1))


def show_checks(record: RunRecord) -> None:
    """Whether probabilities came true and the best links are links, if the record says so."""
    from varigraph.reporting.checks import checks_lines
    from varigraph.reporting.plain_text import one_line

    for line in checks_lines(record):
        show(Text(one_line(line)))


def is_terminal() -> bool:
    """Whether a person is to read standard output, and not a program or a file."""
    return sys.stdout is not None and sys.stdout.isatty()


def fits(renderable: Any) -> bool:
    """Whether standard output is wide enough for it."""
    wanted = Measurement.get(out, out.options.update(width=10_000), renderable)
    return wanted.maximum <= out.width


def keeps_words(table: ResultTable) -> bool:
    """Whether standard output is wide enough for every word of a table to stand in one line."""
    plain = Console(file=io.StringIO(), width=out.width)
    plain.print(table)
    shown = set(plain.file.getvalue().split())  # type: ignore[attr-defined]
    return shown >= {word for row in (table.columns, *table.rows) for cell in row for word in cell.split()}


def show_file(path: Path) -> None:
    """The bytes of a file to standard output.

    Raises:
        OSError: Standard output is closed, or its reader has gone.
    """
    if sys.stdout is None:
        raise OSError(errno.EBADF, "Standard output is closed")
    with path.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.flush()


def show_json(document: Any) -> None:
    """A JSON document to standard output."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
