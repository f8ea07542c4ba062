"""Predicted links for the eye: their table, and what their probabilities rest on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from varigraph.graphs.graph import Graph
from varigraph.links.calibration import Calibration
from varigraph.reporting.plain_text import one_line
from varigraph.reporting.tables import ResultTable

__all__ = ["assumption_sentence", "links_table"]

_NEARLY_SURE = 0.9995  # from here on three digits would say 1, which no probability is


def links_table(columns: Mapping[str, NDArray[Any]]) -> ResultTable:
    """Predicted links, a row each, in their order.

    Args:
        columns: `source`, `target` (ids), `probability`, `logit` and `rank`, as `predicted_links` gives them.

    Example:
        >>> import numpy as np
        >>> print(links_table({"source": np.array(["Ada"]), "target": np.array(["Bob"]),
        ...     "probability": np.array([0.25]), "logit": np.array([1.5]), "rank": np.array([1])}))
        source  target  probability  logit  rank
        Ada     Bob           0.250  1.500     1
    """
    shown = {
        "source": [one_line(str(one)) for one in columns["source"].tolist()],
        "target": [one_line(str(one)) for one in columns["target"].tolist()],
        "probability": [_probability(one) for one in columns["probability"].tolist()],
        "logit": [f"{one:.3f}" for one in columns["logit"].tolist()],
        "rank": [f"{one:,}" for one in columns["rank"].tolist()],
    }
    return ResultTable(
        tuple(shown),
        tuple(zip(*shown.values(), strict=True)),
        n_text_columns=2,
        folded=frozenset({0, 1}),
    )


def assumption_sentence(
    base_rate: float, calibration: Calibration, graph: Graph, *, is_assumed: bool, was_refitted: bool
) -> str:
    """What probabilities of links rest on: how many links there are to be, and where their curve comes from.

    Args:
        base_rate: The share of the pairs without an edge that are taken to be links.
        calibration: Of the model.
        graph: Everything the user knows, so that its pairs without an edge are those predicted.
        is_assumed: Nobody stated the base rate.
        was_refitted: The model was trained on all edges after the one that the calibration was fitted on.
    """
    n_open = graph.n_pairs - graph.n_edges
    n_links = base_rate * n_open
    how_many = (
        f"{_about(n_links)} of the {n_open:,} pairs without an edge {_are(n_links)} (a base rate of "
        f"{base_rate:.3g})"
    )
    if is_assumed:
        known_for_one = graph.n_edges / n_links if n_links else 0
        said = (
            f"Probabilities assume that {how_many}, one for every {known_for_one:,.0f} known edges; no graph "
            "tells how many are missing, so state another base rate if you know better."
        )
    else:
        said = f"Probabilities stand at the base rate that you stated: {how_many}."
    return f"{said} {_origin(calibration, was_refitted=was_refitted)}"


def _about(n_links: float) -> str:
    return f"about {n_links:,.0f}" if round(n_links) else "fewer than one"


def _are(n_links: float) -> str:
    return "are links" if round(n_links) > 1 else "is a link"


def _origin(calibration: Calibration, *, was_refitted: bool) -> str:
    """Where the curve from logits to probabilities comes from."""
    n_links = calibration.n_links
    if calibration.method == "isotonic":
        origin = f"Their curve was fitted on {n_links:,} held-out links"
    else:
        held_out = (
            f"only {n_links:,} link{' was' if n_links == 1 else 's were'}" if n_links else "no link was"
        )
        origin = f"Their curve follows from the training objective alone, because {held_out} held out"
    if was_refitted:
        origin += "; it is carried over from the evaluated model to this one, which was trained on all edges"
    return f"{origin}."


def _probability(value: float) -> str:
    return ">0.999" if value >= _NEARLY_SURE else f"{value:#.3g}"
