"""Where vectors and images come from, as the command line was told."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import typer

from varigraph.cli.rows.options import shape_of, split_names
from varigraph.cli.standard_input import STANDARD_INPUT, readable_source

if TYPE_CHECKING:
    from varigraph.rows import Rows
    from varigraph.rows.files import RowsFormat

__all__ = ["RowData"]

_READERS = {
    "format": "format",
    "no_header": "header",
    "id_column": "id_column",
    "label_column": "label_column",
    "columns": "columns",
    "array": "array",
    "image_shape": "image_shape",
}
"""From a field of `RowData` to the option as readers call it."""


@dataclass(frozen=True)
class RowData:
    """What is told about the source of rows; the fields are called as the verbs' parameters."""

    format: RowsFormat | None = None
    no_header: bool = False
    id_column: str | None = None
    label_column: str | None = None
    columns: str | None = None
    array: str | None = None
    image_shape: str | None = None
    binarise: str = "none"

    @classmethod
    def of(cls, context: typer.Context) -> RowData:
        """What the verb of this context was told."""
        names = [one.name for one in fields(cls) if one.name in context.params]
        return cls(**{name: context.params[name] for name in names})

    @property
    def is_dynamic(self) -> bool:
        """Whether training draws zeros and ones anew in every step."""
        return self.binarise == "dynamic"

    def load(self, source: str, **otherwise: Any) -> Rows:
        """The rows of a name or path, or of standard input.

        Args:
            source: As the user wrote it.
            **otherwise: Options of `load_rows` where the user told none.

        Raises:
            typer.BadParameter: An option was given that has no effect on this source.
            DataError: There are no rows, or what is there makes none.
        """
        from varigraph.datasets.loading_rows import load_rows

        self.check_effect(source)
        with readable_source(source) as place:
            return load_rows(place, **(otherwise | self.reading()))

    def reading(self) -> dict[str, Any]:
        """What was told, as `load_rows` calls it; plain JSON values."""
        named: dict[str, Any] = {
            reader: getattr(self, field)
            for field, reader in _READERS.items()
            if getattr(self, field) not in (None, False)
        }
        if "header" in named:
            named["header"] = False  # the program asks whether there is none, the reader whether there is one
        if self.columns is not None:
            named["columns"] = split_names(self.columns)
        if (shape := shape_of(self.image_shape)) is not None:
            named["image_shape"] = list(shape)
        if self.binarise not in ("none", "dynamic"):
            named["binarise"] = self.binarise
        return named

    def is_table(self, source: str) -> bool:
        """Whether the source has columns with names."""
        return _is_file(source) and "columns" in self._options_of(source)[0]

    def check_effect(self, source: str) -> None:
        """Refuses what has no effect on a source, before it is read.

        Raises:
            typer.BadParameter: An option has none; the message names it.
        """
        if source == STANDARD_INPUT and self.format is None:
            raise typer.BadParameter("Standard input has no ending that says what it is; say --format.")
        given = {field for field in _READERS if getattr(self, field) not in (None, False)}
        if given:
            allowed, because = self._options_of(source)
            for field in sorted(given - allowed):
                option = f"--{field.replace('_', '-')}"
                raise typer.BadParameter(f"{option} has no effect on {source}: {because}.")

    def _options_of(self, source: str) -> tuple[set[str], str]:
        """Which options have an effect on a source, and why the others have none."""
        from varigraph.datasets import dataset_names
        from varigraph.rows.files import rows_format
        from varigraph.rows.files.formats import format_options

        if not _is_file(source):
            if source.lower() not in dataset_names():
                return set(_READERS), "there is nothing of that name"  # which loading will say better
            return set(), f"it is a data set; the file is ./{source}"
        readers = format_options(source, self.format) | {"format"}
        named = rows_format(source, self.format)
        what = "a folder of images" if named == "images" else f"it is read as {named}"
        return {field for field, reader in _READERS.items() if reader in readers}, what


def _is_file(source: str) -> bool:
    """Whether this is a file or folder, or what stands for one, and no name."""
    from varigraph.datasets.loading import source_kind

    return source == STANDARD_INPUT or source_kind(source) != "dataset"
