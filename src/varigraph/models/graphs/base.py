"""`GraphAutoencoder`: what GAE and VGAE share, as a scikit-learn estimator."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from varigraph.decoders import Decoder
from varigraph.distributions import Posterior
from varigraph.encoders import Encoder, GraphInputs, check_resettable
from varigraph.errors import DivergenceError, GraphError
from varigraph.graphs.node_lookup import link_positions, pair_positions
from varigraph.graphs.splits.edge_split import SplitPart
from varigraph.links.calibration import Calibration
from varigraph.links.population import LogitCounts
from varigraph.models.graphs.graph_settings import check_graph_settings
from varigraph.models.graphs.inputs import FeatureUse, Placement, graph_inputs, graph_target
from varigraph.models.graphs.parts import Autoencoder, build_parts, load_encoder, step_work
from varigraph.models.graphs.prediction import (
    assumed_base_rate,
    calibrate,
    count_logits,
    lowest_logit,
    predicted_links,
)
from varigraph.models.graphs.saving import save_model
from varigraph.models.graphs.steps import graph_step
from varigraph.models.graphs.supervision import Supervision, supervision
from varigraph.models.presets import preset_settings
from varigraph.models.settings import settings_of
from varigraph.objectives import Objective
from varigraph.seeding import child_seed, resolve_seed
from varigraph.tables import embedding_columns, make_frame
from varigraph.tensor_types import FloatArray, IndexPairs, RandomState
from varigraph.training import (
    Callback,
    EpochLog,
    EpochSteps,
    LeanAdam,
    TrainingPlan,
    TrainingState,
    check_callbacks,
    intra_op_threads,
    read_checkpoint,
    resolve_device,
    tell_fitted,
    thread_count,
    train,
)

__all__ = ["GraphAutoencoder"]

# What the seed of a fit is used for; each use has its own stream.
_WEIGHTS, _TRAINING, _HOLDOUT = 0, 1, 2

_PAIRS_AT_ONCE = 1_000_000  # pairs scored in one go: 64 latent dimensions of both ends take 512 MB


class GraphAutoencoder(BaseEstimator):
    """Base of the graph models; use `GAE` or `VGAE`, whose docstrings describe the arguments."""

    name: ClassVar[str]
    posterior: ClassVar[type[Posterior]]

    latent_dim: int
    hidden_dims: tuple[int, ...] | None
    encoder: str | Encoder | nn.Module
    decoder: str | Decoder
    objective: str | Objective
    features: FeatureUse
    max_epochs: int
    learning_rate: float
    weight_decay: float
    patience: int | None
    random_state: RandomState
    device: str
    dtype: Literal["float32", "float64"]
    verbose: int

    @classmethod
    def from_preset(cls, preset: str, **changes: Any) -> Self:
        """A model with the settings of a preset.

        Args:
            preset: "default" (what the constructor does anyway) or "kipf2016" (the paper to the letter).
            **changes: Constructor arguments that replace the preset's.

        Raises:
            ValueError: There is no such preset.
        """
        return cls(**(preset_settings(preset) | changes))

    def fit(
        self,
        data: Any,
        y: None = None,
        *,
        validation: SplitPart | None = None,
        validation_fraction: float = 0.05,
        callbacks: Sequence[Callback] = (),
        resume_from: str | Path | None = None,
    ) -> Self:
        """Trains on a graph, or on the train part of a split.

        Edge weights, if the graph has them, weigh twice: messages over heavier edges count more, and so does
        each edge's term in the objective, where weights are divided by their mean.

        Args:
            data: A `Graph`, a `SplitPart`, or whatever `varigraph.to_graph` takes. The user's object is not
                changed.
            y: Ignored.
            validation: Pairs that choose the epoch. None of its edges may be in `data`.
            validation_fraction: Without `validation`, the share of edges that is held out for it; 0 trains
                on every edge, for `max_epochs`, and keeps the last weights.
            callbacks: Told of every epoch, and those that have `on_fitted` of the fitted model.
            resume_from: A checkpoint of an interrupted fit with the same data, settings and seed.

        Returns:
            self.

        Raises:
            GraphError: The graph has no edges, or is not a graph.
            LeakError: A validation edge is in the message graph.
            DivergenceError: The loss is not finite.
            ValueError: A setting is out of its range.
        """
        check_graph_settings(self)
        check_resettable(self.encoder)
        check_callbacks(callbacks)
        seed = resolve_seed(self.random_state)
        pairs = supervision(data, validation, fraction=validation_fraction, seed=child_seed(seed, _HOLDOUT))
        place = self._build(pairs, seed=seed)
        with intra_op_threads(self.n_threads_):
            inputs = self._inputs(place)
            self._train(pairs, inputs, place, callbacks=callbacks, resume_from=resume_from)
            self._remember_posterior(inputs)
        tell_fitted(callbacks, self, train=self.message_graph_, validation=pairs.validation)
        return self

    def adopt(self, data: Any, weights: Mapping[str, Tensor], *, validation: SplitPart | None = None) -> Self:
        """Becomes fitted with the weights of an encoder trained elsewhere: `fit`, but nothing is trained.

        `history_` is empty and `n_epochs_` 0; everything else is as after `fit`.

        Args:
            data: As in `fit`: the graph that the encoder sees.
            weights: The encoder's, by the names that its `state_dict` has; they are copied.
            validation: Pairs that the calibration is fitted on. None of its edges may be in `data`.

        Returns:
            self.

        Raises:
            DivergenceError: The embedding is not finite.
            ValueError: The weights are not those of such an encoder; or what `fit` raises.
        """
        check_graph_settings(self)
        pairs = supervision(data, validation, fraction=0.0, seed=0)
        place = self._build(pairs, seed=resolve_seed(self.random_state))
        self.history_: list[dict[str, float]] = []
        self.n_epochs_ = self.best_epoch_ = 0
        try:
            load_encoder(self.module_, weights)
            with intra_op_threads(self.n_threads_):
                self._remember_posterior(self._inputs(place))
        except Exception as error:
            self._forget()
            if isinstance(error, DivergenceError):
                raise DivergenceError("With these weights the embedding is not finite.") from error
            raise
        return self

    def _build(self, pairs: Supervision, *, seed: int) -> Placement:
        """Remembers what there is to learn from, and makes the parts, with fresh weights."""
        graph = pairs.message_graph
        if not graph.n_edges:
            raise GraphError(f"{graph.name} has no edges to learn from.")
        place = Placement(resolve_device(self.device), getattr(torch, self.dtype))
        parts = build_parts(self, graph, place, seed=child_seed(seed, _WEIGHTS))
        self._forget()
        self.seed_, self.message_graph_, self.module_ = seed, graph, parts
        self.known_graph_, self.held_out_ = pairs.known_graph, pairs.held_out
        self.n_threads_ = thread_count(step_work(graph, parts))
        return place

    def _inputs(self, place: Placement) -> GraphInputs:
        loops = self.module_.encoder.self_loops
        return graph_inputs(self.message_graph_, place, features=self.features, self_loops=loops)

    def _forget(self) -> None:
        """Drops an earlier fit, so that one which fails leaves no half-old, half-new model behind."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)

    def _train(
        self,
        pairs: Supervision,
        inputs: GraphInputs,
        place: Placement,
        *,
        callbacks: Sequence[Callback],
        resume_from: str | Path | None,
    ) -> None:
        parts = self.module_
        target = graph_target(pairs.message_graph, place)
        state = TrainingState(parts, self._optimizer(parts), identity=self._identity(pairs))
        if resume_from is not None:
            read_checkpoint(resume_from, state)
        patience = self.patience if pairs.validation is not None else None
        plan = TrainingPlan(child_seed(self.seed_, _TRAINING), self.max_epochs, patience)
        train(
            state,
            EpochSteps.single(graph_step(parts, inputs, target, max_epochs=self.max_epochs)),
            plan,
            validate=None if pairs.validation is None else lambda: pairs.validate(parts, inputs),
            callbacks=[*callbacks, *([EpochLog(every=self.verbose)] if self.verbose else [])],
        )
        self.history_ = state.history
        self.n_epochs_ = state.epoch
        self.best_epoch_ = state.best_epoch if plan.patience is not None else state.epoch

    def _optimizer(self, parts: Autoencoder) -> torch.optim.Optimizer:
        groups = [
            {"params": list(part.parameters()), "weight_decay": decay}
            for part, decay in ((parts.encoder, self.weight_decay), (parts.prior, 0.0), (parts.decoder, 0.0))
        ]
        return LeanAdam([group for group in groups if group["params"]], lr=self.learning_rate)

    def _remember_posterior(self, inputs: GraphInputs) -> None:
        self.module_.eval()
        with torch.no_grad():
            q = self.module_.encoder(inputs)
        self.module_.to("cpu")  # training is over; scores are computed where the embedding is
        self.posterior_ = {name: tensor.cpu().numpy() for name, tensor in q.tensors().items()}
        if not all(np.isfinite(array).all() for array in self.posterior_.values()):
            raise DivergenceError(
                "The embedding is no longer finite; lower learning_rate, or scale the features."
            )
        self.embedding_: FloatArray = self.posterior_["mean"]

    def _identity(self, pairs: Supervision) -> str:
        """What a checkpoint must have been made with, to go on with bit-equal results."""
        settings = settings_of(self) | {"random_state": self.seed_, "device": "", "verbose": 0}
        document = json.dumps([settings, self.message_graph_.fingerprint], sort_keys=True)
        digest = hashlib.sha256(document.encode())
        if pairs.validation is not None:
            digest.update(pairs.validation.positives.tobytes() + pairs.validation.negatives.tobytes())
        return digest.hexdigest()

    def score_pairs(self, index_pairs: IndexPairs) -> FloatArray:
        """Logits of pairs of node positions, from the posterior mean.

        Args:
            index_pairs: shape (n_pairs, 2).

        Returns:
            shape (n_pairs,), float64; higher is likelier. What probability a logit stands for depends on
            the objective: balanced ones learn odds among as many edges as non-edges.

        Raises:
            SplitError: The array is not of pairs of whole numbers.
            GraphError: A position is no node.
        """
        check_is_fitted(self, "embedding_")
        positions = pair_positions(self.message_graph_, index_pairs)
        pairs = torch.from_numpy(np.ascontiguousarray(positions))
        z = torch.from_numpy(self.embedding_)
        with torch.no_grad():
            blocks = [self.module_.decoder(z, block).logits.double() for block in pairs.split(_PAIRS_AT_ONCE)]
        return torch.cat(blocks).numpy()

    def score_links(self, links: Any) -> FloatArray:
        """`score_pairs` for pairs of the user's ids.

        Args:
            links: Pairs of ids, or a frame with columns such as source and target.

        Raises:
            GraphError: An id is not a node of the graph, or a link is no pair.
        """
        check_is_fitted(self, "embedding_")
        return self.score_pairs(link_positions(self.message_graph_, links))

    @cached_property
    def open_logits_(self) -> LogitCounts:
        """The logits of all pairs that are neither message edges nor held out, as counts."""
        check_is_fitted(self, "embedding_")
        return count_logits(self)

    @cached_property
    def calibration_(self) -> Calibration:
        """From logits to probabilities, fitted when first asked for on the held-out validation links."""
        check_is_fitted(self, "embedding_")
        return calibrate(self)

    def link_probabilities(self, links: Any, *, base_rate: float | None = None) -> FloatArray:
        """The calibrated probability that each pair is a missing link.

        Args:
            links: Pairs of the user's ids, or a frame with columns such as source and target. A known edge
                gets the probability that an open pair of its logit has.
            base_rate: The share of the pairs without an edge that are links, in (0, 1). All probabilities
                hang on it, and no graph tells it: by default one missing link for ten known edges is assumed.

        Returns:
            shape (n_links,), in (0, 1).

        Raises:
            GraphError: An id is not a node of the graph, or a link is no pair.
            ValueError: The base rate is out of range.
        """
        check_is_fitted(self, "embedding_")
        rate = assumed_base_rate(self.known_graph_) if base_rate is None else base_rate
        return self.calibration_.probabilities(self.score_links(links), base_rate=rate)

    def predict_links(
        self,
        k: int | None = 100,
        *,
        per_node: bool = False,
        nodes: Iterable[Any] | None = None,
        threshold: float | None = None,
        target_precision: float | None = None,
        target_density: float | None = None,
        base_rate: float | None = None,
    ) -> Any:
        """The likeliest missing links; never an edge that the user has, held-out ones included.

        Every pair of nodes is looked at, in blocks, so the answer is exact and memory O(block + k).

        Args:
            k: How many; None for all from a threshold on.
            per_node: The k best of each node instead of the k best overall; a pair may come at both ends.
            nodes: Only links with an end among these ids; with `per_node`, only the links of these.
            threshold: Only links of at least this probability.
            target_precision: Only links from where so large a share is right, as estimated on validation.
            target_density: Only links from where at most so large a share of all open pairs lies.
            base_rate: As in `link_probabilities`.

        Returns:
            A frame of the kind that the graph came from (pandas, if from none): `source`, `target` (ids),
            `logit`, `probability`, `rank` (from 1; of each source with `per_node`), best first.

        Raises:
            DataError: No threshold reaches the precision, or more links would come than can be held.
            GraphError: An id is no node, or every pair is an edge.
            ValueError: A number is out of range.
        """
        check_is_fitted(self, "embedding_")
        rate = assumed_base_rate(self.known_graph_) if base_rate is None else base_rate
        least = lowest_logit(
            self,
            base_rate=rate,
            threshold=threshold,
            target_precision=target_precision,
            target_density=target_density,
            is_needed=k is None,
        )
        columns = predicted_links(self, k, per_node=per_node, nodes=nodes, least=least, base_rate=rate)
        return make_frame(columns, self.known_graph_.frame_kind)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Writes the fitted model as a folder that `varigraph.load` reads; see `models.graphs.saving`.

        Args:
            folder: A new or empty folder.
            overwrite: Replace the model that is there.

        Raises:
            RunFolderError: The folder holds something else, or a model and `overwrite` is off.
        """
        save_model(self, folder, overwrite=overwrite)

    def embedding_columns(self) -> dict[str, NDArray[Any]]:
        """The posterior means as named columns: the user's ids as `id`, then `z0`, `z1`, …, a row a node."""
        check_is_fitted(self, "embedding_")
        return embedding_columns(self.message_graph_.ids, self.embedding_)

    def embedding_frame(self) -> Any:
        """`embedding_columns` as a frame of the kind that the graph came from (pandas, if from none)."""
        return make_frame(self.embedding_columns(), self.message_graph_.frame_kind)
