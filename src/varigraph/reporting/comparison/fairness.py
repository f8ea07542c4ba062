"""Why a comparison of runs may not be fair, in sentences."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence

from varigraph.evaluation.records import RunRecord
from varigraph.evaluation.row_record import RowRecord
from varigraph.evaluation.row_scale import nats_of
from varigraph.reporting.comparison.runs import ComparedRun, data_labels, shared_positions

__all__ = ["fairness_notes", "ground_of"]

_MOST_NAMES = 4

_PROTOCOL_FIELDS = {
    "split_protocol": "The data were split in different ways, so the tests are not equally hard",
    "negatives": "Links were ranked among other negatives",
    "ties": "Ranks of equal scores were counted by other rules",
}
"""Fields of records that say how a test was made, and what is told of runs that differ in one."""


def ground_of(run: ComparedRun) -> tuple[str, ...]:
    """What runs must share for a better number to mean a better run: the data, and how the test was made."""
    record = run.record
    scoring = (record.negatives, record.ties) if isinstance(record, RunRecord) else ()
    return (run.data_fingerprint, record.split_protocol, *scoring)


def fairness_notes(runs: Sequence[ComparedRun]) -> list[str]:
    """What a reader must know before one run is called better than another; empty if there is nothing.

    Args:
        runs: Of one kind.

    Returns:
        A sentence each on different data, protocols, negatives, tie rules, splits, numbers of repeats,
        likelihoods, importance samples and threads, and on runs that were not repeated.
    """
    if len(runs) < 2:
        return []
    return [
        *_data_notes(runs),
        *_protocol_notes(runs),
        *_split_notes(runs),
        *_likelihood_notes(runs),
        *_thread_notes(runs),
    ]


def _data_notes(runs: Sequence[ComparedRun]) -> Iterator[str]:
    labels = data_labels(runs)
    if len(labels) > 1:
        told = _told(_by_value(runs, lambda run: labels[run.data_fingerprint]))
        yield f"The runs are on different data: {told}. The best of each data is marked, not the best of all."


def _protocol_notes(runs: Sequence[ComparedRun]) -> Iterator[str]:
    for same_data in _groups(runs, lambda run: run.data_fingerprint):
        for field, words in _PROTOCOL_FIELDS.items():
            values = _by_value(same_data, functools.partial(_field, name=field))
            if len(values) > 1:
                yield f"{words}: {_told(values)}."


def _field(run: ComparedRun, *, name: str) -> str:
    return str(getattr(run.record, name, ""))


def _split_notes(runs: Sequence[ComparedRun]) -> Iterator[str]:
    for group in _groups(runs, ground_of):
        if len(group) < 2:
            continue
        if any(not _are_same_splits(group[0], run) for run in group[1:]):
            told = _told(_by_value(group, _seeds_in_words))
            yield f"The runs were not scored on the same splits, and some splits are harder: {told}."
        repeats = _by_value(group, lambda run: _counted(run.n_repeats, "repeat"))
        if len(repeats) > 1:
            yield f"Means of different numbers of repeats are not equally sure: {_told(repeats)}."
        elif group[0].n_repeats == 1:
            yield (
                "Each run was trained and scored once, so nothing tells a difference from chance; "
                "varigraph evaluate DATA --repeats 10 --json makes records that do."
            )


def _likelihood_notes(runs: Sequence[ComparedRun]) -> Iterator[str]:
    measures = _by_value(runs, _nats_of)
    if len(measures) > 1:
        yield (
            f"Nats measure different things and stand in columns of their own: {_told(measures)}. Densities "
            "depend on the units of the columns, and cross-entropies of grey values are no likelihood."
        )
    samples = _by_value([run for run in runs if "log_likelihood" in run.metrics], _importance_samples)
    if len(samples) > 1:
        yield f"log p(x) rises with the number of importance samples, and the runs took {_told(samples)}."


def _thread_notes(runs: Sequence[ComparedRun]) -> Iterator[str]:
    threads = _by_value(runs, lambda run: str(run.record.n_threads or "unknown"))
    if len(threads) > 1:
        yield f"Seconds were taken with different numbers of threads: {_told(threads)}."


def _nats_of(run: ComparedRun) -> str:
    return nats_of(run.record) if isinstance(run.record, RowRecord) else ""


def _are_same_splits(one: ComparedRun, other: ComparedRun) -> bool:
    """Whether the shorter list of splits is part of the longer one."""
    n_shared = len(shared_positions(one, other))
    return n_shared == min(len(one.record.split_fingerprints), len(other.record.split_fingerprints)) > 0


def _seeds_in_words(run: ComparedRun) -> str:
    seeds = run.record.split_seeds
    if not seeds:
        return "one fixed split"
    is_range = len(seeds) > 2 and seeds == list(range(seeds[0], seeds[0] + len(seeds)))
    shown = f"{seeds[0]} to {seeds[-1]}" if is_range else ", ".join(map(str, seeds[:_MOST_NAMES]))
    more = "" if is_range or len(seeds) <= _MOST_NAMES else ", …"
    return f"seed{'s' if len(seeds) > 1 else ''} {shown}{more}"


def _importance_samples(run: ComparedRun) -> str:
    return str(run.record.settings.get("n_samples", "an unknown number"))


def _groups(runs: Sequence[ComparedRun], key: Callable[[ComparedRun], object]) -> list[list[ComparedRun]]:
    """The runs with the same key, in the order in which the keys come up."""
    found: dict[object, list[ComparedRun]] = {}
    for run in runs:
        found.setdefault(key(run), []).append(run)
    return list(found.values())


def _by_value(
    runs: Sequence[ComparedRun], value: Callable[[ComparedRun], str]
) -> dict[str, list[ComparedRun]]:
    return {value(group[0]): group for group in _groups(runs, value)}


def _told(values: Mapping[str, Sequence[ComparedRun]]) -> str:
    """Each value with the runs that have it, such as "cora (a, b), citeseer (c)"."""
    return ", ".join(f"{value} ({_names(group)})" for value, group in values.items())


def _names(runs: Sequence[ComparedRun]) -> str:
    names = [run.name for run in runs]
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[: _MOST_NAMES - 1])} and {len(names) - _MOST_NAMES + 1} more"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
