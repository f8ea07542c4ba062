"""Outcomes of trials: what is refused."""

import pytest

from varigraph.experiments.reproduction.outcome import Outcome


def test_curves_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="equally long"):
        Outcome({"auc": 0.9}, {"samples": [1, 2], "loss": [0.1]})


def test_an_outcome_without_numbers_is_refused():
    with pytest.raises(ValueError, match="no metrics"):
        Outcome({})
