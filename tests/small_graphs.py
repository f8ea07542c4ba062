"""Small fixed graphs and what parts need to be tried on them."""

from __future__ import annotations

import numpy as np
import torch
from scipy import sparse as sp

from references import random_edges
from varigraph.graphs.graph import Graph
from varigraph.models.graphs.inputs import FeatureUse, Placement, graph_inputs
from varigraph.objectives import GraphTarget


def a_graph(n_nodes: int = 12, n_edges: int = 20, *, seed: int = 0, sparse: bool = True) -> Graph:
    """A random graph with string ids and a sparse (or dense) bag of words."""
    generator = np.random.default_rng(seed)
    words = generator.poisson(0.4, (n_nodes, 7)).astype(float)
    return Graph.from_edges(
        random_edges(generator, n_nodes, n_edges),
        ids=[f"n{position}" for position in range(n_nodes)],
        features=sp.csr_array(words) if sparse else words,
        name="small",
    )


def inputs_of(
    graph: Graph, *, features: FeatureUse = "raw", dtype: torch.dtype = torch.float64, self_loops=True
):
    """The graph as an encoder sees it."""
    return graph_inputs(
        graph, Placement(torch.device("cpu"), dtype), features=features, self_loops=self_loops
    )


def target_of(graph: Graph) -> GraphTarget:
    """The graph as an objective sees it."""
    return GraphTarget(graph.n_nodes, torch.from_numpy(graph.edges))


def a_latent(
    n_nodes: int, n_latent: int = 3, *, seed: int = 0, dtype: torch.dtype = torch.float64
) -> torch.Tensor:
    """Latent vectors."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(n_nodes, n_latent, generator=generator, dtype=torch.float64).to(dtype)
