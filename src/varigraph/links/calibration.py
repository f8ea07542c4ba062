"""`Calibration`: how much likelier than the base rate a pair is a link, by its logit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np

from varigraph.errors import DataError
from varigraph.links.population import LogitCounts
from varigraph.tensor_types import FloatArray

__all__ = ["FEWEST_LINKS", "Calibration", "CalibrationMethod", "check_base_rate"]

CalibrationMethod: TypeAlias = Literal["isotonic", "shift"]
"""Where the curve comes from: "isotonic", from held-out links; "shift", from the objective alone."""

FEWEST_LINKS = 20
"""With fewer held-out links neither a curve nor a precision is estimated: theirs would be made of chance."""

_SURELY = 0.999  # the highest probability that is given on the word of the objective alone
_ROUNDING = 1e-12  # a probability that was printed and is asked for again must find its own pair


@dataclass(frozen=True, eq=False)
class Calibration:
    """How much likelier than the base rate an open pair is a link, as a function of its logit.

    Let U be the open pairs, those that are no known edge, among which the missing links are. At a logit s,

    p(link | s) = base_rate · f_links(s) / f_U(s)

    by Bayes' rule, where f_links is the density of logits among held-out links and f_U that among all of U,
    which is counted. No pair needs to be known as no link, so hidden test links may lie in U.

    Attributes:
        method: "isotonic" or "shift".
        logits: Knots, ascending, shape (n_knots,).
        log_ratios: log f_links/f_U at the knots, not falling; in between linear, outside constant.
        thresholds: Logits, ascending, shape (n_thresholds,); none without held-out links.
        links_above: The share of held-out links with at least that logit.
        pairs_above: The share of open pairs with at least that logit.
        n_links: Held-out links that the curve was fitted on.
        n_pairs: Open pairs that it was fitted on, or that a sample of them stood for.
    """

    method: CalibrationMethod
    logits: FloatArray
    log_ratios: FloatArray
    thresholds: FloatArray
    links_above: FloatArray
    pairs_above: FloatArray
    n_links: int
    n_pairs: int

    @property
    def certainty(self) -> float:
        """The highest probability given: by the rule of succession, n links do not speak for more."""
        return 1 - 1 / (self.n_links + 2) if self.method == "isotonic" else _SURELY

    def probabilities(self, logits: FloatArray, *, base_rate: float) -> FloatArray:
        """The probability that each pair is a link.

        Args:
            logits: shape (n_pairs,).
            base_rate: The share of open pairs that are links, in (0, 1): an assumption, unless hidden links
                are counted.

        Returns:
            shape (n_pairs,), in (0, 1), not falling in the logit.

        Raises:
            ValueError: The base rate is out of range.
        """
        check_base_rate(base_rate)
        ratios = np.interp(logits, self.logits, self.log_ratios)
        return np.asarray(np.minimum(np.exp(ratios + np.log(base_rate)), self.certainty))

    def threshold_of_probability(self, probability: float, *, base_rate: float) -> float:
        """The lowest logit whose probability reaches `probability`; infinite if none does.

        Raises:
            ValueError: A number is out of range.
        """
        check_base_rate(base_rate)
        _check_share("A probability", probability)
        if probability > self.certainty:
            return np.inf
        wanted = np.log(probability / base_rate) - _ROUNDING
        if wanted <= self.log_ratios[0]:
            return -np.inf
        if wanted > self.log_ratios[-1]:
            return np.inf
        right = int(np.searchsorted(self.log_ratios, wanted))
        low, high = self.log_ratios[right - 1 : right + 1]
        share = (wanted - low) / (high - low)
        return float(self.logits[right - 1] + share * (self.logits[right] - self.logits[right - 1]))

    def threshold_of_precision(self, precision: float, *, base_rate: float) -> float:
        """The lowest logit above which at least a share `precision` of the open pairs are links.

        Estimated as base_rate · (share of held-out links above) / (share of open pairs above), on thresholds
        with `FEWEST_LINKS` links above and a standard error below the share of links, (√(k + 1) − 1)² for k
        links: the lowest of many noisy estimates that reach the mark would have reached it by luck.

        Raises:
            DataError: No threshold reaches it on validation, or there were too few held-out links.
            ValueError: A number is out of range.
        """
        check_base_rate(base_rate)
        _check_share("A precision", precision)
        n_above = np.round(self.n_links * self.links_above)
        is_backed = n_above >= FEWEST_LINKS
        if not is_backed.any():
            raise DataError(
                f"A precision is estimated on at least {FEWEST_LINKS} held-out links, and this model "
                f"has {self.n_links}; train with more validation edges, or choose by probability."
            )
        surely_above = (np.sqrt(n_above + 1) - 1) ** 2 / self.n_links
        estimated = np.minimum(base_rate * surely_above / self.pairs_above, self.certainty)
        reached = np.where(is_backed, estimated, 0.0)
        good = np.flatnonzero(reached >= precision)
        if not good.size:
            raise DataError(
                f"On validation no threshold has a precision of {precision:g}; the best has "
                f"{reached.max():.3g} at a base rate of {base_rate:.3g}. Ask for less, or state another base "
                "rate."
            )
        return float(self.thresholds[good[0]])

    def carried_over(self, population: LogitCounts) -> Calibration:
        """The curve for a model trained anew, on more edges: scaled to a mean of 1 over its open pairs.

        f_U is that model's own then; what is carried over is how the ratio grows with the logit.

        Args:
            population: The logits of all open pairs under the new model.
        """
        ratios = np.exp(np.interp(population.logits, self.logits, self.log_ratios))
        mean = np.average(ratios, weights=population.counts)
        return replace(self, log_ratios=self.log_ratios - np.log(mean))


def check_base_rate(base_rate: float) -> None:
    """Refuses what is no share of pairs.

    Raises:
        ValueError: It is not inside (0, 1).
    """
    _check_share("A base rate", base_rate)


def _check_share(what: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{what} lies between 0 and 1, both left out; got {value!r}.")
