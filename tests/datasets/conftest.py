"""Every test here has a cache of its own and no network."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def private_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, without a way to download; `VARIGRAPH_DATA` is unset."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("VARIGRAPH_CACHE", str(folder))
    monkeypatch.setenv("VARIGRAPH_OFFLINE", "1")
    monkeypatch.delenv("VARIGRAPH_DATA", raising=False)
    return folder


@pytest.fixture(scope="module")
def with_data(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of raw files, with one cache for the whole module, so that each file is read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VARIGRAPH_DATA", str(data_folder))
        patch.setenv("VARIGRAPH_CACHE", str(tmp_path_factory.mktemp("module-cache")))
        patch.setenv("VARIGRAPH_OFFLINE", "1")
        yield data_folder
