"""The AUC of scores of normality is scikit-learn's, the right way round."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from varigraph.evaluation.anomalies import anomaly_auc


def test_the_auc_is_that_of_scikit_learn_with_ties():
    generator = np.random.default_rng(0)
    is_anomaly = generator.random(200) < 0.2
    scores = np.round(generator.normal(size=200) - is_anomaly, 1)
    assert anomaly_auc(scores, is_anomaly) == pytest.approx(roc_auc_score(~is_anomaly, scores), abs=1e-12)


def test_low_scores_of_anomalies_are_good_and_high_ones_bad():
    assert anomaly_auc([-9.0, -1.0], [True, False]) == 1.0
    assert anomaly_auc([-1.0, -9.0], [True, False]) == 0.0


@pytest.mark.parametrize(
    ("scores", "is_anomaly", "sentence"),
    [
        ([1.0, 2.0], [1, -1], "is_anomaly holds int64, not booleans"),
        ([1.0, 2.0], [True], r"got \(2,\) and \(1,\)"),
        ([[1.0, 2.0]], [[True, False]], "must be of the same shape"),
        ([1.0, 2.0], [True, True], "All 2 rows are anomalies"),
        ([1.0, 2.0], [False, False], "All 2 rows are normal"),
        ([1.0, np.nan], [True, False], "NaN"),
    ],
)
def test_what_cannot_be_ranked_is_refused(scores, is_anomaly, sentence):
    with pytest.raises(ValueError, match=sentence):
        anomaly_auc(scores, is_anomaly)
