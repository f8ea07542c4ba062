"""Progress: which numbers, how wide, how many lines."""

import io

import pytest
from rich.console import Console

from varigraph.cli import training_progress
from varigraph.cli.training_progress import TrainingProgress, describe
from varigraph.training import EpochReport

VGAE_TERMS = {"loss": 1.2453219, "reconstruction": 1.2312345, "kl": 0.01384, "elbo": -12345.6}
GAE_TERMS = {"loss": 1.2453219, "reconstruction": 1.2453219, "kl": 0.0}


def a_report(epoch=588, max_epochs=600, terms=VGAE_TERMS):
    return EpochReport(epoch, max_epochs, terms, {"auc": 0.9283, "ap": 0.93})


def test_an_epoch_shows_validation_auc_and_every_loss_term():
    assert describe(a_report()) == "val AUC 92.83  loss 1.25  reconstruction 1.23  kl 0.0138"


def test_a_model_without_kl_shows_its_loss_once():
    assert describe(a_report(terms=GAE_TERMS)) == "val AUC 92.83  loss 1.25"


def test_without_validation_there_is_no_auc():
    assert "AUC" not in describe(EpochReport(1, 2, VGAE_TERMS, {}))


@pytest.mark.parametrize("width", [80, 140])
def test_on_a_terminal_the_line_of_an_epoch_fits(monkeypatch, width):
    written = io.StringIO()
    terminal = Console(file=written, force_terminal=True, width=width, color_system=None)
    monkeypatch.setattr(training_progress, "err", terminal)
    with TrainingProgress("vgae on cora") as shown:
        shown.on_epoch(a_report(), None)
        shown._bar.refresh()
    assert (
        "vgae on cora 588/600  val AUC 92.83  loss 1.25  reconstruction 1.23  kl 0.0138" in written.getvalue()
    )
    assert ("━" in written.getvalue()) == (width > 120)


@pytest.mark.parametrize(
    ("max_epochs", "stop", "wanted"), [(600, 600, [120, 240, 360, 480, 600]), (600, 102, [102])]
)
def test_elsewhere_a_few_lines_are_written_the_last_epoch_among_them(capsys, max_epochs, stop, wanted):
    with TrainingProgress("gae on karate") as shown:
        for epoch in range(1, stop + 1):
            shown.on_epoch(a_report(epoch), None)
        shown.on_end(None)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition("  ")[0] for line in lines] == [
        f"gae on karate: epoch {e}/{max_epochs}" for e in wanted
    ]


def test_quiet_writes_nothing(capsys):
    with TrainingProgress("gae on karate", quiet=True) as shown:
        shown.on_epoch(a_report(600), None)
        shown.on_end(None)
    assert capsys.readouterr().err == ""


def test_a_term_that_was_not_computed_is_shown_as_it_was_last_known(capsys):
    with TrainingProgress("vgae on karate") as shown:
        shown.on_epoch(a_report(1, 2), None)
        shown.on_epoch(a_report(2, 2, {"kl": 0.5}), None)
    assert capsys.readouterr().err.splitlines() == [
        f"vgae on karate: epoch {epoch}/2  val AUC 92.83  loss 1.25  reconstruction 1.23  kl {kl}"
        for epoch, kl in ((1, "0.0138"), (2, "0.5"))
    ]
