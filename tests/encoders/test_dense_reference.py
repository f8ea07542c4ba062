"""Each encoder's formula with the adjacency as a matrix."""

import numpy as np
import pytest
import torch

from references import DenseGraphConv, dense_normalised
from small_graphs import a_graph, inputs_of
from varigraph.distributions import Delta, DiagonalNormal
from varigraph.encoders import GCNEncoder, LinearEncoder, OneLayerGCNEncoder

GRAPH = a_graph()
X = torch.from_numpy(GRAPH.features.toarray())


def built(encoder, posterior):
    encoder.build(7, 3, posterior=posterior, generator=torch.Generator().manual_seed(0))
    return encoder.double()


def dense(self_loops):
    return dense_normalised(GRAPH.edges, 12, self_loops=self_loops)


@pytest.mark.parametrize("self_loops", [True, False])
def test_gcn_is_the_papers_two_layers_with_shared_first_weights(self_loops):
    encoder = built(GCNEncoder((5,), self_loops=self_loops), DiagonalNormal)
    q = encoder(inputs_of(GRAPH, self_loops=self_loops))
    first, last = (layer.weight.detach() for layer in encoder.layers)
    adjacency = dense(self_loops)
    hidden = DenseGraphConv(first, adjacency, torch.relu)(X)
    for got, weight in ((q.mean, last[:, :3]), (q.log_std, last[:, 3:])):
        torch.testing.assert_close(got, DenseGraphConv(weight, adjacency)(hidden), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("activation", "function"), [("tanh", torch.tanh), ("elu", torch.nn.functional.elu)])
def test_gcn_takes_as_many_layers_as_widths_and_the_activation_it_is_told(activation, function):
    encoder = built(GCNEncoder((6, 5), activation=activation), Delta)
    weights = [layer.weight.detach() for layer in encoder.layers]
    hidden = X
    for weight in weights[:-1]:
        hidden = DenseGraphConv(weight, dense(True), function)(hidden)
    expected = DenseGraphConv(weights[-1], dense(True))(hidden)
    torch.testing.assert_close(encoder(inputs_of(GRAPH)).mean, expected, rtol=1e-12, atol=1e-13)


def test_an_unknown_activation_is_refused_by_name():
    with pytest.raises(ValueError, match=r"no activation 'swish'; there are relu, tanh, elu"):
        built(GCNEncoder(activation="swish"), Delta)


def test_linear_is_one_product():
    encoder = built(LinearEncoder(), Delta)
    expected = dense(True) @ X @ encoder.layer.weight.detach()
    torch.testing.assert_close(encoder(inputs_of(GRAPH)).mean, expected, rtol=1e-12, atol=1e-13)


def test_one_layer_is_the_relu_of_one_product_and_leaves_log_sigma_free():
    encoder = built(OneLayerGCNEncoder(self_loops=False), DiagonalNormal)
    q = encoder(inputs_of(GRAPH, self_loops=False))
    product = dense(False) @ X @ encoder.layer.weight.detach()
    torch.testing.assert_close(q.mean, torch.relu(product[:, :3]), rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(q.log_std, product[:, 3:], rtol=1e-12, atol=1e-13)
    assert q.log_std.min() < 0


def test_a_node_without_edges_and_self_loops_is_at_the_origin():
    lonely = GRAPH.with_edges(GRAPH.edges[(GRAPH.edges != 4).all(axis=1)])
    encoder = built(LinearEncoder(self_loops=False), Delta)
    mean = encoder(inputs_of(lonely, self_loops=False)).mean
    assert mean[4].abs().max() == 0
    assert np.count_nonzero(mean.detach().abs().sum(dim=1)) > 6
