"""A trial on the seminar's failure case: a VGAE that ends at AUC 0.50, with some of its flaws left."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import numpy as np
from torch import Tensor

from varigraph.datasets.catalogue import dataset_names, load_dataset
from varigraph.evaluation.ranking import roc_auc
from varigraph.experiments.protocols import kipf_split
from varigraph.experiments.reproduction.outcome import Outcome
from varigraph.experiments.reproduction.setting_checks import SettingRule, check_settings, is_positive
from varigraph.experiments.reproduction.tasks.failure_case.flaws import check_flaws, flawed_model
from varigraph.experiments.reproduction.tasks.failure_case.scoring import (
    FlawedScores,
    flawed_auc,
    flawed_precision,
    flawed_scores,
)
from varigraph.models import VGAE
from varigraph.models.rows.row_settings import is_whole

__all__ = ["check", "run"]


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_SETTINGS: MappingProxyType[str, SettingRule] = MappingProxyType(
    {
        "dataset": (lambda name: name in dataset_names("graph"), "the name of a graph"),
        "flaws": (_is_text_list, "a list of names"),
        "max_epochs": (lambda value: is_whole(value, least=1), "a whole number of 1 or more"),
        "learning_rate": (is_positive, "a number above 0"),
        "self_loops_are_edges": (lambda value: isinstance(value, bool), "true or false"),
    }
)


def check(settings: Mapping[str, Any]) -> None:
    """Checks the settings of a trial.

    Required are all of `dataset` (a graph), `flaws` (names of `FLAWS`; [] for none), `max_epochs`,
    `learning_rate` and `self_loops_are_edges` (whether training labels are A + I or A).

    Raises:
        ValueError: A setting is unknown, missing or wrong; the message names it.
    """
    check_settings(settings, _SETTINGS, _SETTINGS)
    check_flaws(settings["flaws"])


def run(settings: Mapping[str, Any], *, seed: int, folder: Path) -> Outcome:
    """Trains with the flaws of learning that are left, and scores with those of scoring.

    Metrics: `auc` and `precision` as the flawed code computes them; `test_auc` of the same model scored as it
    should be (posterior mean, the test edges against as many non-edges, an encoder that sees train edges
    only); `million_nats`, the last training loss, NaN for the weighted loss, which is not in nats. All N²
    entries are held at once: 59 MB for Cora.

    Args:
        settings: As `check` passes them.
        seed: Of the split, the weights and the draws.
        folder: Left alone; there is nothing to draw.

    Raises:
        DatasetUnavailableError: The raw files of the data set are missing.
        SplitError: The graph is too small to split.
    """
    flaws = frozenset(settings["flaws"])
    graph = load_dataset(settings["dataset"])
    split = kipf_split(graph, seed)
    model = flawed_model(
        flaws,
        n_nodes=graph.n_nodes,
        max_epochs=settings["max_epochs"],
        learning_rate=float(settings["learning_rate"]),
        seed=seed,
        self_loops_are_edges=settings["self_loops_are_edges"],
    ).fit(split.train, validation_fraction=0)
    scores = flawed_scores(model, split, flaws, seed=seed)
    losses = [epoch["loss"] for epoch in model.history_]
    return Outcome(
        metrics={
            "auc": flawed_auc(scores, flaws),
            "precision": flawed_precision(scores, flaws),
            "test_auc": roc_auc(
                model.score_pairs(split.test.positives), model.score_pairs(split.test.negatives)
            ),
            "million_nats": losses[-1] / 1e6 if "unweighted" in flaws else math.nan,
        },
        curves={"samples": [float(epoch) for epoch in range(1, len(losses) + 1)], "train_loss": losses},
        facts=_facts(model, scores),
    )


def _facts(model: VGAE, scores: FlawedScores) -> dict[str, Any]:
    """What tells why: how large means and noise are, what KL costs, where the offset went."""
    q = model.posterior_
    divergences = 0.5 * (q["mean"] ** 2 + np.exp(2 * q["log_std"]) - 1) - q["log_std"]
    return {
        "n_epochs": model.n_epochs_,
        "n_parameters": sum(weight.numel() for weight in model.module_.parameters()),
        "n_message_edges": model.message_graph_.n_edges,
        "n_scored": len(scores.labels),
        "n_scored_edges": int(scores.labels.sum()),
        "first_loss": model.history_[0]["loss"],
        "kl_nats": float(divergences.sum(dtype=np.float64)),
        "mean_root_square": float(np.sqrt((q["mean"] ** 2).mean(dtype=np.float64))),
        "median_std": float(np.exp(np.median(q["log_std"]))),
        "offset": cast("Tensor", model.module_.decoder.shift).item(),
    }
