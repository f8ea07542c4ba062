"""What docs/guide/errata.md says of graphs, modules and scores, claim by claim."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn import functional as F

import varigraph as vg
from references import dense_normalised, random_edges
from small_graphs import a_graph, a_latent, inputs_of, target_of
from varigraph.distributions import DiagonalNormal, StandardNormalPrior
from varigraph.graphs.matrices import normalised_adjacency
from varigraph.nn import GraphConvolution
from varigraph.objectives import GraphTarget

SEEDS = st.integers(0, 10_000)


def generator_of(seed=0):
    return torch.Generator().manual_seed(seed)


def double(value):
    return torch.tensor(value, dtype=torch.float64)


def an_encoder(**settings):
    """The paper's encoder of a normal posterior, 7 words to 3 latent dimensions."""
    encoder = vg.GCNEncoder((5,), **settings)
    encoder.build(7, 3, posterior=DiagonalNormal, generator=generator_of())
    return encoder.double()


# The graph


def test_a_shared_matrix_makes_mean_and_log_variance_equal():
    inputs, shared = inputs_of(a_graph()), GraphConvolution(7, 3, generator=generator_of()).double()
    mean = shared(inputs.adjacency, inputs.features)
    log_variance = shared(inputs.adjacency, inputs.features)
    assert torch.equal(mean, log_variance)
    # With log σ² = μ the divergence is ½ (μ² + e^μ − μ − 1), which is 0 at μ = 0 alone.
    both = torch.linspace(-3, 3, 601, dtype=torch.float64)
    divergence = 0.5 * (both.square() + both.exp() - both - 1)
    assert both[divergence < 1e-9].abs().max() < 1e-9


def test_the_heads_of_the_encoder_are_two():
    encoder = an_encoder()
    q = encoder(inputs_of(a_graph()))
    q.mean.sum().backward()
    gradient = encoder.layers[-1].weight.grad
    assert gradient[:, :3].abs().sum() > 0
    assert gradient[:, 3:].abs().sum() == 0
    assert (q.mean - q.log_std).abs().max() > 0.01


def test_without_self_loops_a_pair_swaps_its_features():
    pair, features = vg.Graph.from_edges([(0, 1)]), double([[1.0, 2.0], [3.0, 4.0]])
    bare = normalised_adjacency(pair, self_loops=False, dtype=torch.float64).to_dense()
    looped = normalised_adjacency(pair, dtype=torch.float64).to_dense()
    assert (bare @ features).tolist() == features.flip(0).tolist()
    torch.testing.assert_close(looped @ features, features.mean(dim=0).expand(2, 2))


@pytest.mark.parametrize("self_loops", [True, False])
def test_an_isolated_node_is_zero_without_self_loops(self_loops):
    graph = a_graph().with_edges(a_graph().edges[:3])
    encoder = an_encoder(self_loops=self_loops)
    q = encoder(inputs_of(graph, self_loops=self_loops))
    words = np.asarray(graph.features.sum(axis=1)).ravel()
    lonely = torch.from_numpy((graph.degrees == 0) & (words > 0))
    assert lonely.any()
    is_silent = (q.mean[lonely] == 0).all() and (q.std[lonely] == 1).all()
    assert bool(is_silent) is not self_loops


@given(seed=SEEDS, n_left=st.integers(1, 4))
def test_a_bipartite_graph_has_eigenvalue_minus_one_without_self_loops(seed, n_left):
    across = list(itertools.product(range(n_left), range(n_left, 7)))
    picked = np.random.default_rng(seed).permutation(len(across))[: len(across) // 2 + 1]
    eigenvalues = torch.linalg.eigvalsh(dense_normalised([across[k] for k in picked], 7, self_loops=False))
    assert eigenvalues[0].item() == pytest.approx(-1, abs=1e-12)


@given(seed=SEEDS, n_edges=st.integers(1, 20))
def test_with_self_loops_every_eigenvalue_is_above_minus_one(seed, n_edges):
    edges = random_edges(np.random.default_rng(seed), 7, n_edges)
    matrix = normalised_adjacency(vg.Graph.from_edges(edges, n_nodes=7), dtype=torch.float64).to_dense()
    eigenvalues = torch.linalg.eigvalsh(matrix)
    # The least is at least 2 · min (Ã_ii) − 1 (Gershgorin on D⁻¹(A + I)), and Ã_ii = 1/(degree + 1) ≥ 1/7.
    assert eigenvalues[0].item() >= 2 / 7 - 1 - 1e-12
    assert eigenvalues[-1].item() == pytest.approx(1, abs=1e-12)


def test_latent_vectors_after_a_relu_deny_no_edge():
    z = F.relu(a_latent(12))
    assert torch.sigmoid(z @ z.T).min() >= 0.5
    lecture = double([[1, 4], [4, 5], [6, 2]])
    assert (lecture @ lecture.T)[[0, 1, 0], [1, 2, 2]].tolist() == [24, 34, 14]
    assert (a_latent(12) @ a_latent(12).T).min() < 0


@given(seed=SEEDS)
def test_the_mean_inner_product_is_never_negative(seed):
    z = a_latent(6, seed=seed)
    assert (z @ z.T).mean().item() == pytest.approx(z.mean(dim=0).square().sum().item(), rel=1e-9, abs=1e-14)


def test_the_probabilities_of_all_graphs_sum_to_one_only_under_the_likelihood():
    decoder, z = vg.InnerProductDecoder(offset=-0.7), a_latent(3)
    decoder.build(density=0.5)
    pairs = [(0, 1), (0, 2), (1, 2)]
    some = [graph for k in (1, 2, 3) for graph in itertools.combinations(pairs, k)]
    empty = math.exp(-F.softplus((z @ z.T - 0.7)[[0, 0, 1], [1, 2, 2]]).sum().item())

    def total(objective):
        targets = [GraphTarget(3, torch.tensor(graph)) for graph in some]
        losses = [objective.reconstruction(z, decoder, one, generator=generator_of()) for one in targets]
        return sum(math.exp(-loss.item()) for loss in losses)

    assert total(vg.BernoulliAllPairs()) + empty == pytest.approx(1, rel=1e-12)
    assert total(vg.WeightedAllPairs()) > 1
    assert total(vg.BalancedSampledEdges()) > 1


def test_the_notebooks_divergence_is_divided_by_the_nodes_twice():
    autoencoders = pytest.importorskip("torch_geometric.nn.models.autoencoder")
    graph = a_graph()
    decoder = vg.InnerProductDecoder()
    decoder.build(density=graph.density)
    q, prior = DiagonalNormal(a_latent(12, seed=0), a_latent(12, seed=1)), StandardNormalPrior()
    prior.build(3, generator=generator_of())
    objectives = (vg.BalancedSampledEdges(), vg.BernoulliAllPairs())
    theirs, bound = (
        one(q, prior(), decoder, target_of(graph), generator=generator_of()) for one in objectives
    )
    notebook = (1 / 12) * autoencoders.VGAE(nn.Identity()).kl_loss(q.mean, q.log_std)
    torch.testing.assert_close(theirs.kl, notebook, rtol=1e-12, atol=0)
    torch.testing.assert_close(theirs.kl * 12**2, bound.kl, rtol=1e-12, atol=0)
    assert theirs.elbo is None
    assert bound.elbo == -bound.loss


# The module


class TalksGraphConv(nn.Module):
    """The talk's layer, with its plain tensors."""

    def __init__(self, adjacency, n_inputs, n_outputs):
        super().__init__()
        self.weight = torch.rand(n_inputs, n_outputs, generator=generator_of())
        self.adjacency = adjacency

    def forward(self, inputs):
        return self.adjacency @ (inputs @ self.weight)


def test_a_plain_tensor_is_not_learnt_saved_or_moved():
    talks, ours = TalksGraphConv(torch.eye(3), 7, 4), GraphConvolution(7, 4, generator=generator_of())
    assert (list(talks.parameters()), dict(talks.state_dict())) == ([], {})
    assert [name for name, _ in ours.named_parameters()] == list(ours.state_dict()) == ["weight"]
    with pytest.raises(ValueError, match="empty parameter list"):
        torch.optim.Adam(talks.parameters())
    assert not talks(torch.ones(3, 7)).requires_grad
    moved = talks.to("meta")
    assert (moved.weight.device.type, moved.adjacency.device.type) == ("cpu", "cpu")
    assert ours.to("meta").weight.device.type == "meta"


def test_weights_that_are_never_negative_undo_the_relu():
    graph = a_graph()
    adjacency, words = dense_normalised(graph.edges, 12).float(), torch.rand(12, 7, generator=generator_of())
    first, last = TalksGraphConv(adjacency, 7, 4), TalksGraphConv(adjacency, 4, 2)
    one_map = adjacency @ (adjacency @ (words @ (first.weight @ last.weight)))
    torch.testing.assert_close(last(F.relu(first(words))), one_map)
    signed = GraphConvolution(7, 4, generator=generator_of()).weight.detach()
    assert (adjacency @ (words @ signed) < 0).any()


class TalksHead(nn.Module):
    """The talk's `self.mean = self.mean(hidden)`."""

    def __init__(self):
        super().__init__()
        self.mean = nn.Linear(3, 2)

    def forward(self, hidden):
        self.mean = self.mean(hidden)
        return self.mean


class PlainHead:
    """The same outside PyTorch's watch."""

    def __init__(self):
        self.mean = nn.Linear(3, 2)

    def __call__(self, hidden):
        self.mean = self.mean(hidden)
        return self.mean


def test_a_module_cannot_be_replaced_by_its_output():
    with pytest.raises(TypeError, match="as child module 'mean'"):
        TalksHead()(torch.ones(1, 3))
    plain = PlainHead()
    plain(torch.ones(1, 3))
    with pytest.raises(TypeError, match="not callable"):
        plain(torch.ones(1, 3))


def test_a_second_forward_is_like_the_first_in_the_library():
    encoder, inputs = an_encoder(), inputs_of(a_graph())
    first, second = encoder(inputs), encoder(inputs)
    assert torch.equal(first.mean, second.mean)
    assert torch.equal(first.log_std, second.log_std)


# The score


def test_the_best_of_many_looks_at_noise_is_far_above_one_half():
    generator, labels = np.random.default_rng(0), np.repeat([1, 0], 100)
    aucs = np.array([roc_auc_score(labels, generator.normal(size=200)) for _ in range(200)])
    sd = math.sqrt(201 / (12 * 100 * 100))  # of the Mann-Whitney statistic without ties, per pair
    assert aucs.mean() == pytest.approx(0.5, abs=4 * sd / math.sqrt(200))
    assert aucs.max() > 0.5 + 2 * sd
    afresh = [roc_auc_score(labels, generator.normal(size=200)) for _ in range(200)]
    assert np.mean(afresh) < aucs.max() - sd


def test_validation_chooses_the_epoch_and_test_pairs_do_not():
    split = vg.split_edges(vg.load_graph("karate"), val=0.1, test=0.1, random_state=0)
    model = vg.VGAE(max_epochs=15, random_state=0).fit(split.train, validation=split.val)
    scores = [epoch["val_score"] for epoch in model.history_]
    assert scores[model.best_epoch_ - 1] == max(scores)
    before = model.embedding_.copy()
    vg.evaluate_links(model, split.test)
    assert np.array_equal(before, model.embedding_)
    assert not any(name.startswith("test") for name in model.history_[0])
