"""A user's own module as an encoder: what is asked of it, and what is refused."""

import copy

import pytest
import torch
from torch import nn

from small_graphs import a_graph, inputs_of
from varigraph.distributions import Delta, DiagonalNormal
from varigraph.encoders import ModuleEncoder
from varigraph.graphs.graph import Graph
from varigraph.models import GAE, VGAE


class Constant(nn.Module):
    """Returns what it is told, and notes what it was given."""

    def __init__(self, output=None):
        super().__init__()
        self.head = nn.Linear(7, 3)
        self.output = output

    def forward(self, x, edge_index):
        return self.head(x) if self.output is None else self.output


class Weighted(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(7, 3)

    def forward(self, x, edge_index, edge_weight=None):
        weights = torch.ones_like(edge_index[0], dtype=x.dtype) if edge_weight is None else edge_weight
        return self.head(torch.zeros_like(x).index_add(0, edge_index[1], weights[:, None] * x[edge_index[0]]))


class Orphan(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))
        self.head = nn.Linear(7, 3)

    def forward(self, x, edge_index):
        return self.head(x) * self.scale


def built(module, posterior=Delta):
    encoder = ModuleEncoder(module)
    encoder.build(7, 3, posterior=posterior, generator=torch.Generator().manual_seed(0))
    return encoder.double()


def test_the_users_object_is_unchanged_bit_for_bit_by_fit():
    module = Constant()
    before = copy.deepcopy(module.state_dict())
    model = GAE(encoder=module, max_epochs=2, random_state=0).fit(a_graph(), validation_fraction=0)
    assert model.module_.encoder.module is not module
    assert all(torch.equal(before[key], tensor) for key, tensor in module.state_dict().items())
    assert all(p.grad is None for p in module.parameters())
    assert module.training


def test_two_fits_with_one_module_give_the_same_bits():
    module = Constant()
    first = GAE(encoder=module, max_epochs=3, random_state=0).fit(a_graph(), validation_fraction=0)
    second = GAE(encoder=first.module_.encoder.module, max_epochs=3, random_state=0)
    assert (first.embedding_ == second.fit(a_graph(), validation_fraction=0).embedding_).all()


def test_a_parameter_that_nothing_resets_is_refused_by_name():
    fitted = GAE(encoder=Constant(), max_epochs=1, random_state=0).fit(a_graph(), validation_fraction=0)
    for encoder in (Orphan(), ModuleEncoder(Orphan())):
        with pytest.raises(ValueError, match=r"parameters scale belong to no module with a reset_parameters"):
            fitted.set_params(encoder=encoder).fit(a_graph())
    assert fitted.embedding_.shape == (12, 3)  # what was refused has cost nothing


def test_the_name_module_alone_is_refused():
    with pytest.raises(ValueError, match="pass your own module itself"):
        GAE(encoder="module").fit(a_graph())


@pytest.mark.parametrize(
    ("posterior", "output", "sentence"),
    [
        (
            Delta,
            (torch.zeros(12, 3), torch.zeros(12, 3)),
            r"returned 2 tensor\(s\); it must return z alone \(a GAE\)",
        ),
        (
            DiagonalNormal,
            torch.zeros(12, 3),
            r"returned 1 tensor\(s\); it must return the tuple \(mean, log_std\)",
        ),
        (Delta, {"z": torch.zeros(12, 3)}, "returned a dict; it must return z alone"),
        (Delta, torch.zeros(11, 3), r"must return \(12, n_latent\), got \[\(11, 3\)\]"),
        (Delta, torch.zeros(12), r"must return \(12, n_latent\)"),
        (DiagonalNormal, (torch.zeros(12, 3), torch.zeros(12, 2)), r"must return \(12, n_latent\)"),
        (DiagonalNormal, (torch.zeros(12, 5), torch.zeros(12, 5)), "make the model with latent_dim=5"),
    ],
)
def test_wrong_outputs_are_refused_with_what_is_wanted(posterior, output, sentence):
    with pytest.raises(ValueError, match=sentence):
        built(Constant(output), posterior)(inputs_of(a_graph()))


def test_mean_and_log_std_may_come_in_a_list():
    mean, log_std = torch.ones(12, 3), torch.zeros(12, 3)
    q = built(Constant([mean, log_std]), DiagonalNormal)(inputs_of(a_graph()))
    assert torch.equal(q.mean, mean)
    assert torch.equal(q.log_std, log_std)


def test_a_gae_takes_the_latent_dimension_of_the_module():
    model = GAE(latent_dim=64, encoder=Constant(), max_epochs=1, random_state=0)
    assert model.fit(a_graph(), validation_fraction=0).embedding_.shape == (12, 3)


@pytest.mark.parametrize("model", [GAE, VGAE])
def test_a_module_for_the_other_model_is_refused_by_fit(model):
    output = (torch.zeros(12, 3), torch.zeros(12, 3)) if model is GAE else torch.zeros(12, 3)
    with pytest.raises(ValueError, match="The encoder module returned"):
        model(encoder=Constant(output), max_epochs=1).fit(a_graph(), validation_fraction=0)


def test_edge_weights_reach_a_module_that_has_a_place_for_them():
    plain = a_graph()
    weighted = Graph.from_edges(
        plain.edges, ids=plain.ids, features=plain.features, weights=[2.0] * plain.n_edges
    )
    encoder = built(Weighted())
    bias = encoder.module.head.bias
    once, twice = (encoder(inputs_of(graph)).mean - bias for graph in (plain, weighted))
    torch.testing.assert_close(twice, 2 * once, rtol=1e-12, atol=1e-12)


def test_edges_come_in_both_directions():
    seen = []

    class Spy(Constant):
        def forward(self, x, edge_index):
            seen.append(edge_index)
            return super().forward(x, edge_index)

    graph = a_graph()
    built(Spy())(inputs_of(graph))
    expected = {tuple(pair) for pair in graph.edges.tolist()} | {
        tuple(pair[::-1]) for pair in graph.edges.tolist()
    }
    assert {tuple(pair) for pair in seen[0].T.tolist()} == expected
    assert seen[0].shape == (2, 2 * graph.n_edges)
