"""The step of a graph model: the whole graph once an epoch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch

from varigraph.encoders import GraphInputs
from varigraph.models.graphs.parts import Autoencoder
from varigraph.objectives import GraphTarget, ObjectiveTerms

__all__ = ["graph_step"]

# The value of a loss over all pairs costs as much as its gradient, and training does not need it. Below so
# many nodes that is at most 20 ms an epoch (measured, one thread), and a loss for every epoch is worth it.
_DEAR_FROM = 4_000

_LOGGED_FIRST, _LOGGED_EVERY = 10, 10  # epochs; in the first the loss falls fastest


def graph_step(
    parts: Autoencoder, inputs: GraphInputs, target: GraphTarget, *, max_epochs: int
) -> Callable[[torch.Generator, int], ObjectiveTerms]:
    """From an epoch's generator and number to the objective's terms.

    Over all pairs of a large graph the value is asked for in the first ten epochs, in every tenth and in
    epoch `max_epochs` alone; after early stopping, which nobody foresees, the last epoch may have none.
    Gradients have the same bits with and without it.

    Args:
        parts: Encoder, prior, decoder and objective.
        inputs: What the encoder sees.
        target: What is to be reconstructed.
        max_epochs: The number of the last epoch, unless training stops early.
    """
    is_dear = parts.objective.visits_all_pairs and target.n_nodes >= _DEAR_FROM
    unlogged = replace(target, may_skip_value=True)

    def step(generator: torch.Generator, epoch: int) -> ObjectiveTerms:
        is_round = epoch <= _LOGGED_FIRST or epoch % _LOGGED_EVERY == 0
        is_logged = not is_dear or is_round or epoch == max_epochs
        return parts.objective(
            parts.encoder(inputs),
            parts.prior(parts.encoder),
            parts.decoder,
            target if is_logged else unlogged,
            generator=generator,
        )

    return step
