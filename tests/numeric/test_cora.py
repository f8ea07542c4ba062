"""Cora: every objective over all pairs against dense torch, and what training on it comes to."""

import pytest
import torch

from references import dense_labels, kipf_loss, mean_over_edges_and_rest, ordered_cross_entropy
from varigraph.datasets import load_dataset
from varigraph.decoders import InnerProductDecoder
from varigraph.models import GAE, VGAE
from varigraph.objectives import BernoulliAllPairs, GraphTarget, WeightedAllPairs

OFFSET = -4.0


@pytest.fixture(scope="module")
def cora(data_folder, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VARIGRAPH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield load_dataset("cora")


def unordered(logits, labels):
    above = torch.ones_like(labels, dtype=torch.bool).triu(1)
    return torch.nn.functional.binary_cross_entropy_with_logits(logits[above], labels[above], reduction="sum")


@pytest.mark.parametrize(
    ("objective", "dense"),
    [
        (BernoulliAllPairs(), unordered),
        (BernoulliAllPairs(pairs="ordered"), ordered_cross_entropy),
        (WeightedAllPairs(), kipf_loss),
        (WeightedAllPairs(self_loops_are_edges=False), mean_over_edges_and_rest),
    ],
    ids=["bernoulli", "bernoulli ordered", "weighted", "weighted labels A"],
)
def test_loss_and_gradient_equal_the_dense_ones(cora, objective, dense):
    decoder = InnerProductDecoder(offset=OFFSET)
    decoder.build(density=cora.density)
    drawn = 0.7 * torch.randn(cora.n_nodes, 16, generator=torch.Generator().manual_seed(0))
    z = drawn.clone().requires_grad_()
    target = GraphTarget(cora.n_nodes, torch.from_numpy(cora.edges))
    loss = objective.reconstruction(z, decoder.float(), target, generator=torch.Generator())
    loss.backward()

    exact = drawn.double().requires_grad_()
    expected = dense(exact @ exact.T + OFFSET, dense_labels(cora.edges, cora.n_nodes))
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    assert (z.grad - exact.grad).norm() < 1e-5 * exact.grad.norm()


@pytest.mark.parametrize("model", [GAE, VGAE])
def test_bernoulli_all_pairs_learns_probabilities_at_the_graphs_density(cora, model):
    fitted = model(latent_dim=16, objective="bernoulli_all_pairs", max_epochs=60, random_state=0)
    fitted.fit(cora, validation_fraction=0)
    z = torch.from_numpy(fitted.embedding_)
    logits = z @ z.T + fitted.module_.decoder.shift.detach()
    above = torch.ones_like(logits, dtype=torch.bool).triu(1)
    ratio = torch.sigmoid(logits[above]).mean().item() / cora.density
    assert 1 / 1.5 < ratio < 1.5
    # 5.08 million nats is N² ln 2 of ordered pairs, where a decoder without an offset stays; half of it here.
    assert fitted.history_[-1]["reconstruction"] < 60_000
