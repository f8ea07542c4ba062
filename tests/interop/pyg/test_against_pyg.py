"""Against PyG itself, in float64: the same values, weights, draws and signatures."""

import inspect
import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from pyg_scripts import PointGCN, VariationalGCN, a_data
from varigraph.interop import pyg as ours

with warnings.catch_warnings():
    # PyG compiles a class with torch.jit, which warns, when it is first imported.
    warnings.simplefilter("ignore")
    from torch_geometric import nn as theirs

# PyG adds 1e-15 inside its logarithms: at a logit of 15, where 1 − σ is 3e-7, that moves a term by 3e-9.
CLOSE = {"rtol": 1e-6, "atol": 1e-6}
LIBRARIES = [ours, theirs]


@st.composite
def cases(draw, most=15.0):
    """Latent vectors whose inner products reach ±most, and positive and negative pairs."""
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**32 - 1)))
    n_nodes, n_latent = draw(st.integers(2, 12)), draw(st.integers(1, 5))
    z = torch.randn(n_nodes, n_latent, generator=generator, dtype=torch.float64)
    reach = (z @ z.T).abs().max()
    z = z * (draw(st.floats(0.1, most)) / reach).sqrt()
    # No pair is on both sides, in either direction: torch's sigmoid of one number differs in its last bit
    # between the vectorised and the last entries of a tensor, and PyG ranks by such differences.
    pairs = torch.combinations(torch.arange(n_nodes), with_replacement=True)
    pairs = pairs[torch.randperm(len(pairs), generator=generator)].T
    n_positives = draw(st.integers(1, pairs.shape[1] - 1))
    return z, pairs[:, :n_positives], pairs[:, n_positives:]


@given(cases())
def test_decoded_pairs_and_the_decoded_matrix_are_pygs(case):
    z, pairs, _ = case
    for sigmoid in (True, False):
        mine, its = (library.InnerProductDecoder() for library in LIBRARIES)
        torch.testing.assert_close(mine(z, pairs, sigmoid), its(z, pairs, sigmoid), **CLOSE)
        torch.testing.assert_close(mine.forward_all(z, sigmoid), its.forward_all(z, sigmoid), **CLOSE)
    mine, its = (library.GAE(nn.Identity()) for library in LIBRARIES)
    torch.testing.assert_close(mine.decode(z, pairs), its.decode(z, pairs), **CLOSE)


@given(cases())
def test_the_reconstruction_loss_and_its_gradient_are_pygs_for_given_negatives(case):
    z, positives, negatives = case
    found = []
    for library in LIBRARIES:
        leaf = z.clone().requires_grad_()
        loss = library.GAE(nn.Identity()).recon_loss(leaf, positives, negatives)
        loss.backward()
        found.append((loss.detach(), leaf.grad))
    torch.testing.assert_close(*found, **CLOSE)


@given(cases(), st.floats(-3, 12))
def test_the_divergence_is_pygs_of_given_and_of_encoded_parameters(case, shift):
    mu, logstd = case[0], case[0].flip(0) + shift  # some above the cap of 10
    mine, its = (library.VGAE(nn.Identity()) for library in LIBRARIES)
    torch.testing.assert_close(mine.kl_loss(mu, logstd), its.kl_loss(mu, logstd), **CLOSE)
    mine.encode((mu, logstd)), its.encode((mu, logstd))
    torch.testing.assert_close(mine.kl_loss(), its.kl_loss(), **CLOSE)
    torch.testing.assert_close(mine.kl_loss(mu=2 * mu), its.kl_loss(mu=2 * mu), **CLOSE)
    torch.testing.assert_close(mine.kl_loss(logstd=mu), its.kl_loss(logstd=mu), **CLOSE)


@given(cases())
def test_auc_and_average_precision_are_pygs(case):
    mine, its = (library.GAE(nn.Identity()).test(*case) for library in LIBRARIES)
    assert mine == pytest.approx(its, abs=1e-6)


@pytest.mark.parametrize("training", [True, False])
def test_the_same_seed_gives_pygs_draws_in_training_and_the_mean_in_evaluation(training):
    parameters = torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(0)).unbind()
    found = []
    for library in LIBRARIES:
        model = library.VGAE(nn.Identity()).train(training)
        with torch.random.fork_rng():
            torch.manual_seed(3)
            found.append(model.encode(parameters))
        assert torch.equal(model.__mu__, parameters[0])
        assert torch.equal(model.__logstd__, parameters[1])
    assert torch.equal(*found)
    assert torch.equal(found[0], parameters[0]) is not training


@pytest.mark.parametrize(("name", "encoder"), [("GAE", PointGCN), ("VGAE", VariationalGCN)])
def test_weights_load_from_either_library_into_the_other(name, encoder):
    data = a_data()
    for source, target in (LIBRARIES, LIBRARIES[::-1]):
        first, second = (getattr(library, name)(encoder(8, 4)) for library in (source, target))
        assert list(first.state_dict()) == list(second.state_dict())
        second.load_state_dict(first.state_dict())
        z = [model.eval().encode(data.x, data.edge_index) for model in (first, second)]
        assert torch.equal(*z)


class Weighted(nn.Module):
    """A decoder with a weight, and PyG's signature."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def reset_parameters(self):
        nn.init.constant_(self.scale, 0.5)

    def forward(self, z, edge_index, sigmoid=True):
        value = (z[edge_index[0]] * z[edge_index[1]] * self.scale).sum(dim=1)
        return torch.sigmoid(value) if sigmoid else value


def test_a_decoders_weights_have_pygs_names_and_its_reset_is_called_by_the_constructor():
    mine, its = (library.GAE(nn.Identity(), Weighted()) for library in LIBRARIES)
    assert list(mine.state_dict()) == list(its.state_dict()) == ["decoder.scale"]
    assert mine.decoder.scale.tolist() == its.decoder.scale.tolist() == 0.5


@pytest.mark.parametrize(("name", "encoder"), [("GAE", PointGCN), ("VGAE", VariationalGCN)])
def test_a_training_with_given_negatives_takes_pygs_path(name, encoder):
    data, negatives = a_data(dtype=torch.float64), torch.arange(120).view(2, 60)
    found = []
    for library in LIBRARIES:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            model = getattr(library, name)(encoder(8, 4).double())
            optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
            for _ in range(10):
                optimizer.zero_grad()
                z = model.encode(data.x, data.edge_index)
                loss = model.recon_loss(z, data.edge_index, negatives)
                loss = loss + (model.kl_loss() / data.num_nodes if name == "VGAE" else 0)
                loss.backward()
                optimizer.step()
        found.append(model.state_dict())
    # Adam divides by a gradient's size, so where one is nearly 0 the last digits count.
    torch.testing.assert_close(dict(found[0]), dict(found[1]), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["GAE", "VGAE", "InnerProductDecoder"])
def test_every_method_takes_what_pygs_takes(name):
    mine, its = (getattr(library, name) for library in LIBRARIES)
    own = {one for cls in its.__mro__ if "torch_geometric" in cls.__module__ for one in vars(cls)}
    methods = {one for one in own if callable(getattr(its, one)) and one[:2] != "__"} | {"__init__"}
    assert {"InnerProductDecoder": "forward_all"}.get(name, "recon_loss") in methods
    for method in methods:
        assert _arguments(getattr(mine, method)) == _arguments(getattr(its, method)), method


def _arguments(function):
    return [(one.name, one.kind, one.default) for one in inspect.signature(function).parameters.values()]


class Ignoring(nn.Module):
    """Probabilities whatever is asked for."""

    def forward(self, z, edge_index, sigmoid=True):
        return torch.sigmoid((z[edge_index[0]] * z[edge_index[1]]).sum(dim=1))


class OfDistance(nn.Module):
    """Probabilities that are no sigmoid of the value beside them."""

    def forward(self, z, edge_index, sigmoid=True):
        distance = (z[edge_index[0]] - z[edge_index[1]]).square().sum(dim=1) + 0.1
        return torch.exp(-distance) if sigmoid else -distance


@pytest.mark.parametrize("decoder", [Weighted, Ignoring, OfDistance, theirs.InnerProductDecoder])
@given(case=cases(most=5.0))  # past which exp(−distance) is 0 to PyG's 1e-15
def test_losses_and_scores_of_a_users_decoder_are_pygs(decoder, case):
    mine, its = (library.GAE(nn.Identity(), decoder()) for library in LIBRARIES)
    torch.testing.assert_close(mine.recon_loss(*case), its.recon_loss(*case), **CLOSE)
    assert mine.test(*case) == pytest.approx(its.test(*case), abs=1e-6)
