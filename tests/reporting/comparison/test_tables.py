"""Tables of comparisons: what a reader of them sees, and typed columns for files."""

import math

import numpy as np
import pytest

from small_records import links_record, row_record
from varigraph.evaluation.row_scale import GREY_VALUES_NOTE
from varigraph.reporting.comparison.tables import (
    comparison_columns,
    comparison_table,
    facts_table,
    results_table,
)


def rows(table):
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_repeated_runs_have_an_interval_and_their_distance_to_the_best(compared):
    comparison = compared(a=links_record([0.90, 0.92, 0.94]), b=links_record([0.89, 0.90, 0.91]))
    table = comparison_table(comparison.standings)
    first, second = rows(table)
    # t(0.975, 2) = 4.3027: 4.3027 · 0.02 / √3 = 0.0497 and half of it
    assert (first["AUC"], second["AUC"]) == ("92.0 ± 5.0", "90.0 ± 2.5")
    assert (first["behind in AUC"], second["behind in AUC"]) == ("best", "2.00 ± 2.48")
    assert table.best == {(0, table.columns.index("AUC"))}
    assert "over 3 repeats" in table.caption
    assert table.title == "2 runs of vgae on cora, test part"


def test_a_run_on_other_splits_than_the_best_is_told_why_nobody_knows_how_far_it_lies_behind(compared):
    elsewhere = {"split_fingerprints": ["x", "y", "z"], "split_seeds": [7, 8, 9]}
    why = "Behind –: shares fewer than two splits with that best."
    paired = {"a": links_record([0.90, 0.92, 0.94]), "b": links_record([0.89, 0.90, 0.91])}
    table = comparison_table(compared(**paired, c=links_record([0.7, 0.7, 0.8], **elsewhere)).standings)
    assert [row["behind in AUC"] for row in rows(table)] == ["best", "2.00 ± 2.48", "–"]
    assert table.caption.endswith(why)
    assert why not in comparison_table(compared(**paired).standings).caption


def test_data_and_model_are_columns_where_they_differ(compared):
    comparison = compared(
        a=links_record(0.9), b=links_record(0.8, model="gae", dataset="x", graph_fingerprint="b")
    )
    table = comparison_table(comparison.standings)
    assert table.columns[:3] == ("run", "data", "model")
    assert table.title == "2 runs, test part"


def test_a_cost_that_no_record_tells_has_no_column(compared):
    comparison = compared(a=links_record([0.9, 0.8], timings={"fit_after_resuming": 2.0}))
    table = comparison_table(comparison.standings)
    assert "seconds" not in table.columns
    assert "epochs" not in table.columns
    assert rows(table)[0]["parameters"] == "46,880"


def test_results_and_facts_apart_tell_what_the_whole_table_tells(compared):
    comparison = compared(
        a=links_record([0.90, 0.92]), b=links_record([0.89, 0.90], settings={"latent_dim": 8})
    )
    whole = rows(comparison_table(comparison.standings))
    results, facts = rows(results_table(comparison.standings)), rows(facts_table(comparison.standings))
    for row, result, fact in zip(whole, results, facts, strict=True):
        settings = fact.pop("settings that differ")
        assert row == {"latent_dim": settings.removeprefix("latent_dim "), **result, **fact}


def test_where_room_is_scarce_rows_have_a_line_for_each_metric_and_run(compared):
    bernoulli = {"latent_dim": 16, "likelihood": "bernoulli", "objective": "elbo", "n_samples": 100}
    comparison = compared(
        a=row_record(-90.0, mse=0.02),
        b=row_record(-80.0, mse=0.03, settings=bernoulli, notes=[GREY_VALUES_NOTE]),
    )
    table = results_table(comparison.standings, is_narrow=True)
    assert table.rows == (
        ("log p(x), nats (densities)", "a", "-90.00"),
        ("log p(x), nats (grey values)", "b", "-80.00"),
        ("MSE", "a", "0.02"),
        ("", "b", "0.03"),
    )
    assert table.best == {(2, 2)}


def test_where_room_is_scarce_links_have_the_main_metrics_and_the_one_that_sorts(compared):
    metrics = {"auc": 0.9, "ap": 0.8, "hits@10": 0.5, "mrr": 0.1}
    comparison = compared(a=links_record(metrics={"test": metrics}), sort="mrr")
    assert results_table(comparison.standings, is_narrow=True).columns == ("run", "AUC", "AP", "MRR")
    assert results_table(comparison.standings).columns == ("run", "AUC", "AP", "Hits@10", "MRR")


def test_columns_for_a_file_hold_the_records_own_numbers(compared):
    comparison = compared(
        a=links_record([0.90, 0.92]), b=links_record([0.89, 0.90], settings={"latent_dim": 8})
    )
    columns = comparison_columns(comparison.standings)
    assert columns["run"] == ["a", "b"]
    assert columns["latent_dim"] == ["16", "8"]
    np.testing.assert_allclose(columns["auc"], [0.91, 0.895])
    np.testing.assert_allclose(
        np.subtract(columns["auc high"], columns["auc low"]) / 2, [0.12706, 0.06353], atol=1e-5
    )
    assert math.isnan(columns["auc behind"][0])
    assert columns["auc behind"][1] == pytest.approx(0.015)
    assert columns["parameters"] == [46_880, 46_880]


def test_single_runs_have_no_ends_of_intervals_in_a_file(compared):
    columns = comparison_columns(compared(a=links_record(0.9), b=links_record(0.8)).standings)
    assert not {"auc low", "auc behind"} & columns.keys()
