"""`MLPEncoder`: the network that its settings describe."""

import pytest
import torch

from small_rows import seeded
from varigraph.distributions import Delta, DiagonalNormal
from varigraph.encoders import MLPEncoder


def built(hidden_dims, posterior=DiagonalNormal, activation="tanh"):
    encoder = MLPEncoder(hidden_dims, activation=activation)
    encoder.build(7, 3, posterior=posterior, generator=seeded())
    return encoder.double()


@pytest.mark.parametrize("hidden_dims", [(), (5,), (5, 4, 6)])
@pytest.mark.parametrize("posterior", [Delta, DiagonalNormal])
def test_it_has_a_layer_a_width_and_one_for_the_posteriors_parameters(hidden_dims, posterior):
    weights = [layer.weight for layer in built(hidden_dims, posterior).network.layers]
    ins = (7, *hidden_dims)
    outs = (*hidden_dims, 3 * posterior.n_parameters)
    assert [tuple(weight.shape) for weight in weights] == list(zip(outs, ins, strict=True))


def test_mean_and_log_std_share_the_hidden_layers():
    encoder, rows = built((5,)), torch.randn(4, 7, generator=seeded(1), dtype=torch.float64)
    first, last = encoder.network.layers
    hidden = torch.tanh(rows @ first.weight.T + first.bias)
    outputs = hidden @ last.weight.T + last.bias
    q = encoder(rows)
    torch.testing.assert_close(q.mean, outputs[:, :3], rtol=1e-12, atol=1e-13)
    torch.testing.assert_close(q.log_std, outputs[:, 3:], rtol=1e-12, atol=1e-13)


def test_without_hidden_layers_it_is_affine():
    encoder, rows = built(()), torch.randn(2, 7, generator=seeded(1), dtype=torch.float64)
    middle = encoder(rows.mean(dim=0, keepdim=True)).mean
    torch.testing.assert_close(middle, encoder(rows).mean.mean(dim=0, keepdim=True), rtol=1e-12, atol=1e-13)
