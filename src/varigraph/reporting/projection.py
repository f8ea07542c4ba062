"""From a latent space of any width to the two coordinates of a picture."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from varigraph.tensor_types import FloatArray

__all__ = ["PlanarView", "ProjectionMethod", "planar_view"]

ProjectionMethod: TypeAlias = Literal["auto", "pca", "tsne"]

_PERPLEXITY = 30.0  # van der Maaten & Hinton (2008), section 3.3: between 5 and 50
_TSNE_SEED = 0  # the same embedding gives the same picture


class PlanarView(NamedTuple):
    """Points of a picture, shape (n_points, 2), and what its two axes are called."""

    points: FloatArray
    axis_titles: tuple[str, str]


def planar_view(embedding: FloatArray, *, method: ProjectionMethod = "auto") -> PlanarView:
    """Two coordinates for every row.

    Args:
        embedding: shape (n_points, n_latent), finite, n_latent ≥ 2.
        method: "auto" takes two dimensions as they are and more through "pca" (linear: distances are those
            of the latent space, seen from the side where they are largest); "tsne" shows neighbourhoods, but
            its distances between groups, and their sizes, mean nothing. Takes seconds for thousands of
            points, minutes beyond 20,000.

    Raises:
        ValueError: `embedding` has not two axes of which the second is at least 2, holds a NaN or an
            infinity, or `method` is none of the three.

    References:
        van der Maaten & Hinton (2008), *Visualizing data using t-SNE*.
    """
    _check(embedding)
    if method == "tsne":
        return PlanarView(_tsne(embedding), ("t-SNE 1 (no unit)", "t-SNE 2 (no unit)"))
    if method == "auto" and embedding.shape[1] == 2:
        return PlanarView(embedding, ("latent dimension 1", "latent dimension 2"))
    if method in {"auto", "pca"}:
        return _principal_view(embedding)
    raise ValueError(f'There is no projection {method!r}; choose "auto", "pca" or "tsne".')


def _check(embedding: FloatArray) -> None:
    if embedding.ndim != 2 or embedding.shape[1] < 2 or not len(embedding):
        raise ValueError(
            "A picture needs an embedding of shape (n_points, n_latent) with a point and two dimensions "
            f"at least; got shape {embedding.shape}."
        )
    if not np.isfinite(embedding).all():
        raise ValueError(
            "The embedding holds a NaN or an infinity, so its points have no place in a picture."
        )


def _principal_view(embedding: FloatArray) -> PlanarView:
    centred = embedding - embedding.mean(axis=0)
    # The d × d covariance is small however many points there are.
    variances, directions = np.linalg.eigh(centred.T @ centred / len(centred))
    first_two = directions[:, [-1, -2]]
    # An eigenvector's sign is arbitrary; the largest entry is made positive so that pictures repeat.
    first_two = first_two * np.sign(first_two[np.abs(first_two).argmax(axis=0), [0, 1]])
    shares = variances[[-1, -2]].clip(min=0) / max(variances.clip(min=0).sum(), np.finfo(float).tiny)
    first, second = (
        f"principal component {n} ({share:.0%} of variance)" for n, share in enumerate(shares, 1)
    )
    return PlanarView(centred @ first_two, (first, second))


def _tsne(embedding: FloatArray) -> FloatArray:
    from sklearn.manifold import TSNE

    n_points = len(embedding)
    if n_points < 3:
        return _principal_view(embedding).points
    perplexity = min(_PERPLEXITY, (n_points - 1) / 3)
    # Started from the principal components, groups keep some of their global arrangement.
    model = TSNE(2, perplexity=perplexity, init="pca", random_state=_TSNE_SEED)
    return np.asarray(model.fit_transform(embedding.astype(np.float32)), dtype=np.float64)
