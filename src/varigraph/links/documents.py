"""A `Calibration` as a JSON document, and back, trusting nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from varigraph.links.calibration import Calibration, CalibrationMethod
from varigraph.tensor_types import FloatArray

__all__ = ["SCHEMA_VERSION", "calibration_from_document", "calibration_to_document"]

SCHEMA_VERSION = 1
"""Of the document."""

_MAY_BE_EMPTY = ("thresholds", "links_above", "pairs_above")
_LARGEST_LOG_RATIO = 700.0  # e to the power of more is no number
_CURVES = ("logits", "log_ratios", "thresholds", "links_above", "pairs_above")


def calibration_to_document(calibration: Calibration) -> dict[str, Any]:
    """The document `calibration.json`."""
    curves = {name: getattr(calibration, name) for name in _CURVES}
    return {
        "schema_version": SCHEMA_VERSION,
        "method": calibration.method,
        "n_links": calibration.n_links,
        "n_pairs": calibration.n_pairs,
        **{name: curve.tolist() for name, curve in curves.items()},
    }


def calibration_from_document(document: Any) -> Calibration:
    """The calibration of a document.

    Raises:
        ValueError: It is no such document, or its curves are not what a fit makes.
    """
    if not isinstance(document, Mapping) or document.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"it is no calibration of schema version {SCHEMA_VERSION}")
    curves = {name: _curve(name, document.get(name)) for name in _CURVES}
    if document.get("method") not in get_args(CalibrationMethod):
        raise ValueError(f"{document.get('method')!r} is no method of calibration")
    _check_curves(curves)
    return Calibration(
        method=document["method"],
        n_links=_count("n_links", document),
        n_pairs=_count("n_pairs", document),
        **curves,
    )


def _count(name: str, document: Mapping[str, Any]) -> int:
    count = document.get(name)
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count < 2**63:
        raise ValueError(f"{name} is {count!r}, which is no count")
    return count


def _curve(name: str, values: Any) -> FloatArray:
    if not isinstance(values, list) or not (values or name in _MAY_BE_EMPTY):
        raise ValueError(f"{name} is no list of numbers")
    if not all(isinstance(x, int | float) and not isinstance(x, bool) for x in values):
        raise ValueError(f"{name} holds something that is no number")
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:
        raise ValueError(f"{name} holds an integer that is beyond all numbers") from None


def _check_curves(curves: Mapping[str, FloatArray]) -> None:
    for group in (("logits", "log_ratios"), ("thresholds", "links_above", "pairs_above")):
        if len({len(curves[name]) for name in group}) > 1:
            raise ValueError(f"{', '.join(group)} are of different lengths")
    for name in _CURVES:
        if not np.isfinite(curves[name]).all():
            raise ValueError(f"{name} holds what is not finite")
    for name in ("logits", "thresholds"):
        if (np.diff(curves[name]) <= 0).any():
            raise ValueError(f"{name} does not ascend")
    ratios = curves["log_ratios"]
    if (np.diff(ratios) < 0).any() or np.abs(ratios).max() > _LARGEST_LOG_RATIO:
        raise ValueError("log_ratios falls, or is beyond what ratios of shares can be")
    shares = curves["pairs_above"]
    if not ((shares > 0) & (shares <= 1)).all() or (np.diff(shares) > 0).any():
        raise ValueError("pairs_above is no falling share")
    found = curves["links_above"]
    if not ((found >= 0) & (found <= 1)).all():
        raise ValueError("links_above is no share")
