"""Killed and interrupted runs end, once resumed, with the weights of an undisturbed one, bit for bit."""

import contextlib
import os
import signal
import subprocess
import sys
from importlib import util
from pathlib import Path

import numpy as np
import pytest

from varigraph.models import VGAE
from varigraph.training import Checkpointing

SCRIPT = Path(__file__).parent / "interrupted_fit.py"
_SPEC = util.spec_from_file_location("interrupted_fit", SCRIPT)
interrupted_fit = util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(interrupted_fit)


def fitted(**arguments):
    model = VGAE(**interrupted_fit.SETTINGS)
    return model.fit(interrupted_fit.the_graph(), validation_fraction=0.1, **arguments)


@pytest.fixture(scope="module")
def undisturbed():
    return fitted()


def same(model, other):
    ours, theirs = model.module_.state_dict(), other.module_.state_dict()
    return all((tensor == theirs[name]).all() for name, tensor in ours.items()) and (
        model.history_ == other.history_
        and model.best_epoch_ == other.best_epoch_
        and np.array_equal(model.embedding_, other.embedding_)
    )


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_was_killed_or_interrupted_resumes_to_the_same_bits(
    tmp_path, undisturbed, signal_number
):
    checkpoint = tmp_path / "checkpoint.safetensors"
    process = subprocess.Popen(
        [sys.executable, SCRIPT, checkpoint],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
    )
    with process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal_number)
        assert process.wait(timeout=120) != 0
    resumed = fitted(resume_from=checkpoint)
    assert 12 <= resumed.n_epochs_ == undisturbed.n_epochs_
    assert same(resumed, undisturbed)
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == [
        "checkpoint.safetensors"
    ]


class At:
    """Does something after one epoch."""

    def __init__(self, epoch, action):
        self.epoch, self.action = epoch, action

    def on_epoch(self, report, state):
        if report.epoch == self.epoch:
            self.action()

    def on_end(self, state):
        """Nothing to do."""


def interrupt():
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("epoch", [1, 7, 59])
def test_ctrl_c_finishes_the_epoch_writes_a_whole_checkpoint_and_raises(tmp_path, undisturbed, epoch):
    checkpoint = tmp_path / "checkpoint.safetensors"
    if epoch >= undisturbed.n_epochs_:
        pytest.skip("patience stopped the run before")
    with pytest.raises(KeyboardInterrupt):
        fitted(callbacks=[At(epoch, interrupt), Checkpointing(checkpoint, every_seconds=1e9)])
    assert same(fitted(resume_from=checkpoint), undisturbed)


def test_a_fit_that_was_interrupted_is_not_a_fitted_model(tmp_path):
    model = VGAE(**interrupted_fit.SETTINGS).fit(interrupted_fit.the_graph(), validation_fraction=0.1)
    with pytest.raises(KeyboardInterrupt):
        model.fit(interrupted_fit.the_graph(), validation_fraction=0.1, callbacks=[At(2, interrupt)])
    assert not hasattr(model, "embedding_")


def test_pythons_own_handler_is_back_afterwards():
    with pytest.raises(KeyboardInterrupt):
        fitted(callbacks=[At(2, interrupt)])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_users_is_left_alone(undisturbed):
    calls = []
    before = signal.signal(signal.SIGINT, lambda *_: calls.append(1))
    try:
        assert same(fitted(callbacks=[At(2, interrupt)]), undisturbed)
    finally:
        signal.signal(signal.SIGINT, before)
    assert calls == [1]


def test_a_second_ctrl_c_within_an_epoch_leaves_the_last_whole_checkpoint(tmp_path, undisturbed, monkeypatch):
    checkpoint = tmp_path / "checkpoint.safetensors"
    from varigraph.models.graphs import supervision

    validate, calls = supervision.Supervision.validate, []

    def validate_and_interrupt(*arguments):
        calls.append(1)
        if len(calls) == 5:
            interrupt()
            interrupt()
        return validate(*arguments)

    with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(supervision.Supervision, "validate", validate_and_interrupt)
        fitted(callbacks=[Checkpointing(checkpoint, every_seconds=0)])
    assert len(calls) == 5
    assert same(fitted(resume_from=checkpoint), undisturbed)
