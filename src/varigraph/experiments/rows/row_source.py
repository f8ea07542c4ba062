"""Where the rows of a run come from: written down in place of the rows, and read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from varigraph.datasets.loading import source_kind
from varigraph.datasets.loading_rows import load_rows
from varigraph.errors import MissingExtraError, RunFolderError
from varigraph.models.restoring import FAULTS, reason
from varigraph.rows import Rows

__all__ = ["RowSource"]


@dataclass(frozen=True, kw_only=True)
class RowSource:
    """What `config.json` says under "data".

    Attributes:
        source: A data set's name, or the absolute path of a file or folder; None for rows made in memory.
        reading: The options of `load_rows`.
        fingerprint: `Rows.fingerprint`.
        n_rows: The number of rows.
        n_features: The number of columns.
        image_shape: Of rows that are images.
        feature_names: Of the columns, if they have names.
    """

    source: str | None
    reading: Mapping[str, Any]
    fingerprint: str
    n_rows: int
    n_features: int
    image_shape: tuple[int, ...] | None = None
    feature_names: tuple[str, ...] | None = None

    @classmethod
    def of(cls, rows: Rows, source: str | None, reading: Mapping[str, Any]) -> RowSource:
        """What is to be written down of rows that `load_rows` read from `source`."""
        if source is not None and source_kind(source) != "dataset":
            source = str(Path(source).absolute())  # a run may be resumed from another folder
        return cls(
            source=source,
            reading=dict(reading),
            fingerprint=rows.fingerprint,
            n_rows=rows.n_rows,
            n_features=rows.n_features,
            image_shape=rows.image_shape,
            feature_names=rows.feature_names,
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **vars(self),
            "reading": dict(self.reading),
            "image_shape": None if self.image_shape is None else list(self.image_shape),
            "feature_names": None if self.feature_names is None else list(self.feature_names),
        }

    @classmethod
    def of_config(cls, config: Mapping[str, Any], folder: Path) -> RowSource:
        """What a run's `config.json` says.

        Raises:
            RunFolderError: It says nothing, as of a saved model, or something else than `to_dict` wrote.
        """
        data = config.get("data")
        if data is None:
            raise RunFolderError(f"{folder} says nothing of rows, so it is a saved model and not a run.")
        is_whole = isinstance(data, dict) and data.keys() == _CHECKS.keys()
        wrong = [name for name, is_right in _CHECKS.items() if not (is_whole and is_right(data[name]))]
        if wrong:
            raise RunFolderError(f"{folder / 'config.json'} says no {wrong[0]} of the rows that can be used.")
        lists = {name: None if data[name] is None else tuple(data[name]) for name in _LISTS}
        return cls(**(data | lists))

    def read(self, folder: Path) -> Rows:
        """The rows, read again.

        Args:
            folder: Of the run, for messages.

        Raises:
            RunFolderError: Nobody knows where they come from, they cannot be read, or they are others.
        """
        if self.source is None:
            raise RunFolderError(
                f"The rows of the run in {folder} came from no file or data set, and are not stored with it; "
                "in Python, resume_row_run(folder, rows=...) takes them again."
            )
        try:
            rows = load_rows(self.source, **self.reading)
        except MissingExtraError:
            raise
        except FAULTS as error:
            raise RunFolderError(
                f"The rows of the run in {folder} cannot be read again: {reason(error)}"
            ) from error
        self.check(rows, folder)
        return rows

    def check(self, rows: Rows, folder: Path) -> None:
        """Checks that rows are those of the run.

        Raises:
            RunFolderError: They are not.
        """
        if rows.fingerprint != self.fingerprint:
            where = "those given" if self.source is None else f"what is in {str(self.source)[:200]} now"
            raise RunFolderError(
                f"The run in {folder} was started with other rows than {where} ({self.n_rows:,} rows, "
                f"{self.n_features:,} columns); bring those back, or start a new run."
            )


def _is_list_of(kind: type, value: Any) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(one, kind) for one in value))


_LISTS = ("image_shape", "feature_names")

_CHECKS = {
    "source": lambda value: value is None or (isinstance(value, str) and value != ""),
    "reading": lambda value: isinstance(value, dict),
    "fingerprint": lambda value: isinstance(value, str),
    "n_rows": lambda value: type(value) is int and value > 0,
    "n_features": lambda value: type(value) is int and value > 0,
    "image_shape": lambda value: _is_list_of(int, value),
    "feature_names": lambda value: _is_list_of(str, value),
}
"""The fields of the document, each with a check."""
