"""`varigraph score`: how likely a link each pair of a table is, beside the user's own columns."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from varigraph.cli import options as o
from varigraph.cli import thresholds as t
from varigraph.cli.console import say
from varigraph.cli.outputs import ForceOption, check_output, output_or_stdout
from varigraph.cli.standard_input import STANDARD_INPUT, readable_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from varigraph.models.graphs.base import GraphAutoencoder
    from varigraph.tables import EdgeColumns

__all__ = ["score"]


def score(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `varigraph fit` leaves it.")],
    pairs: Annotated[
        str,
        typer.Argument(
            metavar="PAIRS", help="A table with the ids of a pair in each row; - reads standard input."
        ),
    ],
    *,
    source_column: o.SourceColumnOption = None,
    target_column: o.TargetColumnOption = None,
    no_header: o.NoHeaderOption = False,
    format: Annotated[
        Literal["csv", "tsv", "parquet", "jsonl"] | None,
        typer.Option("--format", help="What PAIRS is, when its ending does not say."),
    ] = None,
    allow_unknown: Annotated[
        bool,
        typer.Option(
            "--allow-unknown", help="Where an id is no node of the graph, leave blanks; else it is refused."
        ),
    ] = False,
    base_rate: t.BaseRateOption = None,
    threshold: t.ThresholdOption = None,
    target_precision: t.TargetPrecisionOption = None,
    target_density: t.TargetDensityOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A table (.csv, .tsv, .parquet, .jsonl; .csv.gz, .tsv.gz); without it, CSV on standard "
            "output.",
        ),
    ] = None,
    force: ForceOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """Add logit, probability and known_edge to a table of pairs; with a threshold, also predicted.

    Your rows and columns stay as they are, in their order. known_edge is true where the graph that the run
    was given has the edge; its probability is then that of an unknown pair of the same logit. predicted is
    true from the threshold on. A pair of a node with itself is left blank.
    """
    from varigraph.models import load
    from varigraph.tables import WRITABLE_ENDINGS, EdgeNames, append_columns, read_edge_columns

    wish = t.Threshold(threshold, target_precision, target_density)
    check_output(output, WRITABLE_ENDINGS, force=force)
    if pairs == STANDARD_INPUT and format is None:
        raise typer.BadParameter("standard input has no ending that says what it is; say --format.")
    model = load(run)
    least = wish.lowest_logit(model, t.base_rate_of(model, base_rate))
    names = EdgeNames(source_column, target_column, use_weights=False)
    with readable_source(pairs) as path:
        rows = read_edge_columns(path, names, header=not no_header, format=format)
        scores = _scores(model, rows, base_rate=base_rate, allow_unknown=allow_unknown)
        if wish.is_given:
            scores["predicted"] = scores["logit"] >= least
        with output_or_stdout(output) as place:
            append_columns(path, place, scores, header=not no_header, format=format)
            if not quiet:  # before a reader of standard output can go away
                say("\n".join([t.assumption(run, model, base_rate), *_remarks(scores)]))
    if output is not None and not quiet:
        say(f"Wrote {output}: {len(rows.source):,} pair{'' if len(rows.source) == 1 else 's'}")


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
