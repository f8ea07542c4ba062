"""Models from folders: nothing that is read is trusted, and nothing is executed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar

from torch import nn

from varigraph.errors import RunFolderError
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.models.graphs.gae import GAE
from varigraph.models.graphs.graph_settings import check_graph_settings
from varigraph.models.graphs.restoring import restore_graph_model
from varigraph.models.graphs.vgae import VGAE
from varigraph.models.restoring import FAULTS, check_finished, no_model, read_config, restoring
from varigraph.models.rows.ae import AE
from varigraph.models.rows.anomaly import AnomalyDetector
from varigraph.models.rows.base import RowAutoencoder
from varigraph.models.rows.denoising_ae import DenoisingAE
from varigraph.models.rows.restoring import restore_detector, restore_row_model
from varigraph.models.rows.row_settings import check_row_settings
from varigraph.models.rows.vae import VAE
from varigraph.models.settings import part_from_settings

__all__ = [
    "MODELS",
    "ROW_MODELS",
    "StoredKind",
    "load",
    "load_graph_model",
    "load_row_model",
    "read_config",
    "stored_kind",
    "unfitted_model",
    "unfitted_row_model",
]

MODELS: Mapping[str, type[GraphAutoencoder]] = MappingProxyType({cls.name: cls for cls in (GAE, VGAE)})
"""Models of graphs by registered name."""

ROW_MODELS: Mapping[str, type[RowAutoencoder]] = MappingProxyType(
    {cls.name: cls for cls in (AE, DenoisingAE, VAE)}
)
"""Models of rows by registered name."""

Model = TypeVar("Model")

StoredKind: TypeAlias = Literal["graph", "rows"]
"""What the model of a folder is a model of; an anomaly detector is one of rows."""


def load(
    folder: str | Path, *, encoder: nn.Module | None = None
) -> GraphAutoencoder | RowAutoencoder | AnomalyDetector:
    """A fitted model from a folder that `save` or the command line wrote.

    A model of rows that is trained further with `partial_fit` goes on with the stored weights and an
    optimizer that starts anew.

    Args:
        folder: The model's or run's folder.
        encoder: The user's own module, if the model was made with one; its code is not in the folder.

    Returns:
        A fitted estimator whose scores equal the saved one's bit for bit: `GAE`, `VGAE`, `AE`, `DenoisingAE`,
        `VAE` or `AnomalyDetector`.

    Raises:
        RunFolderError: The folder is not a model's, is damaged, or has another schema.
    """
    folder = Path(folder)
    kind = stored_kind(folder)
    return (load_graph_model if kind == "graph" else load_row_model)(folder, encoder=encoder)


def stored_kind(folder: str | Path) -> StoredKind:
    """What the model of a folder is a model of, by its `config.json`.

    Raises:
        RunFolderError: The folder is not a model's.
    """
    folder = Path(folder)
    name = read_config(folder).get("model")
    is_of_rows = isinstance(name, str) and (name in ROW_MODELS or name == AnomalyDetector.name)
    return "rows" if is_of_rows else "graph"


def load_graph_model(folder: str | Path, *, encoder: nn.Module | None = None) -> GraphAutoencoder:
    """As `load`, for a model of graphs.

    Raises:
        RunFolderError: It is one of rows, or what `load` raises.
    """
    folder = Path(folder)
    _check_kind(folder, "graph", "graphs")
    config = read_config(folder)
    check_finished(config, folder)
    model = unfitted_model(config, folder, encoder=encoder)
    with restoring(folder):
        restore_graph_model(model, folder, config, is_users_own=encoder is not None)
    return model


def load_row_model(
    folder: str | Path, *, encoder: nn.Module | None = None
) -> RowAutoencoder | AnomalyDetector:
    """As `load`, for a model of rows.

    Raises:
        RunFolderError: It is one of graphs, or what `load` raises.
    """
    folder = Path(folder)
    _check_kind(folder, "rows", "rows")
    config = read_config(folder)
    check_finished(config, folder)
    is_users_own = encoder is not None
    if config["model"] == AnomalyDetector.name:
        detector = _unfitted_detector(config, folder, encoder=encoder)
        with restoring(folder):
            restore_detector(detector, folder, config["fitted"], is_users_own=is_users_own)
        return detector
    model = unfitted_row_model(config, folder, encoder=encoder)
    with restoring(folder):
        restore_row_model(model, folder, config["fitted"], is_users_own=is_users_own)
    return model


def unfitted_model(
    config: Mapping[str, Any], folder: Path, *, encoder: nn.Module | None = None
) -> GraphAutoencoder:
    """The estimator of graphs that a config describes, before `fit`.

    Raises:
        RunFolderError: It describes none; the message names the folder.
    """
    try:
        model = _class_of(config, MODELS)(**_settings(config["settings"], folder, encoder))
        check_graph_settings(model)
        return model
    except RunFolderError:
        raise
    except FAULTS as error:
        raise no_model(folder, error) from error


def unfitted_row_model(
    config: Mapping[str, Any], folder: Path, *, encoder: nn.Module | None = None
) -> RowAutoencoder:
    """The estimator of rows that a config describes, before `fit`; no anomaly detector.

    Raises:
        RunFolderError: It describes none; the message names the folder.
    """
    try:
        model = _class_of(config, ROW_MODELS)(**_settings(config["settings"], folder, encoder))
        check_row_settings(model)
        return model
    except RunFolderError:
        raise
    except FAULTS as error:
        raise no_model(folder, error) from error


def _unfitted_detector(
    config: Mapping[str, Any], folder: Path, *, encoder: nn.Module | None
) -> AnomalyDetector:
    try:
        settings = dict(config["settings"])
        inner = dict(settings.pop("model"))
        described = {"model": inner.pop("name"), "settings": inner}
        detector = AnomalyDetector(unfitted_row_model(described, folder, encoder=encoder), **settings)
        detector.check_settings()
        return detector
    except RunFolderError:
        raise
    except FAULTS as error:
        raise no_model(folder, error) from error


def _class_of(config: Mapping[str, Any], family: Mapping[str, type[Model]]) -> type[Model]:
    name = config["model"]
    if name not in family:
        raise ValueError(f"its model is {repr(name)[:40]}, which is none of {', '.join(family)}")
    return family[name]


def _settings(stored: Mapping[str, Any], folder: Path, encoder: nn.Module | None) -> dict[str, Any]:
    """Constructor arguments from what `settings_of` wrote; an encoder of the user's own is the one given."""
    settings = {
        name: part_from_settings(name, value)
        for name, value in stored.items()
        if not _is_user_module(name, value)
    }
    if len(settings) < len(stored):
        if encoder is None:
            wanted = stored["encoder"].get("class", "module")
            raise RunFolderError(
                f"The model in {folder} has an encoder of your own ({wanted}), whose code is not stored; "
                "pass an instance: load(folder, encoder=module)."
            )
        settings["encoder"] = encoder
    return settings


def _is_user_module(name: str, value: Any) -> bool:
    return name == "encoder" and isinstance(value, dict) and value.get("name") == "module"


def _check_kind(folder: Path, wanted: StoredKind, plural: str) -> None:
    if stored_kind(folder) != wanted:
        name = read_config(folder)["model"]
        raise RunFolderError(
            f"The model in {folder} is {str(name)[:40]!r}; here a model of {plural} is needed."
        )
