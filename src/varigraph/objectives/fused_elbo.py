"""The bound of two MLPs with its gradient in one pass: `ELBO` without autograd, where that is possible."""

from __future__ import annotations

import torch
from torch import Tensor

from varigraph.decoders import MLPDecoder
from varigraph.decoders.likelihoods import BernoulliLikelihood, GaussianLikelihood
from varigraph.distributions import DiagonalNormal, StandardNormalPrior
from varigraph.distributions.noise import standard_normal_like
from varigraph.distributions.normal import MAX_LOG_STD
from varigraph.encoders import MLPEncoder
from varigraph.nn import layer_gradients, layer_values
from varigraph.objectives.base import ObjectiveTerms
from varigraph.objectives.row_objective import RowParts

__all__ = ["can_be_fused", "fused_elbo"]


def can_be_fused(parts: RowParts) -> bool:
    """Whether `fused_elbo` knows the derivative of every part, and a gradient is wanted at all.

    Exact classes are asked for: a subclass may compute something else.
    """
    return (
        torch.is_grad_enabled()
        and type(parts.encoder) is MLPEncoder
        and type(parts.decoder) is MLPDecoder
        and type(parts.prior) is StandardNormalPrior
        and type(parts.decoder.likelihood) in (BernoulliLikelihood, GaussianLikelihood)
        and parts.encoder.posterior is DiagonalNormal
        and parts.encoder.network.is_fused
        and parts.decoder.network.is_fused
    )


@torch.no_grad()
def fused_elbo(parts: RowParts, rows: Tensor, *, beta: float, generator: torch.Generator) -> ObjectiveTerms:
    """What `ELBO(n_samples=1).terms` gives, from the same random numbers, and the same gradients with it.

    A step of a small network spends more time between its matrix products than in them: autograd keeps a
    node and a tensor for every operation. Here the parts' own derivatives are put together by hand.

    Args:
        parts: Such that `can_be_fused`.
        rows: shape (n_rows, n_features).
        beta: Weight of the divergence.
        generator: For the draw of z.

    References:
        Kingma & Welling (2014), equation 10 with L = 1.
    """
    assert isinstance(parts.encoder, MLPEncoder)
    assert isinstance(parts.decoder, MLPDecoder)
    encoder, decoder, likelihood = parts.encoder.network, parts.decoder.network, parts.decoder.likelihood
    of_encoder, of_decoder, _ = parts.weights
    inwards = layer_values(encoder.activation, rows, of_encoder)
    mean, log_std = inwards[-1].chunk(2, dim=1)
    capped = log_std.clamp(max=MAX_LOG_STD)
    std, noise = capped.exp(), standard_normal_like(mean, generator)
    variance_excess = (std * std).sub_(1)
    twice_kl = variance_excess.addcmul(mean, mean).sub_(capped, alpha=2)
    outwards = layer_values(decoder.activation, torch.addcmul(mean, std, noise), of_decoder)
    total, of_outputs, of_likelihood = likelihood.total_and_gradients(outwards[-1], rows)

    weight = beta / len(rows)
    of_z, decoder_gradients = layer_gradients(
        decoder.activation, of_outputs, of_decoder, outwards, of_rows_too=True, scale=-1 / len(rows)
    )
    of_posterior = torch.empty_like(inwards[-1])
    of_mean, of_log_std = of_posterior.chunk(2, dim=1)
    assert of_z is not None
    torch.add(of_z, mean, alpha=weight, out=of_mean)
    torch.mul(of_z, noise, out=of_log_std).mul_(std).add_(variance_excess, alpha=weight)
    of_log_std.masked_fill_(log_std > MAX_LOG_STD, 0)
    _, encoder_gradients = layer_gradients(
        encoder.activation, of_posterior, of_encoder, inwards, of_rows_too=False
    )
    weights = [weight for family in parts.weights for weight in family]
    found = (*encoder_gradients, *decoder_gradients, *(one.mul_(-1 / len(rows)) for one in of_likelihood))
    log_likelihood, kl = total.div_(len(rows)), twice_kl.sum().div_(2 * len(rows))
    loss = kl.mul(beta).sub_(log_likelihood)
    bound = -loss if beta == 1 else log_likelihood - kl
    gradients = tuple(zip(weights, found, strict=True))
    return ObjectiveTerms(loss, -log_likelihood, kl, elbo=bound, gradients=gradients)
