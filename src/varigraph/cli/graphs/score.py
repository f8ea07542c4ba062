"""`varigraph score` of a run on a graph: how likely a link each pair of a table is."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from varigraph.cli.console import say
from varigraph.cli.graphs import thresholds as t
from varigraph.cli.outputs import output_or_stdout
from varigraph.cli.standard_input import STANDARD_INPUT, readable_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from varigraph.models.graphs.base import GraphAutoencoder
    from varigraph.tables import EdgeColumns

__all__ = ["score"]


def score(context: typer.Context, run: Path, table: str, output: Path | None) -> str:
    """Writes the table with its new columns; in words what was written."""
    from varigraph.models import load
    from varigraph.tables import EdgeNames, append_columns, read_edge_columns

    told = context.params
    wish = t.Threshold(told["threshold"], told["target_precision"], told["target_density"])
    if table == STANDARD_INPUT and told["format"] is None:
        raise typer.BadParameter("standard input has no ending that says what it is; say --format.")
    model, base_rate = load(run), told["base_rate"]
    least = wish.lowest_logit(model, t.base_rate_of(model, base_rate))
    names = EdgeNames(told["source_column"], told["target_column"], use_weights=False)
    reading = {"header": not told["no_header"], "format": told["format"]}
    with readable_source(table) as path:
        rows = read_edge_columns(path, names, **reading)
        scores = _scores(model, rows, base_rate=base_rate, allow_unknown=told["allow_unknown"])
        if wish.is_given:
            scores["predicted"] = scores["logit"] >= least
        with output_or_stdout(output) as place:
            append_columns(path, place, scores, **reading)
            if not told["quiet"]:  # before a reader of standard output can go away
                say("\n".join([t.assumption(run, model, base_rate), *_remarks(scores)]))
    return f"{len(rows.source):,} pair{'' if len(rows.source) == 1 else 's'}"


def _scores(
    model: GraphAutoencoder, rows: EdgeColumns, *, base_rate: float | None, allow_unknown: bool
) -> dict[str, NDArray[Any]]:
    """The new columns; blank where a pair is none of two nodes."""
    import numpy as np

    from varigraph.graphs.node_lookup import check_nodes_known, find_nodes

    graph, ends = model.known_graph_, (rows.source, rows.target)
    positions = find_nodes(graph, ends)
    if not allow_unknown:
        advice = "Leave such rows out, or say --allow-unknown to get blanks there."
        check_nodes_known(graph, positions, ends, place=rows.place, advice=advice)
    is_pair = (positions >= 0).all(axis=1) & (positions[:, 0] != positions[:, 1])
    logits, probabilities = (np.full(len(positions), np.nan) for _ in range(2))
    logits[is_pair] = model.score_pairs(positions[is_pair])
    rate = t.base_rate_of(model, base_rate)
    probabilities[is_pair] = model.calibration_.probabilities(logits[is_pair], base_rate=rate)
    return {
        "logit": logits,
        "probability": probabilities,
        "known_edge": is_pair & graph.has_edges(positions),
    }


def _remarks(scores: dict[str, NDArray[Any]]) -> list[str]:
    """What stands in the table that is easily misread."""
    said = []
    if n_known := int(scores["known_edge"].sum()):
        said.append(
            f"Edges that the run was given (known_edge): {n_known:,}. Their probability is that of an "
            "unknown pair of the same logit."
        )
    if n_blank := sum(map(math.isnan, scores["logit"])):
        said.append(f"Left blank, because a row is no pair of two nodes: {n_blank:,}.")
    return said
