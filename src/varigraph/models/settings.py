"""An estimator's settings as JSON, parts included, and back."""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from varigraph.decoders import DECODERS
from varigraph.distributions import PRIORS
from varigraph.encoders import ENCODERS, ModuleEncoder
from varigraph.objectives import OBJECTIVES

__all__ = ["check_settings", "part_from_settings", "settings_of", "unregistered_parts"]

_JSON_TYPES = (str, int, float, bool, list, type(None))

_FAMILIES: dict[str, Mapping[str, type]] = {
    "encoder": ENCODERS,
    "decoder": DECODERS,
    "prior": PRIORS,
    "objective": OBJECTIVES,
}


def check_settings(estimator: Any) -> None:
    """Checks the plain settings; parts are checked where they are built.

    Raises:
        ValueError: One is out of its range; the message names it.
    """
    ranges = {
        "latent_dim": (_is_width(estimator.latent_dim), "a whole number from 1 to 2³¹ − 1"),
        "hidden_dims": (
            estimator.hidden_dims is None
            or (
                isinstance(estimator.hidden_dims, list | tuple) and all(map(_is_width, estimator.hidden_dims))
            ),
            "None, or a tuple of whole numbers from 1 to 2³¹ − 1",
        ),
        "max_epochs": (_is_whole(estimator.max_epochs, least=0), "a whole number of 0 or more"),
        "learning_rate": (
            _is_number(estimator.learning_rate) and estimator.learning_rate > 0,
            "a number above 0",
        ),
        "weight_decay": (
            _is_number(estimator.weight_decay) and estimator.weight_decay >= 0,
            "a number of 0 or more",
        ),
        "patience": (
            estimator.patience is None or _is_whole(estimator.patience, least=1),
            "None, or a whole number of 1 or more",
        ),
        "verbose": (_is_whole(estimator.verbose, least=0), "a whole number of 0 or more"),
        "features": (estimator.features in ("tfidf", "raw", "none"), "'tfidf', 'raw' or 'none'"),
        "dtype": (estimator.dtype in ("float32", "float64"), "'float32' or 'float64'"),
    }
    for name, (is_fine, wanted) in ranges.items():
        if not is_fine:
            raise ValueError(f"{name} must be {wanted}, got {getattr(estimator, name)!r}.")


def _is_whole(value: Any, *, least: int) -> bool:
    return isinstance(value, int | np.integer) and int(value) >= least


def _is_width(value: Any) -> bool:
    return _is_whole(value, least=1) and int(value) < 2**31


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and math.isfinite(value)


def settings_of(estimator: Any) -> dict[str, Any]:
    """Every constructor argument as plain JSON values; a part becomes {"name": …, its own arguments}.

    A user's module or encoder is noted by its class name alone: its code is the user's to keep. Of another
    part of the user's own, what it stores under its arguments' names is noted, objects by their class.
    """
    return {name: _plain(name, value) for name, value in estimator.get_params(deep=False).items()}


def unregistered_parts(settings: Mapping[str, Any]) -> list[str]:
    """Which decoder, prior or objective in a model's settings is the user's own, by kind.

    Example:
        >>> unregistered_parts({"decoder": {"name": "Mine"}, "prior": {"name": "mixture"}})
        ['decoder']
    """
    return [
        kind
        for kind, family in _FAMILIES.items()
        if kind != "encoder" and isinstance(settings.get(kind), dict) and settings[kind]["name"] not in family
    ]


def part_from_settings(kind: str, value: Any) -> Any:
    """What `settings_of` wrote for a part, made again; names and other values pass through.

    Raises:
        KeyError: The family has no member of that name.
        TypeError: The member does not take these arguments.
    """
    if kind not in _FAMILIES or not isinstance(value, Mapping):
        return tuple(value) if isinstance(value, list) else value
    arguments = {name: part_from_settings("", one) for name, one in value.items() if name != "name"}
    return _FAMILIES[kind][value["name"]](**arguments)


def _plain(name: str, value: Any) -> Any:
    if name in _FAMILIES and not isinstance(value, str):
        return _part_settings(name, value)
    if isinstance(value, np.random.Generator):
        return None  # the seed that was drawn from it is noted beside the settings
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, torch.device):
        return str(value)
    return [_plain("", one) for one in value] if isinstance(value, tuple | list) else value


def _part_settings(kind: str, part: Any) -> dict[str, Any]:
    known = next((name for name, cls in _FAMILIES[kind].items() if type(part) is cls), None)
    if isinstance(part, ModuleEncoder):
        return {"name": "module", "class": _class_name(part.module)}
    if kind == "encoder" and known is None:
        return {"name": "module", "class": _class_name(part)}
    name = known or type(part).__qualname__
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return {"name": name, **{key: _plain("", one) for key, one in dataclasses.asdict(part).items()}}
    stored = [key for key in inspect.signature(type(part)).parameters if hasattr(part, key)]
    return {"name": name, **{key: _json_value(getattr(part, key)) for key in stored}}


def _json_value(value: Any) -> Any:
    plain = _plain("", value)
    return plain if isinstance(plain, _JSON_TYPES) else _class_name(plain)


def _class_name(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
