"""A trial of the seminar's training script, with PyG's VGAE or with the one that takes its place."""

from __future__ import annotations

import contextlib
import random
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from scipy import sparse as sp
from torch import Tensor, nn

from varigraph.datasets.catalogue import dataset_names
from varigraph.datasets.loading import load_graph
from varigraph.experiments.reproduction.outcome import Outcome
from varigraph.experiments.reproduction.setting_checks import SettingRule, check_settings
from varigraph.graphs.graph import Graph
from varigraph.interop import pyg
from varigraph.seeding import child_seed, keyed_global_generators

__all__ = ["check", "run"]

# As the script has them.
_HIDDEN, _LATENT = 32, 16
_LEARNING_RATE = 0.01
_EPOCHS = 201
_VALIDATION, _TEST = 0.05, 0.1
_PRINTED_EVERY = 50

_LIBRARIES = ("torch_geometric", "varigraph")

_SETTINGS: MappingProxyType[str, SettingRule] = MappingProxyType(
    {
        "library": (lambda name: name in _LIBRARIES, f"one of {', '.join(_LIBRARIES)}"),
        "dataset": (lambda name: name in dataset_names("graph"), "the name of a data set of graphs"),
        "max_epochs": (lambda value: type(value) is int and value >= 1, "a whole number of 1 or more"),
    }
)
_REQUIRED = ("library", "dataset")


def check(settings: Mapping[str, Any]) -> None:
    """Checks the settings of a trial: `library`, `dataset`, and `max_epochs` if these are not the script's.

    Raises:
        ValueError: A setting is unknown, missing or wrong; the message names it.
    """
    check_settings(settings, _SETTINGS, _REQUIRED)


def run(settings: Mapping[str, Any], *, seed: int, folder: Path) -> Outcome:
    """Runs the script: rows of features scaled to a sum of 1, a random split, 201 steps, the last epoch.

    Metrics are `auc` and `ap` of the test pairs as fractions, after the last epoch; nothing is chosen on the
    validation pairs. The test encoder sees what `RandomLinkSplit` gives it, train and validation edges, which
    is another protocol than Kipf & Welling's. Curves have the epochs that the script prints.

    Args:
        settings: As `check` passes them.
        seed: Of the split, the weights, the noise and the negatives; all but the last are the same in both
            libraries. Global generators are left as they were.
        folder: Nothing is written to it.

    Raises:
        DatasetUnavailableError: The raw files of the data set are missing.
    """
    graph = load_graph(settings["dataset"])
    n_epochs = settings.get("max_epochs", _EPOCHS)
    with warnings.catch_warnings():
        # PyG compiles a class with torch.jit, which warns, when it is first imported.
        warnings.simplefilter("ignore")
        from torch_geometric.nn import VGAE, GCNConv
    with _seeded_global_generators(child_seed(seed)):
        train_data, _, test_data = _split(graph)
        kind = VGAE if settings["library"] == "torch_geometric" else pyg.VGAE
        model = kind(_Encoder(train_data.num_features, layer=GCNConv))
    curves = _trained(model, train_data, test_data, n_epochs=n_epochs, seed=seed)
    facts = {
        "n_epochs": n_epochs,
        "n_parameters": sum(weight.numel() for weight in model.parameters()),
        "split": "RandomLinkSplit of torch_geometric; the test encoder sees train and validation edges",
        "n_message_edges": {
            "train": train_data.edge_index.shape[1] // 2,
            "test": test_data.edge_index.shape[1] // 2,
        },
        "n_test_positives": test_data.pos_edge_label_index.shape[1],
    }
    return Outcome({name: curves[f"test_{name}"][-1] for name in ("auc", "ap")}, curves, facts)


class _Encoder(nn.Module):
    """Two graph convolutions, the second one twice: (μ, log σ)."""

    def __init__(self, n_inputs: int, *, layer: Callable[[int, int], nn.Module]) -> None:
        super().__init__()
        self.hidden = layer(n_inputs, _HIDDEN)
        self.mean = layer(_HIDDEN, _LATENT)
        self.log_std = layer(_HIDDEN, _LATENT)

    def forward(self, x: Tensor, edge_index: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.hidden(x, edge_index).relu()
        return self.mean(hidden, edge_index), self.log_std(hidden, edge_index)


def _split(graph: Graph) -> tuple[Any, Any, Any]:
    from torch_geometric import transforms
    from torch_geometric.data import Data

    both_ways = np.concatenate([graph.edges, graph.edges[:, ::-1]]).T.copy()
    data = Data(_features(graph), torch.from_numpy(both_ways), num_nodes=graph.n_nodes)
    transform = transforms.Compose(
        [
            transforms.NormalizeFeatures(),
            transforms.RandomLinkSplit(
                _VALIDATION,
                _TEST,
                is_undirected=True,
                split_labels=True,
                add_negative_train_samples=False,
            ),
        ]
    )
    parts: tuple[Any, Any, Any] = transform(data)
    return parts


def _features(graph: Graph) -> Tensor:
    """As PyG has them, dense; the identity matrix of a graph without any."""
    if graph.features is None:
        return torch.eye(graph.n_nodes)
    dense = graph.features.toarray() if isinstance(graph.features, sp.csr_array) else graph.features
    return torch.from_numpy(dense).float()


def _trained(
    model: Any, train_data: Any, test_data: Any, *, n_epochs: int, seed: int
) -> dict[str, list[float]]:
    """Trains the model, and returns what the script prints."""
    optimizer = torch.optim.Adam(model.parameters(), lr=_LEARNING_RATE)
    curves: dict[str, list[float]] = {"epoch": [], "train_loss": [], "test_auc": [], "test_ap": []}
    for epoch in range(n_epochs):
        # With a seed of its own a step has the same noise in both libraries, however each draws negatives.
        with _seeded_global_generators(child_seed(seed, epoch)):
            loss = _step(model, optimizer, train_data)
        if epoch % _PRINTED_EVERY == 0 or epoch == n_epochs - 1:
            auc, ap = _tested(model, test_data)
            for curve, value in zip(curves.values(), (epoch, loss, auc, ap), strict=True):
                curve.append(float(value))
    return curves


def _step(model: Any, optimizer: torch.optim.Optimizer, data: Any) -> float:
    model.train()
    optimizer.zero_grad()
    z = model.encode(data.x, data.edge_index)
    loss = model.recon_loss(z, data.pos_edge_label_index) + (1 / data.num_nodes) * model.kl_loss()
    loss.backward()
    optimizer.step()
    return float(loss.detach())


@torch.no_grad()
def _tested(model: Any, data: Any) -> tuple[float, float]:
    model.eval()
    z = model.encode(data.x, data.edge_index)
    auc, ap = model.test(z, data.pos_edge_label_index, data.neg_edge_label_index)
    return auc, ap


@contextlib.contextmanager
def _seeded_global_generators(seed: int) -> Iterator[None]:
    """Seeds torch's global generator and Python's, from which PyG draws negatives, and puts both back."""
    before = random.getstate()
    random.setstate(random.Random(seed).getstate())
    try:
        with keyed_global_generators(seed):
            yield
    finally:
        random.setstate(before)
