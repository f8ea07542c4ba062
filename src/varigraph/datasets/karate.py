"""Zachary's karate club: 34 members, their friendships, and the two factions it broke into."""

from __future__ import annotations

import numpy as np

from varigraph.datasets.card import DatasetCard
from varigraph.graphs.graph import Graph

__all__ = ["KARATE_CARD", "load_karate"]

KARATE_CARD = DatasetCard(
    name="karate",
    title="Friendships in a karate club that broke in two",
    source="Zachary (1977), figures 1 and 3",
    licence="facts from a publication",
    citation="Zachary (1977), An information flow model for conflict and fission in small groups",
    n_nodes=34,
    n_edges=78,
    n_classes=2,
    notes="No features. Members are counted from 0; labels are the instructor's and the officers' faction.",
)

_N_MEMBERS = 34

# Each friendship once, below its member with the smaller number.
_FRIENDS = {
    0: (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31),
    1: (2, 3, 7, 13, 17, 19, 21, 30),
    2: (3, 7, 8, 9, 13, 27, 28, 32),
    3: (7, 12, 13),
    4: (6, 10),
    5: (6, 10, 16),
    6: (16,),
    8: (30, 32, 33),
    9: (33,),
    13: (33,),
    14: (32, 33),
    15: (32, 33),
    18: (32, 33),
    19: (33,),
    20: (32, 33),
    22: (32, 33),
    23: (25, 27, 29, 32, 33),
    24: (25, 27, 31),
    25: (31,),
    26: (29, 33),
    27: (33,),
    28: (31, 33),
    29: (32, 33),
    30: (32, 33),
    31: (32, 33),
    32: (33,),
}

_INSTRUCTOR_FACTION = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 16, 17, 19, 21)


def load_karate() -> Graph:
    """The karate club, unweighted, without features; see `KARATE_CARD`.

    Example:
        >>> load_karate()
        Graph(karate: 34 nodes, 78 edges)
    """
    labels = np.full(_N_MEMBERS, "officers", dtype=object)
    labels[list(_INSTRUCTOR_FACTION)] = "instructor"
    return Graph.from_edges(
        [(member, friend) for member, friends in _FRIENDS.items() for friend in friends],
        n_nodes=_N_MEMBERS,
        labels=labels,
        name="karate",
    )
