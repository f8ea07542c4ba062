"""When a graph model computes the value of its loss, and that nothing else hangs on it."""

import numpy as np
import pytest
import torch

from small_graphs import a_graph
from varigraph.decoders import Decoder, InnerProductDecoder
from varigraph.models import GAE, VGAE
from varigraph.models.graphs import steps
from varigraph.training import Checkpointing

GRAPH = a_graph(n_nodes=40, n_edges=100)
LOGGED = {*range(1, 11), 20, 23}


class SlowDecoder(InnerProductDecoder):
    """As a user's own: with the sums that every decoder inherits."""

    all_pairs_terms = Decoder.all_pairs_terms


def fitted(model=VGAE, *, dear_from, monkeypatch, **arguments):
    monkeypatch.setattr(steps, "_DEAR_FROM", dear_from)
    settings = {"latent_dim": 3, "max_epochs": 23, "random_state": 0, "objective": "weighted_all_pairs"}
    fit = {name: arguments.pop(name) for name in ("callbacks", "resume_from") if name in arguments}
    return model(**(settings | arguments)).fit(GRAPH, validation_fraction=0.1, **fit)


def logged(model):
    return {record["epoch"] for record in model.history_ if "loss" in record}


@pytest.mark.parametrize("model", [GAE, VGAE])
@pytest.mark.parametrize("objective", ["weighted_all_pairs", "bernoulli_all_pairs"])
def test_a_large_graphs_loss_is_known_at_the_first_ten_each_tenth_and_the_last_epoch(
    model, objective, monkeypatch
):
    every, some = (
        fitted(model, dear_from=dear_from, monkeypatch=monkeypatch, objective=objective)
        for dear_from in (41, 40)
    )
    assert (logged(every), logged(some)) == (set(range(1, 24)), LOGGED)
    values = {"loss", "reconstruction", "elbo"}
    for whole, record in zip(every.history_, some.history_, strict=True):
        known = whole.keys() if record["epoch"] in LOGGED else whole.keys() - values
        assert record == {name: whole[name] for name in known}
    assert np.array_equal(every.embedding_, some.embedding_)


def test_a_sampled_loss_and_one_of_a_users_own_decoder_are_known_at_every_epoch(monkeypatch):
    everywhere = set(range(1, 24))
    sampled = fitted(objective="balanced_sampled_edges", dear_from=1, monkeypatch=monkeypatch)
    assert logged(sampled) == everywhere
    assert logged(fitted(decoder=SlowDecoder(), dear_from=1, monkeypatch=monkeypatch)) == everywhere


@pytest.mark.parametrize("epoch", [12, 14])
def test_a_run_resumed_between_two_known_losses_has_the_same_history(epoch, monkeypatch, tmp_path):
    class Stop(Exception):
        pass

    class StopAt(Checkpointing):
        def on_epoch(self, report, state):
            if report.epoch == epoch:
                raise Stop

    path = tmp_path / "checkpoint.safetensors"
    whole = fitted(dear_from=1, monkeypatch=monkeypatch)
    with pytest.raises(Stop):
        fitted(dear_from=1, monkeypatch=monkeypatch, callbacks=[StopAt(path)])
    resumed = fitted(dear_from=1, monkeypatch=monkeypatch, resume_from=path)
    assert resumed.history_ == whole.history_
    weights = whole.module_.state_dict()
    assert all(torch.equal(t, weights[name]) for name, t in resumed.module_.state_dict().items())
