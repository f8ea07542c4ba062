"""What is known about a data set: its source, licence, counts, citation and raw files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["DatasetCard", "DatasetKind", "RawFile"]

DatasetKind: TypeAlias = Literal["graph", "rows"]
"""What a data set is: a graph for `load_graph`, or vectors and images for `load_rows`."""


@dataclass(frozen=True)
class RawFile:
    """One file of a data set as its authors published it.

    Attributes:
        name: The file's own name.
        sha256: What the file's bytes must hash to, in lower-case hexadecimal. A file with another sum
            is never opened, wherever it came from.
        places: Where the file may lie below the folder that `VARIGRAPH_DATA` names, in the order they
            are tried; the first is also its place in the cache and the one that messages recommend.
        url: Where it can be downloaded, or None if no address serves exactly these bytes.
        how_to_make: For a file without an address, how to make it from what there is.
    """

    name: str
    sha256: str
    places: tuple[str, ...]
    url: str | None = None
    how_to_make: str = ""


@dataclass(frozen=True)
class DatasetCard:
    """A data set in facts, without a word on how they are shown.

    Counts that a kind does not have are 0.

    Attributes:
        name: What `load_graph` or `load_rows` takes.
        title: One line for people.
        source: Where the data come from: an address, or how they are made.
        licence: The terms under which the source offers the data.
        citation: Authors, year and title of the work to cite.
        kind: Whether it is a graph or rows.
        n_nodes: Of a graph, the number of nodes, isolated ones included.
        n_edges: Of a graph, the number of undirected edges, self-loops left out.
        n_rows: Of rows, their number in all parts.
        n_features: The number of feature columns; 0 without features.
        n_classes: The number of different labels; 0 without labels.
        image_shape: Of rows that are images, (height, width) or (height, width, channels).
        part_sizes: Of rows with a published split, the name and the number of rows of each part.
        raw_files: What must be had before the data set can be read; empty if it comes with varigraph.
        notes: What a reader of results should know, or an empty string.
    """

    name: str
    title: str
    source: str
    licence: str
    citation: str
    kind: DatasetKind = "graph"
    n_nodes: int = 0
    n_edges: int = 0
    n_rows: int = 0
    n_features: int = 0
    n_classes: int = 0
    image_shape: tuple[int, ...] | None = None
    part_sizes: tuple[tuple[str, int], ...] = ()
    raw_files: tuple[RawFile, ...] = ()
    notes: str = ""
