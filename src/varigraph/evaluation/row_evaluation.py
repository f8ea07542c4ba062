"""The evaluation of a row model on rows that it has not seen, baselines beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Protocol, TypeAlias, TypeGuard

import numpy as np
import torch

from varigraph.distributions import DiagonalNormal, IndependentBernoulli
from varigraph.evaluation.density import active_units, mean_and_standard_error, psnr
from varigraph.evaluation.row_baselines import (
    WIDEST,
    BernoulliColumns,
    NormalColumns,
    PrincipalComponents,
    RowDensity,
)
from varigraph.evaluation.row_result import ROW_METRICS, RowEvaluation, summarise_row_evaluations
from varigraph.evaluation.row_scale import GREY_VALUES_NOTE
from varigraph.evaluation.row_terms import bound_terms, in_prior_units, likelihood_at_zero
from varigraph.seeding import child_seed, resolve_seed, torch_generator
from varigraph.tensor_types import FloatArray, RandomState

__all__ = [
    "DensityModel",
    "RowEvaluation",
    "RowModel",
    "constant_columns_note",
    "evaluate_rows",
    "summarise_row_evaluations",
]

_BOUND_DRAWS = 10  # a row, for the bound: a tenth of what the log-likelihood takes as it comes
_BOUND_STREAM, _LIKELIHOOD_STREAM = 0, 1  # keys of the child seeds; see varigraph.seeding

LikelihoodKind: TypeAlias = Literal["normal", "bernoulli"] | None
"""What densities a decoder gives; None for one that no baseline here can be held against."""

_Figures: TypeAlias = dict[str, tuple[float, float | None]]
"""Metrics by name with their standard errors, None where there is none."""


class RowModel(Protocol):
    """What can be evaluated: a fitted `AE`, `DenoisingAE` or `VAE`, or what does the same.

    Attributes:
        module_: The fitted network, with its encoder, decoder and scale; see `VariationalNetwork`.
        latent_dim: Latent dimensions.
    """

    module_: Any
    latent_dim: int

    def transform(self, rows: FloatArray, /) -> FloatArray:
        """Posterior means, shape (n_rows, latent_dim)."""

    def reconstruct(self, rows: FloatArray, /) -> FloatArray:
        """Decoded posterior means in the units of the rows, shape (n_rows, n_features)."""

    def reconstruction_log_likelihood(self, rows: FloatArray, /) -> FloatArray:
        """Log p(x | z) at the posterior mean, in nats, shape (n_rows,)."""


class DensityModel(RowModel, Protocol):
    """A row model with a density, such as a fitted `VAE`; it is known by its method `log_likelihood`.

    Attributes:
        n_samples: Importance samples a row, unless told otherwise.
    """

    n_samples: int

    def log_likelihood(
        self, rows: FloatArray, /, *, n_samples: int | None = None, random_state: RandomState = None
    ) -> Any:
        """Log p(x) in nats, `values` of shape (n_rows,), every row with draws of its own."""


def evaluate_rows(
    model: RowModel,
    rows: FloatArray,
    *,
    train_rows: FloatArray,
    name: str | None = None,
    part: str = "test",
    n_samples: int | None = None,
    baselines: bool = True,
    random_state: RandomState = 0,
) -> RowEvaluation:
    """Scores rows with a model and, unless told otherwise, with baselines fitted on its training rows.

    The baselines, all in closed form:

    - `pca`: reconstruction from as many principal components as the model has latent dimensions.
    - `ppca`: probabilistic PCA of as many dimensions, on columns scaled as the model scales them: what a
      linear VAE with one σ comes to at best. Beside VAEs with a normal likelihood.
    - `independent_columns`: normal or Bernoulli columns, as the likelihood is. Beside VAEs.
    - `mean_row`: the training rows' mean in place of every row.

    Args:
        model: Fitted; it is not changed.
        rows: What to score, shape (n_rows, n_features).
        train_rows: What the model was fitted on, shape (n_train, n_features).
        name: What tables call the model; its own `name`, or its class's, unless told otherwise.
        part: What tables call the rows.
        n_samples: Importance samples a row for the log-likelihood; the model's own number if None.
        baselines: Whether to have them.
        random_state: Of the draws; the same gives the same numbers.

    Raises:
        ValueError: Rows and training rows have different columns, or there are none, or the model's name is
            that of a baseline; or the model's own complaint, such as that it is not fitted.
    """
    name = name or str(getattr(model, "name", type(model).__name__))
    rows, train_rows = _checked(rows, train_rows)
    figures = {name: _reconstruction_figures(model, rows)}
    likelihood = _likelihood_kind(model)
    if _has_density(model):
        n_samples = _checked_samples(model.n_samples if n_samples is None else n_samples)
        figures[name] |= _density_figures(model, rows, n_samples, resolve_seed(random_state))
    else:
        n_samples = None
    if baselines:
        beside = _baseline_figures(model, rows, train_rows, likelihood)
        if name in beside:
            raise ValueError(f"The model's name {name!r} is that of a baseline; give it another with name=.")
        figures |= beside
    return RowEvaluation(
        model=name,
        metrics={one: {key: value for key, (value, _) in _ordered(found)} for one, found in figures.items()},
        standard_errors={
            one: {key: error for key, (_, error) in _ordered(found) if error is not None}
            for one, found in figures.items()
        },
        part=part,
        n_rows=len(rows),
        n_features=rows.shape[1],
        n_train=len(train_rows),
        n_latent=model.latent_dim,
        n_samples=n_samples,
        notes=(
            *_notes(rows, train_rows, likelihood, baselines=baselines),
            *_comparisons(figures, name=name, part=part),
        ),
    )


def constant_columns_note(train_rows: FloatArray) -> str | None:
    """What is said under a normal likelihood of columns that are constant in the training rows, if there are.

    Args:
        train_rows: shape (n_train, n_features).
    """
    if len(train_rows) < 2:
        return None
    n_constant = int((train_rows.min(axis=0) == train_rows.max(axis=0)).sum())
    if not n_constant:
        return None
    what = "1 column is" if n_constant == 1 else f"{n_constant:,} columns are"
    return (
        f"{what} constant in the training rows: densities, the model's too where its variance is "
        "learned, are as high as the floor of a variance lets them be; leave such columns out."
    )


def _ordered(figures: _Figures) -> list[tuple[str, tuple[float, float | None]]]:
    return [(metric, figures[metric]) for metric in ROW_METRICS if metric in figures]


def _checked(rows: FloatArray, train_rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    rows, train_rows = np.asanyarray(rows), np.asanyarray(train_rows)
    if rows.ndim != 2 or train_rows.ndim != 2 or rows.shape[1:] != train_rows.shape[1:]:
        raise ValueError(
            "Rows and training rows must be tables of the same columns; got arrays of shape "
            f"{rows.shape} and {train_rows.shape}."
        )
    if not len(rows) or not len(train_rows):
        raise ValueError(
            f"There are {len(rows):,} rows and {len(train_rows):,} training rows, so nothing can be scored; "
            "an evaluation needs at least one of each."
        )
    return rows, train_rows


def _checked_samples(n_samples: int) -> int:
    if n_samples < 1:
        raise ValueError(f"n_samples must be 1 or more, got {n_samples}.")
    return n_samples


def _has_density(model: RowModel) -> TypeGuard[DensityModel]:
    return hasattr(model, "log_likelihood")


def _likelihood_kind(model: RowModel) -> LikelihoodKind:
    likelihood = likelihood_at_zero(model.module_.eval(), model.latent_dim)
    if isinstance(likelihood, DiagonalNormal):
        return "normal"
    return "bernoulli" if isinstance(likelihood, IndependentBernoulli) else None


def _reconstruction_figures(model: RowModel, rows: FloatArray) -> _Figures:
    explained = model.reconstruction_log_likelihood(rows)
    return {
        "reconstruction_log_likelihood": mean_and_standard_error(explained),
        **_error_figures(rows, model.reconstruct(rows)),
    }


def _density_figures(model: DensityModel, rows: FloatArray, n_samples: int, seed: int) -> _Figures:
    drawn = model.log_likelihood(rows, n_samples=n_samples, random_state=child_seed(seed, _LIKELIHOOD_STREAM))
    generator = torch_generator(seed, _BOUND_STREAM)
    explained, divergence = bound_terms(model.module_, rows, n_samples=_BOUND_DRAWS, generator=generator)
    means = torch.from_numpy(model.transform(rows))
    q = in_prior_units(model.module_, DiagonalNormal(means, torch.zeros_like(means)))
    n_active = int(active_units(q.mean).sum())
    return {
        "log_likelihood": mean_and_standard_error(drawn.values),
        "elbo": mean_and_standard_error(explained - divergence),
        "kl": mean_and_standard_error(divergence),
        "active_units": (float(n_active), None),
    }


def _baseline_figures(
    model: RowModel, rows: FloatArray, train_rows: FloatArray, likelihood: LikelihoodKind
) -> dict[str, _Figures]:
    components = PrincipalComponents.fit(train_rows, model.latent_dim)
    mean_row = np.broadcast_to(NormalColumns.fit(train_rows).mean, rows.shape)
    figures = {"pca": _error_figures(rows, components.reconstruct(rows))}
    for name, fitted in _fitted_densities(model, train_rows, likelihood).items():
        figures[name] = {"log_likelihood": mean_and_standard_error(fitted.log_likelihood(rows))}
    return {**figures, "mean_row": _error_figures(rows, mean_row)}


def _fitted_densities(
    model: RowModel, train_rows: FloatArray, likelihood: LikelihoodKind
) -> Mapping[str, RowDensity]:
    """Those that measure what the model's density measures; beside a model without one there are none."""
    if likelihood is None or not _has_density(model):
        return {}
    if likelihood == "bernoulli":
        return {"independent_columns": BernoulliColumns.fit(train_rows)}
    scale = model.module_.scale.double().numpy()
    return {
        "ppca": PrincipalComponents.fit(train_rows, model.latent_dim, scale=scale),
        "independent_columns": NormalColumns.fit(train_rows, scale=scale),
    }


def _error_figures(rows: FloatArray, reconstruction: FloatArray) -> _Figures:
    squared = np.square(rows.astype(np.float64) - reconstruction).mean(axis=1)
    figures: _Figures = {"mse": mean_and_standard_error(squared)}
    if rows.min() >= 0 and rows.max() <= 1:
        ratio = psnr(rows, reconstruction)
        figures["psnr"] = (ratio if math.isfinite(ratio) else math.nan, None)  # JSON has no infinity
    return figures


def _notes(
    rows: FloatArray, train_rows: FloatArray, likelihood: LikelihoodKind, *, baselines: bool
) -> Iterator[str]:
    if likelihood == "bernoulli" and ((rows > 0) & (rows < 1)).any():
        yield GREY_VALUES_NOTE
    if likelihood == "normal" and (note := constant_columns_note(train_rows)) is not None:
        yield note
    if baselines and min(train_rows.shape) > WIDEST:
        yield (
            f"pca and ppca were fitted on {WIDEST:,} of the {len(train_rows):,} training rows, evenly "
            f"spaced, because rows are wider than {WIDEST:,} columns."
        )


def _comparisons(figures: Mapping[str, _Figures], *, name: str, part: str) -> Iterator[str]:
    """What beside the baselines says that something is wrong with the model."""
    own = figures[name].get("log_likelihood")
    independent = figures.get("independent_columns", {}).get("log_likelihood")
    if own is not None and independent is not None and own[0] < independent[0]:
        yield (
            f"The model explains the {part} rows worse than independent columns do, so it has learnt little "
            "of how columns hang together: train longer, or with another learning rate or network."
        )
