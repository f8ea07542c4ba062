"""Evaluation of link predictors: what is scored, what is refused, and HeaRT's published numbers."""

import json
import math

import numpy as np
import pytest

from varigraph.baselines import NeighbourhoodPredictor
from varigraph.errors import GraphError, LeakError, SplitError
from varigraph.evaluation.link_prediction import check_no_leak, evaluate_links, summarise_evaluations
from varigraph.evaluation.ranking import link_metrics
from varigraph.graphs.graph import Graph
from varigraph.graphs.heuristics import HEURISTICS
from varigraph.graphs.splits import EdgeSplit, SplitPart, split_edges


class Recorder:
    """A predictor that remembers what it was asked and answers by a function of the pairs."""

    def __init__(self, message_graph, score=lambda pairs: -np.abs(pairs[:, 0] - pairs[:, 1]).astype(float)):
        self.message_graph_ = message_graph
        self.score = score
        self.asked = []

    def fit(self, graph):
        raise AssertionError("an evaluation must not fit")

    def score_pairs(self, index_pairs):
        self.asked.append(index_pairs)
        return self.score(index_pairs)


@pytest.fixture
def graph():
    generator = np.random.default_rng(0)
    return Graph.from_edges(
        generator.integers(60, size=(240, 2)),
        ids=[f"n{number}" for number in range(60)],
        features=generator.random((60, 5)),
    )


@pytest.fixture
def split(graph):
    return split_edges(graph, random_state=0)


@pytest.fixture
def own_part(split):
    """The test part with three negatives of each positive's own: the shared ones shifted round."""
    pool = split.test.negatives
    own = np.stack([np.roll(pool, shift, axis=0) for shift in range(3)], axis=1)
    return SplitPart("test", split.test.message_graph, split.test.positives, own)


def test_a_model_is_asked_once_and_its_scores_reach_the_metrics_unmixed(split):
    model = Recorder(split.train.message_graph)
    evaluation = evaluate_links(model, split.test)
    assert len(model.asked) == 1
    expected = link_metrics(model.score(split.test.positives), model.score(split.test.negatives))
    assert dict(evaluation.model_metrics) == pytest.approx(expected, nan_ok=True, abs=0)


def test_own_negatives_stay_with_their_positive(own_part):
    model = Recorder(own_part.message_graph)
    evaluation = evaluate_links(model, own_part, ks=(1, 2, 4))
    negatives = np.array([model.score(row) for row in own_part.negatives])
    expected = link_metrics(model.score(own_part.positives), negatives, ks=(1, 2, 4))
    assert dict(evaluation.model_metrics) == pytest.approx(expected, nan_ok=True, abs=0)
    assert evaluation.negatives == "own"
    assert evaluation.n_negatives == 3
    assert math.isnan(evaluation.model_metrics["hits@4"])


def test_heuristics_see_the_parts_message_graph_and_nothing_more(graph, split):
    evaluation = evaluate_links(Recorder(split.train.message_graph), split.test)
    for name, heuristic in HEURISTICS.items():
        scores = [
            heuristic(split.test.message_graph, pairs)
            for pairs in (split.test.positives, split.test.negatives)
        ]
        assert dict(evaluation.metrics[name]) == pytest.approx(link_metrics(*scores), nan_ok=True, abs=0)
    # Katz on the whole graph would put every positive before nearly every negative.
    whole = [HEURISTICS["katz"](graph, pairs) for pairs in (split.test.positives, split.test.negatives)]
    assert link_metrics(*whole)["auc"] > 0.99 > evaluation.metrics["katz"]["auc"]


def test_rows_are_the_model_first_and_all_heuristics_that_the_graph_allows(split):
    model = Recorder(split.train.message_graph)
    assert list(evaluate_links(model, split.val).metrics) == ["Recorder", *HEURISTICS]
    bare = Graph.from_edges(split.train.message_graph.edges, n_nodes=60)
    part = SplitPart("val", bare, split.val.positives, split.val.negatives)
    assert "feature_cosine" not in evaluate_links(Recorder(bare), part).metrics
    assert list(evaluate_links(model, split.val, heuristics=False).metrics) == ["Recorder"]
    assert list(evaluate_links(model, split.val, heuristics=["katz"], name="mine").metrics) == [
        "mine",
        "katz",
    ]
    with pytest.raises(GraphError, match="features"):
        evaluate_links(Recorder(bare), part, heuristics=["feature_cosine"])


def test_a_model_that_has_seen_a_positive_is_refused_before_it_scores(graph, split):
    model = Recorder(graph)
    with pytest.raises(
        LeakError, match=r"over 22 of the 22 test positives, such as \('n\d+', 'n\d+'\)"
    ) as caught:
        evaluate_links(model, split.test)
    assert "Fit it on split.train" in str(caught.value)
    assert model.asked == []


def test_one_seen_positive_in_the_other_direction_is_enough_to_be_refused(split):
    train = split.train.message_graph
    seen = train.with_edges(np.concatenate([train.edges, split.test.positives[5:6, ::-1]]))
    with pytest.raises(LeakError, match="over 1 of the 22 test positives") as caught:
        check_no_leak(seen, split.test)
    assert str(tuple(seen.ids[split.test.positives[5]])) in str(caught.value)


def test_a_test_encoder_that_sees_validation_edges_is_no_leak(split):
    both = np.concatenate([split.train.positives, split.val.positives])
    model = Recorder(split.train.message_graph.with_edges(both))
    evaluation = evaluate_links(model, split.test)
    assert dict(evaluation.n_message_edges) == {"model": len(both), "part": len(split.train.positives)}
    # The heuristics beside it see the part's message graph, not the model's.
    by_part = evaluate_links(Recorder(split.train.message_graph), split.test)
    assert evaluation.heuristics_metrics["katz"] == pytest.approx(
        by_part.heuristics_metrics["katz"], nan_ok=True, abs=0
    )


def test_a_part_whose_own_message_graph_holds_positives_is_refused(graph, split):
    part = SplitPart("test", graph, split.test.positives, split.test.negatives)
    with pytest.raises(
        LeakError, match=r"Its own message graph holds 22 of the 22 test positives.*split\.verify"
    ):
        evaluate_links(Recorder(split.train.message_graph), part)


def test_a_model_of_other_nodes_is_refused(split):
    with pytest.raises(GraphError, match="fitted on 61 nodes, but the test part has 60"):
        evaluate_links(Recorder(Graph.from_edges([], n_nodes=61)), split.test)
    with pytest.raises(GraphError, match="nodes with other ids, or in another order"):
        evaluate_links(Recorder(Graph.from_edges([], n_nodes=60)), split.test)
    check_no_leak(Graph.from_edges([], ids=[f"n{number}" for number in range(60)]), split.test)


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (lambda pairs: np.full(len(pairs), np.nan), "Recorder cannot be evaluated on the test part.*are NaN"),
        (
            lambda pairs: np.zeros((len(pairs), 1)),
            r"Recorder scored 44 pairs with an array of shape \(44, 1\)",
        ),
        (lambda pairs: np.zeros(3), "scored 44 pairs"),
        (lambda pairs: np.zeros(len(pairs), dtype=bool), "before any threshold"),
    ],
)
def test_unusable_scores_are_refused_with_the_models_name(split, score, message):
    with pytest.raises(ValueError, match=message):
        evaluate_links(Recorder(split.train.message_graph, score), split.test)


def test_wrong_arguments_are_refused_in_words(split):
    model = Recorder(split.train.message_graph)
    with pytest.raises(TypeError, match=r"such as split\.test; got EdgeSplit"):
        evaluate_links(model, split)
    with pytest.raises(SplitError, match=r"The train part has .* and 0 negatives"):
        evaluate_links(model, split.train)
    with pytest.raises(ValueError, match="no heuristic 'jaccard'; there are common_neighbours"):
        evaluate_links(model, split.test, heuristics=["jaccard"])
    with pytest.raises(ValueError, match="is that of a heuristic"):
        evaluate_links(model, split.test, name="katz")
    with pytest.raises(ValueError, match="is not fitted; call fit"):
        evaluate_links(NeighbourhoodPredictor(), split.test)


def test_the_tie_rule_reaches_every_predictor(split):
    constant = Recorder(split.train.message_graph, lambda pairs: np.zeros(len(pairs)))
    mrr = {
        ties: evaluate_links(constant, split.test, ties=ties).model_metrics["mrr"]
        for ties in ("optimistic", "average", "pessimistic")
    }
    expected = {"optimistic": 1.0, "average": 1 / 12, "pessimistic": 1 / 23}
    assert mrr == pytest.approx(expected, abs=1e-12)  # a mean of equal numbers may round


def test_the_document_is_strict_json_with_what_was_ranked_against_what(split):
    evaluation = evaluate_links(
        Recorder(split.train.message_graph), split.test, ks=(1, 50), heuristics=["katz"]
    )
    document = json.loads(json.dumps(evaluation.to_dict(), allow_nan=False))
    assert document["metrics"]["Recorder"]["hits@50"] is None
    assert document["metrics"]["katz"]["auc"] == evaluation.heuristics_metrics["katz"]["auc"]
    n_edges = split.train.message_graph.n_edges
    assert document["n_message_edges"] == {"model": n_edges, "part": n_edges}
    assert (document["part"], document["n_positives"], document["n_negatives"]) == ("test", 22, 22)
    assert (document["negatives"], document["ties"]) == ("shared", "average")


def test_the_printed_table_has_percentages_and_says_what_was_ranked(split):
    perfect = Recorder(split.train.message_graph, lambda pairs: -np.arange(len(pairs)))
    lines = str(evaluate_links(perfect, split.test, heuristics=False, ks=(1, 50))).splitlines()
    assert lines[0].split() == ["%", "auc", "ap", "hits@1", "hits@50", "mrr"]
    assert lines[1].split() == ["Recorder", "100.00", "100.00", "100.00", "–", "100.00"]
    assert lines[2] == "test part: 22 positives, 22 negatives in one pool; average rank for ties."


def test_evaluations_are_summarised_by_predictor_and_metric(graph):
    splits = [split_edges(graph, random_state=seed) for seed in range(3)]
    evaluations = [
        evaluate_links(Recorder(one.train.message_graph), one.test, heuristics=["katz"]) for one in splits
    ]
    summaries = summarise_evaluations(evaluations)
    assert list(summaries) == ["Recorder", "katz"]
    assert summaries["katz"]["auc"]["values"] == [one.metrics["katz"]["auc"] for one in evaluations]
    with pytest.raises(ValueError, match="different protocols"):
        summarise_evaluations(
            [*evaluations, evaluate_links(Recorder(splits[0].train.message_graph), splits[0].val)]
        )
    with pytest.raises(ValueError, match="no evaluations"):
        summarise_evaluations([])


def heart_test_part(folder):
    train, test = (np.loadtxt(folder / f"{name}_pos.txt", dtype=np.int64) for name in ("train", "test"))
    with np.load(folder / "heart_samples.npz") as samples:
        negatives = samples["test"].astype(np.int64)
    return EdgeSplit.from_pairs(
        3327, train=train[train[:, 0] != train[:, 1]], val=[], test=test, test_negatives=negatives
    ).test


def test_heuristics_on_hearts_citeseer_files_have_the_published_mrr(data_folder):
    part = heart_test_part(data_folder / "heart" / "citeseer")
    evaluation = evaluate_links(NeighbourhoodPredictor("resource_allocation").fit(part), part)
    # Two decimals of a percentage are what the benchmark publishes.
    for name, mrr, hits in (
        ("common_neighbours", 8.42, 18.7),
        ("adamic_adar", 10.82, 22.2),
        ("resource_allocation", 10.84, 22.9),
    ):
        assert 100 * evaluation.metrics[name]["mrr"] == pytest.approx(mrr, abs=0.01)
        assert 100 * evaluation.metrics[name]["hits@10"] == pytest.approx(hits, abs=0.1)
    assert evaluation.model_metrics == evaluation.metrics["resource_allocation"]
    assert (evaluation.n_positives, evaluation.n_negatives, evaluation.ties) == (455, 500, "average")
