"""Fitting a `Calibration`: held-out links against all open pairs, or the objective's own odds."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, log_expit, logit
from sklearn.isotonic import IsotonicRegression

from varigraph.links.calibration import FEWEST_LINKS, Calibration, check_base_rate
from varigraph.links.population import N_SAMPLED, LogitCounts
from varigraph.tensor_types import FloatArray

__all__ = ["fit_calibration", "shifted_probabilities"]

# Links that share one step of the curve: n^0.3, so 5 of 263 and 10 of 2,216. Chosen on halves of validation
# links (Cora, CiteSeer, PubMed): n^0.5 and n^0.6 blur the top, single links follow chance.
_GROUP_EXPONENT = 0.3
_FEWEST_IN_GROUP = 2
# Of a sample of the open pairs a step holds so many at least; of all pairs any number is exact.
_FEWEST_SAMPLED = 20
_MOST_THRESHOLDS = 256
_N_SHIFT_KNOTS = 256


def fit_calibration(
    links: FloatArray, population: LogitCounts, *, base_rate: float, prior_log_odds: float
) -> Calibration:
    """The curve of f_links/f_U.

    Held-out links are sorted into small groups of neighbours; f_links/f_U of a group is its share of links
    over its share of open pairs. Pooling adjacent groups until none falls below one before it is the
    isotonic maximum-likelihood fit; between the groups' mean logits the curve is linear in the logarithm.
    With fewer than `FEWEST_LINKS` links, the curve is that of `shifted_probabilities`, scaled to a mean
    over the open pairs that is the base rate.

    Args:
        links: Logits of held-out links, shape (n_links,), which the model has neither seen nor learnt.
        population: The logits of all open pairs.
        base_rate: The share of links that a shift alone is to assume.
        prior_log_odds: The objective's; see `Objective.prior_log_odds`.

    References:
        Barlow, Bartholomew, Bremner & Brunk (1972), *Statistical inference under order restrictions*.
        Elkan & Noto (2008), *Learning classifiers from only positive and unlabeled data*.
    """
    links = np.sort(links)
    if len(links) >= FEWEST_LINKS:
        logits, log_ratios = _isotonic_knots(links, population)
    else:
        logits, log_ratios = _shift_knots(population, base_rate, prior_log_odds)
    thresholds = _thresholds(links, population)
    return Calibration(
        method="isotonic" if len(links) >= FEWEST_LINKS else "shift",
        logits=logits,
        log_ratios=log_ratios,
        thresholds=thresholds,
        links_above=_share_above(thresholds, links, np.ones(len(links))),
        pairs_above=_share_above(thresholds, population.logits, population.counts),
        n_links=len(links),
        n_pairs=round(population.n_pairs),
    )


def shifted_probabilities(logits: FloatArray, *, base_rate: float, prior_log_odds: float) -> FloatArray:
    """σ(logit + log-odds of the base rate − prior_log_odds): what the objective alone says, no link held out.

    Args:
        logits: shape (n_pairs,).
        base_rate: In (0, 1).
        prior_log_odds: The log-odds of an edge among the pairs as the objective weighs them.
    """
    check_base_rate(base_rate)
    return np.asarray(expit(logits + logit(base_rate) - prior_log_odds))


def _isotonic_knots(links: FloatArray, population: LogitCounts) -> tuple[FloatArray, FloatArray]:
    """Knots from links in ascending order."""
    edges = _group_edges(links, population)
    of_link = np.searchsorted(edges, links, side="right")
    of_pair = np.searchsorted(edges, population.logits, side="right")
    n_groups = len(edges) + 1
    link_share = np.bincount(of_link, minlength=n_groups) / len(links)
    # A group that no open pair falls into still counts as half of one: no ratio is infinite.
    pair_counts = np.maximum(np.bincount(of_pair, weights=population.counts, minlength=n_groups), 0.5)
    ratios = link_share / (pair_counts / pair_counts.sum())
    pooled = IsotonicRegression().fit_transform(np.arange(n_groups), ratios, sample_weight=pair_counts)
    step = np.concatenate([[0], np.cumsum(np.diff(pooled) > 0)])
    heights = pooled[np.unique(step, return_index=True)[1]]
    middles = np.bincount(step[of_link], weights=links) / np.bincount(step[of_link])
    return middles, np.log(heights)


def _group_edges(links: FloatArray, population: LogitCounts) -> FloatArray:
    """Where one group of links ends and the next begins: halfway between two links, ascending."""
    size = max(_FEWEST_IN_GROUP, round(len(links) ** _GROUP_EXPONENT))
    cuts = np.linspace(0, len(links), len(links) // size + 1).astype(int)[1:-1]
    edges = np.unique((links[cuts - 1] + links[cuts]) / 2)
    # Links of equal logits cannot be parted.
    edges = edges[np.diff(np.searchsorted(links, edges), prepend=0) > 0]
    if population.is_sampled:
        n_above = _share_above(edges, population.logits, population.counts) * N_SAMPLED
        edges = edges[n_above >= _FEWEST_SAMPLED]
    return np.asarray(edges)


def _shift_knots(
    population: LogitCounts, base_rate: float, prior_log_odds: float
) -> tuple[FloatArray, FloatArray]:
    odds = logit(base_rate) - prior_log_odds
    mean = np.average(expit(population.logits + odds), weights=population.counts)
    low, high = population.logits[[0, -1]]
    knots = np.linspace(low, high, _N_SHIFT_KNOTS) if high > low else np.array([low])
    return knots, np.asarray(log_expit(knots + odds) - np.log(mean))


def _thresholds(links: FloatArray, population: LogitCounts) -> FloatArray:
    """Logits that a threshold may be chosen among: those of the links, or of so many quantiles of them."""
    n_thresholds = min(len(links), _MOST_THRESHOLDS)
    quantiles = np.arange(n_thresholds) / max(n_thresholds, 1)
    met = np.unique(np.quantile(links, quantiles, method="lower")) if n_thresholds else links
    return np.asarray(met[met <= population.logits[-1]])


def _share_above(thresholds: FloatArray, logits: FloatArray, counts: FloatArray) -> FloatArray:
    """The share of the counts at or above each threshold; `logits` are ascending."""
    if not len(thresholds):
        return np.empty(0)
    above = np.concatenate([np.cumsum(counts[::-1])[::-1], [0.0]])
    return np.asarray(above[np.searchsorted(logits, thresholds, side="left")] / above[0])
