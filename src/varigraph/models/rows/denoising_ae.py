"""`DenoisingAE`: the autoencoder that learns to undo damage."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from varigraph.decoders import Likelihood, RowDecoder
from varigraph.distributions import Delta, Posterior
from varigraph.encoders import RowEncoder
from varigraph.models.named_parts import named_part
from varigraph.models.rows.base import RowAutoencoder
from varigraph.objectives import CORRUPTIONS, Corruption, Reconstruction, RowObjective
from varigraph.tensor_types import FloatArray, RandomState

__all__ = ["DenoisingAE"]

_AMOUNT = {"masking": "fraction", "salt_and_pepper": "fraction", "gaussian": "std"}
"""What `noise` is the amount of, by the corruption's name."""


class DenoisingAE(RowAutoencoder):
    """Denoising autoencoder: the encoder sees a damaged row, the decoder must give the whole one.

    Args:
        latent_dim: Latent dimensions.
        hidden_dims: Widths of the encoder's hidden layers, the decoder's the other way round; None for the
            body's own: (256,) for "mlp", none behind the convolutions.
        activation: "relu", "tanh", "elu", "gelu", "softplus", "sigmoid", or "identity" for a linear model.
        encoder: "mlp", "conv", or a `RowEncoder`.
        decoder: "mlp", "conv", or a `RowDecoder`.
        image_shape: (height, width) or (height, width, channels) of rows that are images; convolutions need
            it, and pictures use it.
        likelihood: "gaussian" (σ = 1 in scaled units: half the squared error), "bernoulli" (cross-entropy
            of values in [0, 1]), or a `Likelihood`.
        corruption: "masking" (entries set to 0), "gaussian", "salt_and_pepper" (entries set to 0 or 1), or a
            `Corruption`. It acts on the rows as the encoder takes them, so after scaling.
        noise: The share of entries that are damaged, or the standard deviation of Gaussian noise; a
            `Corruption` brings its own.
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

    References:
        Vincent, Larochelle, Bengio & Manzagol (2008), *Extracting and composing robust features with
        denoising autoencoders*.

    Example:
        >>> import numpy as np
        >>> X = np.random.default_rng(0).normal(size=(200, 8))
        >>> DenoisingAE(latent_dim=2, max_epochs=5, random_state=0).fit(X).denoise(X).shape
        (200, 8)
    """

    name: ClassVar[str] = "denoising_ae"
    posterior: ClassVar[type[Posterior]] = Delta
    gaussian_variance: ClassVar[str] = "fixed"

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
        corruption: str | Corruption = "masking",
        noise: float = 0.3,
        scaling: Literal["auto", "standard", "none"] = "auto",
        max_epochs: int | None = None,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        learning_rate_schedule: Literal["constant", "cosine"] = "constant",
        optimizer: Literal["adam", "adagrad"] = "adam",
        weight_decay: float = 0.0,
        patience: int | None = 50,
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
        self.corruption = corruption
        self.noise = noise
        self.scaling = scaling
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.optimizer = optimizer
        self.weight_decay = weight_decay
        self.patience = patience
        self.random_state = random_state
        self.device = device
        self.dtype = dtype
        self.verbose = verbose

    def built_objective(self) -> RowObjective:
        """The reconstruction of clean rows from damaged ones."""
        amount = {_AMOUNT[self.corruption]: self.noise} if self.corruption in _AMOUNT else {}
        damage = named_part(self.corruption, CORRUPTIONS, Corruption, what="corruption", **amount)
        return Reconstruction(corruption=damage)

    def denoise(self, X: Any) -> FloatArray:
        """Rows without their noise, as far as the model can tell, shape (n_rows, n_features).

        Args:
            X: Noisy rows; nothing is added to them.
        """
        return self.reconstruct(X)
