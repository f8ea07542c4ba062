"""`to_estimator`: an encoder that was trained with PyG as a fitted estimator of this library."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from varigraph.distributions import Delta
from varigraph.encoders import ModuleEncoder, takes_edge_weight
from varigraph.errors import GraphError
from varigraph.graphs.convert import to_graph
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits.edge_split import SplitPart
from varigraph.interop.pyg.decoders import InnerProductDecoder
from varigraph.models import GAE, VGAE
from varigraph.models.graphs.inputs import FeatureUse, Placement, graph_inputs
from varigraph.models.graphs.supervision import supervision
from varigraph.seeding import torch_generator

__all__ = ["to_estimator"]

_FIXED = {
    "latent_dim": "the width of what the encoder returns",
    "dtype": "that of the encoder's weights",
    "encoder": "the model's own",
}


def to_estimator(
    model: nn.Module,
    data: Any,
    *,
    validation: SplitPart | None = None,
    features: FeatureUse = "raw",
    edge_weight: bool | None = None,
    **settings: Any,
) -> GAE | VGAE:
    """A fitted estimator around an encoder that was trained with PyG, or with this module's `GAE` and `VGAE`.

    The encoder is copied with its weights; nothing is reset and nothing is trained. It then sees `data`,
    without what layers such as `GCNConv(cached=True)` remember of the graph they were trained on. The
    estimator does all that it does after `fit`, saving included; `varigraph.load(folder, encoder=module)`
    reads it again. Its own `fit` would train such an encoder anew, from reset weights.

    Args:
        model: A `GAE` or `VGAE` of either library with the inner product as its decoder, or an encoder alone,
            `encoder(x, edge_index)`.
        data: What the encoder sees: a PyG `Data` (`x`, `edge_index`, weights), a `Graph`, or a part of a
            split, whose message graph is taken (see `to_split`).
        validation: Held-out pairs, such as `split.val`, on which probabilities are calibrated. Without them
            the base rate alone turns logits into probabilities.
        features: "raw" passes x on as the encoder was trained on it; or as for `varigraph.GAE`.
        edge_weight: Whether the encoder gets the weights of the edges, as it did or did not in training. It
            must be said if `data` has some (`edge_weight`, or an `edge_attr` of one column) and the
            encoder's `forward` takes `edge_weight`.
        **settings: Further arguments of the estimator, such as `device`. `objective` states which loss the
            encoder was trained with; by default PyG's.

    Returns:
        `varigraph.VGAE` if the encoder returns (μ, log σ), `varigraph.GAE` if it returns z.

    Raises:
        GraphError: The edges of `data` do not stand in both directions, each once.
        LeakError: A validation edge is in `data`.
        TypeError: The model is no module.
        ValueError: The decoder is of another kind, the encoder returns something else or takes another number
            of features, it is not told whether it gets weights, or a setting is fixed by the encoder.

    Example:
        >>> from varigraph.datasets.karate import load_karate
        >>> class Rows(nn.Module):
        ...     def forward(self, x, edge_index):
        ...         return torch.eye(34)
        >>> to_estimator(Rows(), load_karate()).score_links([(0, 0), (0, 1)]).tolist()
        [1.0, 0.0]
    """
    encoder = _encoder_of(model)
    if fixed := sorted(settings.keys() & _FIXED.keys()):
        raise ValueError(f"{fixed[0]} is not to be given: it is {_FIXED[fixed[0]]}.")
    graph = supervision(data, validation, fraction=0.0, seed=0).message_graph
    _check_directions(data, graph)
    if not _passes_weights(encoder, graph, edge_weight):
        data, graph = _without_weights(data), replace(graph, weights=None)
    dtype: Literal["float32", "float64"] = "float64" if _is_double(encoder) else "float32"
    estimator, width = _kind(encoder, graph, getattr(torch, dtype), features)
    return estimator(latent_dim=width, encoder=encoder, features=features, dtype=dtype, **settings).adopt(
        data,
        {f"module.{name}": weight for name, weight in encoder.state_dict().items()},
        validation=validation,
    )


def _passes_weights(encoder: nn.Module, graph: Graph, edge_weight: bool | None) -> bool:
    """Whether the encoder gets weights; it must be said where it could get some.

    Raises:
        ValueError: It is not said, or cannot be as it is said.
    """
    takes_some, has_some = takes_edge_weight(encoder), graph.weights is not None
    if edge_weight and not (takes_some and has_some):
        lacking = "data has no edge weights" if takes_some else "encoder's forward takes no edge_weight"
        raise ValueError(f"edge_weight=True cannot be: the {lacking}.")
    if edge_weight is None and takes_some and has_some:
        raise ValueError(
            "The data has edge weights, and the encoder's forward takes edge_weight; with them its embedding "
            "is another one. Say edge_weight=True if it was trained with them, and edge_weight=False if it "
            "was called as encoder(x, edge_index)."
        )
    return bool(edge_weight)


def _without_weights(data: Any) -> Any:
    """The same graph, or part of a split, with edges that all count the same."""
    if isinstance(data, SplitPart):
        known = None if data.known_graph is None else replace(data.known_graph, weights=None)
        return replace(data, message_graph=replace(data.message_graph, weights=None), known_graph=known)
    return replace(to_graph(data), weights=None)


def _is_double(module: nn.Module) -> bool:
    return any(weight.dtype == torch.float64 for weight in module.parameters())


def _encoder_of(model: nn.Module) -> nn.Module:
    """The encoder of a model as PyG has it, or the module itself."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"to_estimator takes a trained module, got a {type(model).__name__}.")
    if not hasattr(model, "recon_loss"):
        return model
    decoder = model.decoder
    if not (isinstance(decoder, InnerProductDecoder) or _is_pygs_inner_product(decoder)):
        raise ValueError(
            f"The model's decoder is a {type(decoder).__name__}, but an estimator scores pairs by the inner "
            "product alone; give model.encoder if that is what you want."
        )
    encoder: Any = model.encoder
    assert isinstance(encoder, nn.Module)
    return encoder


def _is_pygs_inner_product(decoder: Any) -> bool:
    kind = type(decoder)
    return kind.__name__ == "InnerProductDecoder" and kind.__module__.startswith("torch_geometric.")


def _check_directions(data: Any, graph: Graph) -> None:
    """Refuses messages that an undirected simple graph would pass in other ways than the encoder knows."""
    if isinstance(data, Graph | SplitPart) or not hasattr(data, "edge_index"):
        return
    dropped = graph.dropped
    if dropped.reversed != graph.n_edges or dropped.duplicates or dropped.self_loops:
        raise GraphError(
            f"Of the {graph.n_edges:,} edges in edge_index, {dropped.reversed:,} stand in both directions; "
            f"{dropped.duplicates:,} columns are repeated, and {dropped.self_loops:,} are self-loops. The "
            "estimator passes messages over each edge once each way, so its embedding would not be your "
            "encoder's. Put edge_index right (T.ToUndirected, T.RemoveSelfLoops), or give "
            "varigraph.to_graph(data), which says that it may be."
        )


def _kind(
    encoder: nn.Module, graph: Graph, dtype: torch.dtype, features: FeatureUse
) -> tuple[type[GAE] | type[VGAE], int]:
    """Which estimator the encoder's output fits, and its latent dimension; tried on a copy that is reset."""
    inputs = graph_inputs(graph, Placement(torch.device("cpu"), dtype), features=features, self_loops=True)
    trial = ModuleEncoder(copy.deepcopy(encoder))
    trial.build(inputs.n_inputs, 1, posterior=Delta, generator=torch_generator(0))
    try:
        with torch.no_grad():
            output = trial.to("cpu", dtype).eval().module_output(inputs)
    except (RuntimeError, TypeError, IndexError, AssertionError) as error:
        raise ValueError(
            f"The encoder cannot be called as encoder(x, edge_index) with x of {inputs.n_inputs:,} columns: "
            f"{error}. Give data whose features are those that it was trained on."
        ) from error
    parts = list(output) if isinstance(output, tuple | list) else [output]
    if len(parts) not in (1, 2) or not all(isinstance(one, Tensor) and one.ndim == 2 for one in parts):
        raise ValueError(
            f"The encoder returns a {type(output).__name__}; an estimator needs z, or the pair (mu, logstd), "
            "of shape (n_nodes, n_latent)."
        )
    return (GAE if len(parts) == 1 else VGAE), parts[0].shape[1]
