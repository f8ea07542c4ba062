"""Callbacks: what is refused as one, what they are told, and when; what `EpochLog` writes."""

import numpy as np
import pytest

from small_graphs import a_graph
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges
from varigraph.models import AE, GAE
from varigraph.training import EpochLog, EpochReport

ROWS = np.random.default_rng(0).normal(size=(60, 4))


def test_a_line_goes_to_standard_error_every_so_many_epochs_and_for_the_last(capsys):
    log = EpochLog(every=4)
    for epoch in range(1, 11):
        log.on_epoch(EpochReport(epoch, 10, {"loss": 1.5}, {"auc": 0.75}), None)
    log.on_end(None)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        f"epoch {epoch}/10  loss 1.5000  val_auc 0.7500" for epoch in (4, 8, 10)
    ]


def test_a_term_that_was_not_computed_is_shown_as_it_was_last_known(capsys):
    log = EpochLog(every=1)
    for epoch, terms in enumerate([{"loss": 1.5, "kl": 0.5}, {"kl": 0.25}, {"loss": 1.0, "kl": 0.125}], 1):
        log.on_epoch(EpochReport(epoch, 3, terms, {}), None)
    assert capsys.readouterr().err.splitlines() == [
        "epoch 1/3  loss 1.5000  kl 0.5000",
        "epoch 2/3  loss 1.5000  kl 0.2500",
        "epoch 3/3  loss 1.0000  kl 0.1250",
    ]


@pytest.mark.parametrize(
    ("callbacks", "sentence"),
    [
        (EpochLog(every=1), r"callbacks takes a list: callbacks=\[EpochLog\(…\)\]"),
        (EpochLog, r"callbacks takes a list: callbacks=\[EpochLog\(…\)\]"),
        ([EpochLog], r"an object, not its class: EpochLog\(…\)"),
        ([print], "on_epoch and on_end, which builtin_function_or_method has not"),
        (None, "takes a list of callbacks, got NoneType"),
    ],
)
def test_what_is_no_list_of_callbacks_is_refused_before_training(callbacks, sentence):
    graph = Graph.from_edges([(i, (i + 1) % 12) for i in range(12)])
    for fit in (lambda: GAE().fit(graph, callbacks=callbacks), lambda: AE().fit(ROWS, callbacks=callbacks)):
        with pytest.raises(TypeError, match=sentence):
            fit()


class Watcher:
    """Notes in which order it is told of what."""

    def __init__(self):
        self.told = []

    def on_epoch(self, report, state):
        self.told.append(report.epoch)

    def on_end(self, state):
        self.told.append("end")

    def on_fitted(self, model, *, train, validation):
        self.told.append((model, train, validation))


def test_a_watcher_sees_the_fitted_model_of_a_graph_and_what_it_was_trained_on():
    split = split_edges(a_graph(30, 90), val=0.2, test=0.0, random_state=0)
    watcher = Watcher()
    model = GAE(latent_dim=2, max_epochs=2).fit(
        split.train, validation=split.val, callbacks=[EpochLog(every=99), watcher]
    )
    assert watcher.told == [1, 2, "end", (model, model.message_graph_, split.val)]
    assert model.embedding_.shape == (30, 2)


@pytest.mark.parametrize("patience", [None, 5])
def test_a_watcher_sees_the_rows_that_a_model_was_trained_on(patience):
    watcher = Watcher()
    model = AE(latent_dim=2, hidden_dims=(4,), max_epochs=2, patience=patience, random_state=0)
    model.fit(ROWS, callbacks=[watcher])
    *_, end, (shown, train, validation) = watcher.told
    assert end == "end"
    assert shown is model
    assert len(train) + (0 if patience is None else len(validation)) == len(ROWS)
    assert np.array_equal(train.values, ROWS.astype(train.dtype))


def test_a_watcher_sees_no_model_that_was_not_finished():
    class Failing(Watcher):
        def on_epoch(self, report, state):
            raise OSError("no room")

    watcher = Failing()
    with pytest.raises(OSError, match="no room"):
        AE(latent_dim=2, max_epochs=2).fit(ROWS, callbacks=[watcher])
    assert watcher.told == ["end"]
