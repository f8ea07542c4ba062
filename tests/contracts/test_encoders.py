"""Laws of every encoder."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from small_graphs import a_graph, inputs_of
from varigraph.distributions import Delta, DiagonalNormal
from varigraph.encoders import ENCODERS
from varigraph.graphs.graph import Graph

POSTERIORS = [Delta, DiagonalNormal]
N_LATENT = 3


class UserModule(nn.Module):
    """What a user might bring: mean over neighbours, then one matrix for each parameter."""

    def __init__(self, n_inputs, n_parameters):
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(n_inputs, N_LATENT) for _ in range(n_parameters))

    def forward(self, x, edge_index):
        gathered = torch.zeros_like(x).index_add(0, edge_index[1], x[edge_index[0]]) + x
        outputs = tuple(head(gathered) for head in self.heads)
        return outputs if len(outputs) > 1 else outputs[0]


def made(name, posterior, n_inputs=7, dtype=torch.float64, seed=0):
    encoder = (
        ENCODERS[name](UserModule(n_inputs, posterior.n_parameters)) if name == "module" else ENCODERS[name]()
    )
    encoder.build(n_inputs, N_LATENT, posterior=posterior, generator=torch.Generator().manual_seed(seed))
    return encoder.to(dtype)


def relabelled(graph, order):
    """The same graph with node `order[k]` in place k."""
    place = np.argsort(order)
    return Graph.from_edges(place[graph.edges], n_nodes=graph.n_nodes, features=graph.features[order])


both = pytest.mark.parametrize("posterior", POSTERIORS)
every = pytest.mark.parametrize("name", ENCODERS)


@every
@both
def test_an_encoder_returns_a_posterior_row_for_each_node(name, posterior):
    q = made(name, posterior)(inputs_of(a_graph()))
    assert isinstance(q, posterior)
    assert {tuple(tensor.shape) for tensor in q.tensors().values()} == {(12, N_LATENT)}


@every
@both
def test_relabelling_nodes_permutes_the_embedding(name, posterior):
    graph, order = a_graph(), np.random.default_rng(3).permutation(12)
    encoder = made(name, posterior)
    there = encoder(inputs_of(graph)).tensors()
    here = encoder(inputs_of(relabelled(graph, order))).tensors()
    for key, tensor in there.items():
        # Sums over neighbours run in another order.
        torch.testing.assert_close(here[key], tensor[order], rtol=1e-12, atol=1e-12)


@every
@both
def test_every_parameter_gets_a_gradient(name, posterior):
    encoder = made(name, posterior)
    q = encoder(inputs_of(a_graph()))
    sum(tensor.square().sum() for tensor in q.tensors().values()).backward()
    missing = [key for key, p in encoder.named_parameters() if p.grad is None or p.grad.abs().max() == 0]
    assert missing == []


@every
@both
def test_sparse_features_give_what_dense_ones_give(name, posterior):
    encoder = made(name, posterior)
    sparse, dense = inputs_of(a_graph()), inputs_of(a_graph(sparse=False))
    dense = replace(dense, features=sparse.features.to_dense())
    for key, tensor in encoder(sparse).tensors().items():
        torch.testing.assert_close(tensor, encoder(dense).tensors()[key], rtol=1e-12, atol=1e-12)


@every
@both
def test_no_features_give_what_the_identity_matrix_gives(name, posterior):
    encoder = made(name, posterior, n_inputs=12)
    none = inputs_of(a_graph(), features="none")
    identity = replace(none, features=torch.eye(12, dtype=torch.float64))
    for key, tensor in encoder(none).tensors().items():
        torch.testing.assert_close(tensor, encoder(identity).tensors()[key], rtol=1e-12, atol=1e-12)


@every
def test_float32_agrees_with_float64_to_its_digits(name):
    double = made(name, DiagonalNormal)(inputs_of(a_graph())).mean
    single = made(name, DiagonalNormal, dtype=torch.float32)(inputs_of(a_graph(), dtype=torch.float32)).mean
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), double, rtol=1e-4, atol=1e-5)


@every
def test_build_is_a_function_of_the_generator_and_of_nothing_else(name):
    first, again, other = (made(name, Delta, seed=seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(tensor, again[key]) for key, tensor in first.items())
    assert not any(torch.equal(tensor, other[key]) for key, tensor in first.items())


@every
def test_building_again_leaves_the_global_generator_alone(name):
    encoder, before = made(name, Delta), torch.random.get_rng_state()
    encoder.build(7, N_LATENT, posterior=Delta, generator=torch.Generator().manual_seed(1))
    assert torch.equal(before, torch.random.get_rng_state())


@every
def test_an_edge_that_is_not_there_changes_nothing_and_one_that_is_does(name):
    graph = a_graph()
    encoder = made(name, Delta)
    whole = encoder(inputs_of(graph)).mean
    fewer = encoder(inputs_of(graph.with_edges(graph.edges[1:]))).mean
    assert not torch.equal(whole, fewer)
