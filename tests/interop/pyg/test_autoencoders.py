"""Where the drop-in does better than PyG, and what it refuses."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from pyg_scripts import VariationalGCN, a_data
from varigraph.interop.pyg import GAE, VGAE, InnerProductDecoder

PAIR = torch.tensor([[0], [1]])
OTHER = torch.tensor([[2], [3]])


def a_latent(logit, other=0.0):
    """Four float32 nodes in 1-D: nodes 0 and 1 have the first logit, nodes 2 and 3 the second."""
    return torch.tensor([[1.0], [logit], [1.0], [other]], requires_grad=True)


@pytest.mark.parametrize("logit", [20.0, 60.0, 200.0])
def test_a_confident_non_edge_keeps_its_gradient(logit):
    z = a_latent(0.0, logit)
    GAE(nn.Identity()).recon_loss(z, PAIR, OTHER).backward()
    assert z.grad[3].item() == pytest.approx(1.0)  # σ(logit) · z_2


@pytest.mark.parametrize("logit", [-20.0, -60.0, -200.0])
def test_an_edge_that_seems_impossible_keeps_its_gradient_and_costs_its_logit(logit):
    z = a_latent(logit)
    loss = GAE(nn.Identity()).recon_loss(z, PAIR, OTHER)
    loss.backward()
    assert z.grad[1].item() == pytest.approx(-1.0)
    assert loss.item() == pytest.approx(-logit + 0.6931472)


def test_logits_that_share_a_float32_probability_are_ranked():
    z = torch.tensor([[1.0], [30.0], [1.0], [20.0]])
    assert torch.sigmoid(z[1]) == torch.sigmoid(z[3])
    assert GAE(nn.Identity()).test(z, PAIR, OTHER) == (1.0, 1.0)
    assert GAE(nn.Identity()).test(z, OTHER, PAIR) == (0.0, 0.5)


def test_a_bare_divergence_before_an_encode_is_refused():
    model = VGAE(nn.Identity())
    for arguments in ({}, {"mu": torch.zeros(2, 2)}, {"logstd": torch.zeros(2, 2)}):
        with pytest.raises(RuntimeError, match=r"call model\.encode\(x, edge_index\) before"):
            model.kl_loss(**arguments)
    assert model.kl_loss(torch.zeros(2, 2), torch.zeros(2, 2)) == 0
    assert model.__mu__ is None
    assert model.__logstd__ is None


def test_a_bare_divergence_is_that_of_the_last_encode_and_not_of_a_forward():
    model = VGAE(nn.Identity())
    zeros, ones = torch.zeros(2, 3), torch.ones(2, 3)
    model.encode((zeros, zeros))
    model.encode((ones, zeros))
    assert model((zeros, zeros)) == (zeros, zeros)
    assert model.kl_loss().item() == pytest.approx(1.5)


def test_a_subclass_may_override_encode_as_pyg_writes_it():
    class Own(VGAE):
        def encode(self, *args, **kwargs):
            self.__mu__, self.__logstd__ = self.encoder(*args, **kwargs)
            self.__logstd__ = self.__logstd__.clamp(max=0.5)
            return self.reparametrize(self.__mu__, self.__logstd__)

    model = Own(nn.Identity()).eval()
    ones = torch.ones(2, 3)
    assert torch.equal(model.encode((ones, ones)), ones)
    assert torch.equal(model.__logstd__, 0.5 * ones)
    assert model.kl_loss().item() == pytest.approx(3 * 0.5 * (torch.e + 1 - 1 - 1))


def test_log_std_is_capped_at_10():
    model = VGAE(nn.Identity())
    model.encode((torch.zeros(1, 1), torch.tensor([[500.0]])))
    assert model.__logstd__.item() == 10
    assert model.kl_loss().isfinite()


def test_a_model_is_copied_after_an_encode_and_its_copy_has_encoded_nothing():
    data, model = a_data(), VGAE(VariationalGCN(8, 2))
    model.encode(data.x, data.edge_index)
    twin = copy.deepcopy(model)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), twin.parameters(), strict=True))
    model.kl_loss().backward()
    with pytest.raises(RuntimeError, match="nothing has been encoded"):
        twin.kl_loss()


def test_an_encoder_that_returns_its_own_weights_adds_none_to_the_model():
    class Table(nn.Module):
        def __init__(self):
            super().__init__()
            self.mu, self.logstd = nn.Parameter(torch.zeros(3, 2)), nn.Parameter(torch.zeros(3, 2))

        def forward(self):
            return self.mu, self.logstd

    model = VGAE(Table())
    names = list(model.state_dict())
    model.encode()
    assert list(model.state_dict()) == names == ["encoder.mu", "encoder.logstd"]


def test_an_encoder_without_log_std_is_refused_by_a_vgae():
    with pytest.raises(ValueError, match="returns the pair"):
        VGAE(nn.Identity()).encode(torch.zeros(2, 2))


@pytest.mark.parametrize("given", [(PAIR[:, :0], OTHER), (PAIR, OTHER[:, :0])])
def test_no_pairs_are_refused_where_their_mean_would_be_nan(given):
    for method in (GAE(nn.Identity()).recon_loss, GAE(nn.Identity()).test):
        with pytest.raises(ValueError, match="edge_index holds no pairs"):
            method(torch.eye(4), *given)


WRONG_PAIRS = {
    "transposed": (torch.zeros(3, 2, dtype=torch.long), ValueError, r"got \(3, 2\); transpose it"),
    "in one dimension": (torch.tensor([0, 1]), ValueError, r"must have shape \(2, n_pairs\), got \(2,\)"),
    "an array": (np.zeros((2, 3), dtype=int), TypeError, "must be a tensor .* got a ndarray"),
    "of numbers with a point": (PAIR.float(), TypeError, r"whole numbers, got torch\.float32"),
    "beyond the nodes": (torch.tensor([[0], [4]]), ValueError, "names the node 4, but z has 4 rows"),
    "from the end": (torch.tensor([[-1], [1]]), ValueError, "names the node -1, but z has 4 rows"),
}


@pytest.mark.parametrize(("pairs", "error", "sentence"), WRONG_PAIRS.values(), ids=WRONG_PAIRS)
def test_pairs_that_are_none_are_refused_with_a_sentence(pairs, error, sentence):
    model = GAE(nn.Identity())
    calls = [(model.recon_loss, pairs), (model.recon_loss, PAIR, pairs), (model.test, pairs, PAIR)]
    for method, *given in calls:
        with pytest.raises(error, match=sentence):
            method(torch.eye(4), *given)


@pytest.mark.parametrize("given", [(PAIR, OTHER), (PAIR,)])
def test_the_pair_of_a_variational_encoder_is_sent_to_a_vgae(given):
    model = GAE(nn.Identity())
    z = model.encode((torch.eye(4), torch.eye(4)))
    with pytest.raises(TypeError, match="belongs in a VGAE"):
        model.recon_loss(z, *given)


def test_a_decoder_of_the_users_own_takes_latent_vectors_by_node_type():
    class Across(nn.Module):
        def forward(self, z, edge_index, sigmoid=True):
            value = (z["a"][edge_index[0]] * z["b"][edge_index[1]]).sum(dim=1)
            return torch.sigmoid(value) if sigmoid else value

    z = {"a": torch.ones(5, 1), "b": torch.tensor([[1.0], [2.0]])}
    positives, negatives = torch.tensor([[4], [0]]), torch.tensor([[3], [1]])
    model = GAE(nn.Identity(), Across())
    expected = (1 + torch.tensor([-1.0, 2.0]).exp()).log().sum().item()
    assert model.recon_loss(z, positives, negatives).item() == pytest.approx(expected, rel=1e-5)
    assert model.test(z, negatives, positives) == (1.0, 1.0)
    with pytest.raises(TypeError, match="z is a dict"):
        model.recon_loss(z, positives)


def test_pairs_of_one_logit_tie_wherever_they_stand():
    # torch's sigmoid of one number differs in its last bit along a tensor, by which PyG ranks these.
    z = torch.tensor([[2.2129], [-2.0459]], dtype=torch.float64)
    positives, negatives = torch.tensor([[0] * 16, [1] * 16]), torch.tensor([[0], [1]])
    assert GAE(nn.Identity()).test(z, positives, negatives) == (0.5, 16 / 17)


def test_scores_that_are_not_a_number_are_refused_by_test():
    with pytest.raises(ValueError, match="NaN"):
        GAE(nn.Identity()).test(torch.full((4, 1), torch.nan), PAIR, OTHER)


def test_drawn_negatives_are_no_reversed_positives():
    # Of three nodes two pairs are positive, in one direction; the one pair that is left scores −5.
    z = torch.tensor([[5.0, 0.0], [1.0, 1.0], [-1.0, 0.0]])
    positives = torch.tensor([[0, 1], [1, 2]])
    model = GAE(nn.Identity())
    expected = model.recon_loss(z, positives, torch.tensor([[0], [2]]))
    for _ in range(20):
        assert model.recon_loss(z, positives) == pytest.approx(expected.item())


class Noisy(nn.Module):
    """A decoder with dropout, batch normalisation and a count of its calls."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 1))
        self.n_calls = 0

    def forward(self, z, edge_index, sigmoid=True):
        self.n_calls += 1
        value = self.net(torch.cat([z[edge_index[0]], z[edge_index[1]]], dim=1)).squeeze(1)
        return torch.sigmoid(value) if sigmoid else value


def test_asking_a_decoder_for_its_logits_leaves_its_mode_statistics_and_the_generator_alone():
    model = GAE(nn.Identity(), Noisy())
    model.decoder.net[3].eval()
    z, pairs = torch.randn(6, 2, generator=torch.Generator().manual_seed(0)), torch.arange(6).view(2, 3)
    with torch.random.fork_rng():
        before = torch.get_rng_state()
        model.eval()
        model.test(z, pairs, pairs)
        assert torch.equal(before, torch.get_rng_state())
        model.train()
        model.decoder.net[3].eval()
        model.recon_loss(z, pairs, pairs)
    assert model.decoder.n_calls == 2 + 2 + 2  # once each way to see, then two sets of pairs each time
    assert [module.training for module in model.decoder.net] == [True, True, True, False]
    assert model.decoder.net[1].num_batches_tracked == 2  # by the loss alone


def test_another_decoder_is_asked_anew():
    model = GAE(nn.Identity(), Noisy())
    z, pairs = torch.randn(6, 2, generator=torch.Generator().manual_seed(0)), torch.arange(6).view(2, 3)
    model.test(z, pairs, pairs)
    model.decoder = Probabilities()
    assert model.recon_loss(z, pairs, pairs).item() == pytest.approx(-torch.tensor([0.3, 0.7]).log().sum())


class Probabilities(nn.Module):
    """The same probability of every pair, heedless of what is asked for."""

    def __init__(self, value=0.3):
        super().__init__()
        self.value = value

    def forward(self, z, edge_index, sigmoid=True):
        return torch.full((edge_index.shape[1],), self.value)


def test_a_decoder_whose_probabilities_are_none_is_refused():
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\]"):
        GAE(nn.Identity(), Probabilities(1.5)).recon_loss(torch.eye(4), PAIR, OTHER)


@pytest.mark.parametrize(("value", "loss"), [(0.0, 34.5388), (1.0, 15.9424)])
def test_a_decoders_own_certainty_costs_a_bounded_loss(value, loss):
    found = GAE(nn.Identity(), Probabilities(value)).recon_loss(torch.eye(4), PAIR, OTHER)
    assert found.item() == pytest.approx(loss, rel=1e-4)


def test_all_decoders_work_at_latent_vectors_of_zero():
    z = torch.zeros(4, 2)
    assert GAE(nn.Identity(), Probabilities(0.5)).recon_loss(z, PAIR, OTHER).item() == pytest.approx(
        1.3863, abs=1e-4
    )
    assert InnerProductDecoder().forward_all(z).tolist() == [[0.5] * 4] * 4
