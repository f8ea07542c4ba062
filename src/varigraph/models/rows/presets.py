"""Presets of row models: named settings, the papers', the documents' and ours."""

from __future__ import annotations

import copy
from types import MappingProxyType
from typing import Any

from varigraph.decoders import GaussianLikelihood
from varigraph.distributions import VampPrior

__all__ = ["ROW_PRESETS", "row_preset_settings"]

_AEVB: dict[str, Any] = {
    "hidden_dims": (500,),
    "activation": "tanh",
    "likelihood": "bernoulli",
    "optimizer": "adagrad",
    "learning_rate": 0.01,
    "batch_size": 100,
    "patience": None,
}
_AEVB_FREY: dict[str, Any] = _AEVB | {
    "hidden_dims": (200,),
    "likelihood": GaussianLikelihood("predicted", mean="unit_interval"),
}
_LECTURE_2024: dict[str, Any] = _AEVB | {
    "hidden_dims": (500, 250),
    "activation": "relu",
    "max_epochs": 20,
}
_TALK_2023: dict[str, Any] = {
    "latent_dim": 20,
    "hidden_dims": (128, 32),
    "activation": "relu",
    "likelihood": "bernoulli",
    "learning_rate": 1e-3,
    "batch_size": 100,
    "patience": None,
}
_PYTORCH_EXAMPLE: dict[str, Any] = {
    "latent_dim": 20,
    "hidden_dims": (400,),
    "activation": "relu",
    "likelihood": "bernoulli",
    "learning_rate": 1e-3,
    "batch_size": 128,
    "max_epochs": 10,
    "patience": None,
}
_STATIC_MNIST: dict[str, Any] = {
    "latent_dim": 40,
    "hidden_dims": (400,),
    "activation": "relu",
    "likelihood": "bernoulli",
    "prior": VampPrior(200),
    "learning_rate": 1e-3,
    "learning_rate_schedule": "cosine",
    "batch_size": 100,
    "max_epochs": 120,
    "patience": None,
    "n_samples": 200,
}

ROW_PRESETS: MappingProxyType[str, dict[str, Any]] = MappingProxyType(
    {
        "default": {},
        "aevb": _AEVB,
        "aevb_frey": _AEVB_FREY,
        "lecture2024": _LECTURE_2024,
        "talk2023": _TALK_2023,
        "pytorch_example": _PYTORCH_EXAMPLE,
        "static_mnist": _STATIC_MNIST,
    }
)
"""Settings by preset. "default" is empty: the constructors' defaults are what we recommend. "aevb" is Kingma
& Welling (2014): one hidden layer of 500 tanh units, Adagrad at 0.01, batches of 100; "aevb_frey" is theirs
for Frey faces, 200 units and a Gaussian whose mean in (0, 1) and variance the decoder tells. Neither has the
paper's prior of the weights, N(0, I): for that pass `objective=ELBO(weight_prior_std=1.0)`. "lecture2024" is
the lecture's 784-500-250-z for 20 epochs, "talk2023" the talk's 784-128-32-20 with Adam. "pytorch_example" is
the 784-400-20 network of the example that ships with PyTorch: Adam at 1e-3, batches of 128, 10 epochs.
"static_mnist" is ours for densities of binary digits: 784-400-40, a VampPrior of 200 pseudo-inputs, a cosine
from 1e-3 over 120 epochs; prior and rate were chosen on the validation rows of Larochelle's MNIST, the epochs
so that it ends within half an hour."""


def row_preset_settings(preset: str) -> dict[str, Any]:
    """The constructor arguments of a preset.

    Raises:
        ValueError: There is no such preset.
    """
    if preset not in ROW_PRESETS:
        raise ValueError(f"There is no preset {preset!r}; there are {', '.join(ROW_PRESETS)}.")
    return copy.deepcopy(ROW_PRESETS[preset])
