"""`TensorBoard` with models of graphs, its logs read back by TensorBoard's own reader."""

import gc
import random
import signal
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import precision_recall_curve

from small_graphs import a_graph
from tensorboard_logs import expected_scalars, log_of, projected, scalars, table_of_runs, tensors
from varigraph.errors import DivergenceError, FileContentError, MissingExtraError, RunFolderError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges
from varigraph.models import GAE, VGAE
from varigraph.models.graphs.supervision import Supervision
from varigraph.reporting.tensorboard import TensorBoard
from varigraph.reporting.tensorboard.graph_pages import evenly_placed
from varigraph.reporting.tensorboard.hyperparameters import flat_settings
from varigraph.training import Checkpointing

SETTINGS = {"latent_dim": 4, "max_epochs": 8, "random_state": 3}
SPLIT = split_edges(a_graph(40, 160), val=0.2, test=0.1, random_state=0)


def fitted(*callbacks, **options):
    return VGAE(**SETTINGS).fit(SPLIT.train, validation=SPLIT.val, callbacks=callbacks, **options)


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """A fitted model and its log, not to be changed."""
    folder = tmp_path_factory.mktemp("logs") / "run"
    return fitted(TensorBoard(folder)), folder


class At:
    """A callback that does something after one epoch."""

    def __init__(self, epoch, act):
        self.epoch, self.act = epoch, act

    def on_epoch(self, report, state):
        if report.epoch == self.epoch:
            self.act(state)

    def on_end(self, state):
        pass


def stop(state):
    signal.raise_signal(signal.SIGINT)


def test_the_scalars_of_every_epoch_are_those_of_the_history(logged):
    model, folder = logged
    found = {tag: values for tag, values in scalars(folder).items() if not tag.startswith("final/")}
    assert {"train/loss", "train/kl", "train/reconstruction", "val/auc", "val/ap"} <= found.keys()
    assert found == expected_scalars(model.history_)


def test_a_logged_training_has_the_same_bits_and_changes_nothing_global(tmp_path, logged):
    plain = fitted()
    before = torch.get_rng_state(), random.getstate(), torch.get_num_threads(), torch.get_default_dtype()
    n_numpy = np.random.get_state()[2]  # noqa: NPY002 - that nothing was drawn from it is what is asked
    threads = set(threading.enumerate())
    log = TensorBoard(tmp_path / "run")
    again = fitted(log)
    assert again.history_ == plain.history_
    assert np.array_equal(again.embedding_, plain.embedding_)
    after = torch.get_rng_state(), random.getstate(), torch.get_num_threads(), torch.get_default_dtype()
    assert torch.equal(before[0], after[0])
    assert before[1:] == after[1:]
    assert np.random.get_state()[2] == n_numpy  # noqa: NPY002
    assert set(threading.enumerate()) == threads  # every writer's thread has ended


def test_a_run_is_one_row_with_its_settings_and_the_metrics_of_the_epoch_that_was_kept(logged):
    model, folder = logged
    _, rows = table_of_runs(folder.parent)
    settings, metrics = rows.pop("run")
    assert not rows
    assert settings["model"] == "vgae"
    assert settings["dataset"] == "small"
    assert (settings["latent_dim"], settings["random_state"]) == (4, 3)
    assert settings["learning_rate"] == model.learning_rate
    assert "verbose" not in settings
    kept = model.history_[model.best_epoch_ - 1]
    assert metrics["final/epoch"] == model.best_epoch_
    for name in ("val_auc", "val_ap", "loss"):
        assert metrics[f"final/{name}"] == np.float32(kept[name])


def test_runs_are_rows_of_one_table_and_settings_that_differ_come_first(tmp_path):
    graph = a_graph(40, 160)
    for n_latent in (2, 5):
        log = TensorBoard(tmp_path / f"{n_latent}d", hparams={"note": "small"})
        GAE(latent_dim=n_latent, max_epochs=2, random_state=0).fit(graph, callbacks=[log])
    names, rows = table_of_runs(tmp_path)
    assert names[0] == "latent_dim"
    assert {run: row[0]["latent_dim"] for run, row in rows.items()} == {"2d": 2, "5d": 5}
    assert {row[0]["note"] for row in rows.values()} == {"small"}


def test_a_seed_that_float64_does_not_hold_and_truth_values_are_written_as_text():
    settings = {"random_state": 2**60 + 1, "flag": True, "part": {"name": "mlp", "offset": None, "width": 3}}
    assert flat_settings(settings) == {
        "random_state": str(2**60 + 1),
        "flag": "true",
        "part": "mlp",
        "part.width": 3,
    }


def test_what_is_no_utf_8_is_refused_as_a_folder_and_escaped_as_a_value(tmp_path):
    with pytest.raises(FileContentError, match="is not UTF-8"):
        TensorBoard(tmp_path / "\udcff")
    log = TensorBoard(tmp_path / "run", hparams={"note": "a\udcffb"})
    GAE(latent_dim=2, max_epochs=1).fit(a_graph(), callbacks=[log])
    assert table_of_runs(tmp_path)[1]["run"][0]["note"] == r"a\udcffb"


def test_every_point_of_the_precision_recall_curve_is_one_of_scikit_learns(logged):
    model, folder = logged
    ((step, curve),) = tensors(folder, "val/precision_recall")
    assert step == model.best_epoch_
    positives, negatives = SPLIT.val.positives, SPLIT.val.negatives
    scores = model.score_pairs(np.concatenate([positives, negatives]))
    is_edge = np.arange(len(scores)) < len(positives)
    precision, recall, _ = precision_recall_curve(is_edge, scores)
    theirs = np.stack([precision, recall], axis=1)
    ours = curve[4:].T[curve[0] + curve[1] > 0]  # rows: true and false positives, …, precision, recall
    distance = np.abs(ours[:, None] - theirs[None]).max(axis=2).min(axis=1)
    assert distance.max() < 1e-6  # float32
    assert curve[:2, 0].tolist() == [len(positives), len(negatives)]
    assert len({tuple(point) for point in ours}) > 20


def test_scores_at_one_end_of_the_sigmoid_are_spread_over_the_thresholds():
    scores = np.array([-40.0, -30.0, -50.0, -30.0])
    places = evenly_placed(scores)
    assert (np.argsort(places, kind="stable") == np.argsort(scores, kind="stable")).all()
    assert places[1] == places[3] == 1.0
    assert places.min() == 0.25


def test_own_negatives_have_a_curve_too(tmp_path):
    own = SPLIT.val.negatives[np.arange(2 * SPLIT.val.n_positives) % len(SPLIT.val.negatives)]
    part = type(SPLIT.val)(
        "val", SPLIT.val.message_graph, SPLIT.val.positives, own.reshape(-1, 2, 2), SPLIT.val.known_graph
    )
    model = VGAE(**SETTINGS).fit(SPLIT.train, validation=part, callbacks=[TensorBoard(tmp_path)])
    ((_, curve),) = tensors(tmp_path, "val/precision_recall")
    assert curve[:2, 0].tolist() == [part.n_positives, 2 * part.n_positives]
    assert scalars(tmp_path)["val/mrr"][-1][0] == model.n_epochs_


def test_without_validation_there_are_training_terms_and_a_projector_and_no_curve(tmp_path):
    model = VGAE(**SETTINGS).fit(
        SPLIT.train, validation_fraction=0, callbacks=[TensorBoard(tmp_path, phase="refit")]
    )
    found = scalars(tmp_path)
    assert {tag.partition("/")[0] for tag in found} == {"refit", "final"}
    assert len(found["refit/loss"]) == model.n_epochs_
    assert not log_of(tmp_path).Tags()["tensors"]
    assert len(projected(tmp_path)[0]) == model.message_graph_.n_nodes


def test_the_projector_has_one_embedding_and_a_label_free_graph_has_ids_without_a_header(logged):
    model, folder = logged
    points, lines = projected(folder)
    assert np.array_equal(points.astype(np.float32), model.embedding_)
    assert lines == [f"n{node}" for node in range(40)]


def test_labels_of_a_graph_stand_beside_the_ids_under_a_header(tmp_path):
    labels = np.array([["art", None, "law"][node % 3] for node in range(12)], dtype=object)
    graph = Graph.from_edges([(i, (i + 1) % 12) for i in range(12)], labels=labels)
    GAE(latent_dim=3, max_epochs=1).fit(
        graph, validation_fraction=0, callbacks=[TensorBoard(tmp_path / "own")]
    )
    assert projected(tmp_path / "own")[1][:4] == ["id\tlabel", "0\tart", "1\t", "2\tlaw"]
    log = TensorBoard(tmp_path / "other", labels=range(12))
    GAE(latent_dim=3, max_epochs=1).fit(graph, validation_fraction=0, callbacks=[log])
    assert projected(tmp_path / "other")[1][:3] == ["id\tlabel", "0\t0", "1\t1"]


def test_ids_with_tabs_and_line_ends_or_none_at_all_keep_every_name_at_its_node(tmp_path):
    ids = ["a\tb", "c\nd", "", "e\rf", "\u2028", " ", "plain", "\udcff"]
    graph = Graph.from_edges([(i, (i + 1) % 8) for i in range(8)], ids=ids)
    GAE(latent_dim=3, max_epochs=1).fit(graph, validation_fraction=0, callbacks=[TensorBoard(tmp_path)])
    _, lines = projected(tmp_path)
    assert len(lines) == 8
    assert all(line.strip() and line.isprintable() for line in lines)
    assert lines[6] == "plain"


def test_an_embedding_of_two_dimensions_gets_a_third_of_zeros(tmp_path):
    model = GAE(latent_dim=2, max_epochs=1).fit(a_graph(), callbacks=[TensorBoard(tmp_path)])
    points, _ = projected(tmp_path)
    assert np.array_equal(points.astype(np.float32), np.pad(model.embedding_, ((0, 0), (0, 1))))


@pytest.fixture(scope="module")
def undisturbed():
    return fitted()


@pytest.mark.parametrize(
    ("checkpointed", "stopped"), [(5, 5), (3, 6)], ids=["at the checkpoint", "beyond the checkpoint"]
)
def test_a_resumed_run_goes_on_without_doubled_or_lost_steps(tmp_path, undisturbed, checkpointed, stopped):
    checkpoint = Checkpointing(tmp_path / "checkpoint.safetensors", every_seconds=1e9)
    with pytest.raises(KeyboardInterrupt):
        fitted(TensorBoard(tmp_path / "run"), At(checkpointed, checkpoint.on_end), At(stopped, stop))
    assert len(scalars(tmp_path / "run")["train/loss"]) == stopped
    resumed = fitted(TensorBoard(tmp_path / "run"), resume_from=checkpoint.path)
    assert resumed.history_ == undisturbed.history_
    found = {t: v for t, v in scalars(tmp_path / "run").items() if not t.startswith("final/")}
    assert found == expected_scalars(undisturbed.history_)


def test_a_run_that_is_resumed_twice_says_nothing_of_it(tmp_path, caplog):
    checkpoint = Checkpointing(tmp_path / "checkpoint.safetensors", every_seconds=1e9)
    with pytest.raises(KeyboardInterrupt):
        fitted(TensorBoard(tmp_path / "run"), At(2, checkpoint.on_end), At(4, stop))
    for _ in range(2):
        fitted(TensorBoard(tmp_path / "run"), resume_from=checkpoint.path)
    assert not caplog.records
    log_of(tmp_path / "run")
    assert "out of order event.step" in caplog.text  # which TensorBoard itself still says


def test_epochs_that_were_not_logged_are_made_up_for(tmp_path, undisturbed):
    path = tmp_path / "checkpoint.safetensors"
    with pytest.raises(KeyboardInterrupt):
        fitted(TensorBoard(tmp_path / "run"), Checkpointing(path), At(2, stop))
    with pytest.raises(KeyboardInterrupt):
        fitted(Checkpointing(path), At(5, stop), resume_from=path)
    fitted(TensorBoard(tmp_path / "run"), resume_from=path)
    assert scalars(tmp_path / "run")["val/auc"] == expected_scalars(undisturbed.history_)["val/auc"]


def test_resuming_a_training_with_nothing_left_to_do_doubles_nothing(tmp_path, undisturbed):
    path, folder = tmp_path / "checkpoint.safetensors", tmp_path / "run"
    fitted(TensorBoard(folder), Checkpointing(path))
    before = scalars(folder)
    for _ in range(2):
        fitted(TensorBoard(folder), resume_from=path)
    assert scalars(folder) == before
    assert len(tensors(folder, "val/precision_recall")) == 1
    assert list(table_of_runs(tmp_path)[1]) == ["run"]


def test_an_event_file_that_was_cut_short_does_not_stop_a_resumed_run(tmp_path, undisturbed):
    path, folder = tmp_path / "checkpoint.safetensors", tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        fitted(TensorBoard(folder), Checkpointing(path), At(5, stop))
    (events,) = folder.iterdir()
    events.write_bytes(events.read_bytes()[:-7])
    fitted(TensorBoard(folder), resume_from=path)
    assert scalars(folder)["train/kl"] == expected_scalars(undisturbed.history_)["train/kl"]


def test_a_folder_with_the_log_of_another_training_is_refused_and_stays_as_it_is(tmp_path):
    fitted(TensorBoard(tmp_path))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(RunFolderError, match=r"holds the log of another training; .* overwrite=True"):
        fitted(TensorBoard(tmp_path))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_log_is_replaced_if_one_says_so(tmp_path):
    fitted(TensorBoard(tmp_path / "run"))
    log = TensorBoard(tmp_path / "run", overwrite=True)
    GAE(latent_dim=3, max_epochs=2, random_state=0).fit(a_graph(40, 160), callbacks=[log])
    assert [step for step, _ in scalars(tmp_path / "run")["train/loss"]] == [1, 2]
    assert table_of_runs(tmp_path)[1]["run"][0]["model"] == "gae"


def test_a_training_that_fails_between_two_epochs_leaves_every_epoch_before(tmp_path):
    def fail(state):
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        fitted(TensorBoard(tmp_path), At(4, fail))
    assert [step for step, _ in scalars(tmp_path)["train/loss"]] == [1, 2, 3, 4]


def test_a_training_that_diverges_within_an_epoch_leaves_the_epochs_before(tmp_path, monkeypatch):
    validate, calls = Supervision.validate, []

    def diverging(self, parts, inputs):
        calls.append(1)
        if len(calls) == 4:
            raise DivergenceError("infinite")
        return validate(self, parts, inputs)

    monkeypatch.setattr(Supervision, "validate", diverging)
    log = TensorBoard(tmp_path, overwrite=True)
    with pytest.raises(DivergenceError):
        fitted(log)
    fitted(log)  # the same object is as good as new
    assert [step for step, _ in scalars(tmp_path)["train/loss"]] == list(range(1, 9))
    calls.clear()
    with pytest.raises(DivergenceError):
        fitted(log)
    del log
    gc.collect()
    assert [step for step, _ in scalars(tmp_path)["train/loss"]] == [1, 2, 3]


def test_as_many_labels_as_nodes_are_wanted(tmp_path):
    with pytest.raises(ValueError, match="has 3 labels for 40 nodes or rows"):
        fitted(TensorBoard(tmp_path, labels="abc"))


@pytest.mark.parametrize("package", ["tensorboard", "PIL"])
def test_without_the_extra_a_sentence_says_how_to_get_it(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r"python -m pip install (tensorboard|pillow)"):
        TensorBoard("anywhere")
    assert not Path("anywhere").exists()
