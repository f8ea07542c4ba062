"""Probes of embedded rows stand beside principal components on the same splits."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from varigraph.evaluation.row_probes import evaluate_row_embedding

DIGITS = load_digits()
ROWS, LABELS = DIGITS.data[:400], DIGITS.target[:400]


def test_an_embedding_that_is_pca_scores_as_pca_does():
    embedding = PCA(3, svd_solver="full").fit_transform(ROWS)
    found = evaluate_row_embedding(embedding, LABELS, rows=ROWS, n_repeats=2, random_state=0)
    assert list(found) == ["embedding", "pca"]
    # Signs of components are arbitrary, to which a logistic regression is blind but for its last steps.
    assert found["embedding"].metrics["accuracy"]["values"] == pytest.approx(
        found["pca"].metrics["accuracy"]["values"], abs=0.005
    )


def test_an_embedding_of_noise_scores_worse_than_pca():
    noise = np.random.default_rng(0).normal(size=(400, 3))
    found = evaluate_row_embedding(noise, LABELS, rows=ROWS, n_repeats=2, random_state=0)
    assert max(found["embedding"].metrics["accuracy"]["values"]) < 0.2
    assert min(found["pca"].metrics["accuracy"]["values"]) > 0.5


def test_an_embedding_of_other_rows_is_refused():
    with pytest.raises(ValueError, match="The embedding has 3 rows, but there are 400 rows"):
        evaluate_row_embedding(np.zeros((3, 2)), LABELS, rows=ROWS)
