"""`varigraph predict`: the likeliest missing links of a finished run, under the user's ids."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from varigraph.cli import options as o
from varigraph.cli.console import is_terminal, say, show, show_json
from varigraph.cli.graphs import thresholds as t
from varigraph.cli.kinds import refuse_run
from varigraph.cli.outputs import ForceOption, check_output, output_or_stdout
from varigraph.cli.standard_input import readable_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from varigraph.graphs.graph import Graph

__all__ = ["predict"]

_HOW_MANY = 100
_SCORES = ("logit", "probability")
_SHOWN_ON_A_TERMINAL = 1_000  # rows; whoever asks for more wants a file


def predict(
    run: o.Run,
    *,
    top_k: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="K",
            help=f"How many links; {_HOW_MANY} by default, with a threshold all from it on.",
        ),
    ] = None,
    per_node: Annotated[
        bool,
        typer.Option("--per-node", help="The K likeliest of each node; a link may come at both its ends."),
    ] = False,
    nodes: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Only links of these nodes: a file with one id a line, or a table with a column id; - reads "
            "standard input.",
        ),
    ] = None,
    threshold: t.ThresholdOption = None,
    target_precision: t.TargetPrecisionOption = None,
    target_density: t.TargetDensityOption = None,
    base_rate: t.BaseRateOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="A table (.csv, .tsv, .parquet, .jsonl; .csv.gz, .tsv.gz); without it, a table to read on a "
            "terminal, and CSV into a pipe.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the links and what they assume as JSON.")
    ] = False,
    force: ForceOption = False,
    quiet: o.QuietOption = False,
) -> None:
    """List the likeliest missing links: pairs without an edge in the whole graph that the run was given.

    Every pair is looked at, so no better one is left out. Columns: source, target, logit, probability, rank.
    How large the probabilities are hangs on an assumption about how many links are missing, which is told.
    """
    from varigraph.tables.writing import WRITABLE_ENDINGS, write_table

    wish = _Wish(top_k, per_node, nodes, t.Threshold(threshold, target_precision, target_density))
    if as_json and output is not None:
        raise typer.BadParameter("it prints the links; -o writes them as a table.", param_hint="'--json'")
    check_output(output, WRITABLE_ENDINGS, force=force)
    refuse_run(run, "rows", because="predict lists missing links of a graph")
    answer = _answer(run, wish, base_rate)
    if as_json:
        show_json(answer.document())
        return
    if output is None and is_terminal():
        _show(answer, quiet=quiet)
        return
    with output_or_stdout(output) as path:
        write_table(path, answer.columns)
        if not quiet:  # before a reader of standard output can go away
            say("\n".join([answer.assumption, *answer.remarks]))
    if output is not None and not quiet:
        say(f"Wrote {output}: {answer.n_links:,} link{'' if answer.n_links == 1 else 's'}")


@dataclass(frozen=True)
class _Wish:
    """Which links are wanted."""

    top_k: int | None
    per_node: bool
    nodes: str | None
    threshold: t.Threshold

    def __post_init__(self) -> None:
        if self.per_node and self.top_k is None and self.threshold.is_given:
            raise typer.BadParameter(
                "say how many links each node is to have: --top-k K.", param_hint="'--per-node'"
            )

    @property
    def k(self) -> int | None:
        """How many; None for all from the threshold on."""
        return _HOW_MANY if self.top_k is None and not self.threshold.is_given else self.top_k


@dataclass(frozen=True, eq=False)
class _Answer:
    """Links, best first, and what is to be said with them.

    Attributes:
        columns: source, target, logit, probability, rank.
        base_rate: What the probabilities stand at.
        assumption: The same in words.
        threshold: The logit and the probability from which on pairs were taken; None where all were.
        best: The highest probability among the pairs asked for, threshold or not; None without a pair.
    """

    columns: dict[str, Any]
    base_rate: float
    assumption: str
    threshold: tuple[float, float] | None
    best: float | None

    @property
    def n_links(self) -> int:
        return len(self.columns["rank"])

    @property
    def remarks(self) -> list[str]:
        """From where on links were taken, or why there is none."""
        if self.n_links and self.threshold is not None:
            return ["Links start at a logit of {:.4g}, a probability of {:.3g}.".format(*self.threshold)]
        if self.n_links:
            return []
        if self.best is None:
            return ["There is no link to predict: every pair asked for is an edge."]
        return [f"No link reaches the threshold; the likeliest has a probability of {self.best:.3g}."]

    def document(self) -> dict[str, Any]:
        """All of it as JSON."""
        names = list(self.columns)
        rows = zip(*(column.tolist() for column in self.columns.values()), strict=True)
        return {
            "base_rate": self.base_rate,
            "assumption": self.assumption,
            "threshold": None if self.threshold is None else dict(zip(_SCORES, self.threshold, strict=True)),
            "remarks": self.remarks,
            "links": [dict(zip(names, row, strict=True)) for row in rows],
        }


def _answer(run: Path, wish: _Wish, base_rate: float | None) -> _Answer:
    import numpy as np

    from varigraph.models import load
    from varigraph.models.graphs.prediction import predicted_links

    model = load(run)
    rate = t.base_rate_of(model, base_rate)
    ids = None if wish.nodes is None else _nodes_in(wish.nodes, model.known_graph_)
    least = wish.threshold.lowest_logit(model, rate)
    take = functools.partial(predicted_links, model, per_node=wish.per_node, nodes=ids, base_rate=rate)
    columns = take(wish.k, least=least)
    best = columns["probability"] if len(columns["rank"]) else take(1, least=-math.inf)["probability"]
    lowest = float(model.calibration_.probabilities(np.array([least]), base_rate=rate)[0])
    return _Answer(
        columns=columns,
        base_rate=rate,
        assumption=t.assumption(run, model, base_rate),
        threshold=(least, lowest) if math.isfinite(least) else None,
        best=max(best.tolist(), default=None),
    )


def _nodes_in(file: str, graph: Graph) -> NDArray[Any]:
    """The ids in a file, each found to be a node; a file whose ending says nothing is text."""
    from varigraph.graphs.node_lookup import check_nodes_known, find_nodes
    from varigraph.tables import READABLE_ENDINGS, read_ids

    with readable_source(file) as path:
        listed = read_ids(path, format=None if path.casefold().endswith(READABLE_ENDINGS) else "csv")
        positions = find_nodes(graph, [listed.ids])
        check_nodes_known(
            graph, positions, [listed.ids], place=listed.place, advice="Leave out what is no node."
        )
    return graph.ids[positions[:, 0]]


def _show(answer: _Answer, *, quiet: bool) -> None:
    from varigraph.reporting.links import links_table

    shown = {name: column[:_SHOWN_ON_A_TERMINAL] for name, column in answer.columns.items()}
    show(links_table(shown))
    show(answer.assumption)
    left = answer.n_links - _SHOWN_ON_A_TERMINAL
    more = [f"And {left:,} more; -o FILE writes all of them."] if left > 0 else []
    if not quiet:
        for remark in (*more, *answer.remarks):
            say(remark)
