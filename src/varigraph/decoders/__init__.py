"""Decoders: from latent vectors to the likelihood of pairs, one file a member."""

from types import MappingProxyType

from varigraph.decoders.base import AllPairsTerms, Decoder
from varigraph.decoders.inner_product import InnerProductDecoder

__all__ = ["DECODERS", "AllPairsTerms", "Decoder", "InnerProductDecoder"]

DECODERS: MappingProxyType[str, type[Decoder]] = MappingProxyType({"inner_product": InnerProductDecoder})
"""The family by registered name."""
