"""A reproduction as tables and sentences: our numbers, the published ones beside them, and the verdicts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence

from varigraph.evaluation.reproduction_record import (
    CellRecord,
    ClaimRecord,
    MetricRecord,
    ReproductionRecord,
)
from varigraph.evaluation.verdicts import Verdict, shown_scale
from varigraph.reporting.tables import ResultTable

__all__ = [
    "reproduction_heading",
    "reproduction_lines",
    "reproduction_markdown",
    "reproduction_table",
    "reproduction_tables",
]

_NO_VALUE = "–"
_BETWEEN = ", "
_MOST_COLUMNS = 4  # cells of about 25 characters; with more the longer axis makes the rows on a terminal
_MEANINGS: Mapping[Verdict, str] = {
    "agrees": "agrees: 0 is in the 95 % interval of the difference, which is no wider than {tolerance}",
    "differs": "differs: 0 is outside that interval",
    "cannot tell": "cannot tell: {because}",
}
_WIDER = "the interval is wider"
_BY_EYE = "the published number was read from a figure"
_CHANGED = "the quick version has other settings"
_BELOW = "<"


def reproduction_heading(record: ReproductionRecord) -> str:
    """What was reproduced, and whether this is the quick version."""
    return record.title + (" (quick version)" if record.quick else "")


def reproduction_table(
    record: ReproductionRecord, *, metrics: Sequence[str] = (), turned: bool = False
) -> ResultTable:
    """One table: `ours ± half the width of the 95 % interval of the mean (published) verdict`.

    The first axis makes the rows, the second times the metrics the columns; with one axis the metrics make
    the columns; further axes join the first.

    Args:
        record: Of a reproduction.
        metrics: Those to show, in this order; all unless told otherwise. One alone is the title.
        turned: The second axis makes the rows.

    Raises:
        ValueError: There is no metric of that name.
    """
    unknown = [name for name in metrics if name not in record.metrics]
    if unknown:
        raise ValueError(f"There is no metric {unknown[0]!r}; there are {', '.join(record.metrics)}.")
    shown = list(metrics) or list(record.metrics)
    across = list(record.axes)[1:2]
    down = [axis for axis in record.axes if axis not in across]
    if turned:
        down, across = across, down
    columns = [(place, name) for place in _places(record, across) for name in shown]
    rows = [
        (
            _titles(record, row),
            *(_shown(record, _cell_at(record, {**row, **place}), name) for place, name in columns),
        )
        for row in _places(record, down)
    ]
    is_one = len(shown) == 1 and bool(across)
    return ResultTable(
        columns=("", *(_heading(record, place, "" if is_one else name) for place, name in columns)),
        rows=tuple(rows),
        title=_metric_title(record, shown[0]) if is_one else reproduction_heading(record),
        n_text_columns=len(columns) + 1,  # words follow the numbers
        folded=frozenset(range(1, len(columns) + 1)),
    )


def reproduction_tables(record: ReproductionRecord) -> list[ResultTable]:
    """Tables that stay readable on a terminal: one a metric, and the longer axis down if it is long."""
    if len(record.axes) < 2:
        return [reproduction_table(record)]
    first, second = (len(record.axes[axis]) for axis in list(record.axes)[:2])
    turned = len(record.axes) == 2 and second > max(first, _MOST_COLUMNS)
    return [reproduction_table(record, metrics=[name], turned=turned) for name in record.metrics]


def reproduction_lines(record: ReproductionRecord) -> list[str]:
    """What stands beneath the tables: legend, claims, remarks, warnings, time; a sentence or two each."""
    claims = [_claim_line(claim, where, _margins(record, claim)) for claim, where in _claims(record)]
    return [*_quick(record), *_legend(record), *claims, *_remarks(record), *_notes(record)]


def reproduction_markdown(record: ReproductionRecord) -> str:
    """What was done, the table of all metrics and what stands beneath it; Markdown, ending in a newline."""
    beneath = "\n".join(f"- {line}" for line in reproduction_lines(record))
    about = " ".join(record.about.split()).replace("*", "\\*")  # of GAE*, which would begin emphasis
    return f"{about}\n\n{reproduction_table(record).markdown()}\n{beneath}\n"


def _places(record: ReproductionRecord, axes: Sequence[str]) -> list[dict[str, str]]:
    """Every combination of values of some axes; one that names nothing for no axes."""
    return [
        dict(zip(axes, names, strict=True))
        for names in itertools.product(*(record.axes[axis] for axis in axes))
    ]


def _cell_at(record: ReproductionRecord, place: Mapping[str, str]) -> CellRecord | None:
    return next((cell for cell in record.cells if cell["coordinates"] == place), None)


def _titles(record: ReproductionRecord, place: Mapping[str, str]) -> str:
    return _BETWEEN.join(record.axes[axis][name] for axis, name in place.items())


def _heading(record: ReproductionRecord, place: Mapping[str, str], metric: str) -> str:
    return " ".join(filter(None, [_titles(record, place), _metric_title(record, metric)]))


def _metric_title(record: ReproductionRecord, name: str) -> str:
    if not name:
        return ""
    metric = record.metrics[name]
    unit = "%" if metric["unit"] == "percent" else metric["unit"]
    return f"{metric['title']} ({unit})" if unit else metric["title"]


def _shown(record: ReproductionRecord, cell: CellRecord | None, name: str) -> str:
    if cell is None or math.isnan(cell["metrics"][name]["mean"]):
        return _NO_VALUE
    metric, summary = record.metrics[name], cell["metrics"][name]
    low, high = summary["ci95"]
    words = [_number(summary["mean"], metric)]
    if not math.isnan(high):
        words.append(f"± {_number((high - low) / 2, metric)}")
    if not cell["reaches"].get(name, True):
        words.append(_BELOW)
    if name in cell["published"]:
        words.append(f"({_published(record, cell['published'][name])})")
    words.append(cell["verdicts"].get(name, ""))
    return " ".join(filter(None, words))


def _number(value: float, metric: MetricRecord) -> str:
    return f"{shown_scale(metric['unit']) * value:.{metric['decimals']}f}".replace("-", "−")


def _published(record: ReproductionRecord, value: float) -> str:
    decimals = record.published_as["decimals"] if record.published_as else 1
    return f"{value:.{decimals}f}".replace("-", "−")


def _quick(record: ReproductionRecord) -> list[str]:
    if not record.quick:
        return []
    less = "settings, seeds or cells" if record.settings_changed else "seeds or cells"
    return [f"Quick version: other {less} than the whole experiment."]


def _legend(record: ReproductionRecord) -> list[str]:
    n_seeds = max((len(cell["seeds"]) for cell in record.cells), default=0)
    ours = f"mean ± half the width of its 95 % interval over {n_seeds} seeds" if n_seeds > 1 else "one seed"
    told = {word for cell in record.cells for word in cell["verdicts"].values()}
    if not told:
        return [f"Ours: {ours}; nothing is published to compare with."]
    meanings = [meaning for word, meaning in _MEANINGS.items() if word in told]
    legend = "; ".join(meanings).format(tolerance=_tolerances(record), because=_reasons(record, told))
    lines = [f"Ours: {ours}; in brackets the published number. {legend[0].upper()}{legend[1:]}."]
    if any(not reached for cell in record.cells for reached in cell["reaches"].values()):
        lines.append(f"{_BELOW}: the upper end of our interval is below the published number.")
    return lines


def _reasons(record: ReproductionRecord, told: Collection[Verdict]) -> str:
    """Why nothing can be told, where it cannot; the reasons that occur."""
    if record.settings_changed:
        return _CHANGED
    if record.published_as is not None and record.published_as["of"] == "by eye":
        return _BY_EYE
    has_interval = {
        not math.isnan(cell["metrics"][name]["ci95"][1])
        for cell in record.cells
        for name, verdict in cell["verdicts"].items()
        if verdict == "cannot tell"
    }
    is_named = "agrees" in told  # the interval and how wide it may be, in its own meaning
    wider = _WIDER if is_named else f"the 95 % interval of the difference is wider than {_tolerances(record)}"
    none = "there is none" if is_named or True in has_interval else "there is no interval of the difference"
    return ", or ".join([wider] * (True in has_interval) + [none] * (False in has_interval))


def _tolerances(record: ReproductionRecord) -> str:
    known = {name: one["tolerance"] for name, one in record.metrics.items() if one["tolerance"] is not None}
    if len(set(known.values())) == 1:
        return f"± {next(iter(known.values())):g}"
    return _BETWEEN.join(f"± {value:g} ({record.metrics[name]['title']})" for name, value in known.items())


def _claims(record: ReproductionRecord) -> list[tuple[ClaimRecord, dict[Verdict, list[str]]]]:
    """Each claim with the cells of each verdict."""
    found = []
    for claim in record.claims:
        where: dict[Verdict, list[str]] = {}
        for cell in claim["cells"]:
            where.setdefault(cell["verdict"], []).append(_titles(record, cell["coordinates"]))
        found.append((claim, where))
    return found


def _margins(record: ReproductionRecord, claim: ClaimRecord) -> str:
    """By how much a side that is said to be not lower may be lower, in each cell."""
    metric = record.metrics[claim["metric"]]
    margins = [one["by_no_more_than"] for one in claim["cells"] if "by_no_more_than" in one]
    shown = dict.fromkeys(_number(margin, metric) for margin in margins)
    return f" (not lower by more than {_BETWEEN.join(shown)})" if shown else ""


def _claim_line(claim: ClaimRecord, where: Mapping[Verdict, Sequence[str]], margins: str) -> str:
    line = f"Claim “{claim['text']}”{margins}: {claim['verdict']}"
    n_cells = len(claim["cells"])
    if len(where) == 1:
        return f"{line}." if n_cells == 1 else f"{line}, in each of {n_cells} cells."
    parts = [f"{verdict} in {' · '.join(places)}" for verdict, places in where.items()]
    return f"{line} ({'; '.join(parts)})."


def _remarks(record: ReproductionRecord) -> list[str]:
    """Each remark once, with the cells that it is about."""
    about: dict[str, list[str]] = {}
    for cell in record.cells:
        for text in cell["remarks"]:
            about.setdefault(text, []).append(_titles(record, cell["coordinates"]))
    return [f"{'; '.join(cells)}: {text}" for text, cells in about.items()]


def _notes(record: ReproductionRecord) -> list[str]:
    n_trials = sum(len(cell["trials"]) for cell in record.cells)
    at_once = f", up to {record.n_jobs} side by side" if record.n_jobs > 1 else ""
    time = (
        f"{n_trials:,} trial{'' if n_trials == 1 else 's'} in {_duration(record.timings['wall'])}{at_once}."
    )
    return [*(f"Warned: {note}" for note in record.notes), time]


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
