"""VAEs whose decoder tells mean and variance of every value: what they learn, draw, score and store."""

import numpy as np
import pytest
import torch
from scipy import stats

from varigraph import AE, VAE, GaussianLikelihood
from varigraph.decoders import ConvDecoder
from varigraph.models import load

pytestmark = pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")

PREDICTED = GaussianLikelihood("predicted", mean="unit_interval")


def some_intensities(n_rows=400, seed=0):
    """Two clusters: in the first columns are known to 0.02, in the second to 0.1."""
    generator = np.random.default_rng(seed)
    is_second = generator.random(n_rows) < 0.5
    mean = np.where(is_second[:, None], np.linspace(0.6, 0.4, 6), np.linspace(0.3, 0.7, 6))
    std = np.where(is_second, 0.1, 0.02)[:, None]
    return mean + std * generator.standard_normal((n_rows, 6)), is_second


def a_vae(**settings):
    common = {"latent_dim": 2, "hidden_dims": (12,), "activation": "tanh", "learning_rate": 1e-2}
    quick = {"max_epochs": 3, "patience": None, "random_state": 0, "n_samples": 5, "likelihood": PREDICTED}
    return VAE(**common | quick | settings)


@pytest.fixture(scope="module")
def learnt():
    return a_vae(max_epochs=80).fit(some_intensities()[0])


def test_the_spread_of_each_cluster_is_learnt(learnt):
    rows, is_second = some_intensities(seed=1)
    with torch.no_grad():
        z = torch.from_numpy(learnt.transform(rows))
        std = learnt.module_.decoder(z).std.numpy()
    # Each is the standard deviation of what the mean leaves over, which is near the noise's.
    assert np.median(std[is_second]) == pytest.approx(0.1, rel=0.25)
    assert np.median(std[~is_second]) == pytest.approx(0.02, rel=0.5)


def test_rows_are_likelier_than_under_one_spread_for_all(learnt):
    rows, _ = some_intensities(seed=1)
    one_for_all = a_vae(max_epochs=80, likelihood=GaussianLikelihood(std=0.1), scaling="none")
    assert learnt.elbo(rows).mean() > one_for_all.fit(some_intensities()[0]).elbo(rows).mean() + 1


def test_means_of_samples_and_reconstructions_are_intensities_and_draws_scatter_around_them(learnt):
    rows, _ = some_intensities()
    z = np.random.default_rng(0).normal(scale=30, size=(50, 2))
    for means in (learnt.sample(200, mean=True), learnt.reconstruct(rows), learnt.inverse_transform(z)):
        assert (means > 0).all()
        assert (means < 1).all()
    means, draws = (learnt.sample(500, mean=mean, random_state=3) for mean in (True, False))
    assert means.std() < draws.std()


def test_the_bound_is_below_the_log_likelihood(learnt):
    rows, _ = some_intensities(seed=1)
    bound, likelihood = learnt.elbo(rows, n_samples=20), learnt.log_likelihood(rows, n_samples=500)
    gap = likelihood.values - bound
    # One-sided at four standard errors; both are estimates.
    assert gap.mean() > -4 * stats.sem(gap)


def test_a_deviance_counts_from_the_row_itself_at_the_floor_of_the_spread(learnt):
    rows, _ = some_intensities(seed=1)
    deviance, likelihood = learnt.reconstruction_deviance(rows), learnt.reconstruction_log_likelihood(rows)
    best = 6 * (6 - 0.5 * np.log(2 * np.pi))  # six columns at log σ = −6
    inside = ((rows > 0) & (rows < 1)).all(axis=1)
    np.testing.assert_allclose(deviance[inside], 2 * (best - likelihood[inside]), rtol=1e-4)
    assert (deviance >= 0).all()


def test_a_stored_model_scores_and_draws_the_same_bits(learnt, tmp_path):
    rows, _ = some_intensities(seed=1)
    learnt.save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.likelihood.mean == "unit_interval"
    assert np.array_equal(again.score_samples(rows), learnt.score_samples(rows))
    assert np.array_equal(again.sample(5), learnt.sample(5))


@pytest.mark.parametrize("objective", ["elbo", "iwae", "wake_sleep"])
@pytest.mark.parametrize("prior", ["standard_normal", "mixture", "vamp"])
def test_every_objective_raises_the_bound_of_the_rows(objective, prior):
    rows = some_intensities(200)[0]
    after = {
        n_epochs: a_vae(objective=objective, prior=prior, max_epochs=n_epochs).fit(rows).elbo(rows).mean()
        for n_epochs in (1, 12)
    }
    assert after[12] > after[1] + 1


def test_an_autoencoder_and_convolutions_take_it_too():
    rows = np.random.default_rng(0).random((60, 16))
    settings = {"image_shape": (4, 4), "max_epochs": 2, "random_state": 0, "likelihood": PREDICTED}
    model = AE(latent_dim=2, **settings).fit(rows)
    assert model.score_samples(rows).shape == (60,)
    vae = a_vae(decoder=ConvDecoder((4, 4), (3,)), image_shape=(4, 4)).fit(rows)
    assert vae.module_.decoder.outputs(torch.zeros(1, 2)).shape == (1, 32)
    assert np.isfinite(vae.score_samples(rows)).all()


def test_columns_are_not_scaled_and_cannot_be():
    rows = some_intensities(100)[0]
    assert not a_vae().fit(rows).module_.is_scaled
    assert a_vae(likelihood=GaussianLikelihood("predicted")).fit(rows).module_.is_scaled
    with pytest.raises(ValueError, match="scaling='standard' does not go with GaussianLikelihood"):
        a_vae(scaling="standard").fit(rows)


def test_the_notes_tell_of_constant_columns_and_of_values_that_no_mean_reaches():
    rows = some_intensities(100)[0]
    rows[:, 2] = 0.5
    assert a_vae().fit(rows).notes_[0].startswith("1 column is constant (position 2)")
    notes = a_vae().fit(200 * some_intensities(100)[0].clip(0)).notes_
    assert any("Divide grey levels of 0 to 255 by 255." in note for note in notes)


def test_the_preset_for_frey_faces_has_the_papers_decoder():
    model = VAE.from_preset("aevb_frey")
    assert (model.hidden_dims, model.activation, model.batch_size) == ((200,), "tanh", 100)
    assert (model.optimizer, model.learning_rate) == ("adagrad", 0.01)
    assert (model.likelihood.variance, model.likelihood.mean) == ("predicted", "unit_interval")
