"""`MLP`, activations by name, and weights that start as torch's own do."""

import math

import pytest
import torch
from torch import nn

from small_rows import seeded
from varigraph.nn import ACTIVATIONS, MLP, activation_named, fan_in_uniform_, seeded_linear

TORCHS = {
    "relu": nn.ReLU(),
    "tanh": nn.Tanh(),
    "elu": nn.ELU(),
    "gelu": nn.GELU(),
    "softplus": nn.Softplus(),
    "sigmoid": nn.Sigmoid(),
    "identity": nn.Identity(),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_network_is_torchs_sequence_of_the_same_layers(name):
    network = MLP((6, 5, 4, 2), activation=name, generator=seeded()).double()
    first, second, last = network.layers
    referee = nn.Sequential(first, TORCHS[name], second, TORCHS[name], last)
    rows = torch.randn(3, 7, 6, generator=seeded(1), dtype=torch.float64)
    torch.testing.assert_close(network(rows), referee(rows), rtol=1e-13, atol=0)


def test_an_activation_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match=f"no activation 'cosine'; there are {', '.join(ACTIVATIONS)}"):
        activation_named("cosine")


def test_weights_and_offsets_start_uniformly_within_one_over_the_root_of_the_inputs():
    layer = seeded_linear(100, 400, generator=seeded())
    bound = 1 / math.sqrt(100)
    for values in (layer.weight, layer.bias):
        assert values.abs().max() <= bound
        # Of n uniform numbers the mean has the standard error b/√(3n), the mean square b²√(4/45n).
        n = values.numel()
        assert values.mean().abs() < 5 * bound / math.sqrt(3 * n)
        assert abs(values.square().mean() - bound**2 / 3) < 5 * bound**2 * math.sqrt(4 / (45 * n))


def test_the_range_is_that_of_torchs_own_layers():
    with torch.random.fork_rng():
        torch.random.default_generator.manual_seed(0)
        theirs = nn.Linear(50, 2_000).weight
    ours = seeded_linear(50, 2_000, generator=seeded()).weight
    # Of 100,000 uniform numbers the largest falls short of the bound by about one in 100,000.
    assert ours.abs().max().item() == pytest.approx(theirs.abs().max().item(), rel=1e-3)


def test_weights_come_from_the_generator_alone():
    before = torch.random.get_rng_state()
    first, again, other = (seeded_linear(4, 3, generator=seeded(seed)) for seed in (0, 0, 1))
    assert torch.equal(first.weight, again.weight)
    assert not torch.equal(first.weight, other.weight)
    assert torch.equal(before, torch.random.get_rng_state())


def test_filling_is_in_place_and_takes_no_inputs_for_one():
    values = torch.empty(5, 2)
    assert fan_in_uniform_(values, 0, generator=seeded()) is values
    assert values.abs().max() <= 1


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("widths", [(6, 2), (6, 5, 2), (6, 5, 4, 2)])
def test_gradients_of_weights_and_rows_are_those_of_torchs_sequence(name, widths):
    network = MLP(widths, activation=name, generator=seeded()).double()
    activations = [TORCHS[name]] * (len(network.layers) - 1) + [nn.Identity()]
    referee = nn.Sequential(*[one for pair in zip(network.layers, activations, strict=True) for one in pair])
    found = []
    for module in (network, referee):
        rows = torch.randn(3, 7, 6, generator=seeded(1), dtype=torch.float64).requires_grad_()
        module(rows).square().sum().backward()
        found.append([rows.grad, *(p.grad.clone() for p in network.parameters())])
        network.zero_grad(set_to_none=True)
    for ours, torchs in zip(*found, strict=True):
        # Not equal bits: products may be summed in another order.
        torch.testing.assert_close(ours, torchs, rtol=1e-12, atol=1e-14)


def test_a_network_that_is_used_twice_in_a_step_gets_the_sum_of_both_gradients():
    network = MLP((6, 5, 2), activation="relu", generator=seeded()).double()
    rows = torch.randn(8, 6, generator=seeded(1), dtype=torch.float64)
    (network(rows[:3]).sum() + network(rows[3:]).sum()).backward()
    twice = [p.grad.clone() for p in network.parameters()]
    network.zero_grad(set_to_none=True)
    network(rows).sum().backward()
    for one, both in zip(network.parameters(), twice, strict=True):
        torch.testing.assert_close(one.grad, both, rtol=1e-12, atol=1e-14)
