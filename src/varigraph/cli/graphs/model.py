"""Which model of a graph with which settings, as the command line was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from varigraph.models.graphs.base import GraphAutoencoder

__all__ = ["GraphModelOptions"]

_CHANGES = ("encoder", "objective", "features", "latent_dim", "max_epochs")
"""Settings that may take the place of the preset's."""


class GraphModelOptions:
    """A model and its settings; what was not told is the preset's.

    Attributes:
        model: The model's name.
        preset: What the settings start from.
    """

    def __init__(self, context: typer.Context, model: str) -> None:
        self.model = model
        self.preset: str = context.params["preset"]
        self._device: str = context.params["device"]
        told = {name: context.params[name] for name in _CHANGES}
        self._changes = {name: value for name, value in told.items() if value is not None}

    def build(self, seed: int) -> GraphAutoencoder:
        """The estimator, not fitted."""
        from varigraph.models.loading import MODELS

        return MODELS[self.model].from_preset(
            self.preset, random_state=seed, device=self._device, **self._changes
        )
