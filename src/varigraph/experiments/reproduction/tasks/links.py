"""A trial on links: a graph model or a baseline on one split, its test part scored once."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from varigraph.baselines import BASELINES, DeepWalk, SpectralEmbedding
from varigraph.datasets.catalogue import dataset_names, load_dataset
from varigraph.distributions import PRIORS
from varigraph.encoders import ENCODERS
from varigraph.evaluation import evaluate_links
from varigraph.experiments.protocols import kipf_split
from varigraph.experiments.reproduction.outcome import Outcome
from varigraph.models import GAE, PRESETS, VGAE
from varigraph.models.graphs.graph_settings import check_graph_settings
from varigraph.models.rows.row_settings import is_whole
from varigraph.objectives import OBJECTIVES

__all__ = ["check", "run"]

_MODELS: MappingProxyType[str, type[GAE | VGAE]] = MappingProxyType({"gae": GAE, "vgae": VGAE})
_BASELINES: MappingProxyType[str, type[SpectralEmbedding | DeepWalk]] = MappingProxyType(
    {name: kind for name, kind in BASELINES.items() if issubclass(kind, SpectralEmbedding | DeepWalk)}
)
_PREDICTORS: tuple[str, ...] = (*_MODELS, *_BASELINES)
_PROTOCOLS = ("kipf", "kipf_fixed")

_OF_THE_TASK = ("dataset", "protocol", "predictor", "split_seed", "preset")
_NOT_FOR_RECIPES = ("self", "random_state", "device", "verbose", "decoder")
_PARTS: Mapping[str, Mapping[str, type]] = {"encoder": ENCODERS, "objective": OBJECTIVES, "prior": PRIORS}


def check(settings: Mapping[str, Any]) -> None:
    """Checks the settings of a trial.

    Required are `dataset` (a graph), `protocol` and `predictor` ("gae", "vgae", "spectral", "deepwalk").
    Under the protocol "kipf" the seed of a trial makes split and model; under "kipf_fixed" it makes the
    model, and `split_seed`, which is then required too, the split. A model may have a `preset`; every other
    setting is an argument of the predictor's constructor, parts by their names.

    Raises:
        ValueError: A setting is unknown, missing or wrong; the message names it.
        MissingExtraError: The predictor is "deepwalk" and gensim is not installed.
    """
    for name, known in (
        ("dataset", dataset_names("graph")),
        ("protocol", _PROTOCOLS),
        ("predictor", _PREDICTORS),
    ):
        if settings.get(name) not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {settings.get(name)!r}.")
    _check_split_seed(settings)
    is_model = settings["predictor"] in _MODELS
    if settings.get("preset", "default") not in (PRESETS if is_model else ("default",)):
        raise ValueError(f"preset {settings['preset']!r} is none of the predictor {settings['predictor']!r}.")
    _check_arguments(settings)
    predictor = _predictor(settings, seed=0)
    if isinstance(predictor, GAE | VGAE):
        check_graph_settings(predictor)
    else:
        predictor.check_settings()


def run(settings: Mapping[str, Any], *, seed: int, folder: Path) -> Outcome:
    """Splits the graph, fits on its train part and scores the test part once: `auc` and `ap`, as fractions.

    A model sees train edges only, at the test too; its epoch may be chosen on the validation part.

    Args:
        settings: As `check` passes them.
        seed: Of the model, and of the split under the protocol "kipf".
        folder: Left alone: no picture is made of links.

    Raises:
        DatasetUnavailableError: The raw files of the data set are missing.
        DivergenceError: The loss is not finite.
    """
    graph = load_dataset(settings["dataset"])
    split = kipf_split(graph, settings.get("split_seed", seed))
    predictor = _predictor(settings, seed=seed)
    facts: dict[str, Any] = {"n_message_edges": split.train.message_graph.n_edges, "split": split.fingerprint}
    started = time.perf_counter()
    if isinstance(predictor, GAE | VGAE):
        predictor.fit(split.train, validation=split.val)
        facts["n_epochs"], facts["best_epoch"] = predictor.n_epochs_, predictor.best_epoch_
        facts["n_parameters"] = sum(weights.numel() for weights in predictor.module_.parameters())
    else:
        predictor.fit(split.train)
        facts["n_parameters"] = predictor.embedding_.size
    facts["seconds"] = time.perf_counter() - started
    metrics = evaluate_links(predictor, split.test, heuristics=False).model_metrics
    return Outcome({name: metrics[name] for name in ("auc", "ap")}, facts=facts)


def _check_split_seed(settings: Mapping[str, Any]) -> None:
    if settings["protocol"] == "kipf" and "split_seed" in settings:
        raise ValueError(
            "split_seed is for the protocol kipf_fixed; under kipf a trial's seed makes the split."
        )
    if settings["protocol"] == "kipf_fixed" and not is_whole(settings.get("split_seed"), least=0):
        raise ValueError(
            f"split_seed must be a whole number of 0 or more, got {settings.get('split_seed')!r}."
        )


def _check_arguments(settings: Mapping[str, Any]) -> None:
    kind = (_MODELS | _BASELINES)[settings["predictor"]]
    arguments = [name for name in inspect.signature(kind).parameters if name not in _NOT_FOR_RECIPES]
    for name, value in settings.items():
        if name in _OF_THE_TASK:
            continue
        if name not in arguments:
            known = ", ".join((*_OF_THE_TASK, *arguments))
            raise ValueError(
                f"There is no setting {name!r} of the predictor {settings['predictor']!r}; there are {known}."
            )
        if name in _PARTS and settings["predictor"] in _MODELS and value not in _PARTS[name]:
            raise ValueError(f"{name} must be one of {', '.join(_PARTS[name])}, got {value!r}.")


def _predictor(settings: Mapping[str, Any], *, seed: int) -> GAE | VGAE | SpectralEmbedding | DeepWalk:
    arguments = {name: value for name, value in settings.items() if name not in _OF_THE_TASK}
    if isinstance(arguments.get("hidden_dims"), list):
        arguments["hidden_dims"] = tuple(arguments["hidden_dims"])
    if settings["predictor"] in _MODELS:
        model = _MODELS[settings["predictor"]]
        return model.from_preset(settings.get("preset", "default"), **arguments, random_state=seed)
    return _BASELINES[settings["predictor"]](**arguments, random_state=seed)
