"""Graph convolution, ÃXW, for sparse, dense and absent X."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from varigraph.nn.initialisation import glorot_
from varigraph.nn.spmm import spmm
from varigraph.sparse import SparseRows

__all__ = ["GraphConvolution"]


class GraphConvolution(nn.Module):
    """Ã X W without a bias, X W first because W narrows it.

    X may be a dense tensor, `SparseRows` (then X W is a sparse product too), or None for the identity
    matrix, which is never built: then X W is W.

    Args:
        n_inputs: Columns of X; the number of nodes when X is None.
        n_outputs: Columns of W.
        generator: For the Glorot start.
        n_blocks: As in `glorot_`.

    References:
        Kipf & Welling (2017), *Semi-supervised classification with graph convolutional networks*, eq. 2.
    """

    def __init__(
        self, n_inputs: int, n_outputs: int, *, generator: torch.Generator, n_blocks: int = 1
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_inputs, n_outputs))
        glorot_(self.weight, generator=generator, n_blocks=n_blocks)

    def forward(self, adjacency: SparseRows, features: SparseRows | Tensor | None) -> Tensor:
        """Shape (n_nodes, n_outputs) from a normalised adjacency of shape (n_nodes, n_nodes)."""
        if features is None:
            projected: Tensor = self.weight
        elif isinstance(features, SparseRows):
            projected = spmm(features, self.weight)
        else:
            projected = features @ self.weight
        return spmm(adjacency, projected)
