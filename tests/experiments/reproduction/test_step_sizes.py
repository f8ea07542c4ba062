"""Step sizes by a short try: the best bound on the rows wins, and what diverges is passed over."""

import numpy as np
import pytest

from varigraph import VAE
from varigraph.errors import DivergenceError
from varigraph.experiments.reproduction.step_sizes import try_step_sizes

ROWS = (np.random.default_rng(0).random((120, 8)) < np.linspace(0.05, 0.95, 8)).astype(np.float32)


def maker(made, **settings):
    """Makes models and keeps them."""

    def make(rate):
        common = {"latent_dim": 2, "hidden_dims": (6,), "likelihood": "bernoulli", "batch_size": 30}
        model = VAE(**common | settings, patience=None, random_state=0, learning_rate=rate)
        made[rate] = model
        return model

    return make


def test_the_step_size_whose_bound_is_highest_after_the_try_is_chosen():
    made = {}
    tried = try_step_sizes(maker(made), ROWS, [1e-5, 1e-2], n_samples=600)
    assert tried.best == 1e-2
    assert tried.bounds == {rate: float(model.elbo(ROWS).mean()) for rate, model in made.items()}
    assert tried.bounds[1e-2] > tried.bounds[1e-5]


@pytest.mark.parametrize(("n_samples", "n_epochs", "n_rows"), [(600, 5, 120), (50, 1, 50), (121, 2, 120)])
def test_a_try_sees_so_many_samples_and_no_more_rows_than_that(n_samples, n_epochs, n_rows):
    made, seen = {}, []
    make = maker(made)

    class Watched(VAE):
        def fit(self, X, y=None, **options):
            seen.append(len(X))
            return super().fit(X, y, **options)

    def watched(rate):
        return Watched(**make(rate).get_params())

    try_step_sizes(watched, ROWS, [1e-2, 1e-3], n_samples=n_samples)
    assert seen == [n_rows, n_rows]
    tried = try_step_sizes(make, ROWS, [1e-2], n_samples=n_samples)
    assert tried.best == 1e-2
    assert made[1e-2].n_epochs_ == n_epochs


def test_a_step_size_that_diverges_has_no_bound_and_is_not_chosen():
    tried = try_step_sizes(maker({}, objective="wake_sleep"), ROWS, [1e30, 1e-2], n_samples=240)
    assert tried.bounds[1e30] is None
    assert tried.best == 1e-2
    with pytest.raises(DivergenceError, match=r"each of the step sizes 1e\+30, 2e\+30; offer smaller ones"):
        try_step_sizes(maker({}, objective="wake_sleep"), ROWS, [1e30, 2e30], n_samples=240)
