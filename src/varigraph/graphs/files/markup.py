"""Checks of GraphML and GEXF before they are parsed: no entities, sound XML, and ids that fit together."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from varigraph.errors import FileContentError

__all__ = ["check_markup"]


def check_markup(path: Path, content: bytes) -> None:
    """Reads the document once, line by line and without making anything of it.

    Args:
        path: For messages.
        content: The XML.

    Raises:
        FileContentError: The document declares a type or entities, is no sound XML, holds several graphs,
            or a node or an edge lacks its ids, repeats a node's, or names a node that is not there; the
            message names the line.
    """
    document = _Document(path)
    try:
        document.parser.Parse(content, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise FileContentError(f"Line {error.lineno} of {path} is no sound XML: {reason}.") from error
    except (ValueError, LookupError) as error:
        raise FileContentError(f"{path} is no sound XML: {error}.") from error
    document.check_ends()


class _Document:
    """What has been seen of the document so far."""

    def __init__(self, path: Path) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._path = path
        self._depth = 0
        self._n_graphs = 0
        self._nodes: set[str] = set()
        self._first_line_of: dict[str, int] = {}

    def check_ends(self) -> None:
        """Checks, once all nodes are known, that every edge joins two of them."""
        for one, line in self._first_line_of.items():
            if one not in self._nodes:
                raise FileContentError(
                    f"The edge in line {line} of {self._path} names the node {one!r}, which the file does "
                    "not hold."
                )

    def _refuse_doctype(self, *_: object) -> None:
        raise self._fault(
            "declares a document type, through which a file can draw on others or swell; delete it"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "graph" and self._depth == 1:
            self._n_graphs += 1
            if self._n_graphs > 1:
                raise self._fault("begins a second graph; a file must hold one")
        elif name == "node":
            self._take_node(attributes.get("id", ""))
        elif name == "edge":
            for end in ("source", "target"):
                one = attributes.get(end, "")
                if not one.strip():
                    raise self._fault(f"is an edge without a {end}")
                self._first_line_of.setdefault(one, self.parser.CurrentLineNumber)
        self._depth += 1

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _take_node(self, one: str) -> None:
        if not one.strip():
            raise self._fault("is a node without an id")
        if one in self._nodes:
            raise self._fault(f"repeats the node id {one!r}")
        self._nodes.add(one)

    def _fault(self, what: str) -> FileContentError:
        return FileContentError(f"Line {self.parser.CurrentLineNumber} of {self._path} {what}.")
