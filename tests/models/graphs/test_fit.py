"""What `fit` takes, refuses and keeps."""

import dataclasses

import numpy as np
import pytest
import torch
from scipy import sparse as sp

from small_graphs import a_graph
from varigraph.decoders import InnerProductDecoder
from varigraph.distributions import MixturePrior
from varigraph.encoders import GCNEncoder
from varigraph.errors import DivergenceError, GraphError, LeakError, RunFolderError, SplitError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import split_edges
from varigraph.models import GAE, VGAE
from varigraph.objectives import BalancedSampledEdges
from varigraph.training import Checkpointing

GRAPH = a_graph(n_nodes=40, n_edges=100)
SPLIT = split_edges(GRAPH, val=0.1, test=0.1, random_state=0)


def quick(model=VGAE, **settings):
    return model(**({"latent_dim": 3, "max_epochs": 6, "random_state": 0} | settings))


def test_the_train_part_is_fitted_on_its_message_graph():
    model = quick().fit(SPLIT.train, validation=SPLIT.val)
    assert model.message_graph_ is SPLIT.train.message_graph
    assert "val_auc" in model.history_[0]


def test_a_whole_split_is_refused_with_what_to_write_instead():
    with pytest.raises(GraphError, match=r"fit\(split.train, validation=split.val\)"):
        quick().fit(SPLIT)


def test_a_part_whose_positives_would_not_be_learnt_is_refused():
    with pytest.raises(SplitError, match=r"10 of the 10 val positives are not in .* Fit on split\.train"):
        quick().fit(SPLIT.val)


def test_a_validation_edge_in_the_message_graph_is_a_leak():
    with pytest.raises(LeakError, match=r"of the 10 val positives"):
        quick().fit(GRAPH, validation=SPLIT.val)


def test_validation_pairs_of_other_nodes_are_refused():
    with pytest.raises(GraphError, match="nodes"):
        quick().fit(a_graph(), validation=SPLIT.val)


def test_a_share_of_the_edges_is_held_out_when_there_is_no_validation():
    model = quick().fit(GRAPH, validation_fraction=0.2)
    assert model.message_graph_.n_edges == 80
    assert "val_ap" in model.history_[0]
    assert quick().fit(GRAPH).message_graph_.n_edges == 95


def test_with_fraction_0_every_edge_is_learnt_and_the_last_epoch_kept():
    model = quick(patience=1).fit(GRAPH, validation_fraction=0)
    assert model.message_graph_.n_edges == 100
    assert (model.n_epochs_, model.best_epoch_) == (6, 6)
    assert set(model.history_[0]) == {"epoch", "loss", "reconstruction", "kl"}


def test_a_fraction_of_less_than_an_edge_is_refused():
    with pytest.raises(SplitError, match="less than one edge"):
        quick().fit(GRAPH, validation_fraction=0.001)


def test_a_graph_without_edges_is_refused():
    with pytest.raises(GraphError, match="no edges"):
        quick().fit(Graph.from_edges([], n_nodes=5), validation_fraction=0)


def test_whatever_becomes_a_graph_can_be_fitted():
    matrix = sp.csr_array(GRAPH.adjacency)
    assert quick().fit(matrix, validation_fraction=0).embedding_.shape == (40, 3)


def test_the_kept_epoch_is_the_best_on_validation_and_its_embedding_too():
    model = quick(max_epochs=40, patience=40, learning_rate=0.1).fit(SPLIT.train, validation=SPLIT.val)
    scores = [line["val_score"] for line in model.history_]
    assert model.best_epoch_ == int(np.argmax(scores)) + 1 < model.n_epochs_
    shorter = quick(max_epochs=model.best_epoch_, patience=40, learning_rate=0.1)
    assert np.array_equal(shorter.fit(SPLIT.train, validation=SPLIT.val).embedding_, model.embedding_)


def test_patience_none_keeps_the_last_epoch_though_another_was_better():
    settings = {"max_epochs": 40, "learning_rate": 0.1, "patience": None}
    model = quick(**settings).fit(SPLIT.train, validation=SPLIT.val)
    assert model.best_epoch_ == model.n_epochs_ == 40
    without = quick(**settings).fit(SPLIT.train, validation_fraction=0)
    assert np.array_equal(model.embedding_, without.embedding_)


def test_the_validation_score_is_that_of_the_posterior_mean():
    from sklearn.metrics import average_precision_score, roc_auc_score

    model = quick(patience=None).fit(SPLIT.train, validation=SPLIT.val)
    pairs = np.concatenate([SPLIT.val.positives, SPLIT.val.negatives])
    labels = np.repeat([1, 0], [SPLIT.val.n_positives, SPLIT.val.n_negatives])
    scores = model.score_pairs(pairs)
    assert model.history_[-1]["val_auc"] == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
    assert model.history_[-1]["val_ap"] == pytest.approx(average_precision_score(labels, scores), abs=1e-12)


def test_no_epochs_leave_the_starting_weights():
    model = quick(max_epochs=0).fit(GRAPH, validation_fraction=0)
    assert (model.n_epochs_, model.history_) == (0, [])


def test_a_learning_rate_that_explodes_ends_in_a_divergence_error():
    with pytest.raises(DivergenceError, match="lower learning_rate"):
        quick(GAE, learning_rate=1e30, max_epochs=50).fit(SPLIT.train, validation=SPLIT.val)


def test_a_fit_that_fails_leaves_no_half_fitted_model():
    model = quick(GAE).fit(SPLIT.train, validation=SPLIT.val)
    with pytest.raises(DivergenceError):
        model.set_params(learning_rate=1e30, max_epochs=50).fit(SPLIT.train, validation=SPLIT.val)
    assert not hasattr(model, "embedding_")


def test_a_refused_input_leaves_the_earlier_fit():
    model = quick().fit(SPLIT.train, validation=SPLIT.val)
    with pytest.raises(LeakError):
        model.fit(GRAPH, validation=SPLIT.val)
    assert model.message_graph_ is SPLIT.train.message_graph


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("latent_dim", 0),
        ("latent_dim", 2.5),
        ("latent_dim", "8"),
        ("hidden_dims", 32),
        ("hidden_dims", (8, 0)),
        ("max_epochs", -1),
        ("max_epochs", 2.5),
        ("max_epochs", "3"),
        ("learning_rate", 0.0),
        ("learning_rate", "fast"),
        ("learning_rate", float("nan")),
        ("weight_decay", -1.0),
        ("patience", 0),
        ("patience", 1.5),
        ("verbose", -1),
        ("features", "counts"),
        ("dtype", "float16"),
        ("device", "gpu"),
        ("encoder", "gat"),
        ("decoder", "distmult"),
        ("objective", "vgae_loss"),
        ("prior", "flow"),
        ("random_state", -1),
    ],
)
def test_a_setting_out_of_range_is_refused_by_name(setting, value):
    with pytest.raises(ValueError, match=setting if setting != "device" else "device must be"):
        quick(**{setting: value}).fit(GRAPH)


def test_a_part_of_the_wrong_kind_is_refused():
    with pytest.raises(TypeError, match="objective must be one of"):
        quick(objective=torch.nn.Linear(1, 1)).fit(GRAPH)


def test_numbers_from_numpy_are_settings_like_any_other():
    model = quick(latent_dim=np.int64(3), learning_rate=np.float64(0.01)).fit(GRAPH)
    assert model.embedding_.shape == (40, 3)
    objective = BalancedSampledEdges(beta=np.float32(0.5))
    nested = quick(encoder="gcn", hidden_dims=tuple(np.array([4])), objective=objective).fit(GRAPH)
    assert nested.embedding_.shape == (40, 3)


def test_a_whole_split_or_an_empty_part_is_no_validation():
    with pytest.raises(TypeError, match=r"validation takes split\.val, got EdgeSplit"):
        quick().fit(SPLIT.train, validation=SPLIT)
    with pytest.raises(SplitError, match="validation_fraction=0 to train without"):
        quick().fit(SPLIT.train, validation=split_edges(GRAPH, val=0, random_state=0).val)


def test_a_link_is_a_pair():
    with pytest.raises(GraphError, match="a pair of two ids"):
        quick().fit(GRAPH).score_links([("n0", "n1", "n2"), ("n3",)])
    with pytest.raises(GraphError, match=r"as in \[\(a, b\), \(c, d\)\]; got 'n0'"):
        quick().fit(GRAPH).score_links(("n0", "n1"))


@pytest.mark.parametrize("offset", [None, "learned"])
def test_the_offset_is_the_objectives_to_choose(offset):
    objective = "balanced_sampled_edges" if offset is None else "bernoulli_all_pairs"
    assert quick(objective=objective).fit(GRAPH).module_.decoder.offset == offset


def test_links_by_id_score_as_pairs_by_position():
    model = quick().fit(GRAPH)
    expected = model.score_pairs(np.array([[0, 1], [7, 30]]))
    assert np.array_equal(model.score_links([("n0", "n1"), ("n7", "n30")]), expected)
    with pytest.raises(GraphError, match="'n99' is not a node"):
        model.score_links([("n0", "n99")])


@pytest.mark.parametrize(
    "pairs", [np.zeros((2, 5), dtype=int), [[0, 40]], [[-1, 3]], [[0.5, 1.0]], np.zeros((2, 2, 2), dtype=int)]
)
def test_pairs_of_another_shape_or_out_of_range_are_refused(pairs):
    with pytest.raises((GraphError, SplitError), match="pairs"):
        quick().fit(GRAPH).score_pairs(pairs)


def test_the_embedding_frame_has_the_users_ids():
    model = quick().fit(GRAPH)
    frame = model.embedding_frame()
    assert list(frame.columns) == ["id", "z0", "z1", "z2"]
    assert frame["id"].tolist() == GRAPH.ids.tolist()
    assert np.array_equal(frame[["z0", "z1", "z2"]].to_numpy(), model.embedding_)


def changed(graph=SPLIT.train, validation=SPLIT.val, **settings):
    return lambda path: quick(**settings).fit(graph, validation=validation, resume_from=path)


@pytest.mark.parametrize(
    "resume",
    [
        changed(random_state=1),
        changed(latent_dim=4),
        changed(objective="weighted_all_pairs"),
        changed(validation=None),
        changed(validation=dataclasses.replace(SPLIT.val, negatives=SPLIT.val.negatives[::-1].copy())),
        changed(graph=split_edges(GRAPH, val=0.1, test=0.1, random_state=1).train, validation=None),
    ],
    ids=["seed", "setting", "objective", "no validation", "negatives", "graph"],
)
def test_a_checkpoint_of_other_data_settings_or_seed_is_refused(tmp_path, resume):
    path = tmp_path / "checkpoint.safetensors"
    quick().fit(SPLIT.train, validation=SPLIT.val, callbacks=[Checkpointing(path)])
    with pytest.raises(RunFolderError, match="other data, settings or seed"):
        resume(path)


def test_dense_and_sparse_features_of_one_graph_learn_the_same():
    sparse, dense = (a_graph(n_nodes=40, n_edges=100, sparse=sparse) for sparse in (True, False))
    first, second = (quick(dtype="float64").fit(graph).embedding_ for graph in (sparse, dense))
    np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-12)


def test_features_of_no_columns_are_no_features():
    bare = Graph.from_edges(GRAPH.edges, features=np.empty((40, 0)))
    assert quick().fit(bare).embedding_.shape == (40, 3)


def test_parts_that_were_given_are_copied_and_stay_unbuilt():
    parts = {
        "encoder": GCNEncoder((4,)),
        "prior": MixturePrior(2),
        "decoder": InnerProductDecoder(offset="learned"),
    }
    model = quick(**parts).fit(GRAPH)
    for name, part in parts.items():
        assert getattr(model, name) is part is not getattr(model.module_, name)
        assert list(part.parameters()) == []


class Dropping(torch.nn.Module):
    """An encoder whose output differs between training and evaluation."""

    def __init__(self):
        super().__init__()
        self.head = torch.nn.Linear(7, 3)

    def forward(self, x, edge_index):
        return torch.nn.functional.dropout(self.head(x), 0.5, self.training)


def test_dropout_is_on_in_training_alone_and_repeats_with_the_seed():
    first, second = (quick(GAE, encoder=Dropping()).fit(GRAPH, validation_fraction=0) for _ in range(2))
    assert not first.module_.training
    assert np.count_nonzero(first.embedding_) == first.embedding_.size
    assert np.array_equal(first.embedding_, second.embedding_)
    assert first.history_ == second.history_
    without = quick(GAE, encoder=Dropping(), max_epochs=1)
    losses = {without.set_params(random_state=seed).fit(GRAPH).history_[0]["loss"] for seed in (0, 1)}
    assert len(losses) == 2


@pytest.mark.parametrize("encoder", ["linear", GCNEncoder((6,))])
def test_hidden_widths_for_an_encoder_that_has_its_own_are_refused_not_ignored(encoder):
    with pytest.raises(ValueError, match='hidden_dims is for encoder="gcn"'):
        quick(encoder=encoder, hidden_dims=(5,)).fit(GRAPH)


def test_weight_decay_pulls_at_the_encoder_alone():
    decays = {}
    for weight_decay in (0.0, 100.0):
        model = quick(
            prior=MixturePrior(2),
            decoder=InnerProductDecoder(offset="learned"),
            weight_decay=weight_decay,
            max_epochs=1,
        ).fit(GRAPH, validation_fraction=0)
        decays[weight_decay] = {name: p.detach().clone() for name, p in model.module_.named_parameters()}
    for name, free in decays[0.0].items():
        # One step from the same start with the same draws: only the decay differs.
        assert torch.equal(free, decays[100.0][name]) == (not name.startswith("encoder"))
