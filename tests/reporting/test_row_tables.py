"""Tables of rows: one line a number under its metric, the best of comparable ones in bold."""

import math

import pytest

from varigraph.evaluation.repeats import summarise
from varigraph.evaluation.row_result import ROW_METRICS, RowEvaluation
from varigraph.reporting.row_tables import row_evaluation_table, row_summary_table


@pytest.fixture
def evaluation():
    return RowEvaluation(
        model="vae",
        metrics={
            "vae": {"log_likelihood": -1090.504, "kl": 12.0, "mse": 0.02, "psnr": 16.99, "active_units": 8.0},
            "ppca": {"log_likelihood": -1090.496},
            "pca": {"mse": 0.01, "psnr": math.nan},
            "mean_row": {"mse": 0.03, "psnr": 15.23},
        },
        standard_errors={
            "vae": {"log_likelihood": 0.25, "kl": 0.1, "mse": 0.00123},
            "ppca": {"log_likelihood": math.nan},
            "pca": {"mse": 0.002},
            "mean_row": {"mse": 0.003},
        },
        part="test",
        n_rows=1_000,
        n_features=784,
        n_train=5_000,
        n_latent=8,
    )


def test_each_metric_lists_who_has_it_with_one_standard_error(evaluation):
    table = row_evaluation_table(evaluation, title="digits")
    assert table.columns == ("metric", "of", "value")
    assert table.rows == (
        ("log p(x), nats", "vae", "-1,090.50 ± 0.25"),
        ("", "ppca", "-1,090.50"),
        ("KL, nats", "vae", "12.00 ± 0.10"),
        ("MSE", "vae", "0.02 ± 0.0012"),
        ("", "pca", "0.01 ± 0.002"),
        ("", "mean_row", "0.03 ± 0.003"),
        ("PSNR, dB", "vae", "16.99"),
        ("", "pca", "–"),
        ("", "mean_row", "15.23"),
        ("active units", "vae", "8"),
    )
    assert table.caption == (
        "Test part: 1,000 rows of 784 columns; ± one standard error over rows; baselines fitted on "
        "5,000 rows."
    )


def test_the_best_is_the_highest_density_the_lowest_error_and_whatever_reads_the_same(evaluation):
    best = {(row, column) for row, column in row_evaluation_table(evaluation).best}
    assert best == {(0, 2), (1, 2), (4, 2), (6, 2)}
    assert "**0.01 ± 0.002**" in row_evaluation_table(evaluation).markdown()


def test_metrics_can_be_chosen_and_unknown_ones_are_refused(evaluation):
    table = row_evaluation_table(evaluation, metrics=("mse", "kl"))
    assert [row[0] for row in table.rows] == ["MSE", "", "", "KL, nats"]
    with pytest.raises(ValueError, match="no metric 'elbo'; there are log_likelihood, kl, mse"):
        row_evaluation_table(evaluation, metrics=("elbo",))


def test_every_metric_has_a_title():
    values = {"vae": dict.fromkeys(ROW_METRICS, summarise([1.0]))}
    titles = [row[0] for row in row_summary_table(values).rows]
    assert len(set(titles)) == len(ROW_METRICS)
    assert all(titles)


def test_repeats_show_half_the_width_of_the_interval_and_one_run_none():
    runs = {"vae": {"mse": summarise([0.01, 0.02, 0.03]), "active_units": summarise([7.0, 8.0, 8.0])}}
    table = row_summary_table(runs, title="digits")
    # t(0.975, 2) · 0.01 / √3 = 4.303 · 0.00577 = 0.0248
    assert table.rows[0] == ("MSE", "vae", "0.02 ± 0.025")
    assert table.rows[1][2].startswith("7.67 ± ")
    assert table.caption == "Mean ± half the width of its 95 % interval over 3 runs."
    assert table.best == frozenset()
    single = row_summary_table({"vae": {"mse": summarise([0.02])}})
    assert (single.rows, single.caption) == ((("MSE", "vae", "0.02"),), "One run.")


def test_no_rows_make_no_table():
    with pytest.raises(ValueError, match="nothing to make a table of"):
        row_summary_table({})
