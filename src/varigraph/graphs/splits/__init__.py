"""Splits of a graph's edges: at random, by value, or with a given test part; and a split as arrays."""

from varigraph.graphs.splits.arrays import split_from_arrays, split_to_arrays
from varigraph.graphs.splits.edge_split import EdgeSplit, PartName, SplitPart
from varigraph.graphs.splits.given_split import split_given_test
from varigraph.graphs.splits.ordered_split import split_edges_by
from varigraph.graphs.splits.random_split import split_edges
from varigraph.graphs.splits.report import SplitFinding, SplitReport

__all__ = [
    "EdgeSplit",
    "PartName",
    "SplitFinding",
    "SplitPart",
    "SplitReport",
    "split_edges",
    "split_edges_by",
    "split_from_arrays",
    "split_given_test",
    "split_to_arrays",
]
