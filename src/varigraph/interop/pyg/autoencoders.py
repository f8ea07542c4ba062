"""`GAE` and `VGAE` as torch modules with PyG's methods, computed from logits."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from varigraph.distributions import DiagonalNormal, kl_divergence
from varigraph.distributions.normal import MAX_LOG_STD
from varigraph.evaluation.ranking import average_precision, roc_auc
from varigraph.interop.pyg.decoders import InnerProductDecoder, gives_logits, logits_from_probabilities
from varigraph.interop.pyg.negatives import sample_negatives
from varigraph.interop.pyg.pairs import check_pairs, check_positions

__all__ = ["GAE", "VGAE"]


class GAE(nn.Module):
    """A graph autoencoder around a user's encoder: `torch_geometric.nn.GAE` with other arithmetic.

    Signatures and meaning are PyG's, and so are the names of its weights: a `state_dict` of either loads
    into the other. As there, the constructor resets the encoder. What differs:

    - Losses come from logits, by softplus: PyG's log(σ + 1e-15) has no gradient for a non-edge past a logit
      of 17 in float32, and none for an edge below −34.
    - `test` ranks logits: float32 probabilities tie past 17.
    - Drawn negatives are never positives the other way round, and `torch.manual_seed` decides them; see
      `varigraph.interop.pyg.negatives.sample_negatives`.
    - Empty sets of pairs and graphs without a negative raise an error instead of giving a loss of NaN.

    Args:
        encoder: Any module; `encode` passes its arguments on.
        decoder: Called as `decoder(z, edge_index, sigmoid=…)`; `InnerProductDecoder` by default. One of the
            user's own is asked for logits, `sigmoid=False`, and if these do not belong to its probabilities,
            or if z is no tensor (a dictionary of node types, say), the losses are computed from the
            probabilities.

    References:
        Kipf & Welling (2016), *Variational graph auto-encoders*.

    Example:
        >>> model = GAE(nn.Identity())
        >>> z = model.encode(torch.eye(3))
        >>> loss = model.recon_loss(z, torch.tensor([[0], [1]]), torch.tensor([[1], [2]]))
        >>> round(float(loss), 4)  # 2 ln 2
        1.3863
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = InnerProductDecoder() if decoder is None else decoder
        # Of a decoder of the user's own: whether its logits can be had; asked anew if it is replaced.
        self._probed: tuple[nn.Module, bool] | None = None
        # Not self.reset_parameters: a subclass may reset parts that its constructor has not made yet.
        GAE.reset_parameters(self)

    def reset_parameters(self) -> None:
        """Resets the encoder and the decoder by the topmost `reset_parameters` in each."""
        _reset(self.encoder)
        _reset(self.decoder)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the encoder returns, as it is; of a `VGAE`'s the pair (μ, log σ), as PyG does."""
        return self.encoder(*args, **kwargs)

    def encode(self, *args: Any, **kwargs: Any) -> Any:
        """Latent vectors, shape (n_nodes, n_latent), from what the encoder takes."""
        return self.encoder(*args, **kwargs)

    def decode(self, *args: Any, **kwargs: Any) -> Any:
        """What the decoder returns; probabilities, unless it is told `sigmoid=False`."""
        return self.decoder(*args, **kwargs)

    def recon_loss(self, z: Tensor, pos_edge_index: Tensor, neg_edge_index: Tensor | None = None) -> Tensor:
        """Mean cross-entropy of positive pairs plus mean cross-entropy of negative pairs, a scalar in nats.

        −(1/|P|) Σ_P log p(1) − (1/|M|) Σ_M log p(0)

        Args:
            z: shape (n_nodes, n_latent).
            pos_edge_index: P, shape (2, n_positives).
            neg_edge_index: M, shape (2, n_negatives); by default as many as positives are drawn anew.

        Raises:
            TypeError: Pairs are no tensor of whole numbers, or z is none.
            ValueError: There are no positives or no negatives, or they have another shape or no such node.
        """
        self._check("pos_edge_index", z, pos_edge_index)
        positives = F.softplus(-self._logits(z, pos_edge_index)).mean()
        if neg_edge_index is None:
            neg_edge_index = sample_negatives(pos_edge_index, _n_nodes(z))
        self._check("neg_edge_index", z, neg_edge_index)
        return positives + F.softplus(self._logits(z, neg_edge_index)).mean()

    def test(self, z: Tensor, pos_edge_index: Tensor, neg_edge_index: Tensor) -> tuple[float, float]:
        """Area under the ROC curve and average precision of positives against negatives.

        Args:
            z: shape (n_nodes, n_latent).
            pos_edge_index: shape (2, n_positives).
            neg_edge_index: shape (2, n_negatives).

        Returns:
            Two fractions in [0, 1].

        Raises:
            TypeError: Pairs are no tensor of whole numbers, or z is none.
            ValueError: There are no positives or no negatives, they have another shape or no such node, or a
                score is not a number.
        """
        self._check("pos_edge_index", z, pos_edge_index)
        self._check("neg_edge_index", z, neg_edge_index)
        with torch.no_grad():
            positives, negatives = (
                self._logits(z, pairs).double().cpu().numpy() for pairs in (pos_edge_index, neg_edge_index)
            )
        return roc_auc(positives, negatives), average_precision(positives, negatives)

    def _check(self, name: str, z: Any, pairs: Any) -> None:
        check_pairs(name, pairs)
        if type(self.decoder) is InnerProductDecoder:  # one of the user's own knows what z and positions are
            check_positions(name, pairs, _n_nodes(z))

    def _logits(self, z: Any, edge_index: Tensor) -> Tensor:
        """Log-odds of pairs, shape (n_pairs,), by whichever way the decoder knows."""
        if type(self.decoder) is not InnerProductDecoder:
            if not isinstance(z, Tensor):
                return logits_from_probabilities(self.decoder(z, edge_index, sigmoid=True))
            if self._probed is None or self._probed[0] is not self.decoder:
                self._probed = (self.decoder, gives_logits(self.decoder, z))
            if not self._probed[1]:
                return logits_from_probabilities(self.decoder(z, edge_index, sigmoid=True))
        logits: Tensor = self.decoder(z, edge_index, sigmoid=False)
        return logits


class VGAE(GAE):
    """A variational graph autoencoder around a user's encoder: `torch_geometric.nn.VGAE`, as `GAE` explains.

    Args:
        encoder: Returns the pair (μ, log σ), each of shape (n_nodes, n_latent). PyG's documentation calls
            the second log σ²; its code, and this, take it for log σ.
        decoder: As in `GAE`.

    References:
        Kipf & Welling (2016), *Variational graph auto-encoders*, section 2.

    Example:
        >>> model = VGAE(nn.Identity())
        >>> z = model.eval().encode((torch.ones(4, 2), torch.zeros(4, 2)))
        >>> z.tolist() == torch.ones(4, 2).tolist(), float(model.kl_loss())
        (True, 1.0)
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module | None = None) -> None:
        super().__init__(encoder, decoder)
        # In a tuple: torch would make a weight of this model of a parameter that is its attribute.
        self._last: tuple[Tensor | None, Tensor | None] = (None, None)

    @property
    def __mu__(self) -> Tensor | None:
        """μ of the last `encode` under PyG's name, or None before one; a subclass's own `encode` sets it."""
        return self._last[0]

    @__mu__.setter
    def __mu__(self, mu: Tensor | None) -> None:
        self._last = mu, self._last[1]

    @property
    def __logstd__(self) -> Tensor | None:
        """Log σ of the last `encode` under PyG's name, as `__mu__`; this class's own `encode` caps it."""
        return self._last[1]

    @__logstd__.setter
    def __logstd__(self, logstd: Tensor | None) -> None:
        self._last = self._last[0], logstd

    def reparametrize(self, mu: Tensor, logstd: Tensor) -> Tensor:
        """A draw μ + σ ⊙ ε in training mode, from torch's global generator; μ itself in evaluation mode."""
        return mu + torch.randn_like(logstd) * torch.exp(logstd) if self.training else mu

    def encode(self, *args: Any, **kwargs: Any) -> Tensor:
        """Latent vectors: a draw in training mode, μ in evaluation mode; log σ is capped at 10.

        Raises:
            ValueError: The encoder returns something else than (μ, log σ).
        """
        output = self.encoder(*args, **kwargs)
        if not isinstance(output, tuple | list) or len(output) != 2:
            raise ValueError(
                f"The encoder of a VGAE returns the pair (mu, logstd), this one a {type(output).__name__}; "
                "an encoder that returns z alone belongs in a GAE."
            )
        mu, logstd = output
        logstd = logstd.clamp(max=MAX_LOG_STD)
        self._last = mu, logstd
        return self.reparametrize(mu, logstd)

    def kl_loss(self, mu: Tensor | None = None, logstd: Tensor | None = None) -> Tensor:
        """The mean over nodes of KL(N(μ, diag σ²) ‖ N(0, I)), summed over dimensions, in nats; ≥ 0.

        Args:
            mu: μ, shape (n_nodes, n_latent); by default that of the last `encode`, in whatever mode it was.
            logstd: log σ, same shape, capped at 10; by default that of the last `encode`.

        Raises:
            RuntimeError: There has been no `encode` to take the missing ones from.
        """
        mu = self._last[0] if mu is None else mu
        logstd = self._last[1] if logstd is None else logstd
        if mu is None or logstd is None:
            raise RuntimeError(
                "kl_loss() without mu and logstd means those of the last encode, and nothing has been "
                "encoded yet; call model.encode(x, edge_index) before it."
            )
        zero = mu.new_zeros(())
        q = DiagonalNormal(mu, logstd.clamp(max=MAX_LOG_STD))
        return kl_divergence(q, DiagonalNormal(zero, zero), mu).mean()

    def __getstate__(self) -> dict[str, Any]:
        # The last encode hangs on its graph of gradients, with which no copy could be made.
        return self.__dict__ | {"_last": (None, None)}


def _reset(module: nn.Module) -> None:
    reset = getattr(module, "reset_parameters", None)
    if callable(reset):
        reset()
        return
    for child in module.children():
        _reset(child)


def _n_nodes(z: Any) -> int:
    """The rows of z.

    Raises:
        TypeError: It is no tensor of rows.
    """
    if isinstance(z, tuple | list):
        raise TypeError(
            f"z is a {type(z).__name__} of {len(z)}; an encoder that returns the pair (mu, logstd) belongs "
            "in a VGAE."
        )
    if not isinstance(z, Tensor) or z.ndim != 2:
        what = f"of shape {tuple(z.shape)}" if isinstance(z, Tensor) else f"a {type(z).__name__}"
        raise TypeError(
            f"z is {what}, where a tensor of shape (n_nodes, n_latent) is needed; of other kinds a decoder "
            "of your own makes probabilities, of given positives and negatives."
        )
    return len(z)
