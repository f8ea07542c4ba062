"""Whether probabilities came true and the best links are links, as a record has it, in sentences."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any

from varigraph.evaluation.records import RunRecord

__all__ = ["checks_lines"]

_WIDTH = 80
_PRECISION = "precision@"
_MOST_DIGITS = 9  # of a K; Python refuses to read numbers of thousands
_NAMES = {"adamic_adar": "Adamic-Adar"}


def checks_lines(record: RunRecord, *, part: str = "test") -> list[str]:
    """What a record says of calibration and of the best links, in lines of at most 80 characters.

    Of repeated runs means are told. What the record does not hold, or has no value for, is left out.

    Args:
        record: Of one run or of several.
        part: Whose edges probabilities and links were compared with.
    """
    calibration, top_links = record.calibration.get(part, {}), record.top_links.get(part, {})
    sentences = [*_of_calibration(calibration, part), *_of_top_links(top_links, record.model, part)]
    n_runs = max(
        (_n_runs(one) for row in (calibration, *top_links.values()) for one in row.values()), default=1
    )
    if sentences and n_runs > 1:
        sentences.insert(0, f"Means over {n_runs:,} runs:")
    return [line for one in sentences for line in _wrapped(one)]


def _of_calibration(figures: Mapping[str, Any], part: str) -> list[str]:
    told = {name: _mean(one) for name, one in figures.items()}
    words = {
        "mean_ratio": "mean {:.2f} × the share of links",
        "ece_ratio": "calibration error (ECE) {:.2f} × that share",
    }
    clauses = [text.format(told[name]) for name, text in words.items() if _is_known(told, name)]
    if _is_known(told, "log_loss_ratio"):
        ratio = told["log_loss_ratio"]
        side = "below" if ratio <= 1 else "above"
        clauses.append(f"log loss {100 * abs(1 - ratio):.0f} % {side} a constant base rate's")
    return [f"Probabilities on the {part} part: {', '.join(clauses)}."] if clauses else []


def _of_top_links(figures: Mapping[str, Mapping[str, Any]], model: str, part: str) -> list[str]:
    """A sentence for each K of precision@K, the model first."""
    sentences = []
    for metric in figures.get(model, {}):
        k = metric.removeprefix(_PRECISION)
        if not metric.startswith(_PRECISION) or not k.isdecimal() or len(k) > _MOST_DIGITS:
            continue
        counts = {
            name: f"{int(k) * value:,.{int(_n_runs(row[metric]) > 1)}f}"
            for name, row in figures.items()
            if metric in row and math.isfinite(value := _mean(row[metric]))
        }
        if model in counts:
            others = [
                f"; among those of {_NAMES.get(one, one)}: {n}" for one, n in counts.items() if one != model
            ]
            ours = f"{part.capitalize()} edges among the {int(k):,} likeliest pairs: {counts[model]}"
            sentences.append(f"{ours}{''.join(others)}.")
    return sentences


def _mean(figure: Any) -> float:
    """A figure of one run, or the mean over several."""
    return float(figure["mean"] if isinstance(figure, Mapping) else figure)


def _n_runs(figure: Any) -> int:
    return len(figure["values"]) if isinstance(figure, Mapping) else 1


def _is_known(figures: Mapping[str, float], name: str) -> bool:
    return math.isfinite(figures.get(name, math.nan))


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
