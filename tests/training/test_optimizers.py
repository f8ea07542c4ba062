"""`LeanAdam` is torch's fused Adam, state and all."""

import pytest
import torch
from torch import nn

from varigraph.training import LeanAdam


def trained(make, *, steps=7, idle=None):
    torch_generator = torch.Generator().manual_seed(0)
    weights = [nn.Parameter(torch.randn(4, 3, generator=torch_generator)), nn.Parameter(torch.ones(3))]
    optimizer = make(weights)
    for at in range(steps):
        for number, weight in enumerate(weights):
            weight.grad = None if number == idle else torch.sin(weight.detach() + at)
        optimizer.step()
    return weights, optimizer


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("idle", [None, 1])
def test_steps_are_torchs_bit_for_bit(weight_decay, idle):
    def groups(weights):
        return [{"params": weights[:1], "weight_decay": weight_decay}, {"params": weights[1:]}]

    ours, lean = trained(lambda weights: LeanAdam(groups(weights), lr=0.01), idle=idle)
    theirs, adam = trained(lambda weights: torch.optim.Adam(groups(weights), lr=0.01, fused=True), idle=idle)
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))
    assert str(lean.state_dict()["state"]) == str(adam.state_dict()["state"])


def test_a_state_that_was_stored_goes_on_as_if_it_had_not_been():
    def make(weights):
        return LeanAdam(weights, lr=0.1)

    whole, _ = trained(make, steps=7)
    half, optimizer = trained(make, steps=4)
    again = LeanAdam(half, lr=0.1)
    again.load_state_dict(optimizer.state_dict())
    for at in range(4, 7):
        for weight in half:
            weight.grad = torch.sin(weight.detach() + at)
        again.step()
    assert all(torch.equal(a, b) for a, b in zip(whole, half, strict=True))


def test_a_closure_is_refused():
    with pytest.raises(ValueError, match="takes no closure"):
        LeanAdam([nn.Parameter(torch.ones(1))], lr=0.1).step(lambda: 0.0)
