"""`RowAutoencoder`: what AE, DenoisingAE and VAE share, as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_array, check_is_fitted
from torch import Tensor

from varigraph.decoders import Likelihood, RowDecoder
from varigraph.distributions import Delta, Posterior
from varigraph.encoders import RowEncoder
from varigraph.models.named_parts import named_part
from varigraph.models.rows.checked_rows import checked_rows, tensor_over
from varigraph.models.rows.fitting import fit_rows, go_on_with_rows
from varigraph.models.rows.network import RowNetwork
from varigraph.models.rows.presets import row_preset_settings
from varigraph.models.rows.row_part import RowPart
from varigraph.models.rows.saving import save_row_model
from varigraph.objectives import ROW_OBJECTIVES, RowObjective
from varigraph.rows.blocks import row_blocks
from varigraph.tensor_types import FloatArray, RandomState
from varigraph.training import Callback, TrainingState, intra_op_threads

__all__ = ["RowAutoencoder"]


class RowAutoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Base of the row models; use `AE`, `DenoisingAE` or `VAE`, whose docstrings describe the arguments."""

    name: ClassVar[str]
    posterior: ClassVar[type[Posterior]]
    gaussian_variance: ClassVar[str]
    """The variance of `likelihood="gaussian"`: see `GaussianLikelihood`."""

    latent_dim: int
    hidden_dims: tuple[int, ...] | None
    activation: str
    encoder: str | RowEncoder
    decoder: str | RowDecoder
    image_shape: tuple[int, ...] | None
    likelihood: str | Likelihood
    objective: str | RowObjective
    scaling: Literal["auto", "standard", "none"]
    max_epochs: int | None
    batch_size: int
    learning_rate: float
    learning_rate_schedule: Literal["constant", "cosine"]
    optimizer: Literal["adam", "adagrad"]
    weight_decay: float
    patience: int | None
    random_state: RandomState
    device: str
    dtype: Literal["float32", "float64"]
    verbose: int

    module_: RowNetwork
    history_: list[dict[str, float]]
    n_threads_: int
    _state: TrainingState

    @classmethod
    def from_preset(cls, preset: str, **changes: Any) -> Self:
        """A model with those settings of a preset that it has: an autoencoder has no prior.

        Args:
            preset: A name in `varigraph.models.rows.presets.ROW_PRESETS`.
            **changes: Constructor arguments that replace the preset's.

        Raises:
            ValueError: There is no such preset.
        """
        known = cls._get_param_names()
        settings = {name: one for name, one in row_preset_settings(preset).items() if name in known}
        return cls(**(settings | changes))

    def built_objective(self) -> RowObjective:
        """What training minimises, as the settings name it.

        Raises:
            ValueError: The objective wants a density of z, and this model has a point.
        """
        objective: RowObjective = named_part(self.objective, ROW_OBJECTIVES, RowObjective, what="objective")
        if objective.needs_density and self.posterior is Delta:
            raise ValueError(
                f"{type(objective).__name__} needs a density q(z | x), and an {type(self).__name__} has a "
                "point; use objective='reconstruction', or a VAE."
            )
        return objective

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        validation: Any = None,
        validation_fraction: float = 0.1,
        callbacks: Sequence[Callback] = (),
        resume_from: str | Path | None = None,
    ) -> Self:
        """Trains on rows.

        Args:
            X: shape (n_rows, n_features): an array, a memory map, a frame.
            y: Ignored.
            validation: Rows that choose the epoch when `patience` is set, and whose loss is in `history_`
                in any case.
            validation_fraction: With `patience` and without `validation`, the share of the rows that is
                held out for it; 0 trains on all of them for `max_epochs`.
            callbacks: Told of every epoch.
            resume_from: A checkpoint of an interrupted fit with the same data, settings and seed.

        Returns:
            self.

        Raises:
            ValueError: A setting is out of its range, or the rows are not finite numbers that the
                likelihood can explain.
            DivergenceError: The loss is not finite in the first epoch; later, training stops at the last
                good epoch with a warning.
        """
        rows = checked_rows(self, X, reset=True)
        held_out = None if validation is None else checked_rows(self, validation, reset=False)
        fit_rows(
            self, rows, held_out, fraction=validation_fraction, callbacks=callbacks, resume_from=resume_from
        )
        return self

    def partial_fit(self, X: Any, y: Any = None) -> Self:
        """One more epoch over these rows; the first call fixes the scale of the columns.

        Args:
            X: shape (n_rows, n_features).
            y: Ignored.

        Raises:
            ValueError, DivergenceError: As `fit`.
        """
        rows = checked_rows(self, X, reset=not hasattr(self, "module_"))
        go_on_with_rows(self, rows)
        return self

    def transform(self, X: Any) -> FloatArray:
        """The latent vectors of rows, posterior means: shape (n_rows, latent_dim).

        Raises:
            ValueError: The rows are not finite numbers, or have another number of columns.
        """
        check_is_fitted(self, "module_")
        return self._by_blocks(checked_rows(self, X, reset=False), self._encoded)

    def inverse_transform(self, X: Any) -> FloatArray:
        """The rows that the decoder expects from latent vectors, in the units of the users' rows.

        Args:
            X: Latent vectors, shape (n_rows, latent_dim).

        Returns:
            shape (n_rows, n_features): means of p(x | z), which are probabilities for a Bernoulli.

        Raises:
            ValueError: They are not finite numbers, or have another number of columns.
        """
        check_is_fitted(self, "module_")
        z = check_array(X, dtype=[np.float64, np.float32], input_name="Z")
        if z.shape[1] != self.module_.n_latent:
            raise ValueError(
                f"Z has {z.shape[1]} columns, but {type(self).__name__} has {self.module_.n_latent} latent "
                "dimensions."
            )
        return self._by_blocks(z, self._decoded)

    def reconstruct(self, X: Any) -> FloatArray:
        """Rows as the model sees them: decoded posterior means, shape (n_rows, n_features)."""
        check_is_fitted(self, "module_")
        rows = checked_rows(self, X, reset=False)
        return self._by_blocks(rows, lambda block: self._decoded(self._encoded(block)))

    def reconstruction_log_likelihood(self, X: Any) -> FloatArray:
        """Log p(x | z) at the posterior mean of each row, in nats, shape (n_rows,): no density of x.

        Raises:
            ValueError: As `transform`, or the likelihood cannot explain such values.
        """
        return self._by_blocks(self._explicable(X), self._explained)

    def score_samples(self, X: Any) -> FloatArray:
        """Log p(x | z) at each row's own z, in nats, shape (n_rows,): how well it is reconstructed.

        No density of x: a row that is unlikely may be reconstructed well. A model with a density gives that.

        Raises:
            ValueError: As `reconstruction_log_likelihood`.
        """
        return self.reconstruction_log_likelihood(X)

    def score(self, X: Any, y: Any = None) -> float:
        """The mean of `score_samples`, in nats a row; higher is better."""
        return float(self.score_samples(X).mean(dtype=np.float64))

    def reconstruction_deviance(self, X: Any) -> FloatArray:
        """How far each row is from its reconstruction: 2 (log p(x | best) − log p(x | z)), shape (n_rows,).

        `best` are the outputs that explain the row best, so a perfect reconstruction has deviance 0 whatever
        the row. A Gaussian likelihood makes it the squared error in units of σ², a Bernoulli one twice the
        divergence KL(x ‖ mean) over the columns; for zeros and ones that is −2 log p(x | z).

        Returns:
            In nats, 0 or more up to rounding.

        Raises:
            ValueError: As `reconstruction_log_likelihood`.

        References:
            McCullagh & Nelder (1989), *Generalized linear models*, section 2.3.
        """
        return self._by_blocks(self._explicable(X), self._deviance)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Writes the fitted model as a folder that `varigraph.load` reads; see `models.rows.saving`.

        Args:
            folder: A new or empty folder.
            overwrite: Replace the model that is there.

        Raises:
            RunFolderError: The folder holds something else, or a model and `overwrite` is off.
            ValueError: The model has a part of the user's own that is no encoder; its code is not stored.
        """
        save_row_model(self, folder, overwrite=overwrite)

    def _by_blocks(self, rows: FloatArray, compute: Any) -> FloatArray:
        """A function of blocks of rows, evaluated without gradients and put together."""
        network = self.module_.eval()
        dtype, whole = next(network.parameters()).dtype, tensor_over(rows)
        computed: FloatArray | None = None
        with torch.no_grad(), intra_op_threads(self.n_threads_):
            for at in row_blocks(rows):
                block = compute(whole[at].to(dtype)).numpy()
                if computed is None:  # its shape is known now; no second copy is ever held
                    computed = np.empty((len(rows), *block.shape[1:]), dtype=block.dtype)
                computed[at] = block
        assert computed is not None
        return computed

    def _explicable(self, X: Any) -> FloatArray:
        """Checked rows whose likelihood is asked for: others may be encoded, such as noisy images."""
        check_is_fitted(self, "module_")
        rows = checked_rows(self, X, reset=False)
        self.module_.decoder.likelihood.check_values(rows)
        return rows

    def _encoded(self, rows: Tensor) -> Tensor:
        mean: Tensor = self.module_.encoder(self.module_.scaled(rows)).mean
        return mean

    def _decoded(self, z: Tensor) -> Tensor:
        return self.module_.unscaled(self.module_.decoder(z).mean)

    def _explained(self, rows: Tensor) -> Tensor:
        scaled = self.module_.scaled(rows)
        explained: Tensor = self.module_.decoder(self._encoded(rows)).log_prob(scaled)
        return explained - self.module_.log_scale

    def _deviance(self, rows: Tensor) -> Tensor:
        scaled = self.module_.scaled(rows)
        explained: Tensor = self.module_.decoder(self._encoded(rows)).log_prob(scaled)
        return 2 * (self.module_.decoder.likelihood.best_log_prob(scaled) - explained)

    def _look_back(self, rows: RowPart) -> None:
        """What is looked at after training, on the training rows."""

    @property
    def _n_features_out(self) -> int:
        return self.module_.n_latent

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        # The model computes in its own precision, whatever that of the rows is.
        tags.transformer_tags.preserves_dtype = []
        return tags
