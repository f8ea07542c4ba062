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
]

_MODEL = "Model"
_TABLE = "Edge table"

Data: TypeAlias = Annotated[
    str,
    typer.Argument(help="A data set's name (see `varigraph datasets`) or the path of an edge table."),
]
ModelOption: TypeAlias = Annotated[
    Literal["gae", "vgae"], typer.Option("--model", help="Which model.", rich_help_panel=_MODEL)
]
PresetOption: TypeAlias = Annotated[
    Literal["default", "kipf2016"],
    typer.Option(help="Settings: ours, or the paper's to the letter.", rich_help_panel=_MODEL),
]
EncoderOption: TypeAlias = Annotated[
    Literal["gcn", "linear", "one_layer_gcn"] | None,
    typer.Option(help="In place of the preset's encoder.", rich_help_panel=_MODEL),
]
ObjectiveOption: TypeAlias = Annotated[
    Literal["balanced_sampled_edges", "weighted_all_pairs", "bernoulli_all_pairs"] | None,
    typer.Option(help="In place of the preset's objective.", rich_help_panel=_MODEL),
]
FeaturesOption: TypeAlias = Annotated[
    Literal["tfidf", "raw", "none"] | None,
    typer.Option(help="In place of the preset's use of features.", rich_help_panel=_MODEL),
]
LatentDimOption: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="Latent dimensions.", rich_help_panel=_MODEL)
]
MaxEpochsOption: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="The most epochs.", rich_help_panel=_MODEL)
]
DeviceOption: TypeAlias = Annotated[
    str, typer.Option(help="auto, cpu, cuda or cuda:N.", rich_help_panel=_MODEL)
]
SeedOption: TypeAlias = Annotated[
    int, typer.Option(min=0, help="Seed of the split and of training; repeats count up from it.")
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the record as JSON.")]
QuietOption: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]
SourceColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Column of one end of each edge.", rich_help_panel=_TABLE)
]
TargetColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Column of the other end.", rich_help_panel=_TABLE)
]
WeightColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Column of weights.", rich_help_panel=_TABLE)
]
NoHeaderOption: TypeAlias = Annotated[
    bool,
    typer.Option("--no-header", help="The first line is an edge, not a header.", rich_help_panel=_TABLE),
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
            typer.BadParameter: Table options were given for a data set that is no table.
        """
        from varigraph.datasets.loading import load_graph

        given: dict[str, Any] = {
            "source_column": self.source_column,
            "target_column": self.target_column,
            "weight_column": self.weight_column,
            "header": False if self.no_header else None,
        }
        try:
            return load_graph(source, **{name: value for name, value in given.items() if value is not None})
        except TypeError as error:
            raise typer.BadParameter(
                f"{source} is a data set; --source-column, --target-column, --weight-column and --no-header "
                "are for edge tables."
            ) from error


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
        """The estimator, not fitted.

        Raises:
            typer.BadParameter: The device is not there.
        """
        from varigraph.models import MODELS
        from varigraph.training import resolve_device

        try:
            resolve_device(self.device)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        names = ("encoder", "objective", "features", "latent_dim", "max_epochs")
        changes = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return MODELS[self.model].from_preset(self.preset, random_state=seed, device=self.device, **changes)
