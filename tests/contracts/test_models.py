"""Laws of every model as an estimator, and of every part in it: seeded, stored and restored bit for bit."""

import inspect
import itertools

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from torch import nn

from small_graphs import a_graph
from varigraph.decoders import DECODERS, InnerProductDecoder
from varigraph.distributions import PRIORS, MixturePrior
from varigraph.encoders import ENCODERS, GCNEncoder
from varigraph.models import GAE, MODELS, PRESETS, VGAE, load
from varigraph.models.graphs.saving import save_model as save
from varigraph.objectives import OBJECTIVES, BernoulliAllPairs

GRAPH = a_graph(n_nodes=30, n_edges=70)
PAIRS = np.array(list(itertools.combinations(range(30), 2)))
QUICK = {"latent_dim": 3, "max_epochs": 4, "random_state": 0}

every = pytest.mark.parametrize("name", MODELS)


class TwoHeads(nn.Module):
    """A user's encoder for either model."""

    def __init__(self, n_outputs=2):
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(7, 3) for _ in range(n_outputs))

    def forward(self, x, edge_index):
        outputs = tuple(head(x) for head in self.heads)
        return outputs if len(outputs) > 1 else outputs[0]


def fitted(name, **settings):
    return MODELS[name](**(QUICK | settings)).fit(GRAPH, validation_fraction=0)


def variants():
    """Every member of every family, by name and as an object with settings of its own."""
    for name in MODELS:
        yield from ((name, {"encoder": one}) for one in ENCODERS if one != "module")
        yield from ((name, {"decoder": one}) for one in DECODERS)
        yield from ((name, {"objective": one}) for one in OBJECTIVES)
        yield name, {"dtype": "float64"}
        yield name, {"features": "none", "encoder": GCNEncoder((5, 4), activation="tanh", self_loops=False)}
        yield (
            name,
            {"decoder": InnerProductDecoder(offset=-1.7), "objective": BernoulliAllPairs(pairs="ordered")},
        )
        yield name, {"encoder": TwoHeads(MODELS[name].posterior.n_parameters)}
    yield from (("vgae", {"prior": one}) for one in PRIORS)
    yield "vgae", {"prior": MixturePrior(n_components=2), "objective": "bernoulli_all_pairs"}


VARIANTS = list(variants())


@pytest.mark.parametrize(("name", "settings"), VARIANTS, ids=lambda value: str(value)[:60])
def test_a_saved_model_scores_as_before_bit_for_bit(tmp_path, name, settings):
    model = fitted(name, **settings)
    save(model, tmp_path / "model")
    own = settings.get("encoder") if isinstance(settings.get("encoder"), TwoHeads) else None
    restored = load(tmp_path / "model", encoder=own)
    assert type(restored) is MODELS[name]
    assert np.array_equal(restored.score_pairs(PAIRS), model.score_pairs(PAIRS))
    assert np.array_equal(restored.embedding_, model.embedding_)
    assert restored.embedding_.dtype == np.dtype(settings.get("dtype", "float32"))
    assert restored.posterior_.keys() == model.posterior_.keys()
    assert restored.history_ == model.history_
    assert (restored.seed_, restored.n_epochs_, restored.best_epoch_) == (0, 4, 4)
    for key, tensor in model.module_.state_dict().items():
        assert torch.equal(tensor, restored.module_.state_dict()[key])


@pytest.mark.parametrize(("name", "settings"), VARIANTS, ids=lambda value: str(value)[:60])
def test_two_fits_with_one_seed_give_the_same_bits_and_another_seed_other_ones(name, settings):
    first, again, other = (fitted(name, **(settings | {"random_state": seed})) for seed in (0, 0, 1))
    assert np.array_equal(first.embedding_, again.embedding_)
    assert first.history_ == again.history_
    assert not np.array_equal(first.embedding_, other.embedding_)


@every
def test_a_restored_model_fits_again_as_the_first_did(tmp_path, name):
    model = fitted(name)
    save(model, tmp_path / "model")
    restored = load(tmp_path / "model")
    restored.fit(GRAPH, validation_fraction=0)
    assert np.array_equal(restored.embedding_, model.embedding_)


@every
def test_the_constructor_only_stores(name):
    arguments = inspect.signature(MODELS[name]).parameters
    markers = {argument: object() for argument in arguments}
    model = MODELS[name](**markers)
    assert vars(model) == markers


@every
def test_the_arguments_share_their_names_and_defaults_with_the_other_model(name):
    ours, theirs = inspect.signature(MODELS[name]).parameters, inspect.signature(VGAE).parameters
    assert all(theirs[key].default == argument.default for key, argument in ours.items())


@every
def test_a_clone_has_the_settings_and_nothing_learnt(name):
    model = fitted(name, encoder=GCNEncoder((6,)))
    copy = clone(model)
    assert not hasattr(copy, "embedding_")
    assert copy.encoder is not model.encoder
    assert copy.encoder.hidden_dims == (6,)
    assert {k: v for k, v in copy.get_params().items() if k != "encoder"} == {
        k: v for k, v in model.get_params().items() if k != "encoder"
    }
    assert np.array_equal(copy.fit(GRAPH, validation_fraction=0).embedding_, model.embedding_)


@every
def test_set_params_counts_at_the_next_fit(name):
    model = fitted(name).set_params(latent_dim=5)
    assert model.fit(GRAPH, validation_fraction=0).embedding_.shape == (30, 5)
    with pytest.raises(ValueError, match="Invalid parameter 'latent'"):
        model.set_params(latent=5)


@every
def test_before_fit_everything_learnt_is_refused(tmp_path, name):
    model = MODELS[name]()
    for use in (
        lambda: model.score_pairs(PAIRS),
        lambda: model.score_links([("n0", "n1")]),
        model.embedding_frame,
        lambda: save(model, tmp_path / "model"),
    ):
        with pytest.raises(NotFittedError):
            use()


@every
def test_repr_names_what_differs_from_the_defaults(name):
    assert repr(MODELS[name](latent_dim=7)) == f"{name.upper()}(latent_dim=7)"


@every
def test_fit_returns_the_model_and_leaves_the_graph_as_it_was(name):
    graph = a_graph(n_nodes=30, n_edges=70)
    words, before = graph.features.copy(), graph.fingerprint
    model = MODELS[name](**QUICK)
    assert model.fit(graph) is model
    del graph.__dict__["fingerprint"]
    assert graph.fingerprint == before
    assert (graph.features != words).nnz == 0


@every
def test_fit_leaves_the_global_generators_and_threads_as_they_were(name):
    torch_state, numpy_state, n_threads = (
        torch.random.get_rng_state(),
        np.random.get_state()[1].copy(),  # noqa: NPY002 - the global state is what is asked about
        torch.get_num_threads(),
    )
    fitted(name)
    assert torch.equal(torch.random.get_rng_state(), torch_state)
    assert (np.random.get_state()[1] == numpy_state).all()  # noqa: NPY002
    assert torch.get_num_threads() == n_threads


@every
def test_scores_are_symmetric_and_come_from_the_mean(name):
    model = fitted(name, decoder=InnerProductDecoder(offset=-0.3))
    scores = model.score_pairs(PAIRS)
    assert np.array_equal(scores, model.score_pairs(PAIRS[:, ::-1]))
    z = model.posterior_["mean"].astype(np.float64)
    np.testing.assert_allclose(
        scores, (z[PAIRS[:, 0]] * z[PAIRS[:, 1]]).sum(axis=1) - 0.3, rtol=1e-5, atol=1e-5
    )
    assert scores.dtype == np.float64


@every
def test_scores_do_not_depend_on_how_many_pairs_go_at_once(name, monkeypatch):
    model = fitted(name)
    whole = model.score_pairs(PAIRS)
    monkeypatch.setattr("varigraph.models.graphs.base._PAIRS_AT_ONCE", 17)
    assert np.array_equal(model.score_pairs(PAIRS), whole)
    assert model.score_pairs(np.empty((0, 2), dtype=np.int64)).shape == (0,)


@every
def test_a_random_state_may_be_a_generator_or_nothing(name):
    seeded = [fitted(name, random_state=np.random.default_rng(4)) for _ in range(2)]
    assert np.array_equal(seeded[0].embedding_, seeded[1].embedding_)
    assert seeded[0].seed_ == seeded[1].seed_
    again = fitted(name, random_state=seeded[0].seed_)
    assert np.array_equal(again.embedding_, seeded[0].embedding_)
    assert fitted(name, random_state=None).seed_ != fitted(name, random_state=None).seed_


@every
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_fits_and_takes_changes(name, preset):
    model = MODELS[name].from_preset(preset, max_epochs=2, random_state=0)
    assert model.max_epochs == 2
    assert model.fit(GRAPH).n_epochs_ == 2


def test_the_default_preset_is_what_the_constructor_does():
    for model in (GAE, VGAE):
        assert repr(model.from_preset("default")) == repr(model())


def test_every_family_member_has_a_law_tested_on_it():
    tried = {
        kind: {settings[kind] for _, settings in VARIANTS if isinstance(settings.get(kind), str)}
        for kind in ("encoder", "decoder", "prior", "objective")
    }
    assert tried["encoder"] == set(ENCODERS) - {"module"}
    assert any(isinstance(settings.get("encoder"), nn.Module) for _, settings in VARIANTS)
    assert (tried["decoder"], tried["prior"], tried["objective"]) == (
        set(DECODERS),
        set(PRIORS),
        set(OBJECTIVES),
    )
