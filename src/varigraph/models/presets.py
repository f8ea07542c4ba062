"""Presets: named settings for a model, the paper's and ours."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from varigraph.objectives import WeightedAllPairs

__all__ = ["PRESETS", "preset_settings"]

_KIPF_2016: dict[str, Any] = {
    "latent_dim": 16,
    "hidden_dims": None,  # the encoder's own, 32
    "encoder": "gcn",
    "decoder": "inner_product",
    "objective": WeightedAllPairs(self_loops_are_edges=True),
    "features": "raw",
    "max_epochs": 200,
    "learning_rate": 0.01,
    "weight_decay": 0.0,
    "patience": None,
}

PRESETS: MappingProxyType[str, dict[str, Any]] = MappingProxyType({"default": {}, "kipf2016": _KIPF_2016})
"""Settings by preset. "default" is empty: the constructors' defaults are what we recommend. "kipf2016" is
Kipf & Welling (2016) with their public code: raw features, 32 hidden units, 16 latent dimensions, all N²
pairs weighted, labels A + I, Adam at 0.01 for 200 epochs, the last epoch's weights."""


def preset_settings(preset: str) -> dict[str, Any]:
    """The constructor arguments of a preset.

    Raises:
        ValueError: There is no such preset.
    """
    if preset not in PRESETS:
        raise ValueError(f"There is no preset {preset!r}; there are {', '.join(PRESETS)}.")
    return dict(PRESETS[preset])
