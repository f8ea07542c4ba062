"""JSON documents of results: what can be held, and NaN as null."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["json_ready", "nan_for_null"]


def json_ready(document: Any, *, where: str = "the document") -> Any:
    """A copy that RFC 8259 can hold: NaN becomes None, tuples lists, numpy's numbers Python's.

    Args:
        document: Mappings with string keys, lists, tuples, arrays, strings, numbers, booleans and None.
        where: What messages call it.

    Raises:
        ValueError: Something else is inside, or an infinity; the message says where.

    Example:
        >>> json_ready({"hits@100": float("nan"), "hidden_dims": (32, 16)})
        {'hits@100': None, 'hidden_dims': [32, 16]}
    """
    if isinstance(document, np.ndarray | np.generic):
        document = document.tolist()
    if document is None or isinstance(document, str | bool | int):
        return document
    if isinstance(document, float):
        if math.isinf(document):
            raise ValueError(f"{where} is {document}, which JSON cannot hold; give a finite number or None.")
        return None if math.isnan(document) else document
    if isinstance(document, list | tuple):
        return [json_ready(one, where=f"{where}[{index}]") for index, one in enumerate(document)]
    if isinstance(document, Mapping):
        bad = [key for key in document if not isinstance(key, str)]
        if bad:
            raise ValueError(f"{where} has the key {bad[0]!r}, but keys in JSON are strings.")
        return {key: json_ready(one, where=f"{where}.{key}") for key, one in document.items()}
    raise ValueError(
        f"{where} is of type {type(document).__name__}, which JSON cannot hold; give its name instead."
    )


def nan_for_null(value: Any) -> Any:
    """The inverse of what `json_ready` does to NaN, for a document in which every leaf is a number."""
    if isinstance(value, dict):
        return {key: nan_for_null(one) for key, one in value.items()}
    if isinstance(value, list):
        return [nan_for_null(one) for one in value]
    return math.nan if value is None else value
