"""`InnerProductDecoder`: its formula and its offset."""

import math

import pytest
import torch

from small_graphs import a_latent
from varigraph.decoders import InnerProductDecoder


def built(offset, density=0.01):
    decoder = InnerProductDecoder(offset=offset)
    decoder.build(density=density)
    return decoder.double()


@pytest.mark.parametrize(("offset", "shift"), [(None, 0.0), (-1.3, -1.3), ("learned", math.log(0.01 / 0.99))])
def test_a_logit_is_the_inner_product_plus_the_offset(offset, shift):
    z, pairs = a_latent(6), torch.tensor([[0, 1], [2, 2], [5, 3]])
    expected = torch.stack([z[i] @ z[j] + shift for i, j in pairs.tolist()])
    torch.testing.assert_close(built(offset)(z, pairs).logits, expected, rtol=1e-13, atol=1e-13)


def test_only_the_learned_offset_is_a_parameter():
    assert [name for name, _ in built("learned").named_parameters()] == ["shift"]
    assert list(built(None).parameters()) == list(built(0.5).parameters()) == []


@pytest.mark.parametrize("density", [0.0, 1.0])
def test_an_empty_and_a_complete_graph_start_at_a_finite_offset(density):
    assert torch.isfinite(built("learned", density).shift)


def test_building_again_starts_anew():
    decoder = built("learned")
    with torch.no_grad():
        decoder.shift.fill_(9)
    decoder.build(density=0.5)
    assert decoder.shift.item() == 0


def test_without_an_offset_the_mean_logit_of_all_entries_is_not_negative():
    z = a_latent(30, 4)
    every = torch.cartesian_prod(torch.arange(30), torch.arange(30))
    assert built(None)(z, every).logits.mean() >= -1e-12


def test_an_offset_of_another_word_is_refused():
    with pytest.raises(ValueError, match="offset must be None, a number or 'learned', got 'big'"):
        InnerProductDecoder(offset="big")
