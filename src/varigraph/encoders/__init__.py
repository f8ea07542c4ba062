"""Encoders: from a graph's matrices, or from rows, to q(z); one file a member."""

from types import MappingProxyType
from typing import Any

from varigraph.encoders.base import Encoder, GraphInputs
from varigraph.encoders.conv import ConvEncoder
from varigraph.encoders.gcn import GCNEncoder
from varigraph.encoders.linear import LinearEncoder
from varigraph.encoders.mlp import MLPEncoder
from varigraph.encoders.module import ModuleEncoder, check_resettable, takes_edge_weight
from varigraph.encoders.one_layer_gcn import OneLayerGCNEncoder
from varigraph.encoders.row_encoder import RowEncoder

__all__ = [
    "ENCODERS",
    "ROW_ENCODERS",
    "ConvEncoder",
    "Encoder",
    "GCNEncoder",
    "GraphInputs",
    "LinearEncoder",
    "MLPEncoder",
    "ModuleEncoder",
    "OneLayerGCNEncoder",
    "RowEncoder",
    "check_resettable",
    "takes_edge_weight",
]

ENCODERS: MappingProxyType[str, type[Encoder]] = MappingProxyType(
    {
        "gcn": GCNEncoder,
        "linear": LinearEncoder,
        "one_layer_gcn": OneLayerGCNEncoder,
        "module": ModuleEncoder,
    }
)
"""Encoders of graphs by registered name."""

ROW_ENCODERS: MappingProxyType[str, Any] = MappingProxyType({"mlp": MLPEncoder, "conv": ConvEncoder})
"""Encoders of rows by registered name."""
