"""A run of a row model in a folder: whole or resumable at every moment, and its files say what happened."""

import json
import shutil
import warnings
from contextlib import nullcontext

import numpy as np
import pytest

from varigraph.errors import DivergenceError, PosteriorCollapseWarning, RunFolderError, SplitError
from varigraph.evaluation.row_evaluation import evaluate_rows
from varigraph.evaluation.row_record import RowRecord
from varigraph.experiments import run_folder as folders
from varigraph.experiments.rows.run import RowRunPlan, resume_row_run, start_row_run
from varigraph.experiments.rows.run_folder import read_row_split, recorded_row_evaluation, rows_of_run
from varigraph.models import AE, VAE, load
from varigraph.rows import Rows, RowSplit, read_rows_file, split_rows
from varigraph.tables.reading import read_columns

VALUES = np.random.default_rng(0).normal(size=(80, 3)) @ np.random.default_rng(1).normal(size=(3, 9))
ROWS = Rows(VALUES, np.array([f"row {k}" for k in range(80)], dtype=object), image_shape=(3, 3), name="made")
SPLIT = split_rows(ROWS, val=0.2, test=0.2, random_state=3)
SAME_BITS = ["model.safetensors", "embeddings.parquet", "metrics.jsonl", "config.json", "split.safetensors"]


@pytest.fixture(autouse=True)
def _no_word_of_collapse():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PosteriorCollapseWarning)
        yield


def a_model(**settings):
    few = {"latent_dim": 2, "hidden_dims": (5,), "max_epochs": 4, "n_samples": 5, "random_state": 0}
    return VAE(**(few | settings))


class StoppingAt:
    """A callback that fails in one epoch, as a machine may, or as Ctrl-C does."""

    def __init__(self, epoch, error=RuntimeError):
        self.epoch = epoch
        self.error = error

    def on_epoch(self, report, state):
        if report.epoch == self.epoch:
            raise self.error("power cut")

    def on_end(self, state):
        pass


def telling(*callbacks):
    return lambda: nullcontext(callbacks)


@pytest.fixture(scope="module")
def csv(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "made.csv"
    lines = ["id," + ",".join(f"x{k}" for k in range(9))]
    lines += [
        f"{one}," + ",".join(map(repr, row.tolist())) for one, row in zip(ROWS.ids, VALUES, strict=True)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PosteriorCollapseWarning)
        return start_row_run(
            a_model(), ROWS, SPLIT, tmp_path_factory.mktemp("runs") / "run", plan=RowRunPlan(preset="default")
        )


def test_the_evaluation_is_of_the_test_part_by_a_model_fitted_on_the_train_part(result):
    model = a_model().fit(VALUES[SPLIT.train], validation=VALUES[SPLIT.val])
    expected = evaluate_rows(model, VALUES[SPLIT.test], train_rows=VALUES[SPLIT.train], name="vae")
    assert result.evaluation.to_dict() == expected.to_dict()
    assert (result.evaluation.part, result.evaluation.n_rows) == ("test", len(SPLIT.test))


def test_the_model_of_the_folder_answers_like_the_one_in_memory(result):
    assert np.array_equal(load(result.folder).score_samples(VALUES), result.model.score_samples(VALUES))


def test_the_folder_holds_what_happened_and_none_of_the_rows(result):
    names = sorted(path.name for path in result.folder.iterdir())
    assert names == [
        "checkpoint.safetensors",
        "config.json",
        "embeddings.parquet",
        "metrics.jsonl",
        "model.safetensors",
        "record.json",
        "split.safetensors",
    ]
    lines = (result.folder / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2, 3, 4]
    data = json.loads((result.folder / "config.json").read_text())["data"]
    assert data == {
        "source": None,
        "reading": {},
        "fingerprint": ROWS.fingerprint,
        "n_rows": 80,
        "n_features": 9,
        "image_shape": [3, 3],
        "feature_names": None,
    }


def test_the_split_comes_back(result):
    split = read_row_split(result.folder)
    assert (split.fingerprint, split.seed, split.protocol) == (SPLIT.fingerprint, 3, SPLIT.protocol)


def test_the_table_of_embeddings_is_the_models_for_every_row(result):
    columns = read_columns(result.folder / "embeddings.parquet").columns
    assert list(columns) == ["id", "z0", "z1"]
    assert columns["id"].tolist() == ROWS.ids.tolist()
    means = np.stack([columns["z0"], columns["z1"]], axis=1)
    assert np.array_equal(means, result.model.transform(VALUES))


def test_the_record_says_data_split_seed_preset_and_epochs(result):
    record = result.record
    assert RowRecord.read(result.folder / "record.json") == record
    assert (record.dataset, record.data_fingerprint) == ("made", ROWS.fingerprint)
    assert (record.split_seeds, record.split_fingerprints) == ([3], [SPLIT.fingerprint])
    assert (record.model, record.preset, record.settings["random_state"]) == ("vae", "default", 0)
    assert (record.counts["n_train"], record.counts["n_val"], record.counts["n_test"]) == (48, 16, 16)
    assert record.counts["n_epochs"] == 4
    assert {"fit", "evaluation"} <= record.timings.keys()
    assert len(record.notes) == len(set(record.notes))


def test_a_finished_run_tells_the_scores_of_its_record(result):
    recorded = recorded_row_evaluation(result.folder)
    assert recorded.metrics == result.evaluation.metrics
    assert recorded.standard_errors == result.evaluation.standard_errors
    assert recorded.caption == result.evaluation.caption
    assert recorded.notes == tuple(result.record.notes)


def test_images_tell_the_model_their_shape_and_a_model_that_has_one_keeps_it(result, tmp_path):
    assert load(result.folder).image_shape == (3, 3)
    flat = start_row_run(a_model(image_shape=(9, 1)), ROWS, SPLIT, tmp_path / "run")
    assert load(flat.folder).image_shape == (9, 1)


def test_without_a_validation_part_nothing_is_held_out(tmp_path):
    split = split_rows(ROWS, val=0, test=0.2, random_state=0)
    kept = start_row_run(a_model(patience=1), ROWS, split, tmp_path / "run")
    assert "val_loss" not in kept.model.history_[0]
    assert (kept.model.n_epochs_, kept.model.best_epoch_) == (4, 4)


@pytest.mark.parametrize("empty", ["train", "test"])
def test_a_split_with_nothing_to_train_on_or_to_score_is_refused_before_anything_is_written(tmp_path, empty):
    nothing = np.empty(0, dtype=np.int64)
    parts = {"train": SPLIT.train, "val": nothing, "test": SPLIT.test} | {empty: nothing}
    with pytest.raises(SplitError, match=empty):
        start_row_run(a_model(), ROWS, RowSplit(**parts), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_seed_left_to_chance_is_written_down_and_makes_the_same_run(tmp_path):
    first = start_row_run(a_model(random_state=None), ROWS, SPLIT, tmp_path / "first")
    seed = first.record.settings["random_state"]
    again = start_row_run(a_model(random_state=seed), ROWS, SPLIT, tmp_path / "again")
    assert np.array_equal(first.model.transform(VALUES), again.model.transform(VALUES))


@pytest.mark.parametrize(
    "settings", [{}, {"optimizer": "adagrad", "learning_rate_schedule": "cosine", "prior": "vamp"}]
)
@pytest.mark.parametrize(("epoch", "error"), [(1, RuntimeError), (3, KeyboardInterrupt), (4, RuntimeError)])
def test_a_run_that_was_broken_off_is_resumed_to_the_same_bits(tmp_path, csv, settings, epoch, error):
    rows, plan = read_rows_file(csv), RowRunPlan(source=str(csv))
    whole = start_row_run(a_model(**settings), rows, SPLIT, tmp_path / "whole", plan=plan)
    with pytest.raises(error, match="power cut"):
        start_row_run(
            a_model(**settings),
            rows,
            SPLIT,
            tmp_path / "run",
            plan=plan,
            watch=telling(StoppingAt(epoch, error)),
        )
    resumed = resume_row_run(tmp_path / "run")
    assert resumed.evaluation.to_dict() == whole.evaluation.to_dict()
    for name in SAME_BITS:
        assert (resumed.folder / name).read_bytes() == (whole.folder / name).read_bytes(), name


def broken_off(folder, rows=ROWS, **plan):
    with pytest.raises(RuntimeError, match="power cut"):
        start_row_run(a_model(), rows, SPLIT, folder, plan=RowRunPlan(**plan), watch=telling(StoppingAt(2)))


def test_rows_made_in_memory_are_brought_again(tmp_path, result):
    broken_off(tmp_path / "run")
    with pytest.raises(RunFolderError, match=r"are not stored with it; .*rows=\.\.\."):
        resume_row_run(tmp_path / "run")
    with pytest.raises(RunFolderError, match="other rows than those given"):
        resume_row_run(tmp_path / "run", rows=Rows(VALUES + 1, ROWS.ids, image_shape=(3, 3)))
    resumed = resume_row_run(tmp_path / "run", rows=ROWS)
    assert np.array_equal(resumed.model.transform(VALUES), result.model.transform(VALUES))


def test_a_file_is_found_again_from_another_folder(tmp_path, csv, monkeypatch):
    monkeypatch.chdir(csv.parent)
    broken_off(tmp_path / "run", rows=read_rows_file(csv), source=csv.name, reading={"id_column": "id"})
    monkeypatch.chdir(tmp_path)
    assert rows_of_run(tmp_path / "run").ids.tolist() == ROWS.ids.tolist()
    assert resume_row_run("run").record.counts["n_rows"] == 80


def test_a_file_that_has_changed_or_gone_is_not_trained_on(tmp_path, csv):
    path = tmp_path / "made.csv"
    shutil.copy(csv, path)
    broken_off(tmp_path / "run", rows=read_rows_file(path), source=str(path))
    text = path.read_text()
    path.write_text(text.replace("row 1,", "row one,"))
    with pytest.raises(RunFolderError, match=r"other rows than what is in .*made\.csv now"):
        resume_row_run(tmp_path / "run")
    path.unlink()
    with pytest.raises(RunFolderError, match=r"cannot be read again: .*made\.csv"):
        resume_row_run(tmp_path / "run")
    path.write_text(text)
    assert resume_row_run(tmp_path / "run").record.counts["n_epochs"] == 4


def test_a_data_set_is_found_again_by_its_name_and_options(tmp_path):
    from varigraph.datasets.loading_rows import load_rows

    rows = load_rows("digits", binarise="sampled", seed=5)
    split = split_rows(rows, val=0.5, test=0.4, random_state=0)
    plan = RowRunPlan(source="digits", reading={"binarise": "sampled", "seed": 5})
    with pytest.raises(RuntimeError, match="power cut"):
        start_row_run(
            a_model(likelihood="bernoulli"),
            rows,
            split,
            tmp_path / "run",
            plan=plan,
            watch=telling(StoppingAt(1)),
        )
    assert rows_of_run(tmp_path / "run").fingerprint == rows.fingerprint
    assert resume_row_run(tmp_path / "run").record.dataset == "digits"


def test_a_run_killed_before_its_record_was_written_is_resumed_from_its_last_epoch(tmp_path, result):
    shutil.copytree(result.folder, tmp_path / "run")
    (tmp_path / "run" / "record.json").unlink()
    seen = StoppingAt(epoch=0)
    seen.on_epoch = lambda report, state: pytest.fail("an epoch was trained twice")
    resumed = resume_row_run(tmp_path / "run", rows=ROWS, watch=telling(seen))
    assert np.array_equal(resumed.model.transform(VALUES), result.model.transform(VALUES))


def test_a_finished_run_and_a_saved_model_are_not_resumed(result, tmp_path):
    with pytest.raises(RunFolderError, match="is finished"):
        resume_row_run(result.folder)
    result.model.save(tmp_path / "model")
    with pytest.raises(RunFolderError, match="not a run"):
        resume_row_run(tmp_path / "model")
    with pytest.raises(RunFolderError, match="not a run"):
        rows_of_run(tmp_path / "model")
    with pytest.raises(RunFolderError, match="no test part"):
        recorded_row_evaluation(tmp_path / "model")


def test_the_checkpoint_of_another_run_is_refused(tmp_path, result):
    other = start_row_run(a_model(random_state=1), ROWS, SPLIT, tmp_path / "other")
    (other.folder / "record.json").unlink()
    shutil.copy(result.folder / "checkpoint.safetensors", other.folder)
    with pytest.raises(RunFolderError, match="other data, settings or seed"):
        resume_row_run(other.folder, rows=ROWS)


def test_what_lies_in_a_folder_is_never_written_over_and_a_run_only_if_that_is_forced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(RunFolderError, match="not empty"):
        start_row_run(a_model(), ROWS, SPLIT, tmp_path)
    first = start_row_run(a_model(), ROWS, SPLIT, tmp_path / "run")
    with pytest.raises(RunFolderError, match="--force to replace"):
        start_row_run(a_model(), ROWS, SPLIT, tmp_path / "run")
    second = start_row_run(AE(2, max_epochs=1, random_state=1), ROWS, SPLIT, tmp_path / "run", force=True)
    assert (first.record.model, second.record.model) == ("vae", "ae")
    assert type(load(tmp_path / "run")) is AE
    assert (tmp_path / "thesis.txt").read_text() == "years"


def test_a_folder_that_another_process_takes_meanwhile_is_left_to_it(tmp_path, monkeypatch):
    atomic = folders.atomic_folder

    def meanwhile(folder):
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "config.json").write_text("the other's")
        return atomic(folder)

    monkeypatch.setattr(folders, "atomic_folder", meanwhile)
    with pytest.raises(OSError, match="not empty"):
        start_row_run(a_model(), ROWS, SPLIT, tmp_path / "run")
    assert (tmp_path / "run" / "config.json").read_text() == "the other's"
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


DIVERGING = {"learning_rate": 1e38, "optimizer": "adagrad", "batch_size": 4, "scaling": "none"}


def test_a_run_that_diverges_in_its_first_epoch_leaves_no_folder(tmp_path):
    with pytest.raises(DivergenceError):
        start_row_run(a_model(**DIVERGING), ROWS, SPLIT, tmp_path / "run")
    assert [*tmp_path.iterdir()] == []


def test_of_a_run_that_diverges_in_its_first_epoch_only_what_it_made_goes(tmp_path):
    class Visitor(StoppingAt):
        def on_end(self, state):
            (tmp_path / "run" / "thesis.txt").write_text("words")

    with pytest.raises(DivergenceError):
        start_row_run(a_model(**DIVERGING), ROWS, SPLIT, tmp_path / "run", watch=telling(Visitor(0)))
    assert [one.name for one in (tmp_path / "run").iterdir()] == ["thesis.txt"]


def test_a_run_interrupted_in_its_first_epoch_keeps_its_folder(tmp_path):
    with pytest.raises(OSError, match="power cut"):
        start_row_run(a_model(), ROWS, SPLIT, tmp_path / "run", watch=telling(StoppingAt(1, OSError)))
    assert (tmp_path / "run" / "config.json").exists()
