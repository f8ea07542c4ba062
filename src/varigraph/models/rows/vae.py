"""`VAE`: the variational autoencoder."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted

from varigraph.decoders import Likelihood, RowDecoder
from varigraph.distributions import DiagonalNormal, Posterior, Prior
from varigraph.encoders import RowEncoder
from varigraph.models.rows.base import RowAutoencoder
from varigraph.models.rows.collapse import look_for_collapse
from varigraph.models.rows.density import (
    LogLikelihood,
    elbo_of_rows,
    independent_draws,
    log_likelihood_of_rows,
)
from varigraph.models.rows.row_part import RowPart
from varigraph.models.rows.row_settings import is_whole
from varigraph.objectives import RowObjective
from varigraph.rows.blocks import row_blocks
from varigraph.seeding import resolve_seed, torch_generator
from varigraph.tensor_types import FloatArray, RandomState

__all__ = ["VAE"]

# What the seed of a fit is used for after training; each use has its own stream.
_SCORES, _SAMPLES = 10, 11


class VAE(RowAutoencoder):
    """Variational autoencoder: q(z | x) = N(μ(x), diag σ(x)²), p(x | z) from the decoder, z ~ p(z).

    Args:
        latent_dim: Latent dimensions.
        hidden_dims: Widths of the encoder's hidden layers, the decoder's the other way round; None for the
            body's own: (256,) for "mlp", none behind the convolutions.
        activation: "relu", "tanh", "elu", "gelu", "softplus", "sigmoid", or "identity" for a linear model.
        encoder: "mlp", "conv", or a `RowEncoder`.
        decoder: "mlp", "conv", or a `RowDecoder`.
        image_shape: (height, width) or (height, width, channels) of rows that are images; convolutions need
            it, and pictures use it.
        likelihood: "gaussian" (one learned σ), "bernoulli" (values in [0, 1]), or a `Likelihood` of your own
            settings, such as `GaussianLikelihood("predicted", mean="unit_interval")` for intensities.
        prior: "standard_normal", "mixture", "vamp", or a `Prior`.
        objective: "elbo", "iwae", "wake_sleep", or a `RowObjective` of your own settings.
        scaling: "standard" brings every column to mean 0 and standard deviation 1 inside the model, "none"
            does not, "auto" does so unless the likelihood is Bernoulli. All results are in the users' units.
        max_epochs: The most epochs; None for as many as make 20,000 steps, at least 20 and at most 5,000.
        batch_size: Rows a step; clipped to the rows that there are.
        learning_rate: The optimizer's.
        learning_rate_schedule: "constant", or "cosine" from `learning_rate` towards 0 in the last epoch.
        optimizer: "adam" or "adagrad".
        weight_decay: The optimizer's, of encoder and decoder.
        patience: Stop after so many epochs whose validation loss is above the best, and keep the best epoch;
            None runs all epochs on all rows and keeps the last.
        n_samples: Importance samples a row in `score_samples` and `log_likelihood`.
        random_state: Seed: the same gives the same bits on one machine's CPU and thread count.
        device: "auto", "cpu", "cuda", "cuda:N".
        dtype: "float32" or "float64", what is computed in.
        verbose: A line to standard error every so many epochs; 0 is silent.

    Attributes:
        n_features_in_: Columns of the rows. feature_names_in_: Their names, if X had any.
        module_: The network. history_: One dict an epoch: terms in nats a row, `val_loss` if rows were held
            out.
        n_epochs_: Epochs run. best_epoch_: The epoch whose weights were kept.
        notes_: What to know about the rows and the result, a sentence each.
        seed_: The seed as an integer.
        kl_per_dimension_: What each latent dimension tells about a training row on average, in nats, shape
            (latent_dim,): the divergence from a normal with the prior's mean and variance.
        active_units_: How many latent dimensions vary from row to row, by Burda et al.'s rule.

    References:
        Kingma & Welling (2014), *Auto-Encoding Variational Bayes*.

    Example:
        >>> import numpy as np
        >>> X = np.random.default_rng(0).normal(size=(200, 4)) @ np.ones((4, 8))
        >>> vae = VAE(latent_dim=2, max_epochs=20, random_state=0).fit(X)
        >>> vae.transform(X).shape, vae.sample(3).shape, vae.score_samples(X).shape
        ((200, 2), (3, 8), (200,))
    """

    name: ClassVar[str] = "vae"
    posterior: ClassVar[type[Posterior]] = DiagonalNormal
    gaussian_variance: ClassVar[str] = "shared"

    def __init__(
        self,
        latent_dim: int = 16,
        *,
        hidden_dims: tuple[int, ...] | None = None,
        activation: str = "relu",
        encoder: str | RowEncoder = "mlp",
        decoder: str | RowDecoder = "mlp",
        image_shape: tuple[int, ...] | None = None,
        likelihood: str | Likelihood = "gaussian",
        prior: str | Prior = "standard_normal",
        objective: str | RowObjective = "elbo",
        scaling: Literal["auto", "standard", "none"] = "auto",
        max_epochs: int | None = None,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        learning_rate_schedule: Literal["constant", "cosine"] = "constant",
        optimizer: Literal["adam", "adagrad"] = "adam",
        weight_decay: float = 0.0,
        patience: int | None = 50,
        n_samples: int = 100,
        random_state: RandomState = None,
        device: str = "auto",
        dtype: Literal["float32", "float64"] = "float32",
        verbose: int = 0,
    ) -> None:
        self.latent_dim = latent_dim
        self.hidden_dims = hidden_dims
        self.activation = activation
        self.encoder = encoder
        self.decoder = decoder
        self.image_shape = image_shape
        self.likelihood = likelihood
        self.prior = prior
        self.objective = objective
        self.scaling = scaling
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.optimizer = optimizer
        self.weight_decay = weight_decay
        self.patience = patience
        self.n_samples = n_samples
        self.random_state = random_state
        self.device = device
        self.dtype = dtype
        self.verbose = verbose

    def sample(
        self, n_samples: int = 1, *, random_state: RandomState = None, mean: bool = False
    ) -> FloatArray:
        """New rows: z from the prior, x from p(x | z); shape (n_samples, n_features), in the users' units.

        Args:
            n_samples: How many.
            random_state: Seed of the draws; None takes the model's own, so that every call gives the same.
            mean: Give the mean of p(x | z) in place of a draw of it, as pictures of samples do.
        """
        check_is_fitted(self, "module_")
        _check_count(n_samples)
        network, generator = self.module_.eval(), self._generator(random_state, _SAMPLES)
        rows = np.empty((n_samples, self.n_features_in_), dtype=self.dtype)
        with torch.no_grad():
            for at in row_blocks(rows):
                size = at.stop - at.start
                z = network.prior.draw(size, encoder=network.encoder, generator=generator)
                likelihood = network.decoder(z)
                block = likelihood.mean if mean else likelihood.sample(generator)
                rows[at] = network.unscaled(block).numpy()
        return rows

    def elbo(self, X: Any, *, n_samples: int = 1, random_state: RandomState = None) -> FloatArray:
        """The evidence lower bound of each row in nats, shape (n_rows,): log p(x) is at least that.

        Args:
            X: shape (n_rows, n_features).
            n_samples: Draws a row. A row's values decide its noise, whichever rows come along.
            random_state: Seed of the draws; None takes the model's own.

        Raises:
            ValueError: As `transform`, or the likelihood cannot explain such values.
        """
        rows = self._explicable(X)
        _check_count(n_samples)
        seed = self.seed_ if random_state is None else resolve_seed(random_state)
        return self._by_blocks(
            rows,
            lambda block: elbo_of_rows(
                self.module_, block, n_samples=n_samples, generator=torch_generator(seed, _SCORES)
            ),
        )

    def score_samples(self, X: Any) -> FloatArray:
        """Importance-sampled log p(x) of each row in nats, shape (n_rows,).

        A row's values and the model's seed decide its noise, so its score depends on the row alone.
        Estimates lie below log p(x) on average, the less so the larger `n_samples` is; see
        `log_likelihood` for their standard errors.

        Raises:
            ValueError: As `transform`, or the likelihood cannot explain such values.
        """
        return self._by_blocks(
            self._explicable(X),
            lambda block: log_likelihood_of_rows(
                self.module_, block, n_samples=self.n_samples, generator=self._generator(None, _SCORES)
            )[0].to(block.dtype),
        )

    def log_likelihood(
        self, X: Any, *, n_samples: int | None = None, random_state: RandomState = None
    ) -> LogLikelihood:
        """Importance-sampled log p(x), every row with draws of its own, with standard errors.

        Args:
            X: shape (n_rows, n_features).
            n_samples: Draws a row; None takes the model's.
            random_state: Seed of the draws; None takes the model's own.

        Raises:
            ValueError: As `transform`, or the likelihood cannot explain such values.
        """
        rows = self._explicable(X)
        n_samples = self.n_samples if n_samples is None else n_samples
        _check_count(n_samples)
        generator = self._generator(random_state, _SCORES)
        both = self._by_blocks(
            rows,
            lambda block: torch.stack(
                log_likelihood_of_rows(
                    self.module_,
                    block,
                    n_samples=n_samples,
                    generator=generator,
                    draws=independent_draws,
                ),
                dim=1,
            ),
        )
        return LogLikelihood(both[:, 0], both[:, 1])

    def _generator(self, random_state: RandomState, use: int) -> torch.Generator:
        seed = self.seed_ if random_state is None else resolve_seed(random_state)
        return torch_generator(seed, use)

    def _look_back(self, rows: RowPart) -> None:
        self.kl_per_dimension_, self.active_units_ = look_for_collapse(
            self.module_, rows, self.training_notes_
        )


def _check_count(n_samples: int) -> None:
    if not is_whole(n_samples, least=1):
        raise ValueError(f"n_samples must be a whole number of 1 or more, got {n_samples!r}.")
