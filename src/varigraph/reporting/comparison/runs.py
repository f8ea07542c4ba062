"""Finished runs as a comparison reads them, their short names, and the splits that two of them share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.records import RunRecord
from varigraph.evaluation.row_record import RowRecord
from varigraph.models.loading import read_config
from varigraph.models.restoring import check_finished
from varigraph.untrusted import file_inside, read_json

__all__ = ["ComparedKind", "ComparedRun", "data_labels", "read_runs", "shared_positions", "short_names"]

ComparedKind: TypeAlias = Literal["graphs", "rows"]
"""What the model of a run is of."""

_RECORD = "record.json"
_PART = "test"
_SHORT = 6  # letters of a fingerprint for a person


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """One finished run, or one record of the same run repeated over seeds.

    Attributes:
        name: The end of its path that tells it from the others.
        path: The run folder or the record file.
        record: Its facts.
    """

    name: str
    path: Path
    record: RunRecord | RowRecord

    @property
    def kind(self) -> ComparedKind:
        """Whether it is a run on a graph or on rows."""
        return "graphs" if isinstance(self.record, RunRecord) else "rows"

    @property
    def data_fingerprint(self) -> str:
        """Of the graph or of the rows."""
        record = self.record
        return record.graph_fingerprint if isinstance(record, RunRecord) else record.data_fingerprint

    @property
    def metrics(self) -> Mapping[str, Any]:
        """Of the test part, by name: numbers, or summaries of repeated runs."""
        return self.record.metrics[_PART]

    @property
    def n_repeats(self) -> int:
        """How many times it was trained and scored."""
        return max(
            (len(one["values"]) for one in self.metrics.values() if isinstance(one, Mapping)), default=1
        )

    @property
    def n_epochs(self) -> int | None:
        """How many epochs were run; None of repeats, each of which stops at an epoch of its own."""
        return self.record.counts.get("n_epochs")

    @property
    def n_parameters(self) -> int | None:
        """How many weights the model has."""
        return self.record.counts.get("n_parameters")

    @property
    def fit_seconds(self) -> float:
        """Seconds of one training; NaN of a resumed run, whose beginning nobody timed."""
        return self.record.timings.get("fit", math.nan) / max(1, self.n_repeats)


def data_labels(runs: Iterable[ComparedRun]) -> dict[str, str]:
    """What the data of runs are called, by fingerprint: different data of one name are told apart by it."""
    names = {run.data_fingerprint: run.record.dataset for run in runs}
    counts = Counter(names.values())
    return {
        fingerprint: f"{name} [{fingerprint[:_SHORT]}]" if counts[name] > 1 else name
        for fingerprint, name in names.items()
    }


def shared_positions(one: ComparedRun, other: ComparedRun) -> list[tuple[int, int]]:
    """The positions of splits that both runs were scored on, in the order of the first.

    Repeats on one fixed split differ in their initialisations alone; they are paired in their order, if there
    are as many of both.
    """
    ours, theirs = one.record.split_fingerprints, other.record.split_fingerprints
    if ours == theirs:
        return [(at, at) for at in range(len(ours))]
    if len(set(ours)) < len(ours) or len(set(theirs)) < len(theirs):
        return []
    places = {fingerprint: at for at, fingerprint in enumerate(theirs)}
    return [(at, places[fingerprint]) for at, fingerprint in enumerate(ours) if fingerprint in places]


def short_names(paths: Sequence[Path]) -> list[str]:
    """The shortest ends of paths that are all different.

    The ending .json is left out, and so is the file's name where it is that of a run folder's record.

    Args:
        paths: Of run folders and record files.

    Example:
        >>> short_names([Path("runs/cora-gae"), Path("old/cora-gae"), Path("runs/cora-vgae/record.json")])
        ['runs/cora-gae', 'old/cora-gae', 'cora-vgae']
    """
    told = [_told_parts(path) for path in paths]
    lengths = [1] * len(told)
    while True:
        names = ["/".join(parts[-length:]) for parts, length in zip(told, lengths, strict=True)]
        counts = Counter(names)
        grown = [
            min(length + (counts[name] > 1), len(parts))
            for name, length, parts in zip(names, lengths, told, strict=True)
        ]
        if grown == lengths:
            break
        lengths = grown
    # Such as a folder and a file whose names differ in the ending alone.
    return [str(path) if counts[name] > 1 else name for name, path in zip(names, paths, strict=True)]


def read_runs(paths: Iterable[str | Path]) -> list[ComparedRun]:
    """The runs of these paths, in their order.

    Args:
        paths: Run folders, `record.json` files, and records that `varigraph evaluate --json` printed.

    Raises:
        ValueError: There are no paths.
        RunFolderError: A folder is no run, or its run did not finish; or a record has another schema.
        FileContentError: A file is no record, or a damaged one; two paths are of the same run; or runs on
            graphs and on rows stand together.
    """
    places = [Path(one) for one in paths]
    if not places:
        raise ValueError("There is no run to compare: give one run folder or record at least.")
    records = [_record_at(path) for path in places]
    runs = [
        ComparedRun(name, path, record)
        for name, path, record in zip(short_names(places), places, records, strict=True)
    ]
    _check_no_repeat(runs)
    _check_one_kind(runs)
    return runs


def _record_at(path: Path) -> RunRecord | RowRecord:
    if path.is_dir():
        return _checked(_record_of_folder(path), path)
    if not path.exists():
        raise FileContentError(f"There is no run folder and no record {path}.")
    document = read_json(path.parent, path.name)
    if not isinstance(document, Mapping) or "schema_version" not in document:
        raise FileContentError(
            f"{path} is no record of a run: it states no schema_version. Runs to compare are run folders, "
            "their record.json, and what `varigraph evaluate --json` printed of repeats."
        )
    if {"recipe", "cells"} <= document.keys():
        raise FileContentError(
            f"{path} is the record of a reproduction, which holds many runs beside published figures; "
            "varigraph reproduce shows it."
        )
    return _checked(_record_file(path, document), path)


def _record_of_folder(folder: Path) -> RunRecord | RowRecord:
    if not (folder / "config.json").exists():
        inside = sorted(one.parent.name for one in folder.glob(f"*/{_RECORD}"))
        hint = f" It holds runs, such as {inside[0]}: give {folder}/*." if inside else ""
        raise RunFolderError(f"{folder} is no run folder: there is no config.json in it.{hint}")
    config = read_config(folder)
    check_finished(config, folder)
    path = file_inside(folder, _RECORD)
    if path.exists():
        return _record_file(path, read_json(folder, _RECORD))
    if (folder / "split.safetensors").exists():
        raise RunFolderError(
            f"The run in {folder} did not finish; resume it: varigraph fit --resume {folder}"
        )
    raise RunFolderError(f"{folder} is a saved model and no run: it has no record of a test part.")


def _record_file(path: Path, document: Any) -> RunRecord | RowRecord:
    is_of_rows = isinstance(document, Mapping) and "data_fingerprint" in document
    record_class: type[RunRecord] | type[RowRecord] = RowRecord if is_of_rows else RunRecord
    try:
        return record_class.from_dict(document)
    except (FileContentError, RunFolderError) as error:
        raise type(error)(f"{path}: {error}") from error


def _checked(record: RunRecord | RowRecord, path: Path) -> RunRecord | RowRecord:
    if not record.metrics.get(_PART):
        raise FileContentError(f"{path}: the record says nothing of a test part.")
    return record


def _check_no_repeat(runs: Sequence[ComparedRun]) -> None:
    seen: dict[str, Path] = {}
    for run in runs:
        text = run.record.to_json()
        if text in seen:
            raise FileContentError(f"{seen[text]} and {run.path} are the same run; give it once.")
        seen[text] = run.path


def _check_one_kind(runs: Sequence[ComparedRun]) -> None:
    of_kind = {kind: [str(run.path) for run in runs if run.kind == kind] for kind in ("graphs", "rows")}
    if all(of_kind.values()):
        raise FileContentError(
            f"Runs on graphs ({', '.join(of_kind['graphs'])}) and on vectors or images "
            f"({', '.join(of_kind['rows'])}) have no measure in common; compare each kind by itself."
        )


def _told_parts(path: Path) -> tuple[str, ...]:
    parts = path.absolute().parts
    if path.name == "record.json" and len(parts) > 2:
        return parts[1:-1]
    return (*parts[1:-1], parts[-1].removesuffix(".json"))
