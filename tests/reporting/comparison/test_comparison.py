"""Comparisons: what stands in one column, which is best, and in what order."""

import json

import pytest

from small_records import links_record, row_record
from varigraph.errors import FileContentError
from varigraph.evaluation.row_scale import DRAWN_ROWS_NOTE, GREY_VALUES_NOTE

BERNOULLI = {"latent_dim": 16, "likelihood": "bernoulli", "objective": "elbo", "n_samples": 100}
DYNAMIC = BERNOULLI | {"likelihood": {"name": "bernoulli", "dynamic": True}}


def order(comparison):
    return [run.name for run in comparison.runs]


def best(comparison, metric):
    standings = comparison.standings
    (column,) = [one for one in standings.columns if one.metric == metric]
    return [run.name for run in comparison.runs if standings.is_best(run, column)]


def test_the_best_stands_first_and_is_marked(compared):
    comparison = compared(a=links_record(0.90), b=links_record(0.92), c=links_record(0.91))
    assert order(comparison) == ["b", "c", "a"]
    assert best(comparison, "auc") == ["b"]


def test_values_that_read_the_same_are_all_best(compared):
    comparison = compared(a=links_record(0.9201), b=links_record(0.9203), c=links_record(0.91))
    assert best(comparison, "auc") == ["b", "a"]


def test_the_lowest_error_is_best_and_first(compared):
    comparison = compared(a=row_record(mse=0.03), b=row_record(mse=0.02), sort="mse")
    assert order(comparison) == ["b", "a"]
    assert best(comparison, "mse") == ["b"]


def test_a_single_run_is_the_best_of_nothing(compared):
    assert best(compared(a=links_record(0.9)), "auc") == []


def test_runs_on_other_data_stand_apart_with_a_best_of_their_own(compared):
    other = {"dataset": "pubmed", "graph_fingerprint": "beef"}
    comparison = compared(
        a=links_record(0.90),
        b=links_record(0.97, **other),
        c=links_record(0.92),
        d=links_record(0.96, **other),
    )
    assert order(comparison) == ["c", "a", "b", "d"]
    assert best(comparison, "auc") == ["c", "b"]


@pytest.mark.parametrize(
    "changes", [{"negatives": "own"}, {"ties": "pessimistic"}, {"split_protocol": "by time"}]
)
def test_a_test_that_was_made_otherwise_has_a_best_of_its_own(compared, changes):
    comparison = compared(a=links_record(0.9), b=links_record(0.8), c=links_record(0.7, **changes))
    assert best(comparison, "auc") == ["a"]


def test_a_run_without_the_metric_stands_last(compared):
    comparison = compared(
        a=links_record(metrics={"test": {"auc": float("nan"), "ap": 0.9}}), b=links_record(0.5)
    )
    assert order(comparison) == ["b", "a"]


@pytest.mark.parametrize(
    ("records", "keys"),
    [
        ({"a": {}, "b": {}}, ["log_likelihood", "mse"]),
        (
            {"a": {}, "b": {"settings": BERNOULLI}},
            ["log_likelihood (densities)", "log_likelihood (zeros and ones)", "mse"],
        ),
        (
            {"a": {"settings": BERNOULLI, "notes": [GREY_VALUES_NOTE]}},
            ["log_likelihood (grey values)", "mse"],
        ),
        (
            {
                "a": {"settings": BERNOULLI, "notes": [GREY_VALUES_NOTE]},
                "b": {"settings": DYNAMIC, "notes": [DRAWN_ROWS_NOTE]},
            },
            [
                "log_likelihood (grey values)",
                "log_likelihood (zeros and ones)",
                "mse (rows as given)",
                "mse (drawn zeros and ones)",
            ],
        ),
        (
            {"a": {}, "b": {"dataset": "heights", "data_fingerprint": "beef"}},
            ["log_likelihood (digits)", "log_likelihood (heights)", "mse (digits)", "mse (heights)"],
        ),
    ],
    ids=["the same", "likelihoods", "grey values alone", "drawn rows", "data"],
)
def test_figures_that_measure_different_things_stand_in_different_columns(compared, records, keys):
    likelihoods = {"a": -90.0, "b": -80.0}
    made = {name: row_record(likelihoods[name], **changes) for name, changes in records.items()}
    assert [column.key for column in compared(**made).standings.columns] == keys


def test_a_bound_and_a_likelihood_never_stand_in_one_column(compared):
    first = row_record(metrics={"test": {"elbo": -91.0}})
    comparison = compared(a=first, b=row_record(metrics={"test": {"log_likelihood": -90.0}}))
    assert [column.title for column in comparison.standings.columns] == ["log p(x), nats", "ELBO, nats"]
    assert best(comparison, "elbo") == best(comparison, "log_likelihood") == []


def test_a_run_lies_behind_the_best_on_the_splits_that_they_share(compared):
    comparison = compared(a=links_record([0.90, 0.92, 0.94]), b=links_record([0.89, 0.90, 0.91]))
    (column,) = comparison.standings.columns
    first, second = comparison.runs
    assert comparison.standings.behind(first, column) is None
    behind = comparison.standings.behind(second, column)
    assert (behind.to, behind.summary["values"]) == ("a", pytest.approx([0.01, 0.02, 0.03]))


def test_metrics_can_be_chosen_and_the_first_of_them_sorts(compared):
    runs = {
        "a": links_record(metrics={"test": {"auc": 0.9, "ap": 0.8, "mrr": 0.1}}),
        "b": links_record(metrics={"test": {"auc": 0.8, "ap": 0.9, "mrr": 0.2}}),
    }
    comparison = compared(**runs, metrics=["ap", "auc"])
    assert [column.metric for column in comparison.standings.columns] == ["ap", "auc"]
    assert order(comparison) == ["b", "a"]
    assert order(compared(**runs, metrics=["ap"], sort="auc")) == ["a", "b"]


@pytest.mark.parametrize("where", [{"metrics": ["f1"]}, {"sort": "f1"}])
def test_a_metric_that_no_run_has_is_refused_with_those_that_there_are(compared, where):
    with pytest.raises(ValueError, match="No run has a metric 'f1'; there are auc"):
        compared(a=links_record(0.9), **where)


def test_runs_without_a_single_value_cannot_be_compared(compared):
    with pytest.raises(FileContentError, match="nothing to compare"):
        compared(a=links_record(float("nan")))


def test_the_document_is_json_and_holds_what_the_table_shows(compared):
    comparison = compared(
        a=links_record([0.90, 0.92]), b=links_record([0.89, 0.90], settings={"latent_dim": 8})
    )
    document = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))
    assert (document["kind"], document["sort"], document["notes"]) == ("graphs", "auc", [])
    first, second = document["runs"]
    assert (first["name"], first["differing_settings"]) == ("a", {"latent_dim": 16})
    assert (first["metrics"]["auc"]["is_best"], first["metrics"]["auc"]["behind"]) == (True, None)
    assert second["metrics"]["auc"]["behind"]["mean"] == pytest.approx(0.015)
    assert second["metrics"]["auc"]["values"] == [0.89, 0.90]
    assert (second["fit_seconds"], second["n_epochs"], second["n_parameters"]) == (3.0, None, 46_880)


def test_markdown_and_text_hold_the_notes(compared):
    comparison = compared(a=links_record(0.9), b=links_record(0.8))
    assert comparison.markdown().endswith(f"\n- {comparison.notes[0]}\n")
    assert str(comparison).endswith(comparison.notes[0])
