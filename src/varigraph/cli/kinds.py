"""Which kind of model a command is about: one of graphs, or one of vectors and images."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import typer

from varigraph.cli import options as o

__all__ = ["Kind", "Subject", "kind_of_run", "refuse_other_kind", "refuse_run"]

Kind: TypeAlias = Literal["graphs", "rows"]
"""What a model is of."""

_MODELS: dict[Kind, tuple[str, ...]] = {"graphs": get_args(o.GraphModel), "rows": get_args(o.RowModel)}
_PANELS: dict[Kind, str] = {"graphs": o.GRAPHS, "rows": o.ROWS}
_WORDS: dict[Kind, str] = {"graphs": "graphs", "rows": "vectors and images"}
_DATA_WORDS: dict[Kind, str] = {"graphs": "a graph", "rows": "a data set of vectors"}
_DEFAULTS: dict[Kind, tuple[str, str]] = {"graphs": ("stdlib", "vgae"), "rows": ("digits", "vae")}
_STORED_ROW_MODELS = (*_MODELS["rows"], "anomaly_detector")

_VALUES: dict[str, dict[Kind, tuple[str, ...]]] = {
    "preset": {"graphs": get_args(o.GraphPreset), "rows": get_args(o.RowPreset)},
    "encoder": {"graphs": get_args(o.GraphEncoder), "rows": get_args(o.RowEncoder)},
    "objective": {"graphs": get_args(o.GraphObjective), "rows": get_args(o.RowObjective)},
    "format": {"graphs": get_args(o.GraphFormat), "rows": get_args(o.RowFormat)},
}
"""Options that both kinds have, each with values of its own."""


class Subject:
    """What is trained on what: the user's words, with what follows from them.

    Attributes:
        kind: Of the model.
        model: Its name.
        data: What it is trained on.
    """

    def __init__(self, kind: Kind, model: str, data: str) -> None:
        self.kind = kind
        self.model = model
        self.data = data

    @classmethod
    def of(cls, context: typer.Context) -> Subject:
        """What a verb with `data` and `model` was told; every option is checked to be of that kind.

        A model that is named decides the kind, then a data set of vectors that is named; everything else is
        a graph. Without data it is the embedded data set of that kind.

        Raises:
            typer.BadParameter: Model and data are of different kinds, or an option is of the other kind.
        """
        data, model = context.params["data"], context.params["model"]
        found = None if data is None else _kind_of_dataset(data)
        kind: Kind = found or "graphs"
        if model is not None:
            kind = "rows" if model in _MODELS["rows"] else "graphs"
        if found is not None and found != kind:
            fitting = " or ".join(_MODELS[found])
            raise typer.BadParameter(
                f"{model} is a model of {_WORDS[kind]}, but {data} is {_DATA_WORDS[found]}: say {fitting}.",
                param_hint="'--model'",
            )
        usual_data, usual_model = _DEFAULTS[kind]
        subject = cls(kind, model or usual_model, usual_data if data is None else data)
        refuse_other_kind(context, kind, what=f"{subject.model} is a model of {_WORDS[kind]}")
        return subject


def kind_of_run(folder: Path) -> Kind:
    """What the model in a run folder is of.

    Raises:
        RunFolderError: There is no run.
    """
    from varigraph.models.loading import read_config

    return "rows" if read_config(folder).get("model") in _STORED_ROW_MODELS else "graphs"


def refuse_other_kind(context: typer.Context, kind: Kind, *, what: str) -> None:
    """Refuses options, and values of options, that only models of the other kind have.

    Args:
        context: What was given.
        kind: Of the model.
        what: A clause for the message: why they have no effect.

    Raises:
        typer.BadParameter: One was given; the message names it.
    """
    other: Kind = "rows" if kind == "graphs" else "graphs"
    for parameter in context.command.params:
        panel = getattr(parameter, "rich_help_panel", None)
        if panel == _PANELS[other] and o.is_given(context, str(parameter.name)):
            raise typer.BadParameter(
                f"{parameter.opts[0]} is for models of {_WORDS[other]} ({', '.join(_MODELS[other])}), and "
                f"{what}."
            )
    for name, values in _VALUES.items():
        value: Any = context.params.get(name)
        if value is not None and value not in values[kind]:
            raise typer.BadParameter(
                f"{value} is for models of {_WORDS[other]}, and {what}, for which there are "
                f"{', '.join(values[kind])}.",
                param_hint=f"'--{name}'",
            )


def refuse_run(folder: Path, kind: Kind, *, because: str) -> None:
    """Refuses a run of a kind that a verb is not for.

    Raises:
        typer.BadParameter: It is of that kind; the message says why not.
        RunFolderError: There is no run.
    """
    if kind_of_run(folder) == kind:
        raise typer.BadParameter(f"{folder} is a run on {_WORDS[kind]}, and {because}.", param_hint="'RUN'")


def _kind_of_dataset(data: str) -> Kind | None:
    """The kind of a data set of that name; None if there is none, or it is a path."""
    from varigraph.datasets import card, dataset_names

    if data.lower() not in dataset_names():
        return None
    return "rows" if card(data).kind == "rows" else "graphs"
