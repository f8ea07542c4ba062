"""Data sets by name: their cards and loaders."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import TypeAlias

from varigraph.datasets import (
    binarized_mnist,
    digits,
    frey_faces,
    karate,
    mnist,
    planetoid,
    stdlib,
    synthetic,
)
from varigraph.datasets.card import DatasetCard, DatasetKind
from varigraph.errors import DatasetUnavailableError
from varigraph.graphs.graph import Graph
from varigraph.rows import Rows

__all__ = ["card", "dataset_names", "load_dataset", "load_rows_dataset"]

_GraphEntry: TypeAlias = tuple[DatasetCard, Callable[[], Graph]]
_RowsEntry: TypeAlias = tuple[DatasetCard, Callable[[], Rows]]

_GRAPHS: tuple[_GraphEntry, ...] = (
    (stdlib.STDLIB_CARD, stdlib.load_stdlib),
    (planetoid.CORA_CARD, planetoid.load_cora),
    (planetoid.CITESEER_CARD, planetoid.load_citeseer),
    (planetoid.PUBMED_CARD, planetoid.load_pubmed),
    (karate.KARATE_CARD, karate.load_karate),
    (synthetic.SBM_CARD, synthetic.load_sbm),
    (synthetic.DCSBM_CARD, synthetic.load_dcsbm),
)
_ROWS: tuple[_RowsEntry, ...] = (
    (digits.DIGITS_CARD, digits.load_digits),
    (mnist.MNIST_CARD, mnist.load_mnist),
    (binarized_mnist.BINARIZED_MNIST_CARD, binarized_mnist.load_binarized_mnist),
    (frey_faces.FREY_FACES_CARD, frey_faces.load_frey_faces),
)
_CARDS = {entry[0].name: entry[0] for entry in (*_GRAPHS, *_ROWS)}
_GRAPH_LOADERS = {one.name: load for one, load in _GRAPHS}
_ROWS_LOADERS = {one.name: load for one, load in _ROWS}


def dataset_names(kind: DatasetKind | None = None) -> tuple[str, ...]:
    """The names of data sets: graphs, then rows, each kind's embedded default first.

    Args:
        kind: "graph" for those that `load_graph` takes, "rows" for those of `load_rows`; None for all.

    Example:
        >>> dataset_names("graph")
        ('stdlib', 'cora', 'citeseer', 'pubmed', 'karate', 'sbm', 'dcsbm')
        >>> dataset_names("rows")
        ('digits', 'mnist', 'binarized_mnist', 'frey_faces')
    """
    return tuple(name for name, one in _CARDS.items() if kind in (None, one.kind))


def card(name: str) -> DatasetCard:
    """What is known about a data set; nothing is read or downloaded for it.

    Args:
        name: As in `dataset_names`; capital letters do not matter.

    Raises:
        DatasetUnavailableError: There is no such data set; the message names the closest.
    """
    known = _CARDS.get(name.lower())
    if known is not None:
        return known
    close = difflib.get_close_matches(name.lower(), _CARDS, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    raise DatasetUnavailableError(
        f"There is no data set named {name!r}.{meant} There are {', '.join(_CARDS)}."
    )


def load_dataset(name: str) -> Graph:
    """Loads a graph by name, downloading its raw files the first time if they are not here.

    Args:
        name: As in `dataset_names("graph")`; capital letters do not matter.

    Raises:
        DatasetUnavailableError: There is no such data set, it is one of rows, or its raw files are missing
            and cannot be downloaded.
        FileContentError: A raw file has the wrong sha256.

    Example:
        >>> load_dataset("karate")
        Graph(karate: 34 nodes, 78 edges)
    """
    known = card(name)
    if known.kind != "graph":
        raise DatasetUnavailableError(
            f"{known.name} is a data set of rows ({known.n_rows:,} × {known.n_features:,}), not a graph: "
            f"call load_rows({known.name!r}), and fit a row model such as VAE. The graphs are "
            f"{', '.join(_GRAPH_LOADERS)}."
        )
    return _GRAPH_LOADERS[known.name]()


def load_rows_dataset(name: str) -> Rows:
    """Loads rows by name, downloading their raw files the first time if they are not here.

    Args:
        name: As in `dataset_names("rows")`; capital letters do not matter.

    Raises:
        DatasetUnavailableError, FileContentError: As `load_dataset`.

    Example:
        >>> load_rows_dataset("digits").values.shape
        (1797, 64)
    """
    known = card(name)
    if known.kind != "rows":
        raise DatasetUnavailableError(
            f"{known.name} is a graph ({known.n_nodes:,} nodes, {known.n_edges:,} edges), not rows: call "
            f"load_graph({known.name!r}), and fit a graph model such as VGAE. The data sets of rows are "
            f"{', '.join(_ROWS_LOADERS)}."
        )
    return _ROWS_LOADERS[known.name]()
