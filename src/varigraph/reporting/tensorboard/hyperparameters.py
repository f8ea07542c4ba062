"""Hyperparameters and final metrics of a run: its row in TensorBoard's table of runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from varigraph.models.settings import settings_of
from varigraph.reporting.plain_text import one_line
from varigraph.reporting.tensorboard.event_files import add_summary, replacing_writer
from varigraph.reporting.tensorboard.scalars import scalar_tag

__all__ = ["final_metrics", "flat_settings", "model_settings", "write_hyperparameters"]

_SUFFIX = ".hparams"
_LARGEST_EXACT = 2**53  # TensorBoard keeps numbers as float64
_NO_HYPERPARAMETERS = ("verbose",)


def model_settings(model: Any) -> dict[str, Any]:
    """The name of a fitted model, and its constructor arguments as JSON values, with the seed it drew."""
    return {"model": model.name} | settings_of(model) | {"random_state": model.seed_}


def final_metrics(model: Any) -> dict[str, float]:
    """What the epoch whose weights were kept came to: `final/epoch`, `final/loss`, `final/val_auc`, …."""
    record = model.history_[model.best_epoch_ - 1] if model.best_epoch_ else {}
    wanted = {name: v for name, v in record.items() if name == "loss" or scalar_tag(name).startswith("val/")}
    wanted.pop("val_score", None)  # what chose the epoch says nothing that the others do not
    return {"final/epoch": model.best_epoch_} | {f"final/{name}": value for name, value in wanted.items()}


def flat_settings(settings: Mapping[str, Any]) -> dict[str, str | float]:
    """Settings as TensorBoard takes them: numbers and text, a part's own settings under its name.

    What is not set is left out. Lists and truth values become text, and so do whole numbers that float64
    does not hold exactly.

    Example:
        >>> flat_settings({"hidden_dims": [256, 64], "patience": None, "prior": {"name": "mixture", "n": 3}})
        {'hidden_dims': '256, 64', 'prior': 'mixture', 'prior.n': 3}
    """
    return dict(_flat({k: v for k, v in settings.items() if k not in _NO_HYPERPARAMETERS}, ""))


def write_hyperparameters(
    folder: str | Path, settings: Mapping[str, Any], metrics: Mapping[str, float], *, step: int = 0
) -> None:
    """Writes the row of a run; it replaces the one that an earlier call wrote.

    Args:
        folder: Of the run's event files; its name is that of the row.
        settings: Values of JSON, nested ones included.
        metrics: By name, such as `test/auc`; what is not finite is left out.
        step: The epoch that the metrics belong to.

    Raises:
        MissingExtraError: TensorBoard is not installed.
    """
    from torch.utils.tensorboard.summary import hparams

    finite = {name: float(value) for name, value in metrics.items() if math.isfinite(value)}
    with replacing_writer(Path(folder), _SUFFIX) as writer:
        # `add_hparams` would make a run of its own beside the one whose curves these are.
        # Nor is there a list of what is to be compared: of several TensorBoard believes the first for all
        # runs, and without one it shows every run's settings, those that differ before the others.
        _, begin, end = hparams(flat_settings(settings), {})
        add_summary(writer, begin)
        add_summary(writer, end)
        for name, value in finite.items():
            writer.add_scalar(name, value, step)


def _flat(settings: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str | float]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield f"{prefix}{name}", str(value.get("name", ""))
            yield from _flat({k: v for k, v in value.items() if k != "name"}, f"{prefix}{name}.")
        elif value is not None:
            yield f"{prefix}{name}", _plain(value)


def _plain(value: Any) -> str | float:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return value if abs(value) <= _LARGEST_EXACT else str(value)
    if isinstance(value, float):
        return value
    return one_line(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value))
