"""Encoders: from a graph's matrices to q(z), one file a member."""

from types import MappingProxyType

from varigraph.encoders.base import Encoder, GraphInputs
from varigraph.encoders.gcn import GCNEncoder
from varigraph.encoders.linear import LinearEncoder
from varigraph.encoders.module import ModuleEncoder
from varigraph.encoders.one_layer_gcn import OneLayerGCNEncoder

__all__ = [
    "ENCODERS",
    "Encoder",
    "GCNEncoder",
    "GraphInputs",
    "LinearEncoder",
    "ModuleEncoder",
    "OneLayerGCNEncoder",
]

ENCODERS: MappingProxyType[str, type[Encoder]] = MappingProxyType(
    {
        "gcn": GCNEncoder,
        "linear": LinearEncoder,
        "one_layer_gcn": OneLayerGCNEncoder,
        "module": ModuleEncoder,
    }
)
"""The family by registered name."""
