"""Data of the other kind: what cannot be read as a graph may be vectors, and the other way round."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from varigraph.errors import DataError, FileContentError

if TYPE_CHECKING:
    from varigraph.cli.kinds import Subject

__all__ = ["pointing_to_the_other_kind"]

_MOST_EDGE_COLUMNS = 3  # source, target, weight
_GRAPH_ENDINGS = (".mtx", ".mtx.gz", ".graphml", ".graphml.gz", ".gexf", ".gexf.gz", ".gml", ".gml.gz")
_ARRAY_ENDINGS = (".npy", ".npz")
_HINTS = {
    "graphs": "If these are vectors or images, say --model vae.",
    "rows": "If this is a graph, say --model vgae.",
}


@contextlib.contextmanager
def pointing_to_the_other_kind(subject: Subject) -> Iterator[None]:
    """When a file cannot be read as what the model takes but looks like the other, says so in the end.

    Raises:
        FileContentError: As the reader raised it, with a hint.
    """
    try:
        yield
    except FileContentError as error:
        looks_otherwise = _looks_like_rows if subject.kind == "graphs" else _looks_like_a_graph
        if not looks_otherwise(Path(subject.data)):
            raise
        raise type(error)(f"{error} {_HINTS[subject.kind]}") from error


def _looks_like_rows(path: Path) -> bool:
    if path.is_dir():
        return not (path / "graph.json").exists()
    return path.is_file() and (path.name.casefold().endswith(_ARRAY_ENDINGS) or _is_wide(path) is True)


def _looks_like_a_graph(path: Path) -> bool:
    if path.is_dir():
        return (path / "graph.json").exists()
    return path.is_file() and (path.name.casefold().endswith(_GRAPH_ENDINGS) or _is_wide(path) is False)


def _is_wide(path: Path) -> bool | None:
    """Whether a table has more columns than edges need; None if it is no table."""
    from varigraph.tables import column_names

    try:
        return len(column_names(path)) > _MOST_EDGE_COLUMNS
    except DataError:
        return None
