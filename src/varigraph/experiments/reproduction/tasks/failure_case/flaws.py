"""The flaws of the seminar's first VGAE by name, and the model that has those which are left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from varigraph.decoders import InnerProductDecoder
from varigraph.models import VGAE
from varigraph.objectives import BernoulliAllPairs, Objective, WeightedAllPairs

__all__ = ["FLAWS", "check_flaws", "flawed_model", "flawed_objective"]

FLAWS: Mapping[str, str] = MappingProxyType(
    {
        "swapped_arguments": "the predictions are given to the metrics as labels, the labels as predictions",
        "thresholded": "metrics get zeros and ones, cut at a probability of one half, instead of scores",
        "sampled_scores": "a draw of z is scored instead of the posterior's mean",
        "wrong_test_matrix": (
            "all N² entries of A + I of the train and validation edges are scored: no test edge is in it, "
            "the diagonal is, and the encoder sees these very edges"
        ),
        "no_offset": "the decoder is σ(⟨z_i, z_j⟩), which cannot tell that nearly all pairs are no edges",
        "kl_in_full": (
            "KL(q ‖ p) counts in full: in nats beside a sum over pairs, as a mean over nodes beside a mean"
        ),
        "unweighted": "every pair counts the same, and on Cora one in eight hundred is an edge",
        "raw_features": "words count as they are, without TF-IDF and rows of length 1",
        "no_weight_decay": "nothing keeps the encoder from learning its edges by heart",
    }
)
"""What is wrong, in the order in which the recipe repairs it: first the ruler, then the model."""

_ONLY_WITH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "swapped_arguments": ("thresholded", "scikit-learn takes no probabilities for labels"),
        "no_offset": ("unweighted", "a weighted loss needs no offset"),
    }
)

_LATENT_DIM, _HIDDEN_DIMS = 16, (32,)
"""The seminar's, and the paper's."""

_SMALL_BETA = 0.01
"""Of KL beside a sum over pairs, once its weight is repaired. Chosen among powers of ten on the validation
edges of Cora, with a learned offset and raw features, at seeds that are not the recipe's."""

_WEIGHT_DECAY = 1e-4
"""The library's default."""


def check_flaws(flaws: Collection[str]) -> None:
    """Refuses names of no flaw, and flaws that cannot be there without another.

    Raises:
        ValueError: One is; the message names it.
    """
    for name in flaws:
        if name not in FLAWS:
            raise ValueError(f"There is no flaw {name!r}; there are {', '.join(FLAWS)}.")
        other, reason = _ONLY_WITH.get(name, (name, ""))
        if other not in flaws:
            raise ValueError(f"The flaw {name!r} comes only with {other!r}: {reason}.")


def flawed_objective(flaws: Collection[str], *, n_nodes: int, self_loops_are_edges: bool = True) -> Objective:
    """The loss with those of its flaws that are left.

    "unweighted" is the seminar's: cross-entropy summed over all N² entries, in nats; without the flaw it is
    Kipf's weighted mean. KL of the one is in nats too, of the other divided by N²; "kl_in_full" takes the
    whole of it, and KL/N where it should be KL/N².

    Args:
        flaws: As `check_flaws` passes them.
        n_nodes: N.
        self_loops_are_edges: Whether labels are A + I, as in the seminar's code and Kipf's, or A.
    """
    in_full = "kl_in_full" in flaws
    if "unweighted" in flaws:
        beta = 1.0 if in_full else _SMALL_BETA
        return BernoulliAllPairs(pairs="ordered", self_loops_are_edges=self_loops_are_edges, beta=beta)
    beta = float(n_nodes) if in_full else 1.0
    return WeightedAllPairs(self_loops_are_edges=self_loops_are_edges, beta=beta)


def flawed_model(
    flaws: Collection[str],
    *,
    n_nodes: int,
    max_epochs: int,
    learning_rate: float,
    seed: int,
    self_loops_are_edges: bool = True,
) -> VGAE:
    """The seminar's VGAE, not fitted: a GCN with 32 hidden units, 16 latent dimensions, the last epoch kept.

    Its layers have no biases and give log σ where the seminar's have some and give log σ².

    Args:
        flaws: As `check_flaws` passes them; those of scoring make no difference.
        n_nodes: N.
        max_epochs: The seminar has 200.
        learning_rate: The seminar has 0.03.
        seed: Of weights and draws.
        self_loops_are_edges: As in `flawed_objective`.
    """
    has_offset = "unweighted" in flaws and "no_offset" not in flaws
    return VGAE(
        _LATENT_DIM,
        hidden_dims=_HIDDEN_DIMS,
        encoder="gcn",
        decoder=InnerProductDecoder(offset="learned" if has_offset else None),
        objective=flawed_objective(flaws, n_nodes=n_nodes, self_loops_are_edges=self_loops_are_edges),
        features="raw" if "raw_features" in flaws else "tfidf",
        max_epochs=max_epochs,
        learning_rate=learning_rate,
        weight_decay=0.0 if "no_weight_decay" in flaws else _WEIGHT_DECAY,
        patience=None,
        random_state=seed,
        device="cpu",
    )
