"""`EpochLog`: what it writes, and when."""

from varigraph.training import EpochLog, EpochReport


def test_a_line_goes_to_standard_error_every_so_many_epochs_and_for_the_last(capsys):
    log = EpochLog(every=4)
    for epoch in range(1, 11):
        log.on_epoch(EpochReport(epoch, 10, {"loss": 1.5}, {"auc": 0.75}), None)
    log.on_end(None)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        f"epoch {epoch}/10  loss 1.5000  val_auc 0.7500" for epoch in (4, 8, 10)
    ]
