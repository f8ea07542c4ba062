"""`InnerProductDecoder` with PyG's signature, and the logits of any decoder that has this signature."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from varigraph.seeding import torch_generator

__all__ = ["InnerProductDecoder", "gives_logits", "logits_from_probabilities"]

_SMALLEST = 1e-15
"""Probabilities below count as this, as PyG's `EPS` has it: one pair then costs 34.5 nats at most."""

_PROBED_PAIRS = 64


class InnerProductDecoder(nn.Module):
    """The decoder σ(⟨z_i, z_j⟩), of some pairs or of all; it has no weights.

    References:
        Kipf & Welling (2016), *Variational graph auto-encoders*, equation 2.

    Example:
        >>> decoder = InnerProductDecoder()
        >>> decoder(torch.eye(2), torch.tensor([[0, 0], [0, 1]]), sigmoid=False).tolist()
        [1.0, 0.0]
    """

    def forward(self, z: Tensor, edge_index: Tensor, sigmoid: bool = True) -> Tensor:
        """Probabilities, or logits, of some pairs.

        Args:
            z: shape (n_nodes, n_latent).
            edge_index: Node positions, shape (2, n_pairs).
            sigmoid: False for logits.

        Returns:
            shape (n_pairs,).
        """
        # Rows by index_select: its gradient takes half the time of that of z[...].
        first, second = edge_index
        logits = (z.index_select(0, first) * z.index_select(0, second)).sum(dim=1)
        return torch.sigmoid(logits) if sigmoid else logits

    def forward_all(self, z: Tensor, sigmoid: bool = True) -> Tensor:
        """Probabilities, or logits, of all ordered pairs, shape (n_nodes, n_nodes), pairs (i, i) included."""
        logits = z @ z.T
        return torch.sigmoid(logits) if sigmoid else logits


def gives_logits(decoder: nn.Module, z: Tensor) -> bool:
    """Whether `decoder(…, sigmoid=False)` are the logits of the probabilities `decoder(…, sigmoid=True)`.

    A decoder of the user's own need not heed `sigmoid`: PyG's losses only ever ask for probabilities. Taken
    for logits, these would train a wrong model without a word. So both are asked for once: at random pairs of
    random latent vectors, because the two may look alike at zeros and where all probabilities are near 0;
    and in evaluation mode, so that dropout draws nothing and batch normalisation notes nothing.

    Args:
        decoder: Called as `decoder(z, edge_index, sigmoid=…)`.
        z: Says of which shape and kind latent vectors are.
    """
    generator = torch_generator(0)
    probe = 0.5 * torch.randn(z.shape, generator=generator).to(z)
    pairs = torch.randint(len(z), (2, _PROBED_PAIRS), generator=generator).to(z.device)
    modes = {module: module.training for module in decoder.modules()}
    decoder.eval()
    try:
        with torch.no_grad():
            logits = decoder(probe, pairs, sigmoid=False)
            probabilities = decoder(probe, pairs, sigmoid=True)
    finally:
        for module, was_training in modes.items():
            module.training = was_training
    return bool(torch.allclose(torch.sigmoid(logits), probabilities, rtol=1e-3, atol=1e-9))


def logits_from_probabilities(probabilities: Tensor) -> Tensor:
    """The log-odds log p/(1 − p) entry by entry, of probabilities that a decoder computed itself.

    What was rounded to 0 or 1 stays so: log-odds end at −34.5 and at the dtype's last step before 1 (16 in
    float32), and there is no gradient past these.

    Raises:
        ValueError: One is no probability.

    Example:
        >>> logits_from_probabilities(torch.tensor([0.5, 0.0])).tolist()
        [0.0, -34.53877639770508]
    """
    if bool(((probabilities < 0) | (probabilities > 1)).any()):
        raise ValueError(
            "The decoder's values are no probabilities: with sigmoid=True they must lie in [0, 1], and with "
            "sigmoid=False be the logits of these."
        )
    below_one = 1 - torch.finfo(probabilities.dtype).eps
    return torch.logit(probabilities.clamp(_SMALLEST, below_one))
