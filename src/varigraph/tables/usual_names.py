"""Columns found by the headers that people usually give them, in any case and spelling."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = ["ID_NAMES", "by_plain_name", "first_usual", "likely_slips", "looks_like_data"]

ID_NAMES = ("id", "ids", "node", "nodes", "node_id", "nodeid", "id_node", "name", "vertex", "key")
"""What the column of node ids is usually called, the surest first."""


def by_plain_name(names: Sequence[str]) -> dict[str, str]:
    """Names by their plain form; of two with the same one, the first.

    Example:
        >>> by_plain_name(["Node ID", "Label"])
        {'label': 'Label', 'node_id': 'Node ID'}
    """
    return {_plain(name): name for name in reversed(names)}


def first_usual(names: Sequence[str], usual: Iterable[str]) -> str | None:
    """The name whose plain form comes first among the usual ones; None if there is none.

    Example:
        >>> first_usual(["Name", "ID"], ID_NAMES)
        'ID'
    """
    found = by_plain_name(names)
    return next((found[one] for one in usual if one in found), None)


def likely_slips(names: Sequence[str], wanted: Sequence[str]) -> str:
    """A question for each wanted name that one of the names is nearly; empty if none is.

    Example:
        >>> likely_slips(["soruce", "target"], ["source", "target"])
        " Is 'soruce' meant to be 'source'?"
    """
    folded = [name.casefold() for name in names]
    slips = [(one, difflib.get_close_matches(one, folded, n=1)) for one in wanted]
    return "".join(
        f" Is {close[0]!r} meant to be {one!r}?" for one, close in slips if close and close != [one]
    )


def looks_like_data(names: Sequence[str]) -> bool:
    """Whether what should be names are numbers, as when a file has no header."""
    return all(_is_number(name) for name in names)


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_").replace("-", "_")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
