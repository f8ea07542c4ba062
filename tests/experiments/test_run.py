"""A run in a folder: whole or resumable at every moment, and its files say what happened."""

import json
import shutil

import numpy as np
import pytest

from varigraph.datasets.karate import load_karate
from varigraph.errors import RunFolderError
from varigraph.evaluation import RunRecord, evaluate_links
from varigraph.experiments import run as runs
from varigraph.experiments.run import evaluate_run, resume_run, start_run
from varigraph.graphs.splits import split_edges
from varigraph.graphs.store import read_graph
from varigraph.models import GAE, VGAE, load
from varigraph.tables.reading import read_columns

GRAPH = load_karate()
SPLIT = split_edges(GRAPH, random_state=0)


def a_model(**settings):
    return VGAE(latent_dim=3, max_epochs=4, random_state=settings.pop("random_state", 0), **settings)


class StoppingAt:
    """A callback that fails in one epoch, as a machine may."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch(self, report, state):
        if report.epoch == self.epoch:
            raise RuntimeError("power cut")

    def on_end(self, state):
        pass


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return start_run(a_model(), GRAPH, SPLIT, tmp_path_factory.mktemp("runs") / "run", preset="default")


def test_the_model_of_the_folder_scores_like_the_one_in_memory(result):
    pairs = SPLIT.test.positives
    assert load(result.folder).score_pairs(pairs).tolist() == result.model.score_pairs(pairs).tolist()


def test_the_evaluation_is_of_the_test_part_by_a_model_fitted_on_the_train_part(result):
    model = a_model().fit(SPLIT.train, validation=SPLIT.val)
    expected = evaluate_links(model, SPLIT.test, name="vgae")
    assert result.evaluation.to_dict() == expected.to_dict()
    assert result.evaluation.part == "test"


def test_a_run_scored_again_gives_its_record(result):
    model, evaluation = evaluate_run(result.folder)
    assert np.array_equal(model.embedding_, result.model.embedding_)
    assert RunRecord.read(result.folder / "record.json") == result.record
    assert evaluation.to_dict() == result.evaluation.to_dict()


def test_the_record_says_data_split_seed_preset_and_epochs(result):
    record = result.record
    assert record.dataset == "karate"
    assert record.graph_fingerprint == GRAPH.fingerprint
    assert record.split_fingerprints == [SPLIT.fingerprint]
    assert (record.split_seeds, record.settings["random_state"], record.preset) == ([0], 0, "default")
    assert record.counts["n_epochs"] == 4
    assert record.counts["n_edges"] == 78


def test_the_folder_holds_the_whole_graph_and_a_line_for_each_epoch(result):
    assert read_graph(result.folder / "graph").fingerprint == GRAPH.fingerprint
    lines = (result.folder / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2, 3, 4]


def test_the_table_of_embeddings_is_the_models(result):
    columns = read_columns(result.folder / "embeddings.parquet").columns
    assert columns["id"].tolist() == GRAPH.ids.tolist()
    assert np.array_equal(np.stack([columns[f"z{k}"] for k in range(3)], axis=1), result.model.embedding_)


def test_a_seed_left_to_chance_is_written_down_and_makes_the_same_run(tmp_path):
    first = start_run(a_model(random_state=None), GRAPH, SPLIT, tmp_path / "first")
    seed = first.record.settings["random_state"]
    again = start_run(a_model(random_state=seed), GRAPH, SPLIT, tmp_path / "again")
    assert np.array_equal(first.model.embedding_, again.model.embedding_)


@pytest.mark.parametrize("model", [a_model, lambda: GAE(latent_dim=3, max_epochs=4, random_state=0)])
@pytest.mark.parametrize("epoch", [1, 3, 4])
def test_a_run_that_failed_in_any_epoch_is_resumed_to_the_same_bits(tmp_path, model, epoch):
    whole = start_run(model(), GRAPH, SPLIT, tmp_path / "whole")
    with pytest.raises(RuntimeError, match="power cut"):
        start_run(model(), GRAPH, SPLIT, tmp_path / "run", callbacks=[StoppingAt(epoch)])
    resumed = resume_run(tmp_path / "run")
    assert resumed.evaluation.to_dict() == whole.evaluation.to_dict()
    for name in ("model.safetensors", "posterior.safetensors", "embeddings.parquet", "metrics.jsonl"):
        assert (resumed.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_a_run_without_a_checkpoint_starts_its_training_over(tmp_path, result):
    shutil.copytree(result.folder, tmp_path / "run")
    for name in ("record.json", "checkpoint.safetensors", "model.safetensors"):
        (tmp_path / "run" / name).unlink()
    assert np.array_equal(resume_run(tmp_path / "run").model.embedding_, result.model.embedding_)


def test_a_run_killed_before_its_record_was_written_is_resumed_from_its_last_epoch(tmp_path, result):
    shutil.copytree(result.folder, tmp_path / "run")
    (tmp_path / "run" / "record.json").unlink()
    seen = StoppingAt(epoch=0)
    seen.on_epoch = lambda report, state: pytest.fail("an epoch was trained twice")
    resumed = resume_run(tmp_path / "run", callbacks=[seen])
    assert np.array_equal(resumed.model.embedding_, result.model.embedding_)


def test_a_finished_run_is_not_resumed(result):
    with pytest.raises(RunFolderError, match="is finished"):
        resume_run(result.folder)


def test_a_saved_model_is_neither_resumed_nor_scored(tmp_path, result):
    result.model.save(tmp_path / "model")
    with pytest.raises(RunFolderError, match="not a run"):
        resume_run(tmp_path / "model")
    with pytest.raises(RunFolderError, match="no test part"):
        evaluate_run(tmp_path / "model")


def test_the_checkpoint_of_another_run_is_refused(tmp_path, result):
    other = start_run(a_model(random_state=1), GRAPH, SPLIT, tmp_path / "other")
    (other.folder / "record.json").unlink()
    shutil.copy(result.folder / "checkpoint.safetensors", other.folder)
    with pytest.raises(RunFolderError, match="other data, settings or seed"):
        resume_run(other.folder)


@pytest.mark.parametrize("name", ["split.safetensors", "graph/graph.json", "checkpoint.safetensors"])
def test_a_damaged_file_stops_a_resumed_run_with_its_name(tmp_path, result, name):
    shutil.copytree(result.folder, tmp_path / "run")
    (tmp_path / "run" / "record.json").unlink()
    (tmp_path / "run" / name).write_text("garbage")
    with pytest.raises(RunFolderError, match=r"run/"):
        resume_run(tmp_path / "run")


def test_what_lies_in_a_folder_is_never_written_over(tmp_path):
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(RunFolderError, match="not empty"):
        start_run(a_model(), GRAPH, SPLIT, tmp_path)
    with pytest.raises(RunFolderError, match="is a file"):
        start_run(a_model(), GRAPH, SPLIT, tmp_path / "thesis.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_disk_that_is_full_before_training_leaves_nothing(tmp_path, monkeypatch):
    def full(path, document):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runs, "write_json", full)
    with pytest.raises(OSError, match="No space"):
        start_run(a_model(), GRAPH, SPLIT, tmp_path / "new" / "run")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_that_another_process_takes_meanwhile_is_left_to_it(tmp_path, monkeypatch):
    def meanwhile(folder, graph, split):
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "config.json").write_text("the other's")

    monkeypatch.setattr(runs, "write_data", meanwhile)
    with pytest.raises(OSError, match="not empty"):
        start_run(a_model(), GRAPH, SPLIT, tmp_path / "run")
    assert (tmp_path / "run" / "config.json").read_text() == "the other's"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
