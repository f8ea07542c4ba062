"""Layers and kernels: fully connected and graph convolution, the sparse product, products of pairs."""

from varigraph.nn.activations import ACTIVATIONS, activation_named
from varigraph.nn.conv import DoublingConvolution, HalvingConvolution, halved_sizes, image_dimensions
from varigraph.nn.gcn import GraphConvolution
from varigraph.nn.initialisation import fan_in_uniform_, glorot_
from varigraph.nn.mlp import MLP, layer_gradients, layer_values, seeded_linear
from varigraph.nn.pairs import pair_products, softplus_over_all_pairs
from varigraph.nn.spmm import spmm

__all__ = [
    "ACTIVATIONS",
    "MLP",
    "DoublingConvolution",
    "GraphConvolution",
    "HalvingConvolution",
    "activation_named",
    "fan_in_uniform_",
    "glorot_",
    "halved_sizes",
    "image_dimensions",
    "layer_gradients",
    "layer_values",
    "pair_products",
    "seeded_linear",
    "softplus_over_all_pairs",
    "spmm",
]
