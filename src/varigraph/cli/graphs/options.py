"""Options of models of graphs alone: how a graph is read, and what it is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

from varigraph.cli.options import GRAPHS

__all__ = [
    "AllowUnknownOption",
    "FeatureTableOption",
    "FeaturesOption",
    "NoRefitOption",
    "NodeTableOption",
    "ProtocolOption",
    "ReliabilityOption",
    "SourceColumnOption",
    "SplitByOption",
    "TargetColumnOption",
    "TestEdgesOption",
    "UnweightedOption",
    "WeightColumnOption",
]

AllowUnknownOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--allow-unknown",
        rich_help_panel=GRAPHS,
        help="Where an id is no node of the graph, leave blanks; else it is refused.",
    ),
]
FeaturesOption: TypeAlias = Annotated[
    Literal["tfidf", "raw", "none"] | None,
    typer.Option(rich_help_panel=GRAPHS, help="In place of the preset's use of features."),
]
NodeTableOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="FILE",
        help="A table of nodes: id, numeric columns, perhaps a label.",
    ),
]
FeatureTableOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="FILE",
        help="A bag of words: id, feature, perhaps value; one word a row.",
    ),
]
SourceColumnOption: TypeAlias = Annotated[
    str | None,
    typer.Option(rich_help_panel=GRAPHS, metavar="NAME", help="Column of one end of each edge."),
]
TargetColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(rich_help_panel=GRAPHS, metavar="NAME", help="Column of the other end.")
]
WeightColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(rich_help_panel=GRAPHS, metavar="NAME", help="Column of weights.")
]
UnweightedOption: TypeAlias = Annotated[
    bool,
    typer.Option("--unweighted", rich_help_panel=GRAPHS, help="Pass over the weights that the file has."),
]
SplitByOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="COLUMN",
        help="A column of the edge table, such as a date: train on the edges that come first by it, test on "
        "the last.",
    ),
]
TestEdgesOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="FILE",
        help="An edge table of what to test on, in place of edges at random. Trained on afterwards like "
        "all edges, unless --no-refit.",
    ),
]
NoRefitOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-refit",
        rich_help_panel=GRAPHS,
        help="Keep the evaluated model; do not train on all edges after.",
    ),
]
ProtocolOption: TypeAlias = Annotated[
    Literal["kipf", "heart"],
    typer.Option(
        rich_help_panel=GRAPHS,
        help="kipf: 85/5/10 at random, as many negatives. heart: HeaRT's fixed split of citeseer, "
        "500 hard negatives for each positive; repeats are then initialisations.",
    ),
]
ReliabilityOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="FILE",
        help="For a run: draw probabilities against what came true.",
    ),
]
