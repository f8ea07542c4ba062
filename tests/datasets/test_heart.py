"""HeaRT's files are taken as published and agree with the Planetoid graph."""

import numpy as np
import pytest

from varigraph.datasets import HEART_CARDS, load_dataset, load_heart
from varigraph.errors import DatasetUnavailableError, FileContentError


@pytest.fixture(scope="module")
def split(with_data):
    return load_heart("citeseer")


@pytest.fixture(scope="module")
def random_split(with_data):
    return load_heart("citeseer", negatives="random")


@pytest.fixture(scope="module")
def citeseer(with_data):
    return load_dataset("citeseer")


def keys(pairs, n_nodes):
    pairs = pairs.reshape(-1, 2)
    return pairs.min(axis=1) * n_nodes + pairs.max(axis=1)


def test_the_parts_have_their_published_sizes(split):
    assert [part.n_positives for part in split.parts] == [3870, 227, 455]
    assert split.val.negatives.shape == (227, 500, 2)
    assert split.test.negatives.shape == (455, 500, 2)


def test_the_positives_of_the_parts_together_are_the_edges_of_citeseer(split, citeseer):
    together = np.concatenate([keys(part.positives, citeseer.n_nodes) for part in split.parts])
    assert len(np.unique(together)) == len(together)
    np.testing.assert_array_equal(np.sort(together), citeseer.edge_keys)


def test_every_part_passes_messages_over_the_train_edges_only(split):
    train = np.sort(keys(split.train.positives, split.n_nodes))
    for part in split.parts:
        np.testing.assert_array_equal(part.message_graph.edge_keys, train)


def test_message_graphs_have_the_features_of_citeseer(split, citeseer):
    assert (split.train.message_graph.features != citeseer.features).nnz == 0


def test_each_hard_negative_shares_an_end_with_its_positive_and_is_not_it(split):
    for part in (split.val, split.test):
        ends = part.positives[:, None, :, None] == part.negatives[:, :, None, :]  # (n, 500, end, end)
        assert ends.any(axis=(2, 3)).all()
        own = keys(part.positives, split.n_nodes)[:, None]
        assert (keys(part.negatives, split.n_nodes).reshape(-1, 500) != own).all()


def test_the_hard_negatives_that_are_edges_are_kept_as_published(split, citeseer):
    for part, n_edges in ((split.val, 267), (split.test, 461)):
        assert citeseer.has_edges(part.negatives.reshape(-1, 2)).sum() == n_edges
        assert not split.train.message_graph.has_edges(part.negatives.reshape(-1, 2)).any()


def test_hard_negatives_stand_beside_the_positive_of_the_published_line(split, with_data):
    lines = (with_data / "heart/citeseer/test_pos.txt").read_text().splitlines()
    assert [[int(one) for one in line.split("\t")] for line in lines] == split.test.positives.tolist()


def test_random_negatives_are_a_pool_of_non_edges(random_split, citeseer):
    assert random_split.val.negatives.shape == (227, 2)
    assert random_split.test.negatives.shape == (455, 2)
    assert not any(citeseer.has_edges(part.negatives).any() for part in (random_split.val, random_split.test))


def test_both_kinds_of_negatives_stand_beside_the_same_positives(split, random_split):
    for hard, random in zip(split.parts, random_split.parts, strict=True):
        np.testing.assert_array_equal(hard.positives, random.positives)


def test_common_neighbours_reach_the_published_mrr(split):
    # HeaRT's table: 8.42 for common neighbours, ranks by the mean rule; two decimals are published.
    adjacency = split.test.message_graph.adjacency

    def score(pairs):
        first, second = pairs.reshape(-1, 2).T
        return adjacency[first].multiply(adjacency[second]).sum(axis=1)

    positives = score(split.test.positives)[:, None]
    negatives = score(split.test.negatives).reshape(455, 500)
    ranks = ((negatives >= positives).sum(axis=1) + (negatives > positives).sum(axis=1)) / 2 + 1
    assert 100 * np.mean(1 / ranks) == pytest.approx(8.42, abs=0.01)


def test_a_split_that_does_not_exist_is_refused():
    with pytest.raises(DatasetUnavailableError, match="cora"):
        load_heart("cora")


def test_another_kind_of_negatives_is_refused():
    with pytest.raises(ValueError, match="'hard' or 'random'"):
        load_heart("citeseer", negatives="easy")


def test_without_files_the_message_says_how_to_make_the_samples():
    with pytest.raises(DatasetUnavailableError, match="savez_compressed"):
        load_heart("citeseer")


def test_tampered_samples_are_refused(tmp_path, monkeypatch):
    (tmp_path / "heart/citeseer").mkdir(parents=True)
    for raw_file in HEART_CARDS["citeseer"].raw_files:
        (tmp_path / raw_file.places[0]).write_text("0\t1\n")
    monkeypatch.setenv("VARIGRAPH_DATA", str(tmp_path))
    with pytest.raises(FileContentError):
        load_heart("citeseer")
