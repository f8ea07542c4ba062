"""Pictures of models of rows: their samples, reconstructions, latent space and manifold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from varigraph.reporting.figures import (
    embedding_figure,
    image_grid_figure,
    manifold_figure,
    reconstruction_figure,
)
from varigraph.reporting.pixels import image_shape_of
from varigraph.reporting.plot.fitted import is_model, require_fitted, require_method
from varigraph.reporting.projection import ProjectionMethod
from varigraph.tensor_types import FloatArray, RandomState

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["latent", "manifold", "reconstructions", "samples"]

_FITTED = "n_features_in_"


def samples(
    model: Any,
    n: int = 64,
    *,
    image_shape: Sequence[int] | None = None,
    random_state: RandomState = 0,
    mean: bool = True,
    value_range: Sequence[float] | None = None,
    title: str | None = None,
) -> Figure:
    """Images that a fitted model makes up, in a grid.

    Args:
        model: A fitted model with a prior to draw from, such as `VAE`; or rows to be shown as they are,
            shape (n_rows, n_features), of which the first n are taken.
        n: Images.
        image_shape: (height, width) or (height, width, channels) that a row is the image of; by default what
            the data or the model's convolutions say, else a square.
        random_state: The same seed gives the same images.
        mean: Draw the decoder's mean for each z; False draws a row from its distribution.
        value_range: The values that are black and white; see `image_grid_figure`.
        title: Above the picture; by default the model and the number of images.

    Raises:
        MissingExtraError: matplotlib is not installed.
        sklearn.exceptions.NotFittedError: The model has not been fitted.
        TypeError: The model cannot draw samples.
        ValueError: The rows are no images as far as anybody knows, or not of that shape.

    Example:
        >>> import numpy as np
        >>> samples(np.eye(9), 4).axes[0].get_title(loc="left")
        '4 images'
    """
    if n < 1:
        raise ValueError(f"A picture needs one image at least; got n={n}.")
    if is_model(model):
        require_method(model, "sample", why="without a prior there is nothing to draw samples from.")
        require_fitted(model, _FITTED)
        rows = _values(model.sample(n, random_state=random_state, mean=mean))
        default_title = f"{_count(len(rows), 'sample')} of {type(model).__name__}"
    else:
        rows = _values(_rows_of(model)[:n])
        default_title = _count(len(rows), "image")
    return image_grid_figure(
        rows,
        _shape_of(rows, model, image_shape=image_shape),
        value_range=value_range,
        title=title or default_title,
    )


def reconstructions(
    model: Any,
    X: Any,
    *,
    n: int = 10,
    noisy: Any = None,
    image_shape: Sequence[int] | None = None,
    value_range: Sequence[float] | None = None,
    title: str | None = None,
) -> Figure:
    """The first rows of X as images, above what a fitted model makes of them.

    Args:
        model: A fitted model with `reconstruct`, such as `AE` or `VAE`.
        X: shape (n_rows, n_features), as `fit` takes it.
        n: Rows.
        noisy: X with noise, the same shape: the model is given these rows instead (its `denoise`, if it has
            one), and they stand between the two lines.
        image_shape: As in `samples`.
        value_range: The values that are black and white; see `image_grid_figure`.
        title: Above the picture; by default the model.

    Raises:
        MissingExtraError: matplotlib is not installed.
        sklearn.exceptions.NotFittedError: The model has not been fitted.
        TypeError: The model cannot reconstruct.
        ValueError: As `samples`, or `noisy` has another number of rows than X.
    """
    require_method(model, "reconstruct", why="a picture of reconstructions needs one.")
    require_fitted(model, _FITTED)
    clean, seen = _rows_of(X), _rows_of(X if noisy is None else noisy)
    if len(clean) != len(seen):
        raise ValueError(
            f"Every row has a noisy twin, but X has {len(clean):,} rows and noisy {len(seen):,}."
        )
    rebuild = getattr(model, "denoise", model.reconstruct) if noisy is not None else model.reconstruct
    what = "Reconstructions" if noisy is None else "Reconstructions from noise"
    return reconstruction_figure(
        _values(clean[:n]),
        _values(rebuild(seen[:n])),
        _shape_of(_values(clean[:n]), X, model, image_shape=image_shape),
        noisy=None if noisy is None else _values(seen[:n]),
        value_range=value_range,
        title=title or f"{what} by {type(model).__name__}",
    )


def manifold(
    model: Any,
    *,
    n: int = 20,
    image_shape: Sequence[int] | None = None,
    value_range: Sequence[float] | None = None,
    title: str | None = None,
) -> Figure:
    """What a fitted model with two latent dimensions decodes all over its latent plane.

    The grid is even in the probability of a standard normal prior. Codes of a model with another prior, or of
    a plain autoencoder, which has none, may lie elsewhere: see `latent`.

    Args:
        model: A fitted model with `inverse_transform` and `latent_dim=2`.
        n: Images along each side.
        image_shape: As in `samples`.
        value_range: The values that are black and white; see `image_grid_figure`.
        title: Above the picture; by default the model.

    Raises:
        MissingExtraError: matplotlib is not installed.
        sklearn.exceptions.NotFittedError: The model has not been fitted.
        TypeError: The model cannot decode.
        ValueError: As `samples`, or the latent space has not two dimensions.
    """
    require_method(model, "inverse_transform", why="the manifold is decoded from latent vectors.")
    require_fitted(model, _FITTED)
    if model.latent_dim != 2:
        raise ValueError(
            f"The manifold lies over two latent dimensions, but this model has {model.latent_dim}; fit one "
            "with latent_dim=2, or draw its samples or its latent space."
        )
    return manifold_figure(
        lambda z: _values(model.inverse_transform(z)),
        image_shape_of(model.n_features_in_, model, image_shape=image_shape),
        n=n,
        is_prior=_has_standard_normal_prior(model),
        value_range=value_range,
        title=title or f"Latent manifold of {type(model).__name__}",
    )


def latent(
    model: Any,
    X: Any,
    labels: Iterable[Any] | None = None,
    *,
    ids: Iterable[Any] | None = None,
    method: ProjectionMethod = "auto",
    title: str | None = None,
) -> Figure:
    """Where a fitted model puts rows in its latent space, coloured by label.

    Args:
        model: A fitted model with `transform` (posterior means) and two latent dimensions at least.
        X: shape (n_rows, n_features), as `fit` takes it.
        labels: The class of each row; by default those that X brings, if it is a `Rows` with labels.
        ids: The name of each row, written when there are at most 60.
        method: How more than two dimensions become two: "pca" (also "auto") or "tsne"; see `planar_view`.
        title: Above the picture; by default the model and the number of rows.

    Raises:
        MissingExtraError: matplotlib is not installed.
        sklearn.exceptions.NotFittedError: The model has not been fitted.
        TypeError: The model has no latent space.
        ValueError: As `embedding_figure`.
    """
    require_method(model, "transform", why="there is no latent space to draw.")
    require_fitted(model, _FITTED)
    codes = _values(model.transform(_rows_of(X)))
    return embedding_figure(
        codes,
        _labels_of(X) if labels is None else labels,
        ids=ids,
        title=title or f"Latent space of {type(model).__name__} ({_count(len(codes), 'row')})",
        method=method,
    )


def _has_standard_normal_prior(model: Any) -> bool:
    prior = getattr(model, "prior", None)
    return prior == "standard_normal" or type(prior).__name__ == "StandardNormalPrior"


def _rows_of(data: Any) -> Any:
    """What a model is given: the values of a `Rows`; arrays and frames as they are."""
    return data.values if _is_rows(data) else data if hasattr(data, "shape") else np.asarray(data)


def _labels_of(data: Any) -> Iterable[Any] | None:
    return data.labels if _is_rows(data) else None


def _is_rows(data: Any) -> bool:
    return hasattr(data, "values") and hasattr(data, "image_shape")


def _values(rows: Any) -> FloatArray:
    """Numbers of an array or a frame, which is what models give under `set_output`."""
    return np.asarray(rows, dtype=np.float64)


def _shape_of(rows: FloatArray, *sources: Any, image_shape: Sequence[int] | None) -> tuple[int, ...]:
    if rows.ndim != 2:
        raise ValueError(f"Rows have shape (n_rows, n_features); got shape {rows.shape}.")
    return image_shape_of(rows.shape[1], *sources, image_shape=image_shape)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
