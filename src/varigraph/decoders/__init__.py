"""Decoders: from latent vectors to the likelihood of pairs, or of rows; one file a member."""

from types import MappingProxyType
from typing import Any

from varigraph.decoders.base import AllPairsTerms, Decoder
from varigraph.decoders.conv import ConvDecoder
from varigraph.decoders.inner_product import InnerProductDecoder
from varigraph.decoders.likelihoods import LIKELIHOODS, BernoulliLikelihood, GaussianLikelihood, Likelihood
from varigraph.decoders.mlp import MLPDecoder
from varigraph.decoders.row_decoder import RowDecoder

__all__ = [
    "DECODERS",
    "LIKELIHOODS",
    "ROW_DECODERS",
    "ConvDecoder",
    "AllPairsTerms",
    "BernoulliLikelihood",
    "Decoder",
    "GaussianLikelihood",
    "InnerProductDecoder",
    "Likelihood",
    "MLPDecoder",
    "RowDecoder",
]

DECODERS: MappingProxyType[str, type[Decoder]] = MappingProxyType({"inner_product": InnerProductDecoder})
"""Decoders of pairs by registered name."""

ROW_DECODERS: MappingProxyType[str, Any] = MappingProxyType({"mlp": MLPDecoder, "conv": ConvDecoder})
"""Decoders of rows by registered name."""
