"""Small fixed rows and what the parts of row models need to be tried on them."""

from __future__ import annotations

import torch

from varigraph.decoders import LIKELIHOODS, ROW_DECODERS
from varigraph.distributions import ROW_PRIORS, DiagonalNormal
from varigraph.encoders import ROW_ENCODERS
from varigraph.objectives import RowParts, RowStep

IMAGE_SHAPE = (4, 4)
N_FEATURES = 16
N_LATENT = 3

# tanh: behind a ReLU a unit may be silent for each of a few rows, and then its weights have no gradient.
SETTINGS = {
    "mlp": {"hidden_dims": (5,), "activation": "tanh"},
    "conv": {"image_shape": IMAGE_SHAPE, "channels": (4,), "activation": "tanh"},
}


# What the laws of likelihoods are tried on: every member as it is, and further settings under a name of ours.
LIKELIHOOD_SETTINGS = {name: (name, {}) for name in LIKELIHOODS} | {
    "predicted_gaussian": ("gaussian", {"variance": "predicted", "mean": "unit_interval"}),
}


def seeded(seed: int = 0) -> torch.Generator:
    """A generator of its own."""
    return torch.Generator().manual_seed(seed)


def some_rows(n_rows: int = 6, *, likelihood: str = "gaussian", seed: int = 0) -> torch.Tensor:
    """Rows that the likelihood can explain: zeros and ones, or normal numbers."""
    rows = torch.randn(n_rows, N_FEATURES, generator=seeded(seed), dtype=torch.float64)
    return (rows > 0).double() if likelihood == "bernoulli" else rows


def an_encoder(name: str = "mlp", posterior=DiagonalNormal, *, seed: int = 0):
    """A built encoder in float64."""
    encoder = ROW_ENCODERS[name](**SETTINGS[name])
    encoder.build(N_FEATURES, N_LATENT, posterior=posterior, generator=seeded(seed))
    return encoder.double()


def a_likelihood(name: str = "gaussian", **settings):
    """A built likelihood in float64, by a name in `LIKELIHOOD_SETTINGS`."""
    member, own = LIKELIHOOD_SETTINGS[name]
    likelihood = LIKELIHOODS[member](**own | settings)
    likelihood.build(N_FEATURES)
    return likelihood.double()


def a_decoder(name: str = "mlp", likelihood: str = "gaussian", *, seed: int = 1):
    """A built decoder in float64, with a built likelihood."""
    decoder = ROW_DECODERS[name](**SETTINGS[name])
    decoder.build(N_LATENT, N_FEATURES, likelihood=a_likelihood(likelihood), generator=seeded(seed))
    return decoder.double()


def a_prior(name: str = "standard_normal"):
    """A built prior in float64."""
    prior = ROW_PRIORS[name]() if name == "standard_normal" else ROW_PRIORS[name](n_components=4)
    prior.build(N_LATENT, generator=seeded(2), inputs=some_rows(9, seed=2).float())
    return prior.double()


def row_parts(
    encoder: str = "mlp",
    decoder: str = "mlp",
    *,
    likelihood: str = "gaussian",
    prior: str = "standard_normal",
    posterior=DiagonalNormal,
) -> RowParts:
    """What an objective binds."""
    return RowParts(an_encoder(encoder, posterior), a_decoder(decoder, likelihood), a_prior(prior))


def a_step(seed: int = 0, *, epoch: int = 1, n_rows: int = 1) -> RowStep:
    """A step with a generator of its own."""
    return RowStep(seeded(seed), epoch, n_rows)


def without_gradient(module: torch.nn.Module) -> set[str]:
    """Names of parameters that no gradient has reached."""
    return {key for key, p in module.named_parameters() if p.grad is None or p.grad.abs().max() == 0}
