"""What an evaluation of a row model found: metrics beside baselines, and their summary over repeats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from varigraph.evaluation.documents import json_ready
from varigraph.evaluation.repeats import Summary, summarise

__all__ = ["ROW_METRICS", "RowEvaluation", "summarise_row_evaluations"]

ROW_METRICS = (
    "log_likelihood",
    "elbo",
    "kl",
    "reconstruction_log_likelihood",
    "mse",
    "psnr",
    "active_units",
)
"""The names of metrics, in the order of tables; see `RowEvaluation`."""


@dataclass(frozen=True, eq=False)
class RowEvaluation:
    """How a model and the baselines do on the rows of one part; print it for a table.

    Which metrics there are depends on the predictor:

    - `log_likelihood`: log p(x) in nats a row; of a VAE from importance samples, so a lower bound on average,
      of `ppca` and `independent_columns` exact.
    - `elbo`: the evidence lower bound in nats a row, and `kl`, its divergence of q(z | x) from the prior.
    - `reconstruction_log_likelihood`: log p(x | z) at the posterior mean, in nats a row: no density of x.
    - `mse`: squared error of the reconstruction, a column's share, in squared units of the rows.
    - `psnr`: −10 log₁₀ `mse` in dB, for rows in [0, 1] alone; NaN if nothing was lost.
    - `active_units`: latent dimensions whose posterior mean varies from row to row by more than 0.01.

    Attributes:
        model: The model's name in `metrics`.
        metrics: For each predictor, the model first, metrics by name.
        standard_errors: In the same places, for metrics that are means over rows: the spread over rows by
            the square root of their number. NaN of a single row.
        part: Which part was scored, such as "test".
        n_rows: Rows that were scored.
        n_features: Their columns.
        n_train: Rows that the baselines were fitted on.
        n_latent: The model's latent dimensions, and `pca`'s as far as the rows allow.
        n_samples: Importance samples a row; None without a `log_likelihood` of the model.
        notes: What to know about the numbers, a sentence each.
    """

    model: str
    metrics: Mapping[str, Mapping[str, float]]
    standard_errors: Mapping[str, Mapping[str, float]]
    part: str
    n_rows: int
    n_features: int
    n_train: int
    n_latent: int
    n_samples: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def model_metrics(self) -> Mapping[str, float]:
        """The metrics of the model alone."""
        return self.metrics[self.model]

    @property
    def model_standard_errors(self) -> Mapping[str, float]:
        """The standard errors of the model alone."""
        return self.standard_errors[self.model]

    @property
    def baseline_metrics(self) -> dict[str, Mapping[str, float]]:
        """The metrics of the baselines, by name."""
        return {name: metrics for name, metrics in self.metrics.items() if name != self.model}

    @property
    def baseline_standard_errors(self) -> dict[str, Mapping[str, float]]:
        """The standard errors of the baselines, by name."""
        return {name: errors for name, errors in self.standard_errors.items() if name != self.model}

    @property
    def metric_names(self) -> list[str]:
        """Every metric that some predictor has, in the order of tables."""
        present = {name for metrics in self.metrics.values() for name in metrics}
        return [name for name in ROW_METRICS if name in present]

    def to_dict(self) -> dict[str, Any]:
        """A JSON document; NaN is None there."""
        document: dict[str, Any] = json_ready(vars(self))
        return document

    def __str__(self) -> str:
        width = max(map(len, self.metrics))
        lines = []
        for metric in self.metric_names:
            lines.append(metric)
            for name, metrics in self.metrics.items():
                if metric in metrics:
                    error = self.standard_errors[name].get(metric, math.nan)
                    spread = "" if math.isnan(error) else f" ± {error:.2g}"
                    lines.append(f"  {name:<{width}} {metrics[metric]:12.5g}{spread}")
        return "\n".join([*lines, self.caption])

    @property
    def caption(self) -> str:
        """One sentence on what was scored, and how."""
        samples = f"; {self.n_samples:,} importance samples a row" if self.n_samples else ""
        return (
            f"{self.part} part: {self.n_rows:,} rows of {self.n_features:,} columns{samples}; ± one standard "
            f"error over rows; baselines fitted on {self.n_train:,} rows."
        )


def summarise_row_evaluations(evaluations: Sequence[RowEvaluation]) -> dict[str, dict[str, Summary]]:
    """Mean, sd and 95 % interval of each predictor's metrics over repeated evaluations.

    Args:
        evaluations: One a seed, with the same predictors and metrics.

    Returns:
        For each predictor, a `Summary` by metric.

    Raises:
        ValueError: There are none, or they differ in part, importance samples, predictors or metrics.
    """
    if not evaluations:
        raise ValueError("There are no evaluations to summarise.")
    first = evaluations[0]
    for one in evaluations[1:]:
        if _protocol(one) != _protocol(first):
            raise ValueError(
                "Evaluations of different protocols cannot be summarised together: "
                f"{_protocol(first)} and {_protocol(one)}."
            )
    return {
        name: {key: summarise([one.metrics[name][key] for one in evaluations]) for key in metrics}
        for name, metrics in first.metrics.items()
    }


def _protocol(evaluation: RowEvaluation) -> dict[str, Any]:
    return {
        "part": evaluation.part,
        "importance samples": evaluation.n_samples,
        "predictors": {name: list(metrics) for name, metrics in evaluation.metrics.items()},
    }
