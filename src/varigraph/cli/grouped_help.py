"""Verbs whose help groups the options of one kind of model, and whose refusals are plain sentences."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand

__all__ = ["GroupedCommand"]

_LIBRARY_PREFIX = "Value error, "  # pydantic's, with which typer checks choices


class GroupedCommand(TyperCommand):
    """A verb whose --help lists arguments, then options, then each help panel under its own title."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads the arguments; what is wrong with one is told without the words of a library for it."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix(_LIBRARY_PREFIX)
            raise

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the lists; a parameter without a panel stands under Arguments or Options."""
        lists: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                plain = "Arguments" if parameter.param_type_name == "argument" else "Options"
                title = getattr(parameter, "rich_help_panel", None) or plain
                lists.setdefault(title, []).append(record)
        for title, records in lists.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
