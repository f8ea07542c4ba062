"""An encoder that PyG's layers made, as a fitted estimator: the same embedding, and all that comes of it."""

import copy

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

import varigraph as vg
from pyg_scripts import PointGCN, VariationalGCN, a_data
from varigraph.errors import DivergenceError, GraphError, LeakError, RunFolderError
from varigraph.interop import pyg
from varigraph.interop.pyg import to_estimator
from varigraph.seeding import keyed_global_generators


def trained(name="VGAE", *, data=None, cached=False, library=pyg):
    """A model after some steps."""
    data = a_data() if data is None else data
    encoder = {"GAE": PointGCN, "VGAE": VariationalGCN}[name]
    with keyed_global_generators(0):
        model = getattr(library, name)(encoder(8, 4, cached=cached))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        for _ in range(30):
            optimizer.zero_grad()
            model.recon_loss(model.encode(data.x, data.edge_index), data.edge_index).backward()
            optimizer.step()
    return model.eval()


@pytest.fixture(scope="module")
def split():
    return vg.split_edges(vg.to_graph(a_data()), val=0.1, test=0.1, random_state=0)


@pytest.fixture(scope="module")
def pair_of_both(split):
    """A model, and the estimator of it on the train part."""
    graph = split.train.message_graph
    both_ways = torch.from_numpy(np.concatenate([graph.edges, graph.edges[:, ::-1]]).T.copy())
    data = a_data()
    data.edge_index = both_ways
    model = trained(data=data)
    return model, data, to_estimator(model, split.train, validation=split.val)


@pytest.mark.parametrize("name", ["GAE", "VGAE"])
def test_the_embedding_is_what_the_model_encodes(name):
    data, model = a_data(), trained(name)
    estimator = to_estimator(model, data)
    assert type(estimator) is getattr(vg, name)
    # The edges stand in another order, so sums over neighbours differ in float32's last digits.
    with torch.no_grad():
        expected = model.encode(data.x, data.edge_index).numpy()
    np.testing.assert_allclose(estimator.embedding_, expected, rtol=1e-4, atol=1e-5)
    assert estimator.latent_dim == expected.shape[1]


def test_scores_are_the_models_logits(pair_of_both, split):
    model, data, estimator = pair_of_both
    pairs = split.test.positives
    with torch.no_grad():
        logits = model.decode(model.encode(data.x, data.edge_index), torch.from_numpy(pairs.T), sigmoid=False)
    np.testing.assert_allclose(estimator.score_links(pairs.tolist()), logits.numpy(), rtol=1e-4, atol=1e-4)


def test_the_metrics_of_a_test_part_are_the_models(pair_of_both, split):
    model, data, estimator = pair_of_both
    with torch.no_grad():
        z = model.encode(data.x, data.edge_index)
    positives, negatives = (torch.from_numpy(part.T) for part in (split.test.positives, split.test.negatives))
    auc, ap = model.test(z, positives, negatives)
    found = vg.evaluate_links(estimator, split.test, heuristics=False).metrics["VGAE"]
    assert (found["auc"], found["ap"]) == pytest.approx((auc, ap), abs=1e-3)


def test_everything_that_follows_a_fit_is_there(pair_of_both, split):
    _, _, estimator = pair_of_both
    assert estimator.held_out_ is split.val.positives
    probabilities = estimator.link_probabilities(split.test.positives.tolist())
    order = np.argsort(estimator.score_pairs(split.test.positives))
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert (np.diff(probabilities[order]) >= 0).all()
    known = {tuple(edge) for edge in split.known_graph.edges.tolist()}
    best = estimator.predict_links(k=20)
    assert len(best) == 20
    assert not known & {tuple(sorted(one)) for one in best[["source", "target"]].to_numpy().tolist()}
    assert list(estimator.embedding_frame()["id"]) == list(range(120))
    assert (estimator.history_, estimator.n_epochs_) == ([], 0)


def test_probabilities_are_calibrated_on_the_validation_links(pair_of_both, split):
    model, _, with_validation = pair_of_both
    without = to_estimator(model, split.train)
    links = split.test.positives.tolist()
    assert without.score_links(links).tolist() == with_validation.score_links(links).tolist()
    assert without.calibration_ != with_validation.calibration_


def test_a_saved_estimator_is_loaded_with_the_encoders_code(pair_of_both, split, tmp_path):
    _, _, estimator = pair_of_both
    estimator.save(tmp_path / "model")
    with pytest.raises(RunFolderError, match="encoder of your own"):
        vg.load(tmp_path / "model")
    again = vg.load(tmp_path / "model", encoder=VariationalGCN(8, 4))
    pairs = split.test.positives
    assert (again.embedding_ == estimator.embedding_).all()
    assert (again.score_pairs(pairs) == estimator.score_pairs(pairs)).all()
    assert (again.link_probabilities(pairs.tolist()) == estimator.link_probabilities(pairs.tolist())).all()


def test_the_users_model_is_not_changed_and_not_shared():
    model = trained()
    before, generator = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    estimator = to_estimator(model.train(), a_data())
    assert model.encoder.training
    assert torch.equal(torch.get_rng_state(), generator)
    embedding = estimator.embedding_.copy()
    for weight in model.parameters():
        assert torch.equal(weight, before[next(k for k, v in model.named_parameters() if v is weight)])
        weight.data.zero_()
    assert (estimator.embedding_ == embedding).all()
    assert any(bool(weight.any()) for weight in estimator.module_.encoder.parameters())


def test_what_cached_layers_remember_of_another_graph_is_left_behind(split):
    model = trained(cached=True)  # on every edge, validation and test edges included
    estimator = to_estimator(model, split.train)
    fresh = VariationalGCN(8, 4).eval()
    fresh.load_state_dict(model.encoder.state_dict())
    edges = split.train.message_graph.edges
    both_ways = torch.from_numpy(np.concatenate([edges, edges[:, ::-1]]).T.copy())
    with torch.no_grad():
        expected, _ = fresh(a_data().x, both_ways)
        remembered, _ = model.encoder(a_data().x, both_ways)
    np.testing.assert_allclose(estimator.embedding_, expected.numpy(), rtol=1e-4, atol=1e-5)
    assert not np.allclose(remembered.numpy(), expected.numpy(), rtol=1e-2)


def test_an_encoder_alone_and_one_in_float64_do():
    data = a_data(dtype=torch.float64)
    encoder = PointGCN(8, 3).double()
    estimator = to_estimator(encoder, data)
    assert estimator.dtype == "float64"
    with torch.no_grad():
        np.testing.assert_allclose(estimator.embedding_, encoder(data.x, data.edge_index), rtol=1e-12)


class Weighing(PointGCN):
    """Takes weights, as PyG's own models do."""

    def forward(self, x, edge_index, edge_weight=None):
        hidden = self.hidden(x, edge_index, edge_weight).relu()
        return self.latent(hidden, edge_index, edge_weight)


def weighted_data(field):
    """A graph whose edges have weights, the same in both directions."""
    data = a_data()
    source, target = data.edge_index
    data[field] = 1.0 + (source * target % 7).float()
    return data


@pytest.mark.parametrize("field", ["edge_weight", "edge_attr"])
def test_whether_weights_are_passed_must_be_said_where_they_could_be(field):
    data, encoder = weighted_data(field), Weighing(8, 3)
    with pytest.raises(ValueError, match="Say edge_weight=True if it was trained with them"):
        to_estimator(encoder, data)
    with torch.no_grad():
        expected = {
            True: encoder(data.x, data.edge_index, data[field]),
            False: encoder(data.x, data.edge_index),
        }
    assert not torch.allclose(expected[True], expected[False], rtol=0.01)
    for edge_weight, embedding in expected.items():
        found = to_estimator(encoder, data, edge_weight=edge_weight).embedding_
        np.testing.assert_allclose(found, embedding.numpy(), rtol=1e-4, atol=1e-5)


def test_an_encoder_without_weights_need_not_be_told_and_cannot_get_any():
    data, encoder = weighted_data("edge_weight"), PointGCN(8, 3)
    with torch.no_grad():
        expected = encoder(data.x, data.edge_index).numpy()
    np.testing.assert_allclose(to_estimator(encoder, data).embedding_, expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="forward takes no edge_weight"):
        to_estimator(encoder, data, edge_weight=True)
    with pytest.raises(ValueError, match="the data has no edge weights"):
        to_estimator(Weighing(8, 3), a_data(), edge_weight=True)


def test_weights_of_a_split_are_left_out_on_request_and_its_known_edges_stay():
    weighted = vg.to_graph(weighted_data("edge_weight"))
    split = vg.split_edges(weighted, val=0.1, test=0.1, random_state=0)
    estimator = to_estimator(Weighing(8, 3), split.train, validation=split.val, edge_weight=False)
    assert estimator.message_graph_.weights is None
    assert estimator.known_graph_.n_edges == weighted.n_edges


def test_a_bare_parameter_is_taken_over_but_not_trained_anew():
    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.z = nn.Parameter(torch.arange(240.0).view(120, 2))

        def forward(self, x, edge_index):
            return self.z

    table = Table()
    estimator = to_estimator(table, a_data())
    assert np.array_equal(estimator.embedding_, table.z.detach().numpy())
    with pytest.raises(ValueError, match="z belong to no module with a reset_parameters"):
        clone(estimator).fit(a_data())


def test_its_own_fit_trains_such_an_encoder_anew():
    estimator = to_estimator(trained("GAE"), a_data(), max_epochs=2, random_state=0)
    again = clone(estimator).fit(a_data(), validation_fraction=0)
    assert again.n_epochs_ == 2
    assert not np.allclose(again.embedding_, estimator.embedding_, rtol=0.1)


@pytest.mark.parametrize(
    ("edges", "sentence"),
    [
        ([[0, 1], [1, 2]], r"0 stand in both directions"),
        ([[0, 1, 1, 0], [1, 0, 2, 1]], r"1 columns are repeated"),
        ([[0, 1, 2], [1, 0, 2]], r"1 are self-loops"),
    ],
)
def test_messages_that_the_estimator_would_pass_otherwise_are_refused(edges, sentence):
    data = a_data()
    data.edge_index = torch.tensor(edges)
    with pytest.raises(GraphError, match=sentence):
        to_estimator(PointGCN(8, 3), data)
    assert to_estimator(PointGCN(8, 3), vg.to_graph(data)).embedding_.shape == (120, 3)


def test_a_validation_edge_in_the_data_is_a_leak(split):
    with pytest.raises(LeakError):
        to_estimator(PointGCN(8, 3), a_data(), validation=split.val)


def test_a_decoder_of_another_kind_is_refused():
    class Bilinear(nn.Module):
        def forward(self, z, edge_index, sigmoid=True):
            raise NotImplementedError

    with pytest.raises(ValueError, match=r"decoder is a Bilinear.*give model\.encoder"):
        to_estimator(pyg.GAE(PointGCN(8, 3), Bilinear()), a_data())


@pytest.mark.parametrize("output", [{"z": torch.zeros(120, 2)}, torch.zeros(120), (torch.zeros(120, 2),) * 3])
def test_an_encoder_that_returns_something_else_is_refused(output):
    class Odd(nn.Module):
        def forward(self, x, edge_index):
            return output

    with pytest.raises(ValueError, match="an estimator needs z, or the pair"):
        to_estimator(Odd(), a_data())


def test_what_is_no_module_or_fixed_by_it_is_refused():
    with pytest.raises(TypeError, match="takes a trained module, got a int"):
        to_estimator(3, a_data())
    for name, value in {"latent_dim": 3, "dtype": "float64", "encoder": "gcn"}.items():
        with pytest.raises(ValueError, match=f"{name} is not to be given"):
            to_estimator(PointGCN(8, 3), a_data(), **{name: value})


def test_another_number_of_features_is_refused():
    with pytest.raises(ValueError, match=r"with x of 8 columns: .*features are those that it was trained on"):
        to_estimator(PointGCN(5, 3), a_data())


@pytest.mark.parametrize(
    ("weights", "error", "sentence"),
    [
        (None, ValueError, "not the weights of such an encoder"),
        ({name: weight * torch.nan for name, weight in PointGCN(8, 3).state_dict().items()}, DivergenceError,
         "With these weights the embedding is not finite"),
    ],
)  # fmt: skip
def test_weights_that_cannot_be_are_refused_by_adopt_which_leaves_nothing_behind(weights, error, sentence):
    estimator = vg.GAE(encoder=PointGCN(8, 3))
    if weights is not None:
        weights = {f"module.{name}": weight for name, weight in weights.items()}
    with pytest.raises(error, match=sentence):
        estimator.adopt(a_data(), weights)
    assert not [name for name in vars(estimator) if name.endswith("_")]


def test_weights_of_another_shape_are_refused_by_adopt_which_leaves_nothing_behind():
    estimator = vg.GAE(encoder=PointGCN(8, 3))
    weights = {f"module.{name}": weight for name, weight in PointGCN(8, 4).state_dict().items()}
    with pytest.raises(ValueError, match="not the weights of such an encoder"):
        estimator.adopt(a_data(), weights)
    assert not [name for name in vars(estimator) if name.endswith("_")]
