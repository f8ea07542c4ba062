"""Layers and kernels: the sparse product, products of pairs, graph convolution, initialisation."""

from varigraph.nn.gcn import GraphConvolution
from varigraph.nn.initialisation import glorot_
from varigraph.nn.pairs import pair_products, softplus_over_all_pairs
from varigraph.nn.spmm import spmm

__all__ = ["GraphConvolution", "glorot_", "pair_products", "softplus_over_all_pairs", "spmm"]
