"""The installed program in processes of its own: signals, pipes and sudden death."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from command_line import run

PROGRAM = Path(sys.executable).with_name("varigraph")
SETTINGS = {
    "graph": ("karate", "--preset", "kipf2016", "--max-epochs", "12"),
    "images": ("digits", "--latent-dim", "2", "--hidden-dims", "8", "--max-epochs", "12"),
}
RESULTS = {
    "graph": ("embeddings.parquet", "metrics.jsonl", "model.safetensors", "posterior.safetensors"),
    "images": ("embeddings.parquet", "metrics.jsonl", "model.safetensors"),
}

# The program, with a checkpoint after every epoch and `kill -9` at a moment that the test chooses.
KILLED = """
import os, signal, sys
from varigraph.training import Checkpointing, tensor_files
from varigraph.cli import main

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

written = Checkpointing.on_epoch

def on_epoch(self, report, state):
    self.every_seconds = 0
    if report.epoch == 5:
        {moment}
    written(self, report, state)

Checkpointing.on_epoch = on_epoch
sys.argv = ["varigraph", *{arguments!r}]
main()
"""
MOMENTS = {"between epochs": "die()", "while a checkpoint is written": "tensor_files.save_file = die"}


@pytest.fixture(scope="module", params=SETTINGS)
def whole(request, tmp_path_factory):
    """What a run is of, and the run when nothing stops it."""
    folder = tmp_path_factory.mktemp("whole")
    assert run("fit", *SETTINGS[request.param], "-o", "run", cwd=folder).code == 0
    return request.param, folder / "run"


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_a_run_that_was_killed_is_resumed_to_the_same_bits(tmp_path, whole, moment):
    kind, finished = whole
    program = KILLED.format(moment=moment, arguments=["fit", *SETTINGS[kind], "-o", "run"])
    killed = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert (tmp_path / "run" / "checkpoint.safetensors").exists()
    assert not (tmp_path / "run" / "record.json").exists()
    resumed = run("fit", "--resume", "run", cwd=tmp_path)
    assert resumed.code == 0, resumed.err
    for name in RESULTS[kind]:
        assert (tmp_path / "run" / name).read_bytes() == (finished / name).read_bytes()


@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not installed beside this Python")
def test_ctrl_c_ends_the_installed_program_with_130_and_the_run_can_be_resumed(tmp_path):
    settings = ["karate", "--preset", "kipf2016", "--max-epochs", "1000000", "-o", "run"]
    with subprocess.Popen(
        [PROGRAM, "fit", *settings], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            deadline = time.monotonic() + 120
            while not (tmp_path / "run" / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
                assert process.poll() is None, process.stderr.read()
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 130, err
    assert out == ""
    assert "Go on with: varigraph fit --resume run" in err
    assert "Traceback" not in err
    assert (tmp_path / "run" / "checkpoint.safetensors").exists()


@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not installed beside this Python")
@pytest.mark.skipif(shutil.which("head") is None, reason="there is no `head` here")
def test_a_reader_that_goes_away_is_no_error_to_talk_about(tmp_path):
    # More than a pipe holds, so that the program must notice.
    assert run("fit", "karate", "--latent-dim", 500, "--max-epochs", 1, "-o", "run", cwd=tmp_path).code == 0
    with subprocess.Popen(
        [PROGRAM, "embed", tmp_path / "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as writing:
        first = subprocess.run(
            ["head", "-c", "2"], stdin=writing.stdout, capture_output=True, text=True, check=True
        )
        writing.stdout.close()
        said = writing.stderr.read()
    assert first.stdout == "id"
    assert said == ""
    assert writing.returncode == 1
