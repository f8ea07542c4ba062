"""Data sets by name: their cards and loaders."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TypeAlias

from varigraph.datasets import karate, planetoid, stdlib, synthetic
from varigraph.datasets.card import DatasetCard
from varigraph.errors import DatasetUnavailableError
from varigraph.graphs.graph import Graph

__all__ = ["card", "dataset_names", "load_dataset"]

_Entry: TypeAlias = tuple[DatasetCard, Callable[[], Graph]]

_ENTRIES: tuple[_Entry, ...] = (
    (stdlib.STDLIB_CARD, stdlib.load_stdlib),
    (planetoid.CORA_CARD, planetoid.load_cora),
    (planetoid.CITESEER_CARD, planetoid.load_citeseer),
    (planetoid.PUBMED_CARD, planetoid.load_pubmed),
    (karate.KARATE_CARD, karate.load_karate),
    (synthetic.SBM_CARD, synthetic.load_sbm),
    (synthetic.DCSBM_CARD, synthetic.load_dcsbm),
)
_CATALOGUE = {entry[0].name: entry for entry in _ENTRIES}


def dataset_names() -> tuple[str, ...]:
    """The names that `load_dataset` takes, the embedded default first.

    Example:
        >>> dataset_names()
        ('stdlib', 'cora', 'citeseer', 'pubmed', 'karate', 'sbm', 'dcsbm')
    """
    return tuple(_CATALOGUE)


def card(name: str) -> DatasetCard:
    """What is known about a data set; nothing is read or downloaded for it.

    Args:
        name: As in `dataset_names`; capital letters do not matter.

    Raises:
        DatasetUnavailableError: There is no such data set; the message names the closest.
    """
    return _entry(name)[0]


def load_dataset(name: str) -> Graph:
    """Loads a graph by name, downloading its raw files the first time if they are not here.

    Args:
        name: As in `dataset_names`; capital letters do not matter.

    Raises:
        DatasetUnavailableError: There is no such data set, or its raw files are missing and cannot be
            downloaded.
        FileContentError: A raw file has the wrong sha256.

    Example:
        >>> load_dataset("karate")
        Graph(karate: 34 nodes, 78 edges)
    """
    return _entry(name)[1]()


def _entry(name: str) -> _Entry:
    entry = _CATALOGUE.get(name.lower())
    if entry is not None:
        return entry
    close = difflib.get_close_matches(name.lower(), _CATALOGUE, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    raise DatasetUnavailableError(
        f"There is no data set named {name!r}.{meant} There are {', '.join(_CATALOGUE)}."
    )
