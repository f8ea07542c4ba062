"""`MLPDecoder`: the network that its settings describe."""

import pytest
import torch

from small_rows import a_likelihood, seeded
from varigraph.decoders import MLPDecoder


def built(hidden_dims, activation="tanh"):
    decoder = MLPDecoder(hidden_dims, activation=activation)
    decoder.build(3, 16, likelihood=a_likelihood(), generator=seeded())
    return decoder.double()


@pytest.mark.parametrize("hidden_dims", [(), (5,), (5, 4, 6)])
def test_it_has_a_layer_a_width_and_one_for_the_rows(hidden_dims):
    weights = [layer.weight for layer in built(hidden_dims).network.layers]
    ins, outs = (3, *hidden_dims), (*hidden_dims, 16)
    assert [tuple(weight.shape) for weight in weights] == list(zip(outs, ins, strict=True))


def test_the_outputs_have_no_activation():
    decoder, z = built((5,), "sigmoid"), torch.randn(4, 3, generator=seeded(1), dtype=torch.float64)
    first, last = decoder.network.layers
    expected = torch.sigmoid(z @ first.weight.T + first.bias) @ last.weight.T + last.bias
    torch.testing.assert_close(decoder.outputs(z), expected, rtol=1e-12, atol=1e-13)


def test_with_the_identity_any_depth_is_affine():
    decoder, z = built((5, 4), "identity"), torch.randn(2, 3, generator=seeded(1), dtype=torch.float64)
    middle = decoder.outputs(z.mean(dim=0))
    torch.testing.assert_close(middle, decoder.outputs(z).mean(dim=0), rtol=1e-12, atol=1e-13)
