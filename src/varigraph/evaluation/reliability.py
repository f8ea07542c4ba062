"""Reliability: whether events of probability p happen a share p of the time, and how good the p are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from varigraph.evaluation.documents import json_ready
from varigraph.tensor_types import FloatArray

__all__ = ["N_BINS", "Reliability", "mean_log_loss", "reliability", "share_interval"]

N_BINS = 10
"""Bins of equal predicted mass."""

_Z = 1.959963984540054  # a standard normal number lies within ± so much 95 % of the time


@dataclass(frozen=True, eq=False)
class Reliability:
    """Probabilities of a population of pairs beside what came true.

    Attributes:
        n_pairs: The population.
        n_links: How many of its pairs are links.
        base_rate: Links over pairs.
        mean_probability: Over the population; equal to the base rate when probabilities are right.
        ece: Expected calibration error, a probability: over the bins, the mean of |mean probability − share
            of links|; beside the base rate it says which part of the links is misplaced.
        brier: Mean squared difference of probability and outcome.
        log_loss: Mean −log p(outcome), in nats a pair.
        constant_log_loss: The log loss of the base rate told of every pair.
        bins: Of equal predicted mass, from low to high probability: `n_pairs`, `probability` (mean), `share`
            (of links), `expected` and `found` (links), each of shape (n_bins,).
    """

    n_pairs: float
    n_links: int
    base_rate: float
    mean_probability: float
    ece: float
    brier: float
    log_loss: float
    constant_log_loss: float
    bins: dict[str, FloatArray]

    @property
    def metrics(self) -> dict[str, float]:
        """The figures that are compared over graphs: ratios, free of the base rate's scale.

        Returns:
            `mean_ratio` (mean probability over base rate, 1 is right), `ece_ratio` (ECE over base rate),
            `brier`, `log_loss`, `log_loss_ratio` (over that of the constant base rate, below 1 is better).
        """
        return {
            "mean_ratio": self.mean_probability / self.base_rate,
            "ece_ratio": self.ece / self.base_rate,
            "brier": self.brier,
            "log_loss": self.log_loss,
            "log_loss_ratio": self.log_loss / self.constant_log_loss,
        }

    def to_dict(self) -> dict[str, Any]:
        """A JSON document."""
        document: dict[str, Any] = json_ready(vars(self) | self.metrics)
        return document


def reliability(
    probabilities: FloatArray, counts: FloatArray, of_links: FloatArray, *, n_bins: int = N_BINS
) -> Reliability:
    """Compares probabilities with outcomes over a population that is given as counts.

    Bins hold equal predicted mass, that is, as many expected links each. Where nearly every probability is
    below 0.001, bins of equal width would put all but a handful of pairs into one, and bins of equal numbers
    would have their links in the last.

    Args:
        probabilities: In (0, 1), shape (n,), of every pair of the population, links among them; in any order.
        counts: How many pairs have each of them, shape (n,).
        of_links: Probabilities of the links alone, shape (n_links,).
        n_bins: How many bins; fewer come out if one probability holds more mass than a bin.

    Raises:
        ValueError: There are no links, more than pairs, or probabilities outside (0, 1).
    """
    n_pairs, n_links = float(counts.sum()), len(of_links)
    if not 0 < n_links < n_pairs:
        raise ValueError(f"{n_links} links among {n_pairs:,.0f} pairs have no base rate between 0 and 1.")
    if not all(np.all((one > 0) & (one < 1)) for one in (probabilities, of_links)):
        raise ValueError("Probabilities must lie between 0 and 1, both left out.")
    base_rate = n_links / n_pairs
    constant = mean_log_loss(np.array([base_rate]), np.array([n_pairs]), np.full(n_links, base_rate))
    squares = (counts * probabilities**2).sum() + ((1 - of_links) ** 2 - of_links**2).sum()
    bins = _bins(probabilities, counts, of_links, n_bins)
    return Reliability(
        n_pairs=n_pairs,
        n_links=n_links,
        base_rate=base_rate,
        mean_probability=float((counts * probabilities).sum() / n_pairs),
        ece=float(np.abs(bins["expected"] - bins["found"]).sum() / n_pairs),
        brier=float(squares / n_pairs),
        log_loss=mean_log_loss(probabilities, counts, of_links),
        constant_log_loss=constant,
        bins=bins,
    )


def mean_log_loss(probabilities: FloatArray, counts: FloatArray, of_links: FloatArray) -> float:
    """Mean −log p(outcome) in nats a pair; arguments as in `reliability`."""
    # All pairs as if they were none, and then the links put right.
    as_none = -(counts * np.log1p(-probabilities)).sum()
    put_right = (np.log1p(-of_links) - np.log(of_links)).sum()
    return float((as_none + put_right) / counts.sum())


def share_interval(found: FloatArray, n_pairs: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The 95 % interval of the share of links, as if every pair of a bin were a link or none by itself.

    Wilson's score interval, which also holds for few links and for none: its lower end is then 0.

    Args:
        found: Links of each bin, shape (n_bins,); more than pairs, by rounding, count as all of them.
        n_pairs: Pairs of each bin, shape (n_bins,), > 0; scaled counts of a sample need not be whole.

    Returns:
        Lower and upper ends, in [0, 1], shape (n_bins,) each.

    References:
        Wilson (1927), *Probable inference, the law of succession, and statistical inference*.
    """
    links = np.minimum(found, n_pairs)
    middle = (links + _Z**2 / 2) / (n_pairs + _Z**2)
    half = _Z / (n_pairs + _Z**2) * np.sqrt(links * (n_pairs - links) / n_pairs + _Z**2 / 4)
    low = np.where(links > 0, middle - half, 0.0)  # 0 without a rounding error
    return low, np.minimum(middle + half, 1.0)


def _bins(
    probabilities: FloatArray, counts: FloatArray, of_links: FloatArray, n_bins: int
) -> dict[str, FloatArray]:
    # Pairs of one probability stay together: nothing says which of them a link of that probability is among.
    rising, group = np.unique(probabilities, return_inverse=True)
    counts = np.asarray(np.bincount(group, weights=counts), dtype=np.float64)
    mass = rising * counts
    middle = np.cumsum(mass) - mass / 2
    at = np.minimum((n_bins * middle / mass.sum()).astype(np.int64), n_bins - 1)
    # Links of one probability with a pair go where the pair went, the others between their neighbours.
    link_at = at[np.searchsorted(rising, of_links).clip(max=len(rising) - 1)]
    sums: dict[str, FloatArray] = {
        "n_pairs": np.asarray(np.bincount(at, weights=counts, minlength=n_bins), dtype=np.float64),
        "expected": np.asarray(np.bincount(at, weights=mass, minlength=n_bins), dtype=np.float64),
        "found": np.bincount(link_at, minlength=n_bins).astype(np.float64),
    }
    is_used = sums["n_pairs"] > 0
    n_pairs, expected, found = (sums[name][is_used] for name in ("n_pairs", "expected", "found"))
    return {
        "n_pairs": n_pairs,
        "probability": np.asarray(expected / n_pairs),
        "share": np.asarray(found / n_pairs),
        "expected": expected,
        "found": found,
    }
