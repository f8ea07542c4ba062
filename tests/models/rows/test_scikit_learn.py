"""Row estimators keep scikit-learn's contract: its own checks, pipelines, grid search, clone, set_output."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from varigraph import AE, VAE, AnomalyDetector, DenoisingAE, GaussianLikelihood

SHORT = {"latent_dim": 2, "hidden_dims": (8,), "max_epochs": 2, "random_state": 0}


def expected_to_fail(estimator):
    """What scikit-learn checks and the estimator does otherwise, by check with the reason."""
    return {}


@pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")
@parametrize_with_checks(
    [
        AE(**SHORT),
        DenoisingAE(**SHORT),
        VAE(**SHORT, n_samples=3),
        VAE(**SHORT, n_samples=3, likelihood=GaussianLikelihood("predicted", mean="unit_interval")),
        AnomalyDetector(AE(latent_dim=2, hidden_dims=(8,), max_epochs=30, random_state=0)),
    ],
    expected_failed_checks=expected_to_fail,
)
def test_scikit_learns_own_checks_pass(estimator, check):
    check(estimator)
