"""How a verb splits edges: at random, by a column such as time, or with test edges of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from varigraph.cli.graphs.data import DataOptions
    from varigraph.experiments.protocols import Protocol
    from varigraph.graphs.graph import Graph

__all__ = ["SplitOptions"]


@dataclass(frozen=True)
class SplitOptions:
    """What was told about the split; without a column and test edges it is the protocol's."""

    split_by: str | None
    test_edges: Path | None
    protocol: str = "kipf"

    @property
    def is_given(self) -> bool:
        """Whether the split is the user's own."""
        return self.split_by is not None or self.test_edges is not None

    def load(self, reading: DataOptions, data: str) -> tuple[Graph, Protocol]:
        """The whole graph, test edges included, and how it is to be split.

        Raises:
            typer.BadParameter: Both ways were asked for, or an option has no effect.
            DataError: A file does not hold what it should, or the edges make no split.
        """
        from varigraph.experiments.protocols import (
            evaluation_protocol,
            given_test_protocol,
            time_protocol,
        )

        if (self.split_by is not None) + (self.test_edges is not None) + (self.protocol != "kipf") > 1:
            raise typer.BadParameter(
                "--split-by, --test-edges and another --protocol than kipf exclude one another; give one."
            )
        if self.split_by is not None:
            graph, values = reading.load_with_values(data, self.split_by)
            return graph, time_protocol(graph, values, self.split_by)
        graph = reading.load(data)
        if self.test_edges is not None:
            united, rows = reading.further_edges(self.test_edges, graph)
            return united, given_test_protocol(united, rows, self.test_edges.name)
        return graph, evaluation_protocol(self.protocol, graph)
