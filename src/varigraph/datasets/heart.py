"""HeaRT's fixed splits: each positive pair is ranked against 500 hard negatives of its own."""

from __future__ import annotations

import io
from typing import Literal

import numpy as np

from varigraph.datasets.card import DatasetCard, RawFile
from varigraph.datasets.download import read_verified
from varigraph.datasets.planetoid import CITESEER_CARD, load_citeseer
from varigraph.errors import DatasetUnavailableError
from varigraph.graphs.splits import EdgeSplit
from varigraph.tensor_types import IndexPairs

__all__ = ["HEART_CARDS", "load_heart"]

# HeaRT's own site is a plain folder that may move; this copy of its files stands at a fixed commit.
_SOURCE = "https://github.com/selinceydeli/LPFormer"
_COMMIT = "ac1816173c85c9a3354489abc9b144afc9cd1a73"

_SHA256 = {
    "train_pos.txt": "1e97ad3a73ecfeb69489aa6d92d02dc44c2925b4056a8e4cd4b548f1c0ebaa27",
    "valid_pos.txt": "11ad6734a54824d84a3dfcede53bcd6b3051c012f4c44add04891858dacd968c",
    "test_pos.txt": "9a9e06bc89cfc090f35093ecfc4dd5e5e6b979f6be3442c8450f140af127898f",
    "valid_neg.txt": "28bc7d0e168ed82bd8dad4822bc00872f1fdc48fc4f98a41a4c79af7960cdf46",
    "test_neg.txt": "625f43c40585c770bf8ae335766cb1402bd1f225c5cd9c3ab426f2fd61334202",
    "heart_samples.npz": "3bfe9019be83da5cccbdca2a7cda1e9e963ad1bae77d1e9f930a67777d9d7f27",
}
_HOW_TO_MAKE_SAMPLES = (
    f"numpy.savez_compressed('heart_samples.npz', valid=v, test=t) with v and t the int32 contents of "
    f"dataset/citeseer/heart_valid_samples.npy and heart_test_samples.npy in {_SOURCE}"
)


def _raw_file(name: str) -> RawFile:
    is_made = name == "heart_samples.npz"
    return RawFile(
        name=name,
        sha256=_SHA256[name],
        places=(f"heart/citeseer/{name}",),
        url=None if is_made else f"{_SOURCE}/raw/{_COMMIT}/dataset/citeseer/{name}",
        how_to_make=_HOW_TO_MAKE_SAMPLES if is_made else "",
    )


HEART_CARDS = {
    "citeseer": DatasetCard(
        name="heart-citeseer",
        title="HeaRT's fixed split of CiteSeer with hard negatives",
        source=f"{_SOURCE}/tree/{_COMMIT}/dataset/citeseer, the files of https://github.com/Juanhui28/HeaRT",
        licence="MIT (HeaRT's)",
        citation=(
            "Li et al. (2023), Evaluating graph neural networks for link prediction: current pitfalls and "
            "new benchmarking"
        ),
        n_nodes=CITESEER_CARD.n_nodes,
        n_edges=CITESEER_CARD.n_edges,
        n_features=CITESEER_CARD.n_features,
        n_classes=CITESEER_CARD.n_classes,
        raw_files=tuple(_raw_file(name) for name in _SHA256),
        notes=(
            "3,870 train, 227 validation and 455 test edges; 48 self-loops among the train pairs are left "
            "out. Of the hard negatives 267 (validation) and 461 (test) are validation or test edges; they "
            "are kept as published, so that results compare. HeaRT ranks ties as ½(#≥ + #>) + 1."
        ),
    )
}
"""The fixed splits by the name of their graph."""


def load_heart(name: str = "citeseer", *, negatives: Literal["hard", "random"] = "hard") -> EdgeSplit:
    """A fixed split with the published negatives; messages pass over the train edges only.

    Args:
        name: The graph; "citeseer" is the only one so far.
        negatives: "hard" for 500 of each positive's own, each sharing an end with it, shape
            (n_positives, 500, 2); "random" for the pool of HeaRT's "existing setting", as many as positives.

    Returns:
        The split, with ids, features and labels of `load_dataset(name)`. `verify()` reports the few hard
        negatives that are validation or test edges; none is a train edge.

    Raises:
        DatasetUnavailableError: There is no such split, or raw files are missing and cannot be downloaded.
        FileContentError: A raw file has the wrong sha256.

    References:
        Li et al., Evaluating graph neural networks for link prediction: current pitfalls and new
        benchmarking, NeurIPS 2023.
    """
    card = _card(name)
    if negatives not in ("hard", "random"):
        raise ValueError(f"negatives are 'hard' or 'random', not {negatives!r}.")
    is_hard = negatives == "hard"
    unwanted = ("valid_neg.txt", "test_neg.txt") if is_hard else ("heart_samples.npz",)
    contents = read_verified([one for one in card.raw_files if one.name not in unwanted])
    train = _pairs(contents["train_pos.txt"])
    val_negatives, test_negatives = (
        _hard(contents["heart_samples.npz"])
        if is_hard
        else (_pairs(contents["valid_neg.txt"]), _pairs(contents["test_neg.txt"]))
    )
    return EdgeSplit.from_pairs(
        load_citeseer(),
        train=train[train[:, 0] != train[:, 1]],
        val=_pairs(contents["valid_pos.txt"]),
        test=_pairs(contents["test_pos.txt"]),
        val_negatives=val_negatives,
        test_negatives=test_negatives,
    )


def _card(name: str) -> DatasetCard:
    if name.lower() not in HEART_CARDS:
        raise DatasetUnavailableError(
            f"There is no HeaRT split of {name!r}; there is {', '.join(HEART_CARDS)}."
        )
    return HEART_CARDS[name.lower()]


def _pairs(text: bytes) -> IndexPairs:
    """Pairs of a file with `u<tab>v` on each line, shape (n_pairs, 2)."""
    return np.array(text.split(), dtype=np.int64).reshape(-1, 2)


def _hard(archive: bytes) -> tuple[IndexPairs, IndexPairs]:
    """Validation and test negatives, each of shape (n_positives, 500, 2)."""
    with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
        return arrays["valid"].astype(np.int64), arrays["test"].astype(np.int64)
