"""Runs of the program that several tests look at."""

import functools

import pytest

from command_line import run, write_measurements


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


@pytest.fixture(scope="session")
def measured(tmp_path_factory):
    """The folder of a finished run of a vae on a table of measurements, `things.csv` beside it."""
    folder = tmp_path_factory.mktemp("measured")
    write_measurements(folder / "things.csv")
    settings = ("--model", "vae", "--max-epochs", 3, "--latent-dim", 2, "--hidden-dims", "8")
    outcome = run("fit", "things.csv", *settings, "-q", "-o", "run", cwd=folder)
    assert outcome.code == 0, outcome.err
    return folder / "run"


@pytest.fixture(scope="session")
def pictured(tmp_path_factory):
    """The folder of a finished run of a vae on the embedded images of digits."""
    folder = tmp_path_factory.mktemp("pictured")
    settings = ("--max-epochs", 1, "--latent-dim", 2, "--hidden-dims", "8")
    outcome = run("fit", "digits", *settings, "-q", "-o", "run", cwd=folder)
    assert outcome.code == 0, outcome.err
    return folder / "run"
