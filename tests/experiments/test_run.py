"""A run in a folder: whole or resumable at every moment, and its files say what happened."""

import json
import shutil
from contextlib import nullcontext

import numpy as np
import pytest

from varigraph.datasets.karate import load_karate
from varigraph.decoders import InnerProductDecoder
from varigraph.errors import DivergenceError, RunFolderError
from varigraph.evaluation import RunRecord, evaluate_links
from varigraph.experiments import run_folder
from varigraph.experiments.run import RunPlan, resume_run, start_run
from varigraph.experiments.run_folder import recorded_evaluation
from varigraph.graphs.splits import split_edges
from varigraph.graphs.store import read_graph
from varigraph.models import GAE, VGAE, load
from varigraph.tables.reading import read_columns

GRAPH = load_karate()
SPLIT = split_edges(GRAPH, random_state=0)
SAME_BITS = [
    *("model.safetensors", "posterior.safetensors", "embeddings.parquet", "metrics.jsonl", "refit.jsonl"),
    *("calibration.json", "reliability.json"),
]


def a_model(**settings):
    return VGAE(**({"latent_dim": 3, "max_epochs": 4, "random_state": 0} | settings))


class StoppingAt:
    """A callback that fails in one epoch, as a machine may."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_epoch(self, report, state):
        if report.epoch == self.epoch:
            raise RuntimeError("power cut")

    def on_end(self, state):
        pass


def telling(*callbacks, phase="fit"):
    """What opens the callbacks in one phase and none in the other."""
    return lambda current: nullcontext(callbacks if current == phase else ())


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return start_run(
        a_model(), GRAPH, SPLIT, tmp_path_factory.mktemp("runs") / "run", plan=RunPlan(preset="default")
    )


def test_the_model_of_the_folder_scores_like_the_one_in_memory(result):
    pairs = SPLIT.test.positives
    assert load(result.folder).score_pairs(pairs).tolist() == result.model.score_pairs(pairs).tolist()


def test_the_evaluation_is_of_the_test_part_by_a_model_fitted_on_the_train_part(result):
    model = a_model().fit(SPLIT.train, validation=SPLIT.val)
    expected = evaluate_links(model, SPLIT.test, name="vgae")
    assert result.evaluation.to_dict() == expected.to_dict()
    assert result.evaluation.part == "test"


def test_the_model_kept_is_trained_on_every_edge_for_the_chosen_number_of_epochs(result):
    evaluated = a_model().fit(SPLIT.train, validation=SPLIT.val)
    assert result.model.message_graph_.n_edges == GRAPH.n_edges
    assert result.model.n_epochs_ == evaluated.best_epoch_
    assert f"on all 78 edges for {evaluated.best_epoch_} epochs" in result.record.refit
    expected = a_model(max_epochs=evaluated.best_epoch_).fit(GRAPH, validation_fraction=0)
    assert np.array_equal(result.model.embedding_, expected.embedding_)


def test_the_kept_model_tells_probabilities_by_the_evaluated_models_curve(result):
    evaluated = a_model().fit(SPLIT.train, validation=SPLIT.val)
    at = np.linspace(-2, 2, 9)
    carried = evaluated.calibration_.carried_over(result.model.open_logits_)
    expected = carried.probabilities(at, base_rate=0.1)
    for model in (result.model, load(result.folder)):
        assert model.calibration_.probabilities(at, base_rate=0.1).tolist() == expected.tolist()


def test_without_a_refit_the_evaluated_model_is_kept_and_hides_test_edges_still(tmp_path):
    kept = start_run(a_model(), GRAPH, SPLIT, tmp_path / "run", plan=RunPlan(refit=False))
    assert kept.record.refit is None
    for model in (kept.model, load(kept.folder)):
        assert model.message_graph_.n_edges == SPLIT.train.n_positives
        predicted = model.predict_links(None, threshold=1e-9)
        assert len(predicted) == GRAPH.n_pairs - GRAPH.n_edges
        assert not GRAPH.has_edges(predicted[["source", "target"]].to_numpy()).any()


def test_a_finished_run_tells_the_scores_of_its_record(result):
    assert RunRecord.read(result.folder / "record.json") == result.record
    assert recorded_evaluation(result.folder).to_dict() == result.evaluation.to_dict()


def test_the_record_has_calibration_and_the_precision_of_the_best_links_beside_a_heuristics(result):
    assert set(result.record.calibration["test"]) >= {"mean_ratio", "ece_ratio", "log_loss", "brier"}
    assert list(result.record.top_links["test"]) == ["vgae", "adamic_adar"]
    reliability = json.loads((result.folder / "reliability.json").read_text())
    assert sum(reliability["bins"]["found"]) == SPLIT.test.n_positives


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
@pytest.mark.parametrize(("phase", "epoch"), [("fit", 1), ("fit", 3), ("fit", 4), ("refit", 1)])
def test_a_run_that_failed_in_any_epoch_is_resumed_to_the_same_bits(tmp_path, model, phase, epoch):
    whole = start_run(model(), GRAPH, SPLIT, tmp_path / "whole")
    with pytest.raises(RuntimeError, match="power cut"):
        start_run(model(), GRAPH, SPLIT, tmp_path / "run", watch=telling(StoppingAt(epoch), phase=phase))
    resumed = resume_run(tmp_path / "run")
    assert resumed.evaluation.to_dict() == whole.evaluation.to_dict()
    for name in SAME_BITS:
        assert (resumed.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def test_a_run_without_a_checkpoint_starts_its_training_over(tmp_path, result):
    shutil.copytree(result.folder, tmp_path / "run")
    for name in (
        "record.json",
        "checkpoint.safetensors",
        "refit-checkpoint.safetensors",
        "model.safetensors",
    ):
        (tmp_path / "run" / name).unlink()
    assert np.array_equal(resume_run(tmp_path / "run").model.embedding_, result.model.embedding_)


def test_a_run_killed_before_its_record_was_written_is_resumed_from_its_last_epoch(tmp_path, result):
    shutil.copytree(result.folder, tmp_path / "run")
    (tmp_path / "run" / "record.json").unlink()
    seen = StoppingAt(epoch=0)
    seen.on_epoch = lambda report, state: pytest.fail("an epoch was trained twice")
    resumed = resume_run(tmp_path / "run", watch=telling(seen))
    assert np.array_equal(resumed.model.embedding_, result.model.embedding_)


def test_a_finished_run_is_not_resumed(result):
    with pytest.raises(RunFolderError, match="is finished"):
        resume_run(result.folder)


def test_a_saved_model_is_neither_resumed_nor_scored(tmp_path, result):
    result.model.save(tmp_path / "model")
    with pytest.raises(RunFolderError, match="not a run"):
        resume_run(tmp_path / "model")
    with pytest.raises(RunFolderError, match="no test part"):
        recorded_evaluation(tmp_path / "model")


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

    monkeypatch.setattr(run_folder, "write_json", full)
    with pytest.raises(OSError, match="No space"):
        start_run(a_model(), GRAPH, SPLIT, tmp_path / "new" / "run")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_that_another_process_takes_meanwhile_is_left_to_it(tmp_path, monkeypatch):
    def meanwhile(folder, graph, split):
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "config.json").write_text("the other's")

    monkeypatch.setattr(run_folder, "write_data", meanwhile)
    with pytest.raises(OSError, match="not empty"):
        start_run(a_model(), GRAPH, SPLIT, tmp_path / "run")
    assert (tmp_path / "run" / "config.json").read_text() == "the other's"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_run_is_replaced_if_that_is_forced_and_nothing_else_is(tmp_path):
    first = start_run(a_model(), GRAPH, SPLIT, tmp_path / "run")
    with pytest.raises(RunFolderError, match="--force to replace"):
        start_run(a_model(), GRAPH, SPLIT, tmp_path / "run")
    second = start_run(a_model(random_state=1), GRAPH, SPLIT, tmp_path / "run", force=True)
    assert second.record.settings["random_state"] != first.record.settings["random_state"]
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "years.txt").write_text("years")
    with pytest.raises(RunFolderError, match="neither empty nor a run"):
        start_run(a_model(), GRAPH, SPLIT, tmp_path / "thesis", force=True)
    assert (tmp_path / "thesis" / "years.txt").read_text() == "years"


def test_a_run_of_the_first_schema_is_read_without_its_calibration(tmp_path):
    kept = start_run(a_model(), GRAPH, SPLIT, tmp_path / "run", plan=RunPlan(refit=False))
    (kept.folder / "calibration.json").unlink()
    config = json.loads((kept.folder / "config.json").read_text())
    for name in ("refit", "protocol"):
        config.pop(name)
    config["fitted"].pop("refit")
    (kept.folder / "config.json").write_text(json.dumps(config | {"schema_version": 1}))
    old = load(kept.folder)
    links = SPLIT.test.positives.tolist()
    assert old.link_probabilities(links).tolist() == kept.model.link_probabilities(links).tolist()


def test_a_run_that_diverges_before_an_epoch_is_over_leaves_no_folder(tmp_path):
    beyond_float32 = InnerProductDecoder(offset=1e300)
    with pytest.raises(DivergenceError, match="epoch 1"):
        start_run(a_model(decoder=beyond_float32), GRAPH, SPLIT, tmp_path / "run")
    assert [*tmp_path.iterdir()] == []
