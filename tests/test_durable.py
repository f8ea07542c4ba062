"""Writes are whole or not there: after an error, after kill -9, and when a folder is replaced."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from varigraph import durable
from varigraph.durable import atomic_file, atomic_folder, write_json, write_text

WRITER = """
import sys, pathlib
from varigraph.durable import atomic_file
path, number = pathlib.Path(sys.argv[1]), 0
while True:
    number += 1
    with atomic_file(path) as temporary:
        with temporary.open("w") as file:
            for _ in range(2000):
                file.write(f"{number}\\n")
    print(number, flush=True)
"""

HALF_A_FOLDER = """
import sys, pathlib, time
from varigraph.durable import atomic_folder
with atomic_folder(pathlib.Path(sys.argv[1])) as temporary:
    (temporary / "first").write_text("new")
    print("half", flush=True)
    time.sleep(60)
"""


def visible(folder):
    return sorted(path.name for path in folder.iterdir())


def write_folder(folder, text):
    with atomic_folder(folder) as temporary:
        (temporary / "a").write_text(text)


def fail_half_way(context, path, file_in):
    with context(path) as temporary:
        file_in(temporary).write_text("half of the n")
        raise RuntimeError("disk on fire")


def test_a_failing_writer_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(RuntimeError, match="disk"):
        fail_half_way(atomic_file, path, lambda temporary: temporary)
    assert path.read_text() == "old"
    assert visible(tmp_path) == ["a.txt"]


def test_the_file_appears_only_when_it_is_complete(tmp_path):
    path = tmp_path / "deep" / "down" / "a.txt"
    with atomic_file(path) as temporary:
        temporary.write_text("whole")
        assert not path.exists()
        assert temporary.suffix == ".txt"
    assert path.read_text() == "whole"


def test_a_new_file_has_the_rights_that_the_umask_leaves(tmp_path):
    write_text(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


@pytest.mark.parametrize("pause", [0.0, 0.003, 0.01])
def test_after_kill_9_the_file_is_the_old_or_the_new_one_and_never_half(tmp_path, pause):
    path = tmp_path / "numbers.txt"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as process:
        for _ in range(3):
            process.stdout.readline()
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
    lines = path.read_text().splitlines()
    assert len(lines) == 2000
    assert len(set(lines)) == 1
    assert int(lines[0]) >= 3


def test_kill_9_in_the_middle_of_a_folder_leaves_the_old_folder(tmp_path):
    folder = tmp_path / "run"
    with atomic_folder(folder) as temporary:
        (temporary / "first").write_text("old")
        (temporary / "second").write_text("old")
    with subprocess.Popen(
        [sys.executable, "-c", HALF_A_FOLDER, str(folder)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"half\n"
        os.kill(process.pid, signal.SIGKILL)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"first": "old", "second": "old"}


def test_a_folder_is_replaced_whole_so_nothing_of_the_old_one_stays(tmp_path):
    folder = tmp_path / "run"
    for name in ("old", "new"):
        with atomic_folder(folder) as temporary:
            (temporary / "parts").mkdir()
            (temporary / "parts" / name).write_text(name)
    assert [path.name for path in folder.rglob("*")] == ["parts", "new"]
    assert visible(tmp_path) == ["run"]


def test_a_failing_writer_leaves_the_old_folder_and_nothing_else(tmp_path):
    folder = tmp_path / "run"
    write_folder(folder, "old")
    with pytest.raises(RuntimeError, match="disk"):
        fail_half_way(atomic_folder, folder, lambda temporary: temporary / "a")
    assert (folder / "a").read_text() == "old"
    assert visible(tmp_path) == ["run"]


def test_a_folder_that_cannot_take_its_place_gives_the_old_one_back(tmp_path, monkeypatch):
    monkeypatch.setattr(durable, "_changed_places", lambda one, other: False)
    folder = tmp_path / "run"
    write_folder(folder, "old")
    renames, rename = [], Path.rename

    def fail_the_second(path, target):
        renames.append(target)
        if len(renames) == 2:
            raise OSError("no space left")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_the_second)
    with pytest.raises(OSError, match="no space left"):
        write_folder(folder, "new")
    assert (folder / "a").read_text() == "old"
    assert visible(tmp_path) == ["run"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot swap two folders in one step")
def test_there_is_no_moment_without_the_old_folder_or_the_new_one(tmp_path, monkeypatch):
    write_folder(tmp_path / "run", "old")
    monkeypatch.setattr(Path, "rename", lambda path, target: pytest.fail(f"{path} was away for a moment"))
    write_folder(tmp_path / "run", "new")
    assert (tmp_path / "run" / "a").read_text() == "new"
    assert visible(tmp_path) == ["run"]


def test_a_link_to_a_folder_is_replaced_and_what_it_led_to_stays(tmp_path):
    write_folder(tmp_path / "elsewhere", "old")
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    write_folder(tmp_path / "run", "new")
    assert [(tmp_path / name / "a").read_text() for name in ("run", "elsewhere")] == ["new", "old"]
    assert visible(tmp_path) == ["elsewhere", "run"]


def test_a_name_of_no_encoding_is_written_as_an_escape_that_json_reads(tmp_path):
    write_json(tmp_path / "a.json", {"name": "caf\udce9"})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"name": "caf\udce9"}


def test_a_file_is_not_replaced_by_a_folder(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(NotADirectoryError, match="is a file"), atomic_folder(tmp_path / "thesis.txt"):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert visible(tmp_path) == ["thesis.txt"]


def test_json_is_utf8_and_refuses_what_rfc_8259_does_not_have(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"name": "Köln", "auc": 0.5})
    assert json.loads(path.read_bytes().decode("utf-8")) == {"name": "Köln", "auc": 0.5}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(path, {"auc": float("nan")})
    assert json.loads(path.read_text(encoding="utf-8"))["auc"] == 0.5
