"""A folder in which anything may stand is used or refused with a sentence, and never executed."""

import contextlib
import json
import os
import shutil
import sys

import pytest
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from command_line import run
from safety.damage import (
    ANY_FILE,
    JSON_TEXTS,
    SAFETENSORS_HEADERS,
    a_folder,
    a_link_out_of_the_folder,
    a_link_to_itself,
    edits,
    garbage,
    gone,
    pickled,
    tensor_changes,
)
from safety.stored_folders import (
    CHECKPOINTS,
    NEEDED,
    OPTIONAL,
    READERS,
    RESUMING,
    a_copy,
    needed_files,
    stored,
)
from varigraph.errors import DataError, DivergenceError

LONGEST_SENTENCE = 700  # letters, paths of temporary folders included
CASES = [(kind, reader, name) for kind, reader in NEEDED for name in needed_files(kind, reader)]

# Nearly all of the time goes into whole trainings: by default a part of the damage is done, in all files.
THOROUGHNESS = pytest.mark.parametrize("step", [31, pytest.param(5, marks=pytest.mark.slow)])

executed: list[str] = []


def _watch(event, arguments):
    if event in ("pickle.find_class", "os.system", "os.exec", "subprocess.Popen"):
        executed.append(event)


sys.addaudithook(_watch)


@pytest.fixture
def trace(tmp_path):
    """What a bomb would leave if it went off."""
    executed.clear()
    yield tmp_path / "trace"
    assert not (tmp_path / "trace").exists()
    assert executed == []


def complaint(folder, reader, *, must_refuse=False):
    """What is wrong with how a reader takes a folder; None if it takes it well."""
    try:
        READERS[reader](folder)
    except DivergenceError:  # weights within all bounds may still be senseless
        return None
    except DataError as error:
        said = str(error)
        if str(folder) not in said or "\n" in said or len(said) > LONGEST_SENTENCE:
            return f"no sentence about the folder: {said[:200]!r}"
        return None
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "not refused" if must_refuse else None


@pytest.mark.parametrize(("kind", "reader", "name"), CASES)
def test_a_file_that_is_no_such_file_is_refused(tmp_path, trace, kind, reader, name):
    complaints = {}
    for damage in ANY_FILE:
        folder = a_copy(kind, tmp_path / "run", reader=reader)
        shutil.rmtree(tmp_path / "outside", ignore_errors=True)
        damage(folder / name, trace)
        is_missing = damage in (gone, a_link_to_itself)
        complaints[damage.__name__] = complaint(
            folder, reader, must_refuse=not (is_missing and name in OPTIONAL)
        )
    assert not {what: said for what, said in complaints.items() if said}


@pytest.mark.parametrize(("kind", "reader", "name"), [case for case in CASES if not case[2].endswith("npy")])
def test_contents_of_another_kind_are_refused(tmp_path, kind, reader, name):
    complaints = {}
    contents = SAFETENSORS_HEADERS if name.endswith(".safetensors") else JSON_TEXTS
    folder = a_copy(kind, tmp_path / "run", reader=reader)
    for what, content in contents.items():
        (folder / name).write_bytes(content)
        complaints[what] = complaint(folder, reader, must_refuse=True)
    assert not {what: said for what, said in complaints.items() if said}


@THOROUGHNESS
@pytest.mark.parametrize(("kind", "reader", "name"), [case for case in CASES if case[2].endswith(".json")])
def test_no_value_of_a_json_document_ends_in_anything_but_a_sentence(tmp_path, kind, reader, name, step):
    complaints = {}
    folder = a_copy(kind, tmp_path / "run", reader=reader)
    document = json.loads((folder / name).read_text())
    for what, text in list(edits(document))[::step]:
        (folder / name).write_text(text)
        complaints[what] = complaint(folder, reader)
        if reader in RESUMING:
            (folder / "record.json").unlink(missing_ok=True)
    assert complaints
    assert not {what: said for what, said in complaints.items() if said}


@THOROUGHNESS
@pytest.mark.parametrize(("kind", "reader", "name"), [case for case in CASES if case[2].endswith("tensors")])
def test_no_tensor_ends_in_anything_but_a_sentence(tmp_path, kind, reader, name, step):
    complaints = {}
    folder = a_copy(kind, tmp_path / "run", reader=reader)
    for what, write in list(tensor_changes(folder / name))[::step]:
        write()
        complaints[what] = complaint(folder, reader)
        if reader in RESUMING:
            a_copy(kind, folder, reader=reader)
    assert complaints
    assert not {what: said for what, said in complaints.items() if said}


@THOROUGHNESS
@pytest.mark.parametrize(("kind", "reader", "name"), CHECKPOINTS)
def test_no_number_of_a_checkpoint_ends_in_anything_but_a_sentence(tmp_path, kind, reader, name, step):
    complaints = {}
    folder = a_copy(kind, tmp_path / "run", reader=reader)
    tensors = load_file(folder / name)
    with safe_open(folder / name, framework="pt") as file:
        document = json.loads(file.metadata()["state"])
    for what, text in list(edits(document))[::step]:
        save_file(tensors, folder / name, metadata={"state": text.replace("\\ud800", "?")})
        complaints[what] = complaint(folder, reader)
        a_copy(kind, folder, reader=reader)
    assert complaints
    assert not {what: said for what, said in complaints.items() if said}


@pytest.mark.parametrize("name", ["model.safetensors", "posterior.safetensors", "calibration.json"])
@pytest.mark.parametrize("damage", [pickled, a_link_out_of_the_folder, a_folder])
def test_a_resumed_run_replaces_what_it_does_not_need_and_writes_through_no_link(
    tmp_path, trace, name, damage
):
    folder = a_copy("refitted", tmp_path / "run", reader="resume_run")
    damage(folder / name, trace)
    outside = {path: path.read_bytes() for path in tmp_path.glob("outside/*")}
    with contextlib.suppress(IsADirectoryError):  # a folder is not replaced by a file
        READERS["resume_run"](folder)
        assert (folder / name).read_bytes() == (stored("refitted") / name).read_bytes()
        assert not (folder / name).is_symlink()
    assert {path: path.read_bytes() for path in tmp_path.glob("outside/*")} == outside


def test_a_folder_of_the_graph_that_is_a_link_out_of_the_run_is_refused(tmp_path):
    folder = a_copy("refitted", tmp_path / "run")
    (folder / "graph").rename(tmp_path / "elsewhere")
    (folder / "graph").symlink_to(tmp_path / "elsewhere")
    assert complaint(folder, "load", must_refuse=True) is None


def test_a_run_may_be_reached_through_a_link(tmp_path):
    (tmp_path / "latest").symlink_to(stored("refitted"))
    assert READERS["load"](tmp_path / "latest").embedding_.shape == (34, 2)


def test_a_width_that_no_weights_bear_out_is_refused_before_memory_is_taken_for_it(tmp_path):
    folder = a_copy("refitted", tmp_path / "run")
    config = json.loads((folder / "config.json").read_text())
    config["settings"]["latent_dim"] = 2**31 - 1  # 600 GB of weights
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(DataError, match="but the settings make it float32 of shape"):
        READERS["load"](folder)


@pytest.mark.parametrize("reader", ["load", "resume_row_run"])
@pytest.mark.parametrize("has_checkpoint", [True, False])
def test_a_width_of_a_row_model_is_refused_before_memory_is_taken_for_it(tmp_path, reader, has_checkpoint):
    folder = a_copy("rows", tmp_path / "run", reader=reader)
    config = json.loads((folder / "config.json").read_text())
    config["settings"]["hidden_dims"] = [2**31 - 1, 2**20]  # petabytes of weights
    (folder / "config.json").write_text(json.dumps(config))
    if not has_checkpoint:
        (folder / "checkpoint.safetensors").unlink()
    with pytest.raises(DataError, match=r"the settings make it|\.safetensors lacks|its weights take"):
        READERS[reader](folder)


@pytest.mark.parametrize("source", ["/dev/zero", "/dev/stdin", "a pipe", "gone.csv", "cora", "."])
def test_a_source_that_holds_no_rows_is_refused_in_a_sentence(tmp_path, source):
    folder = a_copy("rows", tmp_path / "run", reader="resume_row_run")
    if source == "a pipe":
        source = str(tmp_path / "rows.csv")
        os.mkfifo(source)
    config = json.loads((folder / "config.json").read_text())
    config["data"]["source"] = source
    (folder / "config.json").write_text(json.dumps(config))
    assert complaint(folder, "resume_row_run", must_refuse=True) is None


@pytest.mark.parametrize("version", [0, 4, 99, "2", 2.0, None, [2]])
@pytest.mark.parametrize("name", ["config.json", "record.json", "calibration.json", "graph/graph.json"])
def test_a_schema_of_another_version_is_refused_with_its_number(tmp_path, name, version):
    folder = a_copy("refitted", tmp_path / "run")
    document = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps(document | {"schema_version": version}))
    reader = "recorded_evaluation" if name == "record.json" else "load"
    with pytest.raises(DataError, match="schema"):
        READERS[reader](folder)


VERBS = {
    "embed": lambda: ("embed", "run", "-o", "new.csv"),
    "evaluate": lambda: ("evaluate", "run"),
    "predict": lambda: ("predict", "run", "-o", "new.csv"),
    "score": lambda: ("score", "run", "pairs.csv", "-o", "new.csv"),
    "resume": lambda: ("fit", "--resume", "run"),
}


@pytest.mark.parametrize("damage", [pickled, garbage, a_link_out_of_the_folder])
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_refuses_a_hostile_run_with_3_and_leaves_all_as_it_was(tmp_path, trace, verb, damage):
    reader = {"evaluate": "recorded_evaluation", "resume": "resume_run"}.get(verb, "load")
    (tmp_path / "pairs.csv").write_text("source,target\nn0,n33\n")
    for name in needed_files("refitted", reader):
        folder = a_copy("refitted", tmp_path / "run", reader=reader)
        damage(folder / name, trace)
        before = contents(tmp_path)
        outcome = run(*VERBS[verb](), cwd=tmp_path)
        assert (outcome.code, outcome.out) == (3, ""), (name, outcome)
        assert outcome.err.startswith("Error: "), (name, outcome)
        assert "Traceback" not in outcome.err, (name, outcome)
        assert contents(tmp_path) == before, name


def contents(folder):
    """Every file's bytes by its path."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
