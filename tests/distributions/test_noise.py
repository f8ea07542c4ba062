"""Random numbers where they are wanted: shape, dtype and device of the tensor, values of the generator."""

import pytest
import torch

from varigraph.distributions.noise import bernoulli_draw, categorical_draw, standard_normal_like


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


DRAWS = {
    "normal": lambda device: standard_normal_like(torch.empty(50, 3, device=device), generator()),
    "bernoulli": lambda device: bernoulli_draw(torch.full((50, 3), 0.3, device=device), generator()),
    "categorical": lambda device: categorical_draw(torch.ones(4, device=device), 50, generator()),
}


@pytest.mark.parametrize("name", DRAWS)
def test_draws_are_a_function_of_the_generator(name):
    before = torch.random.get_rng_state()
    assert torch.equal(DRAWS[name]("cpu"), DRAWS[name]("cpu"))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_normal_numbers_take_shape_and_dtype_of_a_view_without_memory_of_its_own():
    view = torch.zeros(1, 3, dtype=torch.float64).expand(4, 3)
    noise = standard_normal_like(view, generator())
    assert noise.shape == (4, 3)
    assert noise.dtype == torch.float64
    assert noise.unique().numel() == 12


def test_positions_come_up_in_proportion_to_their_weights():
    n = 40_000
    weights = torch.tensor([1.0, 0.0, 3.0])
    shares = categorical_draw(weights, n, generator()).bincount(minlength=3) / n
    error = (0.25 * 0.75 / n) ** 0.5
    assert shares[1] == 0
    assert abs(shares[0] - 0.25) < 5 * error


@pytest.mark.gpu
@pytest.mark.parametrize("name", DRAWS)
def test_a_generator_of_the_cpu_draws_the_same_for_a_graphics_card(name):
    there = DRAWS[name]("cuda")
    assert there.is_cuda
    assert torch.equal(there.cpu(), DRAWS[name]("cpu"))
