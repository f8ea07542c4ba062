"""A `Reliability` from the JSON document that a run left of it, trusting nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from varigraph.errors import FileContentError, RunFolderError
from varigraph.evaluation.reliability import Reliability
from varigraph.tensor_types import FloatArray
from varigraph.untrusted import read_json

__all__ = ["read_reliability", "reliability_from_document"]

_MOST_BINS = 1_000  # each is drawn
_FIGURES = ("n_pairs", "base_rate", "mean_probability", "ece", "brier", "log_loss", "constant_log_loss")
_BINS = ("n_pairs", "probability", "share", "expected", "found")
_ROUNDING = 1e-6  # of sums over bins, relative


def reliability_from_document(document: Any) -> Reliability:
    """The reliability of a document that `Reliability.to_dict` made.

    Raises:
        ValueError: It is no such document, or its figures contradict each other.
    """
    if not isinstance(document, Mapping):
        raise ValueError("it is no JSON object")
    figures = {name: _number(name, document.get(name)) for name in _FIGURES}
    n_links, bins = document.get("n_links"), _bins(document.get("bins"))
    if not isinstance(n_links, int) or isinstance(n_links, bool) or not 0 < n_links < figures["n_pairs"]:
        raise ValueError(f"n_links is {n_links!r}, which is no number of links among its pairs")
    measured = Reliability(n_links=n_links, bins=bins, **figures)
    _check_figures(measured)
    return measured


def read_reliability(folder: str | Path) -> Reliability:
    """The reliability that a finished run was found to have, from `reliability.json` in its folder.

    Raises:
        RunFolderError: There is none, or it is damaged; the message names the file.
    """
    path = Path(folder) / "reliability.json"
    if not path.parent.is_dir():
        raise RunFolderError(f"{folder} is no folder, so no run is in it.")
    if not path.exists():
        raise RunFolderError(
            f"{folder} holds no reliability.json: a finished run has one, but no saved model, no run of an "
            "older version, and none whose open pairs are all test edges."
        )
    try:
        return reliability_from_document(read_json(path.parent, path.name))
    except FileContentError as error:
        raise RunFolderError(str(error)) from error
    except ValueError as error:
        raise RunFolderError(f"{path} cannot be read: {error}.") from error


def _number(name: str, value: Any) -> float:
    try:
        is_finite = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number beyond the largest float
        is_finite = False
    if not is_finite:
        raise ValueError(f"{name} holds {_shortened(value)}, which is no finite number")
    return float(value)


def _bins(document: Any) -> dict[str, FloatArray]:
    if not isinstance(document, Mapping):
        raise ValueError("bins is no JSON object")
    columns = {name: _column(f"bins.{name}", document.get(name)) for name in _BINS}
    if len({len(column) for column in columns.values()}) > 1:
        raise ValueError("the lists in bins are of different lengths")
    return columns


def _column(name: str, numbers: Any) -> FloatArray:
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= _MOST_BINS:
        raise ValueError(f"{name} is no list of 1 to {_MOST_BINS:,} numbers")
    return np.array([_number(name, one) for one in numbers])


def _check_figures(measured: Reliability) -> None:
    """Every figure in its range, and those that follow from others equal to what follows."""
    bins = measured.bins
    if not ((bins["n_pairs"] > 0) & (bins["found"] >= 0)).all():
        raise ValueError("bins holds one without pairs, or with fewer than 0 links")
    probability = bins["probability"]
    if not ((probability > 0) & (probability < 1)).all() or _falls(probability):
        raise ValueError("bins.probability is no list of numbers between 0 and 1 that never fall")
    if min(measured.ece, measured.brier) < 0 or min(measured.log_loss, measured.constant_log_loss) <= 0:
        raise ValueError("ece, brier, log_loss or constant_log_loss is too low")
    for name, (told, following) in _told_and_following(measured).items():
        if not np.allclose(told, following, rtol=_ROUNDING, atol=_ROUNDING * measured.base_rate):
            raise ValueError(f"{name} contradicts the other figures")


def _falls(values: FloatArray) -> bool:
    """Whether a value is below the one before it by more than rounding, as bins of one probability are."""
    return bool((values[1:] < values[:-1] * (1 - _ROUNDING)).any())


@np.errstate(over="ignore")  # what overflows contradicts the rest
def _told_and_following(measured: Reliability) -> dict[str, tuple[Any, Any]]:
    """What the document says beside what follows from the bins."""
    bins, n_pairs = measured.bins, measured.n_pairs
    return {
        "base_rate": (measured.base_rate, measured.n_links / n_pairs),
        "mean_probability": (measured.mean_probability, bins["expected"].sum() / n_pairs),
        "ece": (measured.ece, np.abs(bins["expected"] - bins["found"]).sum() / n_pairs),
        "n_pairs": (n_pairs, bins["n_pairs"].sum()),
        "n_links": (measured.n_links, bins["found"].sum()),
        "bins.share": (bins["share"], bins["found"] / bins["n_pairs"]),
        "bins.expected": (bins["expected"], bins["probability"] * bins["n_pairs"]),
    }


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
