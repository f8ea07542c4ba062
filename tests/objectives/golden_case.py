"""The fixed tiny case of the golden values: no random number in it but those of a keyed generator."""

from __future__ import annotations

from pathlib import Path

import torch

from varigraph.decoders import InnerProductDecoder
from varigraph.distributions import DiagonalNormal, StandardNormalPrior
from varigraph.objectives import OBJECTIVES, BernoulliAllPairs, GraphTarget, Objective, WeightedAllPairs

GOLDEN_FILE = Path(__file__).parent / "golden.json"

VARIANTS: dict[str, Objective] = {
    **{name: member() for name, member in OBJECTIVES.items()},
    "bernoulli_all_pairs/ordered": BernoulliAllPairs(pairs="ordered"),
    "weighted_all_pairs/labels_a": WeightedAllPairs(self_loops_are_edges=False),
}


def golden_values() -> dict[str, dict[str, float]]:
    """Every term of every objective on a path of five nodes with a chord."""
    target = GraphTarget(5, torch.tensor([[0, 1], [1, 2], [1, 3], [2, 3], [3, 4]]))
    grid = torch.arange(10, dtype=torch.float64).reshape(5, 2)
    posterior = DiagonalNormal(torch.sin(grid), torch.cos(grid) - 1)
    decoder, prior = InnerProductDecoder(offset=-0.25), StandardNormalPrior()
    decoder.build(density=0.5)
    prior.build(2, generator=torch.Generator())
    return {
        name: objective(
            posterior, prior.double()(), decoder.double(), target, generator=torch.Generator().manual_seed(0)
        ).as_floats()
        for name, objective in VARIANTS.items()
    }
