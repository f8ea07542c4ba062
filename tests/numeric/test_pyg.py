"""Layers and losses beside PyTorch Geometric's, in float64."""

import numpy as np
import pytest
import torch
from torch import nn

from small_graphs import a_graph, a_latent, inputs_of, target_of
from varigraph.decoders import InnerProductDecoder
from varigraph.distributions import Delta, DiagonalNormal, StandardNormalPrior
from varigraph.encoders import GCNEncoder
from varigraph.models import GAE as OurGAE
from varigraph.models import VGAE as OurVGAE
from varigraph.nn import GraphConvolution
from varigraph.objectives import BalancedSampledEdges
from varigraph.objectives import sampled_pairs as sampled_module

pytest.importorskip("torch_geometric")
from torch_geometric.nn import GAE, VGAE, GCNConv
from torch_geometric.utils import add_self_loops

GRAPH = a_graph()
INPUTS = inputs_of(GRAPH)
X = INPUTS.features.to_dense()


def pyg_layer(weight, **settings):
    layer = GCNConv(*weight.shape, bias=False, **settings).double()
    with torch.no_grad():
        layer.lin.weight.copy_(weight.T)
    return layer


def a_decoder():
    decoder = InnerProductDecoder()
    decoder.build(density=0.1)
    return decoder.double()


@pytest.mark.parametrize("self_loops", [True, False])
def test_a_layer_equals_gcnconv_in_value_and_gradient(self_loops):
    ours = GraphConvolution(7, 4, generator=torch.Generator().manual_seed(0)).double()
    theirs = pyg_layer(ours.weight.detach(), add_self_loops=self_loops)
    got = ours(inputs_of(GRAPH, self_loops=self_loops).adjacency, INPUTS.features)
    expected = theirs(X, INPUTS.edge_index)
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-13)
    got.square().sum().backward()
    expected.square().sum().backward()
    torch.testing.assert_close(ours.weight.grad, theirs.lin.weight.grad.T, rtol=1e-11, atol=1e-12)


def test_the_encoder_equals_two_gcnconvs():
    encoder = GCNEncoder((5,))
    encoder.build(7, 3, posterior=Delta, generator=torch.Generator().manual_seed(0))
    encoder.double()
    first, last = (pyg_layer(layer.weight.detach()) for layer in encoder.layers)
    expected = last(first(X, INPUTS.edge_index).relu(), INPUTS.edge_index)
    torch.testing.assert_close(encoder(INPUTS).mean, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("scale", [0.3, 1.0, 1.5])
def test_balanced_sampled_edges_equal_recon_loss_on_the_same_negatives(monkeypatch, scale):
    z = scale * a_latent(12)
    assert (z @ z.T).abs().max() < 15  # past it PyG's sigmoid(x) + 1e-15 is another function
    negatives = torch.randint(12, (GRAPH.n_edges, 2), generator=torch.Generator().manual_seed(1))
    monkeypatch.setattr(sampled_module, "uniform_pairs", lambda *_, **__: negatives)
    got = BalancedSampledEdges().reconstruction(z, a_decoder(), target_of(GRAPH), generator=torch.Generator())
    expected = GAE(nn.Identity()).recon_loss(z, torch.from_numpy(GRAPH.edges).T, negatives.T)
    # PyG adds 1e-15 to probabilities, the smallest of which is e⁻¹⁵ = 3e-7.
    torch.testing.assert_close(got, expected, rtol=1e-8, atol=0)


def test_our_kl_is_pygs_over_n():
    q = DiagonalNormal(a_latent(12), a_latent(12, seed=1))
    prior = StandardNormalPrior()
    prior.build(3, generator=torch.Generator())
    terms = BalancedSampledEdges()(
        q, prior.double()(), a_decoder(), target_of(GRAPH), generator=torch.Generator().manual_seed(0)
    )
    theirs = VGAE(nn.Identity()).kl_loss(q.mean, q.log_std)  # a mean over nodes
    # Its example then weighs that by 1/N: KL/N² in all, stated once here.
    torch.testing.assert_close(terms.kl, theirs / 12, rtol=1e-12, atol=0)


class PyGEncoder(nn.Module):
    """The public example's encoder, with the normalised adjacency kept between calls."""

    def __init__(self, n_inputs, *, variational):
        super().__init__()
        self.first = GCNConv(n_inputs, 8, cached=True)
        self.heads = nn.ModuleList(GCNConv(8, 3, cached=True) for _ in range(2 if variational else 1))

    def forward(self, x, edge_index):
        hidden = self.first(x, edge_index).relu()
        outputs = tuple(head(hidden, edge_index) for head in self.heads)
        return outputs if len(outputs) == 2 else outputs[0]


@pytest.mark.parametrize("model", [OurGAE, OurVGAE])
def test_an_encoder_that_caches_its_graph_fits_a_second_graph_too(model):
    module = PyGEncoder(7, variational=model is OurVGAE)
    settings = {"latent_dim": 3, "encoder": module, "max_epochs": 3, "random_state": 0}
    small, large = a_graph(), a_graph(n_nodes=30, n_edges=60, seed=1)
    both = model(**settings).fit(small, validation_fraction=0).fit(large, validation_fraction=0)
    alone = model(**settings).fit(large, validation_fraction=0)
    assert np.array_equal(both.embedding_, alone.embedding_)
    assert module.first._cached_edge_index is None


def test_a_gcnconv_module_learns_what_our_gcn_learns_from_the_same_weights():
    module = PyGEncoder(7, variational=False)
    x = inputs_of(GRAPH, features="tfidf").features.to_dense()
    model = OurGAE(encoder=module, latent_dim=3, max_epochs=5, dtype="float64", random_state=0)
    model.fit(GRAPH, validation_fraction=0)
    learnt = model.module_.encoder.module
    expected = learnt(x, add_self_loops(INPUTS.edge_index)[0][:, : INPUTS.edge_index.shape[1]])
    np.testing.assert_allclose(model.embedding_, expected.detach().numpy(), rtol=1e-12, atol=1e-14)
