"""`varigraph score`: what a model says of each row of a table, beside the user's own columns."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from varigraph.cli import options as o
from varigraph.cli.console import say
from varigraph.cli.graphs import options as g
from varigraph.cli.graphs import score as graph_score
from varigraph.cli.graphs import thresholds as t
from varigraph.cli.kinds import Kind, kind_of_run, refuse_other_kind
from varigraph.cli.outputs import ForceOption, check_output
from varigraph.cli.rows import options as r
from varigraph.cli.rows import score as row_score

__all__ = ["score"]

_SCORE_OF: dict[Kind, ModuleType] = {"graphs": graph_score, "rows": row_score}


def score(
    context: typer.Context,
    run: o.Run,
    table: Annotated[
        str,
        typer.Argument(
            metavar="PAIRS|ROWS",
            help="For a graph a table with the ids of a pair in each row; for vectors and images rows as "
            "`varigraph fit` takes them. - reads standard input.",
        ),
    ],
    *,
    format: Annotated[
        o.RowFormat | None,
        typer.Option("--format", help="What PAIRS or ROWS is, when its ending does not say."),
    ] = None,
    no_header: o.NoHeaderOption = False,
    source_column: g.SourceColumnOption = None,
    target_column: g.TargetColumnOption = None,
    allow_unknown: g.AllowUnknownOption = False,
    base_rate: t.BaseRateOption = None,
    threshold: t.ThresholdOption = None,
    target_precision: t.TargetPrecisionOption = None,
    target_density: t.TargetDensityOption = None,
    contamination: r.ContaminationOption = None,
    samples: r.SamplesOption = None,
    columns: r.ColumnsOption = None,
    array: r.ArrayOption = None,
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
    """Add scores to a table: to pairs how likely a link they are, to vectors how likely the model finds them.

    Your rows and columns stay as they are, in their order. Pairs get logit, probability and known_edge (true
    where the graph that the run was given has the edge; its probability is then that of an unknown pair of
    the same logit), with a threshold also predicted; a pair of a node with itself is left blank. Vectors get
    reconstruction_log_likelihood, of a vae also log_likelihood and its standard_error, all in nats; with
    --contamination also percentile and anomaly. What is no table, such as images, comes out under its ids.
    """
    from varigraph.tables import WRITABLE_ENDINGS

    check_output(output, WRITABLE_ENDINGS, force=force)
    kind = kind_of_run(run)
    refuse_other_kind(context, kind, what=f"{run} is none of those")
    written = _SCORE_OF[kind].score(context, run, table, output)
    if output is not None and not quiet:
        say(f"Wrote {output}: {written}")
