"""What an encoder is given, and what it must do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from varigraph.distributions import Posterior
from varigraph.sparse import SparseRows

__all__ = ["Encoder", "GraphInputs"]


@dataclass(frozen=True, eq=False)
class GraphInputs:
    """A graph as an encoder sees it: matrices, and no ids.

    Attributes:
        adjacency: The normalised adjacency of the message graph, shape (n_nodes, n_nodes).
        features: shape (n_nodes, n_features), sparse or dense; None stands for the identity matrix.
        edge_index: Message edges in both directions, shape (2, 2 · n_edges), int64.
        edge_weight: The weight of each column of `edge_index`, or None.
    """

    adjacency: SparseRows
    features: SparseRows | Tensor | None
    edge_index: Tensor
    edge_weight: Tensor | None = None

    @property
    def n_nodes(self) -> int:
        """The number of nodes."""
        return self.adjacency.shape[0]

    @property
    def n_inputs(self) -> int:
        """Columns of the feature matrix; the number of nodes when that is the identity."""
        return self.n_nodes if self.features is None else int(self.features.shape[1])

    @cached_property
    def dense_features(self) -> Tensor:
        """The feature matrix as a dense tensor, identity included, made once: what a user's module takes."""
        if self.features is None:
            values = self.adjacency.values
            return torch.eye(self.n_nodes, dtype=values.dtype, device=values.device)
        return self.features.to_dense() if isinstance(self.features, SparseRows) else self.features


class Encoder(nn.Module):
    """q(z | inputs). The constructor stores settings; `build` makes the weights for a data set.

    Subclasses define `build` and `outputs`.

    Args:
        self_loops: Whether the adjacency is normalised with self-loops (A + I), as the paper does, or
            without them, as the documents' notes write it.
    """

    posterior: type[Posterior]

    def __init__(self, *, self_loops: bool = True) -> None:
        super().__init__()
        self.self_loops = self_loops

    def build(
        self, n_inputs: int, n_latent: int, *, posterior: type[Posterior], generator: torch.Generator
    ) -> None:
        """Makes or resets every weight.

        Args:
            n_inputs: Columns of the feature matrix (the number of nodes for the identity).
            n_latent: Latent dimensions.
            posterior: Which distribution `forward` returns: `Delta` or `DiagonalNormal`.
            generator: Where the starting weights come from.
        """
        raise NotImplementedError

    def outputs(self, inputs: GraphInputs) -> Tensor:
        """The parameters of q, shape (n_nodes, posterior.n_parameters · n_latent)."""
        raise NotImplementedError

    def forward(self, inputs: GraphInputs) -> Posterior:
        """q(z | inputs), one row a node."""
        return self.posterior.from_outputs(self.outputs(inputs))
