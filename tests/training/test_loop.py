"""The loop on a problem small enough to follow: one number that is to become 3."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from varigraph.errors import DivergenceError, RunFolderError
from varigraph.objectives import ObjectiveTerms
from varigraph.training import (
    Checkpointing,
    EpochSteps,
    TrainingPlan,
    TrainingState,
    cosine_rate,
    read_checkpoint,
    train,
)


class Number(nn.Module):
    def __init__(self):
        super().__init__()
        self.value = nn.Parameter(torch.tensor(0.0))


def fresh(identity="run"):
    module = Number()
    return TrainingState(module, torch.optim.Adam(module.parameters(), lr=0.1), identity=identity)


def noisy_square(state):
    """A step that draws from the generator it is given and from the global one, as dropout does."""

    def step(generator, epoch):
        noise = 0.01 * (torch.randn((), generator=generator) + torch.rand(()))
        loss = (state.module.value - 3 + noise).square()
        return ObjectiveTerms(loss=loss, reconstruction=loss, kl=torch.zeros(()))

    return step


def scores(values):
    """A validation that gives these scores, one an epoch, from the epoch the state is in."""
    return lambda state: lambda: {"score": values[state.epoch]}


SCORES = [0.1, 0.5, 0.3, 0.7, 0.7, 0.2, 0.6, 0.65, 0.1, 0.1, 0.1, 0.1]


def run(state, *, max_epochs=12, patience=4, values=SCORES, callbacks=(), step=None):
    validate = None if values is None else scores(values)(state)
    plan = TrainingPlan(seed=5, max_epochs=max_epochs, patience=patience)
    train(state, EpochSteps.single(step or noisy_square(state)), plan, validate=validate, callbacks=callbacks)
    return state


@dataclass
class Heard:
    """Notes what callbacks are told."""

    epochs: list
    ends: list

    def on_epoch(self, report, state):
        self.epochs.append((report.epoch, dict(report.validation), state.module.value.item()))

    def on_end(self, state):
        self.ends.append(state.epoch)


def test_the_same_seed_gives_the_same_bits():
    first, second = run(fresh()), run(fresh())
    assert torch.equal(first.module.value, second.module.value)
    assert first.history == second.history


def test_runs_in_several_threads_give_the_bits_of_one():
    def weights():
        return run(fresh(), max_epochs=300, values=None).module.value.item()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: weights(), range(8)))
    assert set(found) == {weights()}


def test_training_leaves_the_global_generator_as_it_was():
    before = torch.random.get_rng_state()
    run(fresh())
    assert torch.equal(before, torch.random.get_rng_state())


def test_patience_stops_the_run_and_brings_the_best_epochs_weights_back():
    heard = Heard([], [])
    state = run(fresh(), callbacks=[heard])
    # Epochs count from 1: of epochs 4 and 5, which share the best score, the later one wins.
    assert (state.best_epoch, state.epoch) == (5, 9)
    assert state.module.value.item() == heard.epochs[4][2] != heard.epochs[3][2]


def test_the_last_of_all_epochs_is_not_the_one_kept_when_another_was_better():
    heard = Heard([], [])
    state = run(fresh(), max_epochs=6, patience=100, callbacks=[heard])
    assert state.module.value.item() == heard.epochs[4][2]


def test_without_patience_every_epoch_runs_and_the_last_weights_stay():
    heard = Heard([], [])
    state = run(fresh(), patience=None, callbacks=[heard])
    assert state.epoch == 12
    assert state.module.value.item() == heard.epochs[-1][2]
    assert state.best_weights == {}


def test_patience_without_validation_runs_every_epoch():
    assert run(fresh(), values=None).epoch == 12


def test_callbacks_hear_of_every_epoch_once_and_of_the_end():
    heard = Heard([], [])
    state = run(fresh(), callbacks=[heard])
    assert [epoch for epoch, _, _ in heard.epochs] == list(range(1, 10))
    assert [validation["score"] for _, validation, _ in heard.epochs] == SCORES[:9]
    assert heard.ends == [9]
    assert [line["val_score"] for line in state.history] == SCORES[:9]


@pytest.mark.parametrize("epoch", range(10))
def test_resuming_from_any_epoch_equals_the_uninterrupted_run(tmp_path, epoch):
    class KeepCopies(Checkpointing):
        def on_epoch(self, report, state):
            self.path = tmp_path / f"{report.epoch}.safetensors"
            super().on_end(state)

    writer = KeepCopies(tmp_path / "0.safetensors")
    start = fresh()
    writer.on_end(start)
    whole = run(start, callbacks=[writer])
    resumed = fresh()
    read_checkpoint(tmp_path / f"{epoch}.safetensors", resumed)
    assert resumed.epoch == epoch
    run(resumed)
    assert torch.equal(resumed.module.value, whole.module.value)
    assert resumed.history == whole.history
    assert (resumed.best_epoch, resumed.best_score) == (whole.best_epoch, whole.best_score)
    assert torch.equal(resumed.best_weights["value"], whole.best_weights["value"])


@pytest.mark.parametrize("what", ["loss", "gradient", "gradient of an unknown loss"])
def test_divergence_stops_before_the_weights_move(tmp_path, what):
    state = fresh()
    usual = noisy_square(state)

    def step(generator, epoch):
        terms = usual(generator, epoch)
        if state.epoch < 5:
            return terms
        # √x at 0 has a finite value and an infinite gradient.
        factor = torch.nan if what == "loss" else (state.module.value - state.module.value.detach()).sqrt()
        is_unknown = what == "gradient of an unknown loss"
        loss = terms.loss + factor + (torch.nan if is_unknown else 0)
        return ObjectiveTerms(loss, terms.reconstruction, terms.kl, may_lack_value=is_unknown)

    path = tmp_path / "checkpoint.safetensors"
    with pytest.raises(DivergenceError, match=r"in epoch 6; lower learning_rate"):
        run(state, callbacks=[Checkpointing(path, every_seconds=1e9)], step=step, patience=None)
    good = run(fresh(), max_epochs=5, patience=None)
    assert torch.equal(state.module.value, good.module.value)
    kept = fresh()
    read_checkpoint(path, kept)
    assert kept.epoch == 5
    assert torch.equal(kept.module.value, good.module.value)


def test_an_error_within_an_epoch_does_not_write_a_state_between_two(tmp_path):
    state, path = fresh(), tmp_path / "checkpoint.safetensors"

    def validate():
        if state.epoch == 3:
            raise ZeroDivisionError
        return {"score": 0.5}

    with pytest.raises(ZeroDivisionError):
        train(
            state,
            EpochSteps.single(noisy_square(state)),
            TrainingPlan(5, 10),
            validate=validate,
            callbacks=[Checkpointing(path, every_seconds=0)],
        )
    resumed = fresh()
    read_checkpoint(path, resumed)
    assert resumed.epoch == 3
    assert torch.equal(run(resumed, patience=None).module.value, run(fresh(), patience=None).module.value)


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    Checkpointing(tmp_path / "one.safetensors").on_end(fresh("one"))
    with pytest.raises(RunFolderError, match="other data, settings or seed"):
        read_checkpoint(tmp_path / "one.safetensors", fresh("another"))


def damaged(path, how):
    content = path.read_bytes()
    if how == "missing":
        path.unlink()
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "cut":
        path.write_bytes(content[:-4])
    elif how == "header":
        path.write_bytes(content[:8] + b"x" * 20 + content[28:])
    elif how == "text":
        path.write_text("not a checkpoint")
    elif how == "folder":
        path.unlink()
        path.mkdir()


@pytest.mark.parametrize("how", ["missing", "empty", "cut", "header", "text", "folder"])
def test_a_damaged_checkpoint_is_refused(tmp_path, how):
    path = tmp_path / "checkpoint.safetensors"
    Checkpointing(path).on_end(run(fresh(), max_epochs=3))
    damaged(path, how)
    with pytest.raises(RunFolderError, match="is no checkpoint that can be read"):
        read_checkpoint(path, fresh())


@pytest.mark.parametrize("state", ["[]", "3", "{", '{"schema": 1, "identity": "run"}', "[" * 100_000])
def test_a_checkpoint_whose_state_is_no_state_is_refused(tmp_path, state):
    from safetensors.torch import save_file

    path = tmp_path / "checkpoint.safetensors"
    save_file({"module.value": torch.tensor(0.0)}, path, metadata={"state": state})
    with pytest.raises(RunFolderError):
        read_checkpoint(path, fresh())


def test_a_checkpoint_of_another_module_is_refused(tmp_path):
    Checkpointing(tmp_path / "c.safetensors").on_end(fresh())
    module = nn.Linear(2, 2)
    other = TrainingState(module, torch.optim.Adam(module.parameters()), identity="run")
    with pytest.raises(RunFolderError, match="does not fit the model"):
        read_checkpoint(tmp_path / "c.safetensors", other)


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("optimizer.0.exp_avg", torch.zeros(1)),
        ("optimizer.7.exp_avg", torch.zeros(3, 2)),
        ("optimizer.0.step", torch.zeros(2)),
        ("best.weight", torch.zeros(1)),
        ("best.other", torch.zeros(3, 2)),
    ],
)
def test_a_checkpoint_whose_tensors_have_other_shapes_is_refused(tmp_path, name, tensor):
    module = nn.Linear(2, 3, bias=False)
    state = TrainingState(module, torch.optim.Adam(module.parameters(), fused=True), identity="run")
    module.weight.grad = torch.ones(3, 2)
    state.optimizer.step()
    state.epoch = 1
    state.note_best(0.5)
    whole = state.tensors()
    state.tensors = lambda: whole | {name: tensor}
    Checkpointing(tmp_path / "c.safetensors").on_end(state)
    with pytest.raises(RunFolderError, match="does not fit the model"):
        read_checkpoint(tmp_path / "c.safetensors", state)


def test_no_gpu_is_seeded_by_training_on_the_cpu(monkeypatch):
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    run(fresh(), max_epochs=2)
    assert not seeded


def test_a_checkpoint_is_due_after_its_time_and_not_before(tmp_path):
    seldom, often = tmp_path / "seldom.safetensors", tmp_path / "often.safetensors"
    seen = []

    class Look(Heard):
        def on_epoch(self, report, state):
            seen.append((seldom.exists(), often.exists()))

    run(
        fresh(),
        callbacks=[
            Checkpointing(seldom, every_seconds=1e9),
            Checkpointing(often, every_seconds=0),
            Look([], []),
        ],
    )
    assert set(seen) == {(False, True)}
    assert seldom.exists()


def several_steps(state, losses):
    """An epoch with a step for each loss, which is a function of the number and of the epoch."""

    def evaluate(generator, epoch):
        for weight, loss_of in enumerate(losses, start=1):
            loss = loss_of(state.module.value, epoch)
            yield ObjectiveTerms(loss=loss, reconstruction=loss, kl=torch.zeros(())), weight

    return EpochSteps(len(losses), evaluate)


def test_every_step_of_an_epoch_moves_the_weights_before_the_next_is_evaluated():
    state, seen = fresh(), []

    def loss(value, epoch):
        seen.append(value.item())
        return (value - 3).square()

    train(state, several_steps(state, [loss, loss, loss]), TrainingPlan(0, 2))
    assert len(set(seen)) == 6
    assert state.epoch == 2


def test_the_terms_of_an_epoch_are_means_weighted_by_what_each_step_counts():
    state = fresh()
    constant = [lambda value, epoch, c=c: 0 * value + c for c in (1.0, 4.0)]
    train(state, several_steps(state, constant), TrainingPlan(0, 1))
    assert state.history[0]["loss"] == pytest.approx((1 * 1.0 + 2 * 4.0) / 3)


def test_a_loss_that_was_not_computed_is_absent_from_the_history_and_changes_no_bit():
    def logged_at_times(state):
        usual = noisy_square(state)

        def step(generator, epoch):
            terms = usual(generator, epoch)
            if epoch % 5 == 0:
                return terms
            unknown = terms.loss + torch.nan
            return ObjectiveTerms(unknown, unknown, terms.kl, may_lack_value=True)

        return step

    whole, state = run(fresh()), fresh()
    run(state, step=logged_at_times(state))
    assert torch.equal(state.module.value, whole.module.value)
    for one, other in zip(state.history, whole.history, strict=True):
        assert one == (
            other if one["epoch"] % 5 == 0 else {k: other[k] for k in ("epoch", "kl", "val_score")}
        )


def test_a_mean_over_steps_is_over_those_that_know_the_term():
    state = fresh()

    def evaluate(generator, epoch):
        for weight, factor in ((1, 2.0), (3, torch.nan), (2, 5.0)):
            loss = 0 * state.module.value + factor
            yield ObjectiveTerms(loss, loss, torch.ones(()), may_lack_value=True), weight

    train(state, EpochSteps(3, evaluate), TrainingPlan(0, 1))
    assert state.history == [{"epoch": 1, "loss": 4.0, "reconstruction": 4.0, "kl": 1.0}]


@pytest.mark.parametrize("bad_step", [0, 1, 2])
def test_an_epoch_that_diverges_in_any_step_is_undone_as_a_whole(bad_step, tmp_path):
    def broken(at):
        def loss(value, epoch):
            wrong = epoch == 3 and at == bad_step
            return (value - 3).square() * (float("nan") if wrong else 1.0)

        return loss

    kept, good = fresh(), fresh()
    losses = [broken(at) for at in range(3)]
    with pytest.raises(DivergenceError, match="epoch 3"):
        train(
            kept,
            several_steps(kept, losses),
            TrainingPlan(0, 9),
            callbacks=[Checkpointing(tmp_path / "c.safetensors")],
        )
    train(good, several_steps(good, losses), TrainingPlan(0, 2))
    assert torch.equal(kept.module.value, good.module.value)
    for name, tensor in good.tensors().items():
        assert torch.equal(tensor, kept.tensors()[name]), name
    assert (tmp_path / "c.safetensors").exists()


def test_a_gradient_that_is_infinite_in_the_last_step_is_noticed_in_that_epoch():
    state = fresh()
    losses = [lambda value, epoch: (value - 3).square(), lambda value, epoch: (0 * value).sqrt()]
    with pytest.raises(DivergenceError, match="weights are no longer finite in epoch 1"):
        train(state, several_steps(state, losses), TrainingPlan(0, 5))
    assert state.module.value.item() == 0.0


def test_the_rate_of_an_epoch_depends_on_its_number_alone():
    def rates(first):
        state, found = fresh(), []

        class Look(Heard):
            def on_epoch(self, report, state):
                found.append(state.optimizer.param_groups[0]["lr"])

        state.epoch = first
        state.history = [{}] * first
        plan = TrainingPlan(0, 6, rate=cosine_rate)
        train(state, EpochSteps.single(noisy_square(state)), plan, callbacks=[Look([], [])])
        return found

    assert rates(0) == pytest.approx([0.1 * (1 + math.cos(math.pi * k / 6)) / 2 for k in range(6)])
    assert rates(3) == rates(0)[3:]
