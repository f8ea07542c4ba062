"""Options that several verbs share, and the model that they describe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

if TYPE_CHECKING:
    from varigraph.graphs.graph import Graph
    from varigraph.models.base import GraphAutoencoder

__all__ = [
    "Data",
    "DeviceOption",
    "EncoderOption",
    "FeaturesOption",
    "JsonOption",
    "LatentDimOption",
    "MaxEpochsOption",
    "ModelOption",
    "ModelOptions",
    "NoHeaderOption",
    "ObjectiveOption",
    "PresetOption",
    "QuietOption",
    "SeedOption",
    "SourceColumnOption",
    "TableOptions",
    "TargetColumnOption",
    "WeightColumnOption",
    "refuse_others",
]

_TABLE_OPTIONS = "--source-column, --target-column, --weight-column and --no-header"
_LARGEST_SEED = 2**63 - 1  # what a split file and torch's generators hold


def _checked_device(device: str) -> str:
    if device not in ("auto", "cpu"):  # the others ask torch, whose import takes seconds
        from varigraph.training import resolve_device

        try:
            resolve_device(device)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
    return device


Data: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="DATA",
        help="A data set's name (see `varigraph datasets`), the path of an edge table, or a folder with a "
        "stored graph. A name wins over a file of that name; ./cora is the file.",
    ),
]
ModelOption: TypeAlias = Annotated[Literal["gae", "vgae"], typer.Option("--model", help="Which model.")]
PresetOption: TypeAlias = Annotated[
    Literal["default", "kipf2016"],
    typer.Option(help="Settings: ours, or the paper's to the letter."),
]
EncoderOption: TypeAlias = Annotated[
    Literal["gcn", "linear", "one_layer_gcn"] | None,
    typer.Option(help="In place of the preset's encoder."),
]
ObjectiveOption: TypeAlias = Annotated[
    Literal["balanced_sampled_edges", "weighted_all_pairs", "bernoulli_all_pairs"] | None,
    typer.Option(help="In place of the preset's objective."),
]
FeaturesOption: TypeAlias = Annotated[
    Literal["tfidf", "raw", "none"] | None,
    typer.Option(help="In place of the preset's use of features."),
]
LatentDimOption: TypeAlias = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Latent dimensions.")
]
MaxEpochsOption: TypeAlias = Annotated[int | None, typer.Option(min=1, metavar="N", help="The most epochs.")]
DeviceOption: TypeAlias = Annotated[
    str, typer.Option(metavar="NAME", callback=_checked_device, help="auto, cpu, cuda or cuda:N.")
]
SeedOption: TypeAlias = Annotated[
    int,
    typer.Option(
        min=0,
        max=_LARGEST_SEED,
        metavar="N",
        help="Seed of the split and of training; repeats count up from it.",
    ),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the record as JSON.")]
QuietOption: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Nothing on standard error but errors.")
]
SourceColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of one end of each edge.")
]
TargetColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of the other end.")
]
WeightColumnOption: TypeAlias = Annotated[str | None, typer.Option(metavar="NAME", help="Column of weights.")]
NoHeaderOption: TypeAlias = Annotated[
    bool,
    typer.Option("--no-header", help="The first line is an edge, not a header."),
]


@dataclass(frozen=True)
class TableOptions:
    """How an edge table is to be read."""

    source_column: str | None
    target_column: str | None
    weight_column: str | None
    no_header: bool

    def load(self, source: str) -> Graph:
        """The graph of a name or path.

        Raises:
            typer.BadParameter: Table options were given for something that is no table.
        """
        from varigraph.datasets.loading import load_graph, source_kind

        columns = {
            "source_column": self.source_column,
            "target_column": self.target_column,
            "weight_column": self.weight_column,
        }
        given: dict[str, Any] = {name: column for name, column in columns.items() if column is not None}
        if self.no_header:
            given["header"] = False
        if given and source_kind(source) != "table":
            raise typer.BadParameter(f"{source} is no edge table; {_TABLE_OPTIONS} are for those alone.")
        return load_graph(source, **given)


@dataclass(frozen=True)
class ModelOptions:
    """Which model with which settings; None leaves the preset's."""

    model: str
    preset: str
    encoder: str | None
    objective: str | None
    features: str | None
    latent_dim: int | None
    max_epochs: int | None
    device: str

    def build(self, seed: int) -> GraphAutoencoder:
        """The estimator, not fitted."""
        from varigraph.models import MODELS

        names = ("encoder", "objective", "features", "latent_dim", "max_epochs")
        changes = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return MODELS[self.model].from_preset(self.preset, random_state=seed, device=self.device, **changes)


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
        source = context.get_parameter_source(name)
        if name not in allowed and source is not None and source.name == "COMMANDLINE":
            shown = parameter.opts[0] if parameter.param_type_name == "option" else "DATA"
            raise typer.BadParameter(f"{shown} has no effect here: {because}.")
