"""Training of row estimators: epochs, patience, what is watched, what diverges, and what is said about it."""

import math

import numpy as np
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from varigraph import AE, ELBO, VAE, GaussianLikelihood
from varigraph.errors import DivergenceError, PosteriorCollapseWarning
from varigraph.models.loading import ROW_MODELS
from varigraph.models.rows.fitting import mean_loss
from varigraph.models.rows.row_settings import epochs_for
from varigraph.seeding import child_seed
from varigraph.training import RowBatches

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(120, 2)) @ GENERATOR.normal(size=(2, 5)) + 0.3 * GENERATOR.normal(size=(120, 5))
FURTHER = GENERATOR.normal(size=(40, 5))
QUICK = {"latent_dim": 2, "hidden_dims": (8,), "max_epochs": 3, "batch_size": 32, "random_state": 0}

every = pytest.mark.parametrize("name", ROW_MODELS)
untrained = pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")


def bits(model):
    return torch.cat([tensor.flatten() for tensor in model.module_.state_dict().values()])


@every
@untrained
def test_so_many_partial_fits_are_so_many_epochs(name):
    whole = ROW_MODELS[name](**QUICK, patience=None).fit(X)
    piecewise = ROW_MODELS[name](**QUICK)
    for n_epochs in (1, 2, 3):
        assert piecewise.partial_fit(X) is piecewise
        assert piecewise.n_epochs_ == piecewise.best_epoch_ == n_epochs
    assert torch.equal(bits(piecewise), bits(whole))
    assert piecewise.history_ == whole.history_


@every
@untrained
@pytest.mark.parametrize("patience", [None, 5])
def test_partial_fit_goes_on_from_a_fit(name, patience):
    model = ROW_MODELS[name](**QUICK, patience=patience, learning_rate=0.01).fit(X)
    before, scores = bits(model), model.score(X)
    for _ in range(20):
        model.partial_fit(X)
    assert not torch.equal(bits(model), before)
    assert [record["epoch"] for record in model.history_] == list(range(1, 24))
    assert model.history_[-1]["loss"] < model.history_[2]["loss"]
    assert model.score(X) > scores


def test_partial_fit_keeps_the_first_scale_and_the_number_of_columns():
    model = AE(**QUICK).partial_fit(X)
    scale = model.module_.scale.clone()
    model.partial_fit(100 * X)
    assert torch.equal(model.module_.scale, scale)
    with pytest.raises(ValueError, match="X has 4 features, but AE is expecting 5 features as input"):
        model.partial_fit(X[:, :4])
    assert model.n_epochs_ == 2


def overfitted(**settings):
    quick = QUICK | {"hidden_dims": (64,), "max_epochs": 300, "learning_rate": 0.03, "patience": 8}
    return AE(**quick | settings).fit(X[:40], validation=FURTHER)


def test_patience_stops_after_the_best_epoch_and_keeps_it():
    model = overfitted()
    losses = [record["val_loss"] for record in model.history_]
    assert losses[model.best_epoch_ - 1] == min(losses)
    assert model.n_epochs_ == model.best_epoch_ + 8 < 300
    batches = RowBatches(torch.from_numpy(FURTHER), 32, dtype=torch.float32)
    seed = child_seed(model.seed_, 3)
    kept = mean_loss(model.module_, model.built_objective(), batches, seed=seed)
    assert kept == pytest.approx(min(losses), rel=1e-6)
    assert min(losses) < losses[-1]
    stopped = overfitted(max_epochs=model.best_epoch_, patience=None)
    assert torch.equal(bits(stopped), bits(model))


def test_more_patience_waits_longer():
    short, long = overfitted(patience=2), overfitted(patience=8)
    assert short.n_epochs_ <= long.n_epochs_
    assert long.history_[: short.n_epochs_] == short.history_


@every
@untrained
def test_without_patience_validation_rows_only_watch(name):
    watched = ROW_MODELS[name](**QUICK, patience=None).fit(X, validation=FURTHER)
    alone = ROW_MODELS[name](**QUICK, patience=None).fit(X)
    assert torch.equal(bits(watched), bits(alone))
    assert all(math.isfinite(record["val_loss"]) for record in watched.history_)
    assert not any("val_loss" in record for record in alone.history_)
    assert watched.best_epoch_ == watched.n_epochs_ == 3


@untrained
def test_with_patience_a_share_of_the_rows_is_held_out_unless_rows_are_given():
    def n_rows(model):
        return len(model._state.history), "val_loss" in model.history_[0], model.module_.shift.numpy()

    held_out, given, none = (
        AE(**QUICK, dtype="float64").fit(X, **options)
        for options in ({}, {"validation": FURTHER}, {"validation_fraction": 0})
    )
    assert n_rows(held_out)[1]
    assert n_rows(given)[1]
    assert not n_rows(none)[1]
    # The scale is that of the rows trained on: all of them, or all but the tenth.
    for model, is_all in ((held_out, False), (given, True), (none, True)):
        assert np.allclose(n_rows(model)[2], X.mean(axis=0), rtol=1e-12) == is_all


def test_the_loss_of_a_vae_s_validation_is_minus_the_bound_whatever_the_weight_of_the_divergence():
    rows = X[:60]
    quick = QUICK | {"max_epochs": 30, "learning_rate": 0.02, "patience": None, "dtype": "float64"}
    plain, weighted = (
        VAE(**quick, objective=ELBO(beta=beta)).fit(rows, validation=FURTHER) for beta in (1.0, 0.01)
    )
    for model in (plain, weighted):
        bound = np.mean([model.elbo(FURTHER, random_state=seed).mean() for seed in range(100)])
        # One draw a row of forty rows: the sum is off by a few tenths of a nat.
        assert -model.history_[-1]["val_loss"] == pytest.approx(bound, abs=1.0)
    assert weighted.history_[-1]["loss"] < -weighted.history_[-1]["elbo"] - 1


@pytest.mark.parametrize("fraction", [-0.1, 1.0, float("nan")])
def test_a_share_that_is_none_is_refused(fraction):
    with pytest.raises(ValueError, match=r"validation_fraction must be a number in \[0, 1\), got"):
        AE(**QUICK).fit(X, validation_fraction=fraction)


@untrained
def test_of_few_rows_none_are_held_out():
    model = AE(**QUICK).fit(X[:40])
    assert not any("val_loss" in record for record in model.history_)


@every
def test_a_loss_that_diverges_in_the_first_epoch_is_an_error_and_leaves_nothing_fitted(name):
    model = ROW_MODELS[name](**QUICK | {"learning_rate": 1e30})
    with pytest.raises(DivergenceError, match=r"in epoch 1; lower learning_rate, or scale the features\."):
        model.fit(X)
    for use in (model.transform, model.score_samples):
        with pytest.raises(NotFittedError):
            use(X)


def test_an_earlier_fit_does_not_survive_one_that_diverges():
    model = AE(**QUICK).fit(X)
    model.set_params(learning_rate=1e30)
    with pytest.raises(DivergenceError):
        model.fit(X)
    with pytest.raises(NotFittedError):
        model.transform(X)
    with pytest.raises(DivergenceError):
        AE(**QUICK | {"learning_rate": 1e30}).partial_fit(X)


@every
@untrained
@pytest.mark.parametrize("patience", [None, 50])
def test_a_loss_that_diverges_later_ends_training_at_the_last_good_epoch_with_a_warning(name, patience):
    # All rows in one step, so that the first epoch is over before its own step has done its harm.
    settings = QUICK | {"batch_size": 1_000, "learning_rate": 1e25, "patience": patience}
    message = r"in epoch 2; .* Training stopped there; the model is that of epoch 1\."
    with pytest.warns(ConvergenceWarning, match=message):
        model = ROW_MODELS[name](**settings).fit(X)
    assert (model.n_epochs_, model.best_epoch_, len(model.history_)) == (1, 1, 1)
    assert any("epoch 1" in note for note in model.notes_)
    assert torch.equal(bits(model), bits(ROW_MODELS[name](**settings | {"max_epochs": 1}).fit(X)))
    assert bits(model).isfinite().all()


class Poison:
    """After the third epoch the weights are no longer what training made of them."""

    def on_epoch(self, report, state):
        if report.epoch == 3:
            with torch.no_grad():
                next(iter(state.module.parameters())).fill_(1e30)

    def on_end(self, state):
        pass


def test_after_divergence_the_best_epoch_is_kept_that_validation_chose():
    quick = QUICK | {"max_epochs": 10, "learning_rate": 0.01, "activation": "identity"}
    with pytest.warns(ConvergenceWarning, match="in epoch 4; lower learning_rate"):
        model = AE(**quick).fit(X, callbacks=[Poison()])
    assert model.n_epochs_ == model.best_epoch_ == 3
    assert torch.equal(bits(model), bits(AE(**quick | {"max_epochs": 3}).fit(X)))


def test_a_collapsed_posterior_is_warned_of_with_what_to_change():
    model = VAE(**QUICK | {"max_epochs": 40, "learning_rate": 0.05}, objective=ELBO(beta=1e4))
    with pytest.warns(PosteriorCollapseWarning, match="0 of 2 latent dimensions are in use"):
        model.fit(X)
    assert model.active_units_ == 0
    assert model.kl_per_dimension_.max() < 0.05
    (note,) = [note for note in model.notes_ if "Posterior collapse" in note]
    for remedy in (
        "fewer latent dimensions",
        "warms up",
        "beta below 1",
        "weaker decoder",
        "more epochs",
    ):
        assert remedy in note


def test_dimensions_in_use_are_counted_and_idle_ones_noted_without_a_warning():
    # The rows have two directions above σ = 0.5, and noise below it, which is not worth a dimension.
    settings = {"latent_dim": 6, "likelihood": GaussianLikelihood("fixed", std=0.5), "scaling": "none"}
    settings |= {"hidden_dims": (), "max_epochs": 800, "learning_rate": 0.05, "batch_size": 200}
    model = VAE(**QUICK | settings, patience=None, learning_rate_schedule="cosine").fit(X)
    z = model.transform(X)
    assert model.active_units_ == (z.var(axis=0) > 0.01).sum() == 2
    assert "2 of 6 latent dimensions are in use; the others follow the prior." in model.notes_
    assert model.kl_per_dimension_.shape == (6,)
    assert (np.sort(model.kl_per_dimension_) > [-1e-6] * 4 + [0.5] * 2).all()
    # The last epoch's mean divergence, up to the steps that were still made in it.
    assert model.kl_per_dimension_.sum() == pytest.approx(model.history_[-1]["kl"], rel=0.02)


@untrained
def test_notes_say_what_a_reader_should_know():
    assert AE(**QUICK).fit(X).notes_ == []
    few, one, three = (
        AE(**QUICK | {"max_epochs": 1}).fit(rows).notes_
        for rows in (X[:20], np.column_stack([X, np.ones(120)]), np.column_stack([np.zeros((120, 7)), X]))
    )
    assert few == [
        "There are 20 rows only: what is learnt may be little more than these rows.",
        "A batch holds all 20 rows, fewer than batch_size=32.",
    ]
    assert one[0].startswith("1 column is constant (position 5): ")
    assert three[0].startswith("7 columns are constant (position 0, 1, 2, 3, 4, …): ")


@pytest.mark.parametrize(
    ("steps_an_epoch", "n_epochs"), [(1, 5_000), (4, 5_000), (5, 4_000), (469, 43), (1_000, 20), (10**6, 20)]
)
def test_unless_told_otherwise_there_are_epochs_for_20_000_steps_within_bounds(steps_an_epoch, n_epochs):
    assert epochs_for(AE(), steps_an_epoch) == n_epochs
    assert epochs_for(AE(max_epochs=7), steps_an_epoch) == 7


def test_without_max_epochs_patience_ends_the_fit():
    model = overfitted(max_epochs=None)
    assert model.n_epochs_ == model.best_epoch_ + 8 < 5_000


def test_a_line_to_standard_error_every_so_many_epochs(capsys):
    AE(**QUICK, verbose=2).fit(X)
    loud = capsys.readouterr()
    AE(**QUICK).fit(X)
    silent = capsys.readouterr()
    assert loud.out == silent.out == silent.err == ""
    assert 1 <= len(loud.err.splitlines()) <= 2
