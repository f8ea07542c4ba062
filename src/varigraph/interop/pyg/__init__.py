"""PyG's graph autoencoders under their own names and signatures; PyG itself is not needed for them.

A script that trains with `torch_geometric.nn.VGAE` runs with the import line changed:

    from varigraph.interop.pyg import VGAE

What was trained so, here or there, becomes an estimator with `to_estimator`, and the parts of PyG's
`RandomLinkSplit` a split with `to_split`.
"""

from varigraph.interop.pyg.autoencoders import GAE, VGAE
from varigraph.interop.pyg.decoders import InnerProductDecoder
from varigraph.interop.pyg.estimators import to_estimator
from varigraph.interop.pyg.splits import to_split

__all__ = ["GAE", "VGAE", "InnerProductDecoder", "to_estimator", "to_split"]
