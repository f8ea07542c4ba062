"""Options that several verbs share, and the model that they describe."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import typer

from varigraph.cli.standard_input import STANDARD_INPUT, readable_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from varigraph.graphs.files import GraphFormat
    from varigraph.graphs.graph import Graph
    from varigraph.models.graphs.base import GraphAutoencoder
    from varigraph.tensor_types import IndexPairs

__all__ = [
    "Data",
    "DataOptions",
    "DeviceOption",
    "EncoderOption",
    "FeatureTableOption",
    "FeaturesOption",
    "FormatOption",
    "IdColumnOption",
    "JsonOption",
    "LabelColumnOption",
    "LatentDimOption",
    "MaxEpochsOption",
    "ModelOption",
    "ModelOptions",
    "NoHeaderOption",
    "NodeTableOption",
    "ObjectiveOption",
    "PresetOption",
    "QuietOption",
    "SeedOption",
    "SourceColumnOption",
    "TargetColumnOption",
    "UnweightedOption",
    "WeightColumnOption",
    "refuse_others",
]

_DATA_OPTIONS = {
    "format": ("--format", "format"),
    "source_column": ("--source-column", "source_column"),
    "target_column": ("--target-column", "target_column"),
    "weight_column": ("--weight-column", "weight_column"),
    "unweighted": ("--unweighted", "use_weights"),
    "no_header": ("--no-header", "header"),
    "node_table": ("--node-table", "nodes"),
    "feature_table": ("--feature-table", "node_features"),
    "id_column": ("--id-column", "id_column"),
    "label_column": ("--label-column", "label_column"),
}
"""From a field of `DataOptions` to the option that people know, and the one that readers know."""
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
        help="A data set's name (see `varigraph datasets`), a file (an edge table, a sparse matrix, GraphML, "
        "GEXF or GML), a folder with a stored graph, or - for standard input. A name wins over a file of "
        "that name; ./cora is the file.",
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
FormatOption: TypeAlias = Annotated[
    Literal["csv", "tsv", "parquet", "jsonl", "npz", "mtx", "graphml", "gexf", "gml"] | None,
    typer.Option("--format", help="What the file is, when its ending does not say."),
]
NodeTableOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A table of nodes: id, numeric columns, perhaps a label."),
]
FeatureTableOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A bag of words: id, feature, perhaps value; one word a row."),
]
IdColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of ids in --node-table.")
]
LabelColumnOption: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Column of labels in --node-table, or attribute of a graph file."),
]
SourceColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of one end of each edge.")
]
TargetColumnOption: TypeAlias = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of the other end.")
]
WeightColumnOption: TypeAlias = Annotated[str | None, typer.Option(metavar="NAME", help="Column of weights.")]
UnweightedOption: TypeAlias = Annotated[
    bool, typer.Option("--unweighted", help="Pass over the weights that the file has.")
]
NoHeaderOption: TypeAlias = Annotated[
    bool,
    typer.Option("--no-header", help="The first line is an edge, not a header."),
]


@dataclass(frozen=True)
class DataOptions:
    """What is told about the source of a graph; the fields are called as the verbs' parameters."""

    format: GraphFormat | None = None
    source_column: str | None = None
    target_column: str | None = None
    weight_column: str | None = None
    unweighted: bool = False
    no_header: bool = False
    node_table: Path | None = None
    feature_table: Path | None = None
    id_column: str | None = None
    label_column: str | None = None

    @classmethod
    def of(cls, context: typer.Context) -> DataOptions:
        """What the verb of this context was told."""
        return cls(**{one.name: context.params[one.name] for one in fields(cls)})

    def load(self, source: str) -> Graph:
        """The graph of a name or path, or of standard input.

        Raises:
            typer.BadParameter: An option was given that has no effect on this source.
            DataError: There is no graph, or what is there makes none.
        """
        self._check_effect(source)
        with readable_source(source) as place:
            return self._load(place)

    def load_with_values(self, source: str, column: str) -> tuple[Graph, NDArray[Any]]:
        """The graph, and the values of a column of its edge table, one an edge: see `read_edge_values`.

        Raises:
            typer.BadParameter: As `load`.
            DataError: As `load`, or the source has no such column.
        """
        from varigraph.datasets.loading import source_kind
        from varigraph.graphs.files import read_edge_values

        self._check_effect(source)
        if source != STANDARD_INPUT and source_kind(source) != "file":
            raise typer.BadParameter(f"{source} is no edge table, so it has no column {column!r}.")
        told = {
            name: value
            for name, value in self._reader_options().items()
            if name in ("source_column", "target_column", "header", "format")
        }
        with readable_source(source) as place:
            graph = self._load(place)
            return graph, read_edge_values(place, column, graph, **told)

    def further_edges(self, path: Path, graph: Graph) -> tuple[Graph, IndexPairs]:
        """Edges of a table of their own, read by the same options: see `read_further_edges`.

        Raises:
            DataError: The file holds no edges between nodes of the graph.
        """
        from varigraph.graphs.files import read_further_edges

        told = self._reader_options()
        names = ("source_column", "target_column", "weight_column", "header")
        return read_further_edges(path, graph, **{name: told[name] for name in names if name in told})

    def _load(self, place: str) -> Graph:
        from varigraph.datasets.loading import load_graph

        return load_graph(place, **self._reader_options())

    def _reader_options(self) -> dict[str, Any]:
        """What was given, as `read_graph_file` calls it."""
        named = {reader: getattr(self, field) for field, (_, reader) in _DATA_OPTIONS.items()}
        given = {name: value for name, value in named.items() if value not in (None, False)}
        # The program asks whether to leave something out, the reader whether to take it.
        return given | {name: False for name in ("use_weights", "header") if name in given}

    def _check_effect(self, source: str) -> None:
        given = {field for field in _DATA_OPTIONS if getattr(self, field) not in (None, False)}
        if source == STANDARD_INPUT and self.format is None:
            raise typer.BadParameter("Standard input has no ending that says what it is; say --format.")
        if self.unweighted and self.weight_column is not None:
            raise typer.BadParameter(
                "--weight-column has no effect with --unweighted; leave one of them out."
            )
        if given:
            allowed, because = self._options_of(source)
            for field in sorted(given - allowed):
                raise typer.BadParameter(f"{_DATA_OPTIONS[field][0]} has no effect on {source}: {because}.")

    def _options_of(self, source: str) -> tuple[set[str], str]:
        """Which options have an effect on a source, and why the others have none."""
        from varigraph.datasets import dataset_names
        from varigraph.datasets.loading import source_kind
        from varigraph.graphs.files import file_kind, file_options

        known = "file" if source == STANDARD_INPUT else source_kind(source)
        if known == "store":
            return set(), "it is a stored graph"
        if known == "dataset":
            if source.lower() not in dataset_names():
                return set(_DATA_OPTIONS), "there is nothing of that name"  # which loading will say better
            return set(), f"it is a data set; the file is ./{source}"
        kind, readers = file_kind(source, self.format), file_options(source, self.format) | {"format"}
        allowed = {field for field, (_, reader) in _DATA_OPTIONS.items() if reader in readers}
        of_nodes = {"id_column"} if kind == "graph file" else {"id_column", "label_column"}
        if self.node_table is None and any(getattr(self, field) is not None for field in of_nodes):
            return allowed - of_nodes, "there is no --node-table with such a column"
        return allowed, f"it is read as {'an' if kind == 'edge table' else 'a'} {kind}"


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
