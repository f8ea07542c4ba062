"""Predicted links: none that the user has, ids in kind, probabilities of one curve, thresholds that hold."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.exceptions import NotFittedError

from references import random_edges
from varigraph.errors import GraphError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges
from varigraph.models import GAE, VGAE, load
from varigraph.models.graphs.prediction import assumed_base_rate

GENERATOR = np.random.default_rng(0)
GRAPH = Graph.from_edges(random_edges(GENERATOR, 60, 500), ids=[f"n{i:02d}" for i in range(60)], name="sixty")


def fitted(graph=GRAPH, cls=VGAE, **options):
    return cls(latent_dim=4, max_epochs=15, random_state=0).fit(graph, **options)


@pytest.fixture(scope="module")
def model():
    return fitted()


def positions(graph, frame):
    return np.stack([graph.index_of(frame["source"]), graph.index_of(frame["target"])], axis=1)


def test_held_out_links_of_a_split_never_come_back_as_missing_ones():
    split = split_edges(GRAPH, random_state=0)
    model = fitted(split.train, validation=split.val)
    predicted = model.predict_links(None, threshold=1e-12)
    assert len(predicted) == GRAPH.n_pairs - GRAPH.n_edges
    assert not GRAPH.has_edges(positions(GRAPH, predicted)).any()


def test_links_that_fit_holds_out_itself_never_come_back_either(model):
    assert model.message_graph_.n_edges < GRAPH.n_edges
    predicted = model.predict_links(10, per_node=True)
    assert not GRAPH.has_edges(positions(GRAPH, predicted)).any()


def test_each_row_has_the_logit_and_probability_that_a_question_for_it_gets(model):
    predicted = model.predict_links(20, base_rate=0.01)
    links = list(zip(predicted["source"], predicted["target"], strict=True))
    assert predicted["logit"].tolist() == model.score_links(links).tolist()
    assert predicted["probability"].tolist() == model.link_probabilities(links, base_rate=0.01).tolist()
    assert predicted["rank"].tolist() == list(range(1, 21))
    assert predicted["logit"].is_monotonic_decreasing


def test_by_node_each_has_its_own_best_and_ranks_from_one(model):
    predicted = model.predict_links(3, per_node=True, nodes=["n07", "n03"])
    assert predicted["source"].tolist() == ["n03"] * 3 + ["n07"] * 3
    assert predicted["rank"].tolist() == [1, 2, 3, 1, 2, 3]
    of_n03 = model.predict_links(1_000, nodes=["n03"])
    partners = np.where(of_n03["source"] == "n03", of_n03["target"], of_n03["source"])
    assert partners[:3].tolist() == predicted["target"].tolist()[:3]


def test_a_threshold_leaves_the_links_that_reach_it_and_no_other(model):
    every = model.predict_links(None, threshold=1e-12)
    bar = float(every["probability"].quantile(0.9))
    assert len(model.predict_links(None, threshold=bar)) == (every["probability"] >= bar).sum()
    assert len(model.predict_links(5, threshold=bar)) == 5
    assert len(model.predict_links(None, threshold=0.9999)) == 0


def test_a_target_density_takes_about_that_share_of_the_open_pairs(model):
    n_open = GRAPH.n_pairs - GRAPH.n_edges
    taken = len(model.predict_links(None, target_density=0.1))
    assert 0.09 < taken / n_open <= 0.101


def test_two_wishes_or_none_are_refused(model):
    with pytest.raises(ValueError, match="exclude one another"):
        model.predict_links(threshold=0.1, target_density=0.1)
    with pytest.raises(ValueError, match="how many links are wanted"):
        model.predict_links(None)
    with pytest.raises(ValueError, match="how many links each node"):
        model.predict_links(None, per_node=True, threshold=0.1)
    for wrong in (0, -3, 1.5, "many"):
        with pytest.raises(ValueError, match="k is a whole number of 1 or more"):
            model.predict_links(wrong)


@pytest.mark.parametrize("rate", [0, 1, -1, 2, float("nan")])
def test_a_base_rate_that_is_no_share_is_refused(model, rate):
    with pytest.raises(ValueError, match="base rate lies between 0 and 1"):
        model.link_probabilities([("n01", "n02")], base_rate=rate)


def test_without_a_base_rate_one_missing_link_for_ten_edges_is_assumed(model):
    links = [("n01", "n02"), ("n05", "n50")]
    rate = 0.1 * GRAPH.n_edges / (GRAPH.n_pairs - GRAPH.n_edges)
    assert assumed_base_rate(GRAPH) == pytest.approx(rate)
    assert (
        model.link_probabilities(links).tolist() == model.link_probabilities(links, base_rate=rate).tolist()
    )


@pytest.mark.parametrize(
    ("make", "kind"), [(pd.DataFrame, pd.DataFrame), (pl.DataFrame, pl.DataFrame), (pa.table, pa.Table)]
)
def test_frames_come_back_in_kind_and_links_may_be_asked_for_by_frame(make, kind):
    names = GRAPH.ids[GRAPH.edges]
    model = fitted(make({"source": names[:, 0].tolist(), "target": names[:, 1].tolist()}))
    predicted = model.predict_links(4)
    assert isinstance(predicted, kind)
    assert isinstance(model.embedding_frame(), kind)
    asked = model.link_probabilities(predicted)
    assert asked.tolist() == list(map(float, predicted["probability"].to_numpy()))


def test_integer_ids_with_gaps_come_back_as_integers():
    graph = Graph.from_edges(GRAPH.edges, ids=1_000 + 7 * np.arange(60))
    predicted = fitted(graph).predict_links(5)
    assert predicted["source"].dtype == np.int64
    assert set(predicted["source"]) <= set(graph.ids.tolist())


@pytest.mark.parametrize("cls", [GAE, VGAE])
@pytest.mark.parametrize("from_split", [True, False])
def test_a_saved_model_predicts_the_same_links_with_the_same_probabilities(tmp_path, cls, from_split):
    split = split_edges(GRAPH, random_state=1)
    model = fitted(split.train, cls, validation=split.val) if from_split else fitted(GRAPH, cls)
    model.save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.message_graph_.fingerprint == model.message_graph_.fingerprint
    pd.testing.assert_frame_equal(model.predict_links(30), again.predict_links(30))


def test_a_saved_model_knows_which_links_were_held_out(tmp_path):
    model = fitted()
    model.save(tmp_path / "model")
    again = load(tmp_path / "model")
    assert again.held_out_.tolist() == model.held_out_.tolist()
    assert again.open_logits_.n_pairs == model.open_logits_.n_pairs


def test_a_model_that_is_not_fitted_says_so():
    for ask in (VGAE().predict_links, lambda: VGAE().link_probabilities([(0, 1)])):
        with pytest.raises(NotFittedError):
            ask()


def test_of_no_nodes_there_are_no_links(model):
    assert len(model.predict_links(3, nodes=[])) == 0
    assert len(model.predict_links(3, per_node=True, nodes=[])) == 0


def test_a_second_fit_forgets_the_calibration_of_the_first(model):
    twice = fitted()
    before = twice.calibration_
    twice.fit(GRAPH.with_edges(GRAPH.edges[:100]))
    assert twice.calibration_ is not before


def test_a_complete_graph_has_no_link_to_predict():
    complete = Graph.from_edges([(i, j) for i in range(8) for j in range(i)], name="all")
    model = fitted(complete, validation_fraction=0)
    with pytest.raises(GraphError, match="Every pair of all is an edge"):
        model.predict_links(3)


def test_the_model_of_a_complete_graph_can_be_saved_all_the_same(tmp_path):
    complete = Graph.from_edges([(i, j) for i in range(8) for j in range(i)])
    model = fitted(complete, validation_fraction=0)
    model.save(tmp_path / "model")
    assert load(tmp_path / "model").embedding_.tolist() == model.embedding_.tolist()
