"""`AnomalyDetector`: rows that a fitted model finds strange, as ±1."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, OutlierMixin, clone
from sklearn.utils.validation import check_is_fitted

from varigraph.models.rows.base import RowAutoencoder
from varigraph.models.rows.checked_rows import checked_rows
from varigraph.models.rows.row_settings import is_number
from varigraph.models.rows.saving import save_detector
from varigraph.tensor_types import FloatArray

__all__ = ["AnomalyDetector", "AnomalyMeasure"]

AnomalyMeasure = Literal["auto", "deviance", "reconstruction", "elbo", "log_likelihood"]

_MEASURES = {
    "auto": ("reconstruction_deviance", -1),
    "deviance": ("reconstruction_deviance", -1),
    "reconstruction": ("reconstruction_log_likelihood", 1),
    "elbo": ("elbo", 1),
    "log_likelihood": ("score_samples", 1),
}
"""The model's method by measure, and its sign as a score that is higher for normal rows."""


class AnomalyDetector(OutlierMixin, BaseEstimator):
    """Outlier detection by the density or the reconstruction of a model that saw normal rows, or mostly.

    Args:
        model: An `AE`, `DenoisingAE` or `VAE`, not fitted; it is cloned.
        contamination: The share of the training rows that are anomalies, in (0, 0.5]: so many of them get −1.
        measure: What makes a row normal: "deviance" (minus the distance from its reconstruction, see
            `reconstruction_deviance`), "reconstruction" (log p(x | z) at the row's own posterior mean),
            "elbo", "log_likelihood" (importance-sampled log p(x)), or "auto", which is "deviance". A density
            takes simple rows for normal ones, whatever they show: of MNIST's digits a VAE that never saw a
            one still finds ones the likeliest of all.

    Attributes:
        model_: The fitted model.
        offset_: The score below which a row is an anomaly.
        n_features_in_: Columns of the rows.

    References:
        An & Cho (2015), *Variational autoencoder based anomaly detection using reconstruction probability*;
        Nalisnick et al. (2019), *Do deep generative models know what they don't know?*

    Example:
        >>> from varigraph.models.rows.ae import AE
        >>> X = np.random.default_rng(0).normal(size=(200, 1)) @ np.ones((1, 4))
        >>> detector = AnomalyDetector(AE(latent_dim=1, max_epochs=300, random_state=0)).fit(X)
        >>> detector.predict([[1.0, 1.0, 1.0, 1.0], [3.0, -3.0, 3.0, -3.0]]).tolist()
        [1, -1]
    """

    name: ClassVar[str] = "anomaly_detector"

    model_: RowAutoencoder
    offset_: float
    n_features_in_: int
    feature_names_in_: NDArray[Any]

    def __init__(
        self, model: RowAutoencoder, *, contamination: float = 0.1, measure: AnomalyMeasure = "auto"
    ) -> None:
        self.model = model
        self.contamination = contamination
        self.measure = measure

    def fit(self, X: Any, y: Any = None, **fit_options: Any) -> Self:
        """Fits a clone of the model on the rows, and finds the score that parts anomalies from the rest.

        Args:
            X: shape (n_rows, n_features).
            y: Ignored.
            **fit_options: Of the model's `fit`, such as `validation`.

        Raises:
            ValueError: A setting is out of range, or the model's own complaint about the rows.
        """
        rows = checked_rows(self, X, reset=True)
        self.check_settings()
        if fit_options.get("validation") is not None:
            # The model is fitted on an array, which has no names of columns to compare a frame's with.
            fit_options["validation"] = checked_rows(self, fit_options["validation"], reset=False)
        self.model_ = clone(self.model).fit(rows, **fit_options)
        self.offset_ = float(np.quantile(self._scores(rows), self.contamination))
        return self

    def score_samples(self, X: Any) -> FloatArray:
        """How normal each row is, in nats, shape (n_rows,): lower for anomalies."""
        check_is_fitted(self, "offset_")
        return self._scores(checked_rows(self, X, reset=False))

    def decision_function(self, X: Any) -> FloatArray:
        """`score_samples` less `offset_`: negative for anomalies, shape (n_rows,)."""
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> FloatArray:
        """−1 for anomalies and 1 for the rest, shape (n_rows,), int64."""
        return np.where(self.decision_function(X) < 0, -1, 1)

    def _scores(self, rows: FloatArray) -> FloatArray:
        method, sign = _MEASURES[self.measure]
        return sign * np.asarray(getattr(self.model_, method)(rows), dtype=np.float64)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Writes the fitted detector, its model included, as a folder that `varigraph.load` reads.

        Args:
            folder: A new or empty folder.
            overwrite: Replace the model that is there.

        Raises:
            RunFolderError: The folder holds something else, or a model and `overwrite` is off.
            ValueError: The model has a part of the user's own that is no encoder; its code is not stored.
        """
        save_detector(self, folder, overwrite=overwrite)

    def check_settings(self) -> None:
        """Checks the settings beside those of the model.

        Raises:
            ValueError: One is out of its range; the message names it.
        """
        model: object = self.model
        if not isinstance(model, RowAutoencoder):
            kind = type(model).__name__
            raise TypeError(f"model must be an AE, a DenoisingAE or a VAE, got a {kind}.")
        if not (is_number(self.contamination) and 0 < self.contamination <= 0.5):
            raise ValueError(f"contamination must be a number in (0, 0.5], got {self.contamination!r}.")
        if self.measure not in _MEASURES:
            raise ValueError(f"measure must be one of {', '.join(_MEASURES)}, got {self.measure!r}.")
        if self.measure in ("log_likelihood", "elbo") and not hasattr(self.model, "elbo"):
            raise ValueError(
                f"{type(self.model).__name__} has no density for measure={self.measure!r}; use "
                "'deviance', or a VAE."
            )
