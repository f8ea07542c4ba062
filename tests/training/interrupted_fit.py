"""A fit in a process of its own, to be killed: `python interrupted_fit.py CHECKPOINT MODE`.

Prints a line once the checkpoint of an early epoch is there, then goes on slowly.
"""

import sys
import time

import numpy as np

from varigraph.graphs.graph import Graph
from varigraph.models import VGAE
from varigraph.training import Checkpointing

SETTINGS = {"latent_dim": 4, "encoder": "gcn", "hidden_dims": (8,), "max_epochs": 60, "random_state": 3}


def the_graph() -> Graph:
    """A ring with chords and dense features."""
    ring = [(i, (i + 1) % 60) for i in range(60)] + [(i, (i + 7) % 60) for i in range(60)]
    features = np.random.default_rng(0).standard_normal((60, 9))
    return Graph.from_edges(ring, features=features)


class SlowAfter:
    """Says that training is under way, and gives the test time to interfere."""

    def on_epoch(self, report, state):
        if report.epoch == 12:
            sys.stdout.write("ready\n")
            sys.stdout.flush()
        if report.epoch >= 12:
            time.sleep(0.1)

    def on_end(self, state):
        """Nothing to do."""


if __name__ == "__main__":
    callbacks = [Checkpointing(sys.argv[1], every_seconds=0), SlowAfter()]
    VGAE(**SETTINGS).fit(the_graph(), validation_fraction=0.1, callbacks=callbacks)
