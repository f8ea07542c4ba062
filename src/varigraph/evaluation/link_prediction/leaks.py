"""The refusal to score a model on edges that it has seen."""

from __future__ import annotations

from varigraph.errors import GraphError, LeakError
from varigraph.graphs.graph import Graph
from varigraph.graphs.splits import SplitPart

__all__ = ["check_no_leak"]


def check_no_leak(seen: Graph, part: SplitPart) -> None:
    """Refuses a message graph that holds a positive of the part, and a part that leaks itself.

    Args:
        seen: What a model has passed messages over, its `message_graph_`.
        part: What it is to be scored on.

    Raises:
        LeakError: With counts, an example by the user's ids, and what to do.
        GraphError: The model was fitted on other nodes, so positions mean nothing to it.
    """
    allowed = part.message_graph
    if seen.n_nodes != allowed.n_nodes:
        raise GraphError(
            f"The model was fitted on {seen.n_nodes:,} nodes, but the {part.name} part has "
            f"{allowed.n_nodes:,}; fit it on a message graph of the same split."
        )
    if seen.ids is not allowed.ids and seen.ids.tolist() != allowed.ids.tolist():
        raise GraphError(
            "The model was fitted on nodes with other ids, or in another order, than those of the "
            f"{part.name} part; fit it on a message graph of the same split."
        )
    _refuse_leak(
        seen, part, "The model has passed messages over", "Fit it on split.train, then evaluate again."
    )
    _refuse_leak(
        allowed, part, "Its own message graph holds", "Look at split.verify() and make the split anew."
    )


def _refuse_leak(graph: Graph, part: SplitPart, what: str, advice: str) -> None:
    leaked = graph.has_edges(part.positives)
    if not leaked.any():
        return
    source, target = (graph.ids.tolist()[position] for position in part.positives[leaked.argmax()])
    raise LeakError(
        f"{what} {int(leaked.sum()):,} of the {part.n_positives:,} {part.name} positives, such as "
        f"({source!r}, {target!r}); a score on edges that were shown says nothing about edges that were not. "
        f"{advice}"
    )
