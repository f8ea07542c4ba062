"""Transforms of node features as plain arrays: TF-IDF of counts and rows of unit length."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse as sp

from varigraph.tensor_types import FloatArray, IntArray

__all__ = ["canonical_rows", "looks_like_counts", "tfidf", "unit_rows"]


def looks_like_counts(features: FloatArray | sp.csr_array) -> bool:
    """Whether every feature is a whole number of 0 or more, as word counts and 0/1 words are.

    Example:
        >>> looks_like_counts(np.array([[0, 2], [1, 0]])), looks_like_counts(np.array([[0.3, 0.7]]))
        (True, False)
    """
    values = np.asarray(features.data if sp.issparse(features) else features, dtype=np.float64)
    return bool(((values >= 0) & (values == np.floor(values))).all())


def tfidf(features: FloatArray | sp.csr_array) -> FloatArray | sp.csr_array:
    """Counts times their inverse document frequency, then rows of unit length.

    The frequency is smoothed as in scikit-learn's `TfidfTransformer`:
    idf_f = ln((1 + n_nodes) / (1 + df_f)) + 1, where df_f nodes have feature f. Features that do not look
    like counts, such as PubMed's, which are TF-IDF values already, only get rows of unit length.

    Args:
        features: shape (n_nodes, n_features), dense or sparse; not changed.

    Returns:
        The same kind and shape, float64; a row of zeros stays one.

    Example:
        >>> tfidf(np.array([[3.0, 0.0], [0.0, 0.0]])).tolist()
        [[1.0, 0.0], [0.0, 0.0]]
    """
    if not looks_like_counts(features):
        return unit_rows(features)
    if sp.issparse(features):
        rows = canonical_rows(features)
        document_counts = np.bincount(rows.indices, minlength=rows.shape[1])
        rows.data *= _inverse_document_frequency(document_counts, rows.shape[0])[rows.indices]
        return unit_rows(rows)
    dense = np.asarray(features, dtype=np.float64)
    return unit_rows(dense * _inverse_document_frequency((dense != 0).sum(axis=0), len(dense)))


def unit_rows(features: FloatArray | sp.csr_array) -> FloatArray | sp.csr_array:
    """Each row over its Euclidean length, float64; a row of zeros stays one."""
    if not sp.issparse(features):
        dense = np.asarray(features, dtype=np.float64)
        return dense * _inverse_or_zero(np.linalg.norm(dense, axis=1))[:, None]
    rows = canonical_rows(features)
    lengths = np.sqrt(rows.multiply(rows).sum(axis=1))
    rows.data *= np.repeat(_inverse_or_zero(lengths), np.diff(rows.indptr))
    return rows


def canonical_rows(matrix: Any) -> sp.csr_array:
    """A float64 copy in compressed rows: columns ascending, none twice, no stored zero."""
    rows: sp.csr_array = sp.csr_array(matrix).astype(np.float64)  # astype copies, so the caller's stays
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return rows


def _inverse_document_frequency(document_counts: IntArray, n_nodes: int) -> FloatArray:
    return np.asarray(np.log((1 + n_nodes) / (1 + document_counts)) + 1)


def _inverse_or_zero(lengths: FloatArray) -> FloatArray:
    return np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
