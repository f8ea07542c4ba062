"""Runs of the program that several tests look at."""

import functools

import pytest

from command_line import run


@pytest.fixture
def varigraph(tmp_path):
    """The program in an empty folder."""
    return functools.partial(run, cwd=tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The folder of a finished run on the karate club, not to be changed."""
    folder = tmp_path_factory.mktemp("finished")
    outcome = run("fit", "karate", "--max-epochs", 3, "--latent-dim", 4, "-q", "-o", "run", cwd=folder)
    assert outcome.code == 0, outcome.err
    return folder / "run"
