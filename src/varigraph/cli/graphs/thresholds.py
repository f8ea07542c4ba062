"""Options on probabilities: the base rate they stand at, and from where on a pair is taken for a link."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from varigraph.cli.options import GRAPHS

if TYPE_CHECKING:
    from varigraph.models.graphs.base import GraphAutoencoder

__all__ = [
    "BaseRateOption",
    "TargetDensityOption",
    "TargetPrecisionOption",
    "Threshold",
    "ThresholdOption",
    "assumption",
    "base_rate_of",
]


def _checked_share(share: float | None) -> float | None:
    if share is not None and not 0 < share < 1:  # which also refuses NaN
        raise typer.BadParameter(f"{share:g} does not lie between 0 and 1, both left out.")
    return share


ThresholdOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="P",
        callback=_checked_share,
        help="Links are pairs of at least this probability.",
    ),
]
TargetPrecisionOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="P",
        callback=_checked_share,
        help="Links are as many pairs as can be taken for so large a share to be right, estimated with "
        "caution on validation.",
    ),
]
TargetDensityOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="D",
        callback=_checked_share,
        help="Links are the likeliest, at most so large a share of all pairs without an edge; pairs of one "
        "logit go together.",
    ),
]
BaseRateOption: TypeAlias = Annotated[
    float | None,
    typer.Option(
        rich_help_panel=GRAPHS,
        metavar="R",
        callback=_checked_share,
        help="The share of the pairs without an edge that are links. All probabilities hang on it, and no "
        "graph tells it: by default one missing link for ten known edges is assumed.",
    ),
]


def base_rate_of(model: GraphAutoencoder, stated: float | None) -> float:
    """What the user stated, or what is assumed when nobody says."""
    from varigraph.models.graphs.prediction import assumed_base_rate

    return assumed_base_rate(model.known_graph_) if stated is None else stated


def assumption(run: Path, model: GraphAutoencoder, stated: float | None) -> str:
    """What the probabilities of a run's model rest on."""
    from varigraph.models.loading import read_config
    from varigraph.reporting.links import assumption_sentence

    return assumption_sentence(
        base_rate_of(model, stated),
        model.calibration_,
        model.known_graph_,
        is_assumed=stated is None,
        was_refitted=bool(read_config(run)["fitted"].get("refit")),
    )


@dataclass(frozen=True)
class Threshold:
    """From where on a pair is taken for a link, by at most one of three wishes."""

    probability: float | None
    precision: float | None
    density: float | None

    def __post_init__(self) -> None:
        if len(self._wishes) > 1:
            raise typer.BadParameter(f"{' and '.join(self._wishes)} exclude one another; give one.")

    @property
    def _wishes(self) -> list[str]:
        options = {
            "--threshold": self.probability,
            "--target-precision": self.precision,
            "--target-density": self.density,
        }
        return [name for name, value in options.items() if value is not None]

    @property
    def is_given(self) -> bool:
        """Whether there is a wish at all."""
        return bool(self._wishes)

    def lowest_logit(self, model: GraphAutoencoder, base_rate: float) -> float:
        """The logit from which on a pair is taken; −∞ without a wish, +∞ where no pair can be.

        Raises:
            DataError: No threshold reaches the precision on validation.
        """
        from varigraph.models.graphs.prediction import lowest_logit

        return lowest_logit(
            model,
            base_rate=base_rate,
            threshold=self.probability,
            target_precision=self.precision,
            target_density=self.density,
        )
