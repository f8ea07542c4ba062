"""GraphML, GEXF and GML files, through networkx."""

from __future__ import annotations

import difflib
import io
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from varigraph.errors import FileContentError, GraphError, MissingExtraError
from varigraph.graphs.convert import Links, networkx_links
from varigraph.graphs.files.formats import GraphFormat, file_bytes
from varigraph.graphs.files.markup import check_markup

__all__ = ["read_document_links"]

_NAMES = {"graphml": "GraphML", "gexf": "GEXF", "gml": "GML"}
_CANONICAL_INTEGER = re.compile("0|-?[1-9][0-9]{0,18}")


def read_document_links(
    path: Path,
    format: GraphFormat,
    *,
    weight_column: str | None = None,
    use_weights: bool = True,
    label_column: str | None = None,
) -> Links:
    """The edges and nodes of a graph document.

    Ids are the file's: integers when all are integers that can be written back as the same text, otherwise
    strings. In GML, which numbers its nodes, they are the labels if every node has one of its own.

    Args:
        path: The file.
        format: "graphml", "gexf" or "gml".
        weight_column: The edge attribute to take as weight, by default `weight`; an edge without it weighs
            what the file gives as default, or 1.
        use_weights: Whether weights are taken at all.
        label_column: The node attribute to take as label.

    Raises:
        MissingExtraError: networkx is not installed.
        FileContentError: The file is damaged, holds something else, lacks the attribute that was named, or
            a weight is no positive number.
    """
    try:
        import networkx as nx
    except ImportError as error:
        raise MissingExtraError(
            f"{_NAMES[format]} files are read with networkx, which is not installed: "
            "python -m pip install networkx"
        ) from error
    graph = _parsed(nx, path, format, file_bytes(path))
    weight = (weight_column or "weight") if use_weights else None
    if weight_column is not None:
        _check_attribute(path, weight_column, (values for _, _, values in graph.edges(data=True)), "edge")
    try:
        links = networkx_links(graph, weight=weight)
    except GraphError as error:
        raise FileContentError(f"{path} does not make a graph. {error}") from error
    links = replace(links, source_name=str(path), error=FileContentError)
    return links if label_column is None else _labelled(links, graph, label_column, path)


def _parsed(nx: ModuleType, path: Path, format: GraphFormat, content: bytes) -> Any:
    """The graph with its nodes renamed to the ids that the user will see."""
    if format != "gml":
        check_markup(path, content)
    readers = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # networkx warns of ports and untyped keys, which mean nothing here
            if format == "gml":
                graph = nx.parse_gml(_gml_lines(path, content), label="id")
            else:
                graph = readers[format](io.BytesIO(content))
    except FileContentError:
        raise
    except Exception as error:  # networkx lets through whatever a wrong file makes Python raise
        reason = (str(error).strip().splitlines() or [""])[0].rstrip(".") or type(error).__name__
        raise FileContentError(f"{path} cannot be read as {_NAMES[format]}: {reason}.") from error
    for _, _, values in graph.edges(data=True):
        for name, value in graph.graph.get("edge_default", {}).items():
            values.setdefault(name, value)
    names = _ids_of(graph, format)
    if len(set(names.values())) < len(names):
        raise FileContentError(f"{path} holds two nodes with the same id; make the ids differ.")
    return nx.relabel_nodes(graph, names)


def _gml_lines(path: Path, content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileContentError(f"Line {line} of {path} is not UTF-8; save the file as UTF-8.") from error
    if re.search(r"(?m)^\s*multigraph\b", text) is None:
        # Otherwise networkx refuses a file that lists an edge twice; here repeats are dropped and counted.
        text = re.sub(r"\bgraph(\s*)\[", r"graph\1[ multigraph 1 ", text, count=1)
    return text.splitlines()


def _ids_of(graph: Any, format: GraphFormat) -> dict[Any, Any]:
    """From networkx's node to the user's id."""
    nodes = list(graph)
    names = [str(one) for one in nodes]
    if format == "gml":
        labels = [str(graph.nodes[one].get("label", "")) for one in nodes]
        if all(one.strip() for one in labels) and len(set(labels)) == len(labels):
            names = labels
    integers = [int(one) for one in names if _CANONICAL_INTEGER.fullmatch(one)]
    if len(integers) == len(names) and all(-(2**63) <= one < 2**63 for one in integers):
        return dict(zip(nodes, integers, strict=True))
    return dict(zip(nodes, names, strict=True))


def _check_attribute(path: Path, wanted: str, attributes: Iterable[Mapping[str, Any]], of: str) -> None:
    names = sorted({str(name) for values in attributes for name in values})
    if wanted not in names:
        close = difflib.get_close_matches(wanted, names, n=1)
        guess = f" Did you mean {close[0]!r}?" if close else ""
        there = f"There are {', '.join(map(repr, names[:12]))}." if names else "There are none at all."
        raise FileContentError(f"No {of} of {path} has an attribute {wanted!r}.{guess} {there}")


def _labelled(links: Links, graph: Any, attribute: str, path: Path) -> Links:
    _check_attribute(path, attribute, (values for _, values in graph.nodes(data=True)), "node")
    listed = [value for _, value in graph.nodes(data=attribute)]
    if {type(one) for one in listed} in ({int}, {float}, {bool}):
        return replace(links, labels=np.array(listed))
    named = [None if one is None else str(one) for one in listed]
    return replace(links, labels=np.fromiter(named, dtype=object, count=len(named)))
