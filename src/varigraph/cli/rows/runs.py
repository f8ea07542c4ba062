"""A run on vectors or images as the verbs after `fit` use it: its model, its columns, its rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from varigraph.cli.rows.data import RowData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from varigraph.models.rows.anomaly import AnomalyDetector
    from varigraph.models.rows.base import RowAutoencoder
    from varigraph.rows import Rows, RowSplit

__all__ = ["RowRun"]


@dataclass(frozen=True, eq=False)
class RowRun:
    """A finished run, or a saved model.

    Attributes:
        folder: Where it is.
        model: Fitted.
        detector: What the folder holds, if that is an anomaly detector around the model.
        known: What its `config.json` says of the data.
    """

    folder: Path
    model: RowAutoencoder
    detector: AnomalyDetector | None
    known: dict[str, Any]

    @classmethod
    def load(cls, folder: Path) -> RowRun:
        """The run in a folder.

        Raises:
            RunFolderError: There is none, it did not finish, or it is damaged.
        """
        from varigraph.models import load
        from varigraph.models.loading import read_config
        from varigraph.models.rows.anomaly import AnomalyDetector

        model: Any = load(folder)
        detector = model if isinstance(model, AnomalyDetector) else None
        known = read_config(folder).get("data")
        return cls(
            folder,
            model if detector is None else detector.model_,
            detector,
            known if isinstance(known, dict) else {},
        )

    @property
    def feature_names(self) -> list[str] | None:
        """The columns that the model was trained on, if they have names."""
        named = self.known.get("feature_names")
        if named is None and hasattr(self.model, "feature_names_in_"):
            named = self.model.feature_names_in_.tolist()
        return None if named is None else list(named)

    @cached_property
    def rows(self) -> Rows:
        """The rows that it was made of, read again.

        Raises:
            RunFolderError: They are not to be had any more.
        """
        from varigraph.experiments.rows.run_folder import rows_of_run

        return rows_of_run(self.folder)

    @cached_property
    def split(self) -> RowSplit | None:
        """How those rows were split; None of a saved model."""
        from varigraph.experiments.rows.run_folder import read_row_split

        return read_row_split(self.folder)

    def embedding(self) -> dict[str, NDArray[Any]]:
        """The latent vectors of its rows as columns: id, z0, z1, ….

        Raises:
            RunFolderError: It is a saved model without rows.
        """
        from varigraph.errors import RunFolderError
        from varigraph.tables import read_columns
        from varigraph.untrusted import file_inside

        path = file_inside(self.folder, "embeddings.parquet")
        if not path.exists():
            raise RunFolderError(f"{self.folder} is a saved model without rows of its own; say --data FILE.")
        return dict(read_columns(path).columns)

    def other_rows(self, source: str, reading: RowData) -> Rows:
        """Rows of another file, the columns that the model knows, in its order.

        Raises:
            typer.BadParameter: An option has no effect on this source.
            DataError: They are not of the kind that the model was trained on; the message says how.
        """
        return self.checked(reading.load(source, **self._as_trained(source, reading)))

    def scored(self, rows: Rows) -> Rows:
        """What densities are told of: of a model that drew zeros and ones in training, such a draw."""
        from varigraph.experiments.rows.training import drawn_rows

        return drawn_rows(self.model, rows)

    def checked(self, rows: Rows) -> Rows:
        """The rows, if the model can look at them.

        Raises:
            DataError: They have another number of columns, or values that the likelihood cannot explain.
        """
        from varigraph.errors import DataError

        expected = int(self.model.n_features_in_)
        if rows.n_features != expected:
            raise DataError(
                f"{rows.name} has {rows.n_features:,} columns of numbers, but the model in {self.folder} was "
                f"trained on {expected:,}. Give rows of the same columns; --columns takes some of a table."
            )
        try:
            self.model.module_.decoder.likelihood.check_values(rows.values)
        except ValueError as error:
            raise DataError(f"{rows.name}: {error}") from error
        return rows

    def _as_trained(self, source: str, reading: RowData) -> dict[str, Any]:
        """What follows from the run for reading other rows, where the user says nothing."""
        told = self.known.get("reading")
        told = told if isinstance(told, dict) else {}
        reused = {"binarise": told["binarise"]} if "binarise" in told else {}
        # Columns without a header are called by their numbers, in either table.
        has_names = self.feature_names is not None and told.get("header", True) and not reading.no_header
        if has_names and reading.columns is None and reading.is_table(source):
            reused["columns"] = self.feature_names
        return reused
