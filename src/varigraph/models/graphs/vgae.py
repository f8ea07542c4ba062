"""`VGAE`: the variational graph autoencoder."""

from __future__ import annotations

from typing import ClassVar, Literal

from torch import nn

from varigraph.decoders import Decoder
from varigraph.distributions import DiagonalNormal, Posterior, Prior
from varigraph.encoders import Encoder
from varigraph.models.graphs.base import GraphAutoencoder
from varigraph.models.graphs.inputs import FeatureUse
from varigraph.objectives import Objective
from varigraph.tensor_types import RandomState

__all__ = ["VGAE"]


class VGAE(GraphAutoencoder):
    """Variational graph autoencoder: q(z_i | X, A) = N(μ_i, diag σ_i²), p(A_ij = 1) = σ(⟨z_i, z_j⟩ + offset).

    The defaults are what we recommend (`from_preset("default")`), not the paper's
    (`from_preset("kipf2016")`): a linear encoder on TF-IDF features, a wide latent space, edges against
    sampled pairs, the epoch chosen on validation.

    Args:
        latent_dim: Latent dimensions.
        hidden_dims: Widths of the hidden layers of the encoder "gcn"; None for its own, the paper's (32,).
        encoder: "linear", "gcn", "one_layer_gcn", an `Encoder`, or a PyG-style module that maps
            `(x, edge_index)` to (μ, log σ).
        decoder: "inner_product" (with the offset that the objective asks for), or a `Decoder`.
        objective: "balanced_sampled_edges", "weighted_all_pairs", "bernoulli_all_pairs", or an `Objective`.
        prior: "standard_normal", "mixture", or a `Prior`.
        features: "tfidf" (TF-IDF of counts, rows of length 1), "raw", or "none" for the identity matrix.
        max_epochs: The most epochs; one epoch is one step on the whole graph.
        learning_rate: Adam's.
        weight_decay: Adam's, of the encoder's weights; a learned prior or offset is not pulled to 0.
        patience: Stop after so many epochs whose validation score is below the best, and keep the best
            epoch, of equal ones the last; None runs all epochs and keeps the last.
        random_state: Seed: the same gives the same bits on one machine's CPU and thread count.
        device: "auto", "cpu", "cuda", "cuda:N".
        dtype: "float32" or "float64".
        verbose: A line to standard error every so many epochs; 0 is silent.

    Attributes:
        embedding_: Posterior means, shape (n_nodes, latent_dim).
        posterior_: `mean` and `log_std` (log σ), each of that shape. Scores come from the mean.
        message_graph_: The graph that the encoder saw.
        history_: One dict an epoch: loss terms in the objective's units and validation metrics. A loss over
            all pairs of 4,000 nodes or more is in those of the first ten epochs, of every tenth and of epoch
            `max_epochs` alone: after early stopping the last one may lack it.
        n_epochs_: Epochs run. best_epoch_: The epoch whose weights were kept.
        seed_: The seed as an integer.

    References:
        Kipf & Welling (2016), *Variational graph auto-encoders*, section 2.

    Example:
        >>> import varigraph as vg
        >>> graph = vg.load_graph("karate")
        >>> model = vg.VGAE(latent_dim=8, max_epochs=20, random_state=0).fit(graph, validation_fraction=0)
        >>> model.embedding_.shape
        (34, 8)
    """

    name: ClassVar[str] = "vgae"
    posterior: ClassVar[type[Posterior]] = DiagonalNormal

    def __init__(
        self,
        latent_dim: int = 64,
        *,
        hidden_dims: tuple[int, ...] | None = None,
        encoder: str | Encoder | nn.Module = "linear",
        decoder: str | Decoder = "inner_product",
        objective: str | Objective = "balanced_sampled_edges",
        prior: str | Prior = "standard_normal",
        features: FeatureUse = "tfidf",
        max_epochs: int = 600,
        learning_rate: float = 0.01,
        weight_decay: float = 1e-4,
        patience: int | None = 100,
        random_state: RandomState = None,
        device: str = "auto",
        dtype: Literal["float32", "float64"] = "float32",
        verbose: int = 0,
    ) -> None:
        self.latent_dim = latent_dim
        self.hidden_dims = hidden_dims
        self.encoder = encoder
        self.decoder = decoder
        self.objective = objective
        self.prior = prior
        self.features = features
        self.max_epochs = max_epochs
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.patience = patience
        self.random_state = random_state
        self.device = device
        self.dtype = dtype
        self.verbose = verbose
