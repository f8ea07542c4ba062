"""Whether every file under its final name is whole, and what else lies about."""

import gzip
import json
from pathlib import Path

import numpy as np
from safetensors import safe_open

from varigraph.tables.reading import read_columns

__all__ = ["assert_whole", "contents", "leftovers"]


def leftovers(folder):
    """Temporary files and folders: names that start with a dot."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob(".*"))


def contents(folder):
    """Every file's bytes by its path; temporary files and those in temporary folders are left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in _final(folder) if path.is_file()
    }


def assert_whole(folder):
    """Reads every file that has its final name to its end."""
    for path in _final(folder):
        if path.is_file():
            _read(path)
    for config in Path(folder).rglob("config.json"):
        if not leftovers_on_the_way(config, folder):
            for name in ("split.safetensors", "graph/graph.json"):
                assert (config.parent / name).exists(), f"{config} without {name}"


def leftovers_on_the_way(path, folder):
    """Whether a path lies in a temporary folder."""
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _final(folder):
    return sorted(path for path in Path(folder).rglob("*") if not leftovers_on_the_way(path, folder))


def _read(path):
    if path.suffix == ".safetensors":
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - not a dict
                file.get_tensor(name)
    elif path.suffix == ".json":
        json.loads(path.read_text())
    elif path.suffix == ".jsonl":
        text = path.read_text()
        assert text.endswith("\n")
        for line in text.splitlines():
            json.loads(line)
    elif path.suffix == ".npy":
        np.load(path, allow_pickle=False)
    elif path.suffix == ".parquet":
        assert len(next(iter(read_columns(path).columns.values())))
    elif path.suffix == ".gz":
        gzip.decompress(path.read_bytes())
    else:
        assert path.read_bytes().endswith(b"\n"), path
