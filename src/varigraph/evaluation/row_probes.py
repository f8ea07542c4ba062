"""What a frozen embedding of labelled rows knows of the labels, beside principal components."""

from __future__ import annotations

from numpy.typing import ArrayLike

from varigraph.evaluation.probes import ProbeResult, classification_probe
from varigraph.evaluation.row_baselines import PrincipalComponents
from varigraph.seeding import resolve_seed
from varigraph.tensor_types import FloatArray, RandomState

__all__ = ["evaluate_row_embedding"]


def evaluate_row_embedding(
    embedding: FloatArray,
    labels: ArrayLike,
    *,
    rows: FloatArray,
    train_fraction: float = 0.1,
    n_repeats: int = 10,
    random_state: RandomState = None,
) -> dict[str, ProbeResult]:
    """A logistic regression on the embedding, and one on as many principal components, over the same splits.

    Neither an encoder nor the components see a label; see `classification_probe` for how the classifier
    learns them.

    Args:
        embedding: `transform(rows)` of a fitted model, shape (n_rows, n_latent).
        labels: shape (n_rows,); None and NaN mean unlabelled.
        rows: What was embedded, shape (n_rows, n_features); the components are fitted on them.
        train_fraction: Of each class, for learning.
        n_repeats: Splits.
        random_state: An integer makes the same splits each time.

    Returns:
        By name, "embedding" and "pca".

    Raises:
        ValueError: The embedding is not one of these rows; or as in `classification_probe`.
    """
    if len(embedding) != len(rows):
        raise ValueError(f"The embedding has {len(embedding):,} rows, but there are {len(rows):,} rows.")
    components = PrincipalComponents.fit(rows, embedding.shape[1])
    seed = resolve_seed(random_state)
    return {
        name: classification_probe(
            one, labels, train_fraction=train_fraction, n_repeats=n_repeats, random_state=seed
        )
        for name, one in (("embedding", embedding), ("pca", components.coordinates(rows)))
    }
