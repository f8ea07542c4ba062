"""`Reconstruction`: the autoencoder's loss, of clean rows from clean or corrupted ones."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from varigraph.objectives.base import ObjectiveTerms
from varigraph.objectives.corruption import Corruption
from varigraph.objectives.row_objective import RowObjective, RowParts, RowStep

__all__ = ["Reconstruction"]


@dataclass(frozen=True, kw_only=True)
class Reconstruction(RowObjective):
    """−log p(x | z(x̃)), x̃ the corrupted row: what is left of the bound when q is a point.

    With a Gaussian likelihood of fixed σ = 1 it is half the squared error and a constant, with a Bernoulli
    one the cross-entropy. No bound of log p(x).

    Attributes:
        corruption: From x to x̃, drawn anew at every step; None leaves x as it is.

    References:
        Vincent, Larochelle, Bengio & Manzagol (2008), *Extracting and composing robust features with
        denoising autoencoders*, section 2.3.
    """

    corruption: Corruption | None = None

    def terms(self, parts: RowParts, rows: Tensor, step: RowStep) -> ObjectiveTerms:
        """The mean over rows; the divergence is 0."""
        targets = parts.decoder.likelihood.targets(rows, generator=step.generator)
        inputs = targets if self.corruption is None else self.corruption(targets, generator=step.generator)
        z = parts.encoder(inputs).rsample(step.generator)
        loss = -parts.decoder(z).log_prob(targets).mean()
        return ObjectiveTerms(loss, loss, loss.new_zeros(()))
