"""`Calibration`: how much likelier than the base rate a pair is a link, by its logit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from varigraph.errors import DataError
from varigraph.tensor_types import FloatArray

__all__ = ["Calibration", "CalibrationMethod", "check_base_rate"]

CalibrationMethod: TypeAlias = Literal["isotonic", "shift"]
"""Where the curve comes from: "isotonic", from held-out links; "shift", from the objective alone."""

# A precision that rests on fewer held-out links is chance.
_FEWEST_LINKS_ABOVE = 5


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
        thresholds: Logits, ascending, shape (n_thresholds,).
        links_above: The share of held-out links with at least that logit; NaN when there were none.
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
        return 1 - 1 / (self.n_links + 2)

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
        wanted = np.log(probability / base_rate)
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

        Estimated as base_rate · (share of held-out links above) / (share of open pairs above).

        Raises:
            DataError: No threshold reaches it on validation, or there were no held-out links.
            ValueError: A number is out of range.
        """
        check_base_rate(base_rate)
        _check_share("A precision", precision)
        is_backed = self.n_links * np.nan_to_num(self.links_above) >= _FEWEST_LINKS_ABOVE
        if not is_backed.any():
            raise DataError(
                f"A precision is estimated on at least {_FEWEST_LINKS_ABOVE} held-out links, and this model "
                f"has {self.n_links}; train with more validation edges, or choose by probability."
            )
        estimated = np.minimum(base_rate * self.links_above / self.pairs_above, self.certainty)
        reached = np.where(is_backed, estimated, 0.0)
        good = np.flatnonzero(reached >= precision)
        if not good.size:
            raise DataError(
                f"On validation no threshold has a precision of {precision:g}; the best has "
                f"{reached.max():.3g} at a base rate of {base_rate:.3g}. Ask for less, or state another base "
                "rate."
            )
        return float(self.thresholds[good[0]])

    def threshold_of_density(self, density: float) -> float:
        """The logit above which a share `density` of the open pairs lies.

        Raises:
            ValueError: The density is out of range.
        """
        _check_share("A density", density)
        falling = np.log(self.pairs_above)
        return float(np.interp(-np.log(density), -falling, self.thresholds))


def check_base_rate(base_rate: float) -> None:
    """Refuses what is no share of pairs.

    Raises:
        ValueError: It is not inside (0, 1).
    """
    _check_share("A base rate", base_rate)


def _check_share(what: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{what} lies between 0 and 1, both left out; got {value!r}.")
