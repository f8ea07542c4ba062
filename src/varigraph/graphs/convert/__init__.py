"""Graphs from what other libraries hold: arrays, sparse matrices, networkx, PyG and data frames.

Every way in ends in `Graph.from_edges`, so self-loops and repeated edges are dropped and counted alike.
Nothing that is passed in is changed, and nothing of it is shared with the graph. None of the other libraries
is imported here.
"""

from varigraph.graphs.convert.arrays import from_edge_array
from varigraph.graphs.convert.dispatch import to_graph
from varigraph.graphs.convert.edge_rows import Links, graph_from_links, of_one_kind
from varigraph.graphs.convert.frames import from_frame
from varigraph.graphs.convert.networkx_graphs import from_networkx, networkx_links
from varigraph.graphs.convert.node_tables import graph_with_nodes, take_node_tables
from varigraph.graphs.convert.pyg_data import from_pyg
from varigraph.graphs.convert.sparse_matrices import from_scipy, matrix_entries

__all__ = [
    "Links",
    "from_edge_array",
    "from_frame",
    "from_networkx",
    "from_pyg",
    "from_scipy",
    "graph_from_links",
    "graph_with_nodes",
    "matrix_entries",
    "networkx_links",
    "of_one_kind",
    "take_node_tables",
    "to_graph",
]
