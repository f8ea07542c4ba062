"""A fit that was interrupted and goes on from its checkpoint ends with the bits of one that was not."""

import json
import warnings

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from varigraph.distributions import VampPrior
from varigraph.errors import PosteriorCollapseWarning, RunFolderError
from varigraph.models import AE, VAE, DenoisingAE
from varigraph.training import Checkpointing

ROWS = np.random.default_rng(0).normal(size=(90, 2)) @ np.random.default_rng(1).normal(size=(2, 6))
HELD_OUT = np.random.default_rng(2).normal(size=(20, 2)) @ np.random.default_rng(1).normal(size=(2, 6))
QUICK = {"latent_dim": 2, "hidden_dims": (5,), "batch_size": 16, "max_epochs": 8, "random_state": 0}
ADAGRAD = {"optimizer": "adagrad", "learning_rate": 0.05}
COSINE = {"learning_rate_schedule": "cosine", "learning_rate": 0.01}


@pytest.fixture(autouse=True)
def _no_word_of_collapse():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PosteriorCollapseWarning)
        yield


class InterruptedAt:
    """A callback that is pressed Ctrl-C on after one epoch."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch(self, report, state):
        if report.epoch == self.epoch:
            raise KeyboardInterrupt

    def on_end(self, state):
        pass


def cases():
    yield AE, {}
    yield AE, ADAGRAD
    yield AE, COSINE | {"patience": None}
    yield DenoisingAE, ADAGRAD | COSINE | {"weight_decay": 0.01}
    yield VAE, ADAGRAD
    yield VAE, COSINE | {"objective": "iwae", "dtype": "float64"}
    yield VAE, {"prior": VampPrior(5), "scaling": "none", "objective": "wake_sleep"}
    # A step so long that the best epoch comes early: what is kept then is not the last.
    yield VAE, {"learning_rate": 0.2, "patience": 3, "max_epochs": 40}
    yield AE, ADAGRAD | {"learning_rate": 1.0, "patience": 3, "max_epochs": 40}


@pytest.mark.parametrize(("make", "settings"), list(cases()), ids=str)
@pytest.mark.parametrize("epochs", [(1,), (3, 5)])
def test_an_interrupted_fit_ends_with_the_bits_of_a_whole_one(tmp_path, make, settings, epochs):
    model = make(**(QUICK | settings))
    whole = make(**(QUICK | settings)).fit(ROWS, validation=HELD_OUT)
    path = tmp_path / "checkpoint.safetensors"
    for epoch in epochs:
        callbacks = [InterruptedAt(epoch), Checkpointing(path)]
        with pytest.raises(KeyboardInterrupt):
            model.fit(
                ROWS,
                validation=HELD_OUT,
                callbacks=callbacks,
                resume_from=path if path.exists() else None,
            )
    resumed = make(**(QUICK | settings)).fit(ROWS, validation=HELD_OUT, resume_from=path)
    for name, tensor in whole.module_.state_dict().items():
        assert torch.equal(resumed.module_.state_dict()[name], tensor), name
    assert resumed.history_ == whole.history_
    assert (resumed.n_epochs_, resumed.best_epoch_) == (whole.n_epochs_, whole.best_epoch_)
    assert np.array_equal(resumed.score_samples(ROWS), whole.score_samples(ROWS))
    assert whole.n_epochs_ > max(epochs)  # or nothing was resumed


def test_early_stopping_is_among_the_cases():
    stopped = [
        (whole.best_epoch_, whole.n_epochs_)
        for make, settings in cases()
        for whole in [make(**(QUICK | settings)).fit(ROWS, validation=HELD_OUT)]
        if whole.n_epochs_ < whole.max_epochs
    ]
    assert any(best < last for best, last in stopped)


def test_rows_that_the_fit_holds_out_itself_are_held_out_again(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    whole = VAE(**QUICK).fit(ROWS)
    with pytest.raises(KeyboardInterrupt):
        VAE(**QUICK).fit(ROWS, callbacks=[InterruptedAt(4), Checkpointing(path)])
    assert VAE(**QUICK).fit(ROWS, resume_from=path).history_ == whole.history_
    assert "val_loss" in whole.history_[0]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    path = tmp_path_factory.mktemp("checkpoints") / "checkpoint.safetensors"
    with pytest.raises(KeyboardInterrupt):
        AE(**(QUICK | ADAGRAD)).fit(ROWS, callbacks=[InterruptedAt(2), Checkpointing(path)])
    return path


@pytest.mark.parametrize(
    ("rows", "changes"),
    [
        (ROWS + 1e-9, {}),
        (ROWS[:-1], {}),
        (ROWS, {"random_state": 1}),
        (ROWS, {"learning_rate": 0.04}),
        (ROWS, {"likelihood": "bernoulli"}),
        (ROWS, {"scaling": "none"}),
        (ROWS, {"latent_dim": 3}),
    ],
)
def test_other_rows_settings_or_seeds_do_not_go_on_from_a_checkpoint(checkpoint, rows, changes):
    if "likelihood" in changes:
        rows = np.abs(rows) / np.abs(rows).max()
    with pytest.raises(RunFolderError, match="other data, settings or seed"):
        AE(**(QUICK | ADAGRAD | changes)).fit(rows, resume_from=checkpoint)


def test_a_corruption_within_the_objective_is_part_of_what_a_checkpoint_belongs_to(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    with pytest.raises(KeyboardInterrupt):
        DenoisingAE(**QUICK).fit(ROWS, callbacks=[InterruptedAt(2), Checkpointing(path)])
    with pytest.raises(RunFolderError, match="other data, settings or seed"):
        DenoisingAE(noise=0.2, **QUICK).fit(ROWS, resume_from=path)


@pytest.mark.parametrize("what", ["optimizer.0.sum", "optimizer.0.step", "module.scale"])
@pytest.mark.parametrize("change", ["gone", "short", "nan", "double"])
def test_a_checkpoint_whose_tensors_lie_is_refused_in_a_sentence(tmp_path, checkpoint, what, change):
    tensors = load_file(checkpoint)
    with safe_open(checkpoint, framework="pt") as file:
        state = file.metadata()["state"]
    tensor = tensors.pop(what)
    changed = {
        "gone": None,
        "short": tensor.flatten()[:-1],
        "nan": tensor * torch.nan,
        "double": tensor.double(),
    }[change]
    if changed is not None:
        tensors[what] = changed.contiguous()
    path = tmp_path / "checkpoint.safetensors"
    save_file(tensors, path, metadata={"state": state})
    with pytest.raises(RunFolderError, match="does not fit the model"):
        AE(**(QUICK | ADAGRAD)).fit(ROWS, resume_from=path)
    assert json.loads(state)["epoch"] == 2
