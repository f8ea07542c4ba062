"""Options that several verbs share, for models of either kind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import typer

__all__ = [
    "GRAPHS",
    "LARGEST_SEED",
    "ROWS",
    "Data",
    "DeviceOption",
    "EncoderOption",
    "FormatOption",
    "GraphEncoder",
    "GraphFormat",
    "GraphModel",
    "GraphObjective",
    "GraphPreset",
    "IdColumnOption",
    "JsonOption",
    "LabelColumnOption",
    "LatentDimOption",
    "MaxEpochsOption",
    "ModelOption",
    "NoHeaderOption",
    "ObjectiveOption",
    "PresetOption",
    "QuietOption",
    "RowEncoder",
    "RowFormat",
    "RowModel",
    "RowObjective",
    "RowPreset",
    "Run",
    "SeedOption",
    "TensorBoardOption",
    "is_given",
    "refuse_others",
]

GRAPHS, ROWS = "Graphs", "Vectors and images"
"""Titles in --help; an option under one of them is for models of that kind alone."""

GraphModel: TypeAlias = Literal["gae", "vgae"]
RowModel: TypeAlias = Literal["ae", "denoising_ae", "vae"]
GraphPreset: TypeAlias = Literal["default", "kipf2016"]
RowPreset: TypeAlias = Literal[
    "default", "aevb", "aevb_frey", "lecture2024", "talk2023", "pytorch_example", "static_mnist"
]
GraphEncoder: TypeAlias = Literal["gcn", "linear", "one_layer_gcn"]
RowEncoder: TypeAlias = Literal["mlp", "conv"]
GraphObjective: TypeAlias = Literal["balanced_sampled_edges", "weighted_all_pairs", "bernoulli_all_pairs"]
RowObjective: TypeAlias = Literal["elbo", "iwae", "wake_sleep"]
GraphFormat: TypeAlias = Literal["csv", "tsv", "parquet", "jsonl", "npz", "mtx", "graphml", "gexf", "gml"]
RowFormat: TypeAlias = Literal["csv", "tsv", "parquet", "jsonl", "npz", "npy"]

LARGEST_SEED = 2**63 - 1
"""What a split file and torch's generators hold."""


def _checked_device(device: str) -> str:
    if device not in ("auto", "cpu"):  # the others ask torch, whose import takes seconds
        from varigraph.training import resolve_device

        try:
            resolve_device(device)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    return device


Run: TypeAlias = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run folder, as `varigraph fit` leaves it.")
]
Data: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="DATA",
        show_default=False,
        help="A data set's name (see `varigraph datasets`), a file, a folder, or - for standard input. "
        "Graphs: an edge table, a sparse matrix, GraphML, GEXF or GML, a stored graph; by default stdlib. "
        "Vectors and images: a table, .npy or .npz, a folder of images; by default digits. A name wins over "
        "a file of that name; ./cora is the file.",
    ),
]
ModelOption: TypeAlias = Annotated[
    Literal[GraphModel, RowModel] | None,
    typer.Option(
        "--model",
        show_default=False,
        help="Which model: gae or vgae of a graph, ae, denoising_ae or vae of vectors and images. By default "
        "vae for a data set of vectors, and vgae for everything else.",
    ),
]
PresetOption: TypeAlias = Annotated[
    Literal[GraphPreset, RowPreset],
    typer.Option(
        help="Settings: ours (default), or those of a paper, a lecture or an example. kipf2016 is for "
        "graphs, the others are for vectors."
    ),
]
EncoderOption: TypeAlias = Annotated[
    Literal[GraphEncoder, RowEncoder] | None,
    typer.Option(help="In place of the preset's: mlp or conv (for images) of vectors, the others of graphs."),
]
ObjectiveOption: TypeAlias = Annotated[
    Literal[GraphObjective, RowObjective] | None,
    typer.Option(help="In place of the preset's: elbo, iwae or wake_sleep of a vae, the others of graphs."),
]
LatentDimOption: TypeAlias = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Latent dimensions.")
]
MaxEpochsOption: TypeAlias = Annotated[int | None, typer.Option(min=1, metavar="N", help="The most epochs.")]
DeviceOption: TypeAlias = Annotated[
    str, typer.Option(metavar="NAME", callback=_checked_device, help="auto, cpu, cuda or cuda:N.")
]
FormatOption: TypeAlias = Annotated[
    Literal[GraphFormat, RowFormat] | None,
    typer.Option("--format", help="What the file is, when its ending does not say."),
]
NoHeaderOption: TypeAlias = Annotated[
    bool,
    typer.Option("--no-header", help="The first line of a table is data, not a header."),
]
IdColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of ids: of vectors, or in --node-table.")
]
LabelColumnOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Column of labels: of vectors, or in --node-table, or an attribute of a graph file.",
    ),
]
SeedOption: TypeAlias = Annotated[
    int,
    typer.Option(
        min=0,
        max=LARGEST_SEED,
        metavar="N",
        help="Seed of the split and of training; repeats count up from it.",
    ),
]
TensorBoardOption: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--tensorboard",
        help="Log the training for TensorBoard in RUN/tensorboard; tensorboard --logdir runs shows it.",
    ),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the record as JSON.")]
QuietOption: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Nothing on standard error but errors.")
]


def is_given(context: typer.Context, name: str) -> bool:
    """Whether a parameter stood on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def refuse_others(context: typer.Context, allowed: frozenset[str], *, because: str) -> None:
    """Refuses arguments and options that would have no effect, rather than passing over them.

    Args:
        context: What was given.
        allowed: Parameters that have an effect.
        because: A clause for the message: why the others have none.

    Raises:
        typer.BadParameter: Another one was given; the message names it.
    """
    for parameter in context.command.params:
        name = str(parameter.name)
        if name not in allowed and is_given(context, name):
            shown = parameter.opts[0] if parameter.param_type_name == "option" else _shown(parameter)
            raise typer.BadParameter(f"{shown} has no effect here: {because}.")


def _shown(argument: Any) -> str:
    """What an argument is called in the help."""
    return str(argument.metavar or argument.name)
