"""A trial on a latent space: a graph model trained on every edge, saved, and probed for the classes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from varigraph.datasets.catalogue import dataset_names, load_dataset
from varigraph.evaluation.probes import classification_probe, clustering_probe
from varigraph.experiments.reproduction.outcome import Outcome
from varigraph.experiments.reproduction.setting_checks import SettingRule, check_settings
from varigraph.models import GAE, PRESETS, VGAE
from varigraph.models.rows.row_settings import is_whole
from varigraph.seeding import child_seed

__all__ = ["check", "run"]

_MODELS = MappingProxyType({"gae": GAE, "vgae": VGAE})

_PROBES = 0  # the use of the seed beside that of the model


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 1 and all(isinstance(one, str) for one in value)


_SETTINGS: MappingProxyType[str, SettingRule] = MappingProxyType(
    {
        "dataset": (lambda name: name in dataset_names("graph"), "the name of a graph"),
        "model": (lambda name: name in _MODELS, f"one of {', '.join(_MODELS)}"),
        "preset": (lambda name: name in PRESETS, f"one of {', '.join(PRESETS)}"),
        "latent_dim": (lambda value: is_whole(value, least=2), "a whole number of 2 or more"),
        "max_epochs": (lambda value: is_whole(value, least=1), "a whole number of 1 or more"),
        "class_names": (_is_text_list, "a list of two or more names"),
    }
)
_REQUIRED = ("dataset", "model", "preset")


def check(settings: Mapping[str, Any]) -> None:
    """Checks the settings of a trial.

    Required are `dataset` (a graph whose nodes have classes), `model` ("gae" or "vgae") and `preset`. There
    may be `latent_dim` and `max_epochs` in place of the preset's, and `class_names`: what pictures call the
    classes 0, 1, ….

    Raises:
        ValueError: A setting is unknown, missing or wrong; the message names it.
    """
    check_settings(settings, _SETTINGS, _REQUIRED)


def run(settings: Mapping[str, Any], *, seed: int, folder: Path) -> Outcome:
    """Trains on the whole graph, saves the model in `folder`, and asks its latent space for the classes.

    Classes are not trained on. `accuracy` and `macro_f1` are those of a linear classifier on a tenth of the
    nodes, `nmi` that of k-means; see `evaluation.probes`.

    Args:
        settings: As `check` passes them.
        seed: Of weights, noise and probes.
        folder: Where the model is saved.

    Raises:
        DatasetUnavailableError: The raw files of the data set are missing.
        DivergenceError: The loss is not finite.
        ValueError: The nodes have no classes.
    """
    graph = load_dataset(settings["dataset"])
    if graph.labels is None:
        raise ValueError(f"The nodes of {graph.name} have no classes to look for in the latent space.")
    changes = {name: settings[name] for name in ("latent_dim", "max_epochs") if name in settings}
    model = _MODELS[settings["model"]].from_preset(settings["preset"], **changes, random_state=seed)
    model.fit(graph, validation_fraction=0)
    model.save(folder, overwrite=True)
    z, probe_seed = model.embedding_, child_seed(seed, _PROBES)
    classified = classification_probe(z, graph.labels, random_state=probe_seed).metrics
    clustered = clustering_probe(z, graph.labels, random_state=probe_seed).metrics
    facts = {
        "n_nodes": graph.n_nodes,
        "n_message_edges": graph.n_edges,
        "n_epochs": model.n_epochs_,
        "latent_dim": z.shape[1],
        "class_names": settings.get("class_names", []),
    }
    metrics = {
        "accuracy": classified["accuracy"]["mean"],
        "macro_f1": classified["macro_f1"]["mean"],
        "nmi": clustered["nmi"]["mean"],
    }
    return Outcome(metrics=metrics, facts=facts)
