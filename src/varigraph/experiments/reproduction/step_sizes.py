"""The step size of an optimizer, chosen among a few by a short try on training rows."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sklearn.exceptions import ConvergenceWarning

from varigraph.errors import DivergenceError, PosteriorCollapseWarning
from varigraph.models import VAE
from varigraph.tensor_types import FloatArray

__all__ = ["StepSizeTry", "try_step_sizes"]


@dataclass(frozen=True)
class StepSizeTry:
    """What came of trying step sizes.

    Attributes:
        best: The one whose bound was highest.
        bounds: By step size the bound of the rows after the try, in nats a row; None where training diverged.
    """

    best: float
    bounds: dict[float, float | None]


def try_step_sizes(
    make_model: Callable[[float], VAE],
    rows: FloatArray,
    candidates: Sequence[float],
    *,
    n_samples: int,
) -> StepSizeTry:
    """Trains for a while with each step size, from the same starting weights, and compares bounds.

    Args:
        make_model: A model, not fitted, for a step size; all with one seed.
        rows: The training rows, shape (n_rows, n_features). No others are looked at.
        candidates: Step sizes.
        n_samples: Rows that a try sees: the first so many, or all of fewer, as often as it takes.

    Raises:
        DivergenceError: Training diverged with each of them.

    References:
        Kingma & Welling (2014), section 5: Adagrad's global step size is chosen from {0.01, 0.02, 0.1} by the
        performance on the training set in the first few iterations.
    """
    few = rows[:n_samples]
    n_epochs = math.ceil(n_samples / len(few))
    bounds = {rate: _bound_after(make_model(rate), few, n_epochs=n_epochs) for rate in candidates}
    reached = {rate: bound for rate, bound in bounds.items() if bound is not None}
    if not reached:
        rates = ", ".join(f"{rate:g}" for rate in candidates)
        raise DivergenceError(f"Training diverges with each of the step sizes {rates}; offer smaller ones.")
    return StepSizeTry(max(reached, key=reached.__getitem__), bounds)


def _bound_after(model: VAE, rows: FloatArray, *, n_epochs: int) -> float | None:
    with warnings.catch_warnings():
        # Nothing has collapsed for good so early, and what diverges is passed over.
        warnings.simplefilter("ignore", PosteriorCollapseWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            model.set_params(max_epochs=n_epochs).fit(rows)
        except DivergenceError:
            return None
    bound = float(model.elbo(rows).mean(dtype="float64"))
    return bound if math.isfinite(bound) else None
