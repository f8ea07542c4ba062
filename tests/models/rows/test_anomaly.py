"""`AnomalyDetector`: so many anomalies as it was told, and the rows that no normal row is like."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from varigraph import AE, VAE, AnomalyDetector, DenoisingAE

GENERATOR = np.random.default_rng(0)
DIRECTIONS = GENERATOR.normal(size=(2, 6))
X = GENERATOR.normal(size=(200, 2)) @ DIRECTIONS + 0.1 * GENERATOR.normal(size=(200, 6))
STRANGE = 3 * GENERATOR.normal(size=(50, 6))
LINEAR = {"latent_dim": 2, "hidden_dims": (), "max_epochs": 150, "learning_rate": 0.03, "random_state": 0,
          "batch_size": 256}  # fmt: skip
MEASURES = {"auto": AE, "reconstruction": DenoisingAE, "elbo": VAE, "log_likelihood": VAE}


@pytest.fixture(scope="module", params=MEASURES)
def detector(request):
    model = MEASURES[request.param](**LINEAR)
    return AnomalyDetector(model, contamination=0.1, measure=request.param).fit(X)


def test_strange_rows_are_found_and_normal_ones_are_not(detector):
    normal = GENERATOR.normal(size=(100, 2)) @ DIRECTIONS + 0.1 * GENERATOR.normal(size=(100, 6))
    assert (detector.predict(STRANGE) == -1).mean() > 0.9
    # Told that a tenth are anomalies, it takes about so many of new normal rows for some.
    assert (detector.predict(normal) == 1).mean() > 0.75


def test_as_many_training_rows_are_anomalies_as_it_was_told(detector):
    verdicts = detector.predict(X)
    assert set(np.unique(verdicts)) == {-1, 1}
    assert (verdicts == -1).sum() == 20
    assert verdicts.dtype == np.int64


def test_the_decision_is_the_score_above_the_offset(detector):
    scores, decision = detector.score_samples(STRANGE), detector.decision_function(STRANGE)
    np.testing.assert_allclose(decision, scores - detector.offset_, rtol=1e-12)
    assert np.array_equal(detector.predict(STRANGE), np.where(decision < 0, -1, 1))
    model = detector.model_
    verbs = {
        "elbo": "elbo",
        "log_likelihood": "score_samples",
        "reconstruction": "reconstruction_log_likelihood",
    }
    verb = verbs.get(detector.measure, "reconstruction_deviance")
    sign = 1 if detector.measure in verbs else -1
    np.testing.assert_allclose(scores, sign * getattr(model, verb)(STRANGE), rtol=1e-6)


def test_a_rows_score_depends_on_that_row_alone(detector):
    whole = detector.score_samples(STRANGE)
    np.testing.assert_allclose(detector.score_samples(STRANGE[10:12]), whole[10:12], rtol=1e-4)


def test_the_model_given_is_cloned_and_stays_as_it_was():
    model = AE(**LINEAR | {"max_epochs": 2})
    detector = AnomalyDetector(model).fit(X)
    assert detector.model is model
    assert not hasattr(model, "module_")
    assert not hasattr(clone(detector), "model_")
    assert detector.set_params(model__latent_dim=1).fit(X).model_.latent_dim == 1


def test_options_of_the_models_fit_pass_through():
    quick = AE(**LINEAR | {"max_epochs": 2})
    detector = AnomalyDetector(quick).fit(X, validation=STRANGE)
    assert "val_loss" in detector.model_.history_[0]
    frames = (pd.DataFrame(rows, columns=list("abcdef")) for rows in (X, STRANGE))
    named = AnomalyDetector(quick).fit(next(frames), validation=next(frames))
    assert named.model_.history_ == detector.model_.history_


def test_before_fit_everything_learnt_is_refused():
    for verb in ("predict", "score_samples", "decision_function"):
        with pytest.raises(NotFittedError):
            getattr(AnomalyDetector(AE()), verb)(X)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"contamination": 0}, r"contamination must be a number in \(0, 0.5\], got 0"),
        ({"contamination": 0.6}, r"contamination must be a number in \(0, 0.5\], got 0.6"),
        (
            {"measure": "distance"},
            "measure must be one of auto, deviance, reconstruction, elbo, log_likelihood, got",
        ),
        ({"measure": "elbo"}, "AE has no density for measure='elbo'; use 'deviance', or a VAE"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        AnomalyDetector(AE(**LINEAR), **settings).fit(X)
