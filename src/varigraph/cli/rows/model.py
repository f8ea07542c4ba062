"""Which model of vectors and images with which settings, as the command line was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from varigraph.cli.options import is_given
from varigraph.cli.rows.options import whole_numbers

if TYPE_CHECKING:
    from varigraph.models.rows.base import RowAutoencoder
    from varigraph.rows import Rows

__all__ = ["RowModelOptions"]

_CHANGES = (
    *("encoder", "objective", "latent_dim", "max_epochs", "activation", "likelihood", "prior"),
    *("corruption", "noise", "batch_size", "learning_rate", "optimizer"),
)
"""Settings that may take the place of the preset's as they are told."""

_OF_ONE_MODEL = {
    "objective": "vae",
    "prior": "vae",
    "beta": "vae",
    "corruption": "denoising_ae",
    "noise": "denoising_ae",
}
_ROWS_TRIED = 2  # as many as show whether the parts fit together


class RowModelOptions:
    """A model and its settings; what was not told is the preset's, or follows from the rows.

    Attributes:
        model: The model's name.
        preset: What the settings start from.

    Raises:
        typer.BadParameter: An option has no effect on this model, or beside another one.
    """

    def __init__(self, context: typer.Context, model: str) -> None:
        told = context.params
        self.model = model
        self.preset: str = told["preset"]
        self._device: str = told["device"]
        self._is_dynamic: bool = told["binarise"] == "dynamic"
        self._changes = {name: told[name] for name in _CHANGES if told[name] is not None}
        if told["hidden_dims"] is not None:
            self._changes["hidden_dims"] = whole_numbers(told["hidden_dims"], ",")
        if told["patience"] is not None:
            self._changes["patience"] = told["patience"] or None  # 0 waits for nothing
        self._beta: float | None = told["beta"]
        self._refuse_settings_of_others(context)

    def build(self, seed: int, rows: Rows) -> RowAutoencoder:
        """The estimator for these rows, not fitted.

        Raises:
            typer.BadParameter: A setting does not go with another, or with the images.
            DataError: The rows have values that the likelihood cannot explain.
        """
        from varigraph.models.loading import ROW_MODELS
        from varigraph.models.rows.presets import row_preset_settings

        settings: dict[str, Any] = row_preset_settings(self.preset) | self._changes
        if "likelihood" not in settings:
            settings["likelihood"] = fitting_likelihood(rows)
        if self._is_dynamic:
            settings["likelihood"] = self._dynamic(settings["likelihood"])
        if settings.get("encoder") == "conv":
            settings["decoder"] = self._convolutions(rows)
        if self._beta is not None:
            settings["objective"] = self._weighted_bound(settings.get("objective", "elbo"))
        settings |= {"image_shape": rows.image_shape, "random_state": seed, "device": self._device}
        model: RowAutoencoder = ROW_MODELS[self.model](**settings)
        _try_out(model, rows)
        return model

    def says_likelihood(self) -> bool:
        """Whether the user or the preset named one."""
        from varigraph.models.rows.presets import row_preset_settings

        return "likelihood" in self._changes or "likelihood" in row_preset_settings(self.preset)

    def _refuse_settings_of_others(self, context: typer.Context) -> None:
        for name, owner in _OF_ONE_MODEL.items():
            if owner != self.model and is_given(context, name):
                raise typer.BadParameter(f"--{name} is for {owner}, and this is {self.model}.")

    def _convolutions(self, rows: Rows) -> str:
        if rows.image_shape is None:
            raise typer.BadParameter(
                f"conv needs to know which images the rows of {rows.name} are: --image-shape HxW.",
                param_hint="'--encoder'",
            )
        return "conv"

    def _dynamic(self, likelihood: Any) -> Any:
        from varigraph.decoders import BernoulliLikelihood

        if likelihood != "bernoulli":
            raise typer.BadParameter(
                f"it draws zeros and ones, which a {likelihood} likelihood does not explain.",
                param_hint="'--binarise dynamic'",
            )
        return BernoulliLikelihood(dynamic=True)

    def _weighted_bound(self, objective: str) -> Any:
        from varigraph.objectives import ELBO

        if objective != "elbo":
            raise typer.BadParameter(f"{objective} has no weight of the divergence.", param_hint="'--beta'")
        assert self._beta is not None
        return ELBO(beta=self._beta)


def fitting_likelihood(rows: Rows) -> str:
    """The likelihood for values that nobody said more about.

    Bernoulli for images with values in [0, 1] and for rows of zeros and ones, Gaussian for all others.
    """
    from varigraph.rows.blocks import row_blocks

    is_image, is_binary = rows.image_shape is not None, True
    for at in row_blocks(rows.values):
        block = rows.values[at]
        if block.min() < 0 or block.max() > 1:
            return "gaussian"
        is_binary = is_binary and bool(((block == 0) | (block == 1)).all())
        if not (is_image or is_binary):
            return "gaussian"
    return "bernoulli"


def _try_out(model: RowAutoencoder, rows: Rows) -> None:
    """Makes the parts once, so that what does not fit is told before a folder is made."""
    import torch

    from varigraph.errors import DataError
    from varigraph.models.rows.network import build_network
    from varigraph.models.rows.row_part import RowPart
    from varigraph.models.rows.row_settings import check_row_settings

    try:
        check_row_settings(model)
        model.built_objective()
        generator = torch.Generator().manual_seed(0)
        part = RowPart(rows.values[:_ROWS_TRIED])
        network = build_network(model, part, generator=generator, dtype=torch.float32)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    try:
        network.decoder.likelihood.check_values(rows.values)
    except ValueError as error:
        raise DataError(f"{rows.name}: {error}") from error
