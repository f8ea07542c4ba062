"""An estimator's settings as JSON, parts included, and back."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch

from varigraph.decoders import DECODERS, LIKELIHOODS, ROW_DECODERS
from varigraph.distributions import ROW_PRIORS
from varigraph.encoders import ENCODERS, ROW_ENCODERS, ModuleEncoder
from varigraph.objectives import CORRUPTIONS, OBJECTIVES, ROW_OBJECTIVES

__all__ = ["part_from_settings", "settings_of", "unregistered_parts"]

_JSON_TYPES = (str, int, float, bool, list, type(None))

_FAMILIES: dict[str, Mapping[str, type]] = {
    "encoder": {**ENCODERS, **ROW_ENCODERS},
    "decoder": {**DECODERS, **ROW_DECODERS},
    "prior": ROW_PRIORS,
    "objective": {**OBJECTIVES, **ROW_OBJECTIVES},
    "likelihood": LIKELIHOODS,
    "corruption": CORRUPTIONS,
}
"""Settings that are parts, by the argument's name. Parts of graphs and of rows have different names, so that
a name tells which is meant; a model refuses the other kind where it builds its parts."""


def settings_of(estimator: Any) -> dict[str, Any]:
    """Every constructor argument as plain JSON values; a part becomes {"name": …, its own arguments}.

    So does an estimator within, such as an anomaly detector's. A user's module or encoder is noted by its
    class name alone: its code is the user's to keep. Of another part of the user's own, what it stores under
    its arguments' names is noted, objects by their class.
    """
    return {name: _plain(name, value) for name, value in estimator.get_params(deep=False).items()}


def unregistered_parts(settings: Mapping[str, Any]) -> list[str]:
    """Which parts in a model's settings are the user's own and no encoder, by kind; parts of parts included.

    Example:
        >>> unregistered_parts({"decoder": {"name": "Mine"}, "prior": {"name": "mixture"}})
        ['decoder']
    """
    return list(_unregistered(settings))


def _unregistered(settings: Mapping[str, Any]) -> Iterator[str]:
    for kind, value in settings.items():
        if isinstance(value, Mapping):
            if kind in _FAMILIES and kind != "encoder" and value.get("name") not in _FAMILIES[kind]:
                yield kind
            else:
                yield from _unregistered(value)


def part_from_settings(kind: str, value: Any) -> Any:
    """What `settings_of` wrote for a part, made again; names and other values pass through.

    Raises:
        KeyError: The family has no member of that name.
        TypeError: The member does not take these arguments.
    """
    if kind not in _FAMILIES or not isinstance(value, Mapping):
        return tuple(value) if isinstance(value, list) else value
    arguments = {name: part_from_settings(name, one) for name, one in value.items() if name != "name"}
    return _FAMILIES[kind][value["name"]](**arguments)


def _plain(name: str, value: Any) -> Any:
    if name in _FAMILIES and not isinstance(value, str | None):
        return _part_settings(name, value)
    if hasattr(value, "get_params") and not isinstance(value, type):
        return {"name": getattr(value, "name", type(value).__qualname__), **settings_of(value)}
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
        fields = [one.name for one in dataclasses.fields(part) if one.init]
        return {"name": name, **{key: _argument(key, getattr(part, key)) for key in fields}}
    stored = [key for key in inspect.signature(type(part)).parameters if hasattr(part, key)]
    return {"name": name, **{key: _argument(key, getattr(part, key)) for key in stored}}


def _argument(name: str, value: Any) -> Any:
    """A part's own argument: a part again, a plain value, or a class name where JSON knows nothing nearer."""
    plain = _plain(name, value)
    return plain if isinstance(plain, _JSON_TYPES) or name in _FAMILIES else _class_name(plain)


def _class_name(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
