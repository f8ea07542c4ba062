"""Laws of every row model as an estimator: seeded, stored settings, the user's rows and parts left alone."""

import copy
import inspect

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from small_rows import IMAGE_SHAPE, SETTINGS, some_rows
from varigraph.decoders import LIKELIHOODS, ROW_DECODERS, BernoulliLikelihood, GaussianLikelihood
from varigraph.distributions import ROW_PRIORS, VampPrior
from varigraph.encoders import ROW_ENCODERS, ConvEncoder, MLPEncoder
from varigraph.models import AE, ROW_PRESETS, VAE, AnomalyDetector, DenoisingAE
from varigraph.models.loading import ROW_MODELS
from varigraph.objectives import CORRUPTIONS, ELBO, IWAE, ROW_OBJECTIVES, Reconstruction, SaltAndPepper

X = some_rows(60).numpy()
ZEROS_AND_ONES = some_rows(60, likelihood="bernoulli").numpy()
QUICK = {"latent_dim": 2, "hidden_dims": (5,), "max_epochs": 2, "batch_size": 32, "random_state": 0}
# Nothing is learnt in two epochs, so nothing is in use either.
pytestmark = pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")

every = pytest.mark.parametrize("name", ROW_MODELS)


def variants():
    """Every member of every family, by name and as an object with settings of its own."""
    for name, model in ROW_MODELS.items():
        yield from ((name, {"encoder": one, "image_shape": IMAGE_SHAPE}) for one in ROW_ENCODERS)
        yield from ((name, {"decoder": one, "image_shape": IMAGE_SHAPE}) for one in ROW_DECODERS)
        yield from ((name, {"likelihood": one}) for one in LIKELIHOODS)
        yield name, {"dtype": "float64", "scaling": "none", "activation": "elu"}
        yield name, {"optimizer": "adagrad", "learning_rate_schedule": "cosine", "weight_decay": 0.1}
        yield name, {"encoder": MLPEncoder((4, 3)), "likelihood": GaussianLikelihood("per_dimension")}
        yield (
            name,
            {"encoder": ConvEncoder(**SETTINGS["conv"]), "likelihood": BernoulliLikelihood(dynamic=True)},
        )
        if model is AE:
            yield name, {"objective": Reconstruction(weight_prior_std=1.0)}
    yield from (("vae", {"prior": one}) for one in ROW_PRIORS)
    yield from (("vae", {"objective": one}) for one in ROW_OBJECTIVES)
    yield "vae", {"prior": VampPrior(3), "objective": "wake_sleep"}
    yield "vae", {"objective": ELBO(n_samples=2, beta=0.5, warmup_epochs=2), "prior": "mixture"}
    yield from (("denoising_ae", {"corruption": one}) for one in CORRUPTIONS)
    yield "denoising_ae", {"corruption": SaltAndPepper(0.2, low=-1.0)}


VARIANTS = list(variants())


def rows_for(settings):
    likelihood = settings.get("likelihood")
    is_binary = likelihood == "bernoulli" or isinstance(likelihood, BernoulliLikelihood)
    return ZEROS_AND_ONES if is_binary else X


def fitted(name, rows=None, **settings):
    return ROW_MODELS[name](**(QUICK | settings)).fit(rows_for(settings) if rows is None else rows)


def bits(model):
    return {key: tensor.clone() for key, tensor in model.module_.state_dict().items()}


def same(first, second):
    return first.keys() == second.keys() and all(torch.equal(first[key], second[key]) for key in first)


@pytest.mark.parametrize(("name", "settings"), VARIANTS, ids=lambda value: str(value)[:60])
def test_two_fits_with_one_seed_give_the_same_bits_and_another_seed_other_ones(name, settings):
    settings = copy.deepcopy(settings)
    model = ROW_MODELS[name](**(QUICK | settings))
    parts = {key: value for key, value in settings.items() if hasattr(value, "parameters")}
    first, history = bits(model.fit(rows_for(settings))), model.history_
    again = fitted(name, **settings)
    assert same(first, bits(again))
    assert history == again.history_
    assert same(first, bits(model.fit(rows_for(settings))))
    assert not same(first, bits(fitted(name, **(settings | {"random_state": 1}))))
    # The user's own parts were copied: they have no weights still.
    assert all(not list(part.parameters()) for part in parts.values())
    assert all(getattr(model, key) is value for key, value in settings.items())


@every
def test_the_constructor_only_stores(name):
    arguments = inspect.signature(ROW_MODELS[name]).parameters
    markers = {argument: object() for argument in arguments}
    assert vars(ROW_MODELS[name](**markers)) == markers


def test_the_detectors_constructor_only_stores():
    markers = {argument: object() for argument in inspect.signature(AnomalyDetector).parameters}
    assert vars(AnomalyDetector(**markers)) == markers


@every
def test_arguments_share_their_names_and_defaults_with_the_other_models(name):
    ours, theirs = (inspect.signature(model).parameters for model in (ROW_MODELS[name], VAE))
    differing = {"objective"} if name == "ae" else set()
    shared = (ours.keys() & theirs.keys()) - differing
    assert all(theirs[key].default == ours[key].default for key in shared)
    assert ours.keys() - theirs.keys() <= {"corruption", "noise"}


@every
def test_a_clone_has_the_settings_and_nothing_learnt(name):
    model = fitted(name, encoder=MLPEncoder((4,)))
    copied = clone(model)
    assert not hasattr(copied, "module_")
    assert not hasattr(copied, "_state")
    assert copied.encoder is not model.encoder
    assert copied.encoder.hidden_dims == (4,)
    assert {key: value for key, value in copied.get_params().items() if key != "encoder"} == {
        key: value for key, value in model.get_params().items() if key != "encoder"
    }
    assert same(bits(copied.fit(X)), bits(model))


@every
def test_set_params_counts_at_the_next_fit(name):
    model = fitted(name).set_params(latent_dim=3)
    assert model.fit(X).transform(X).shape == (60, 3)
    with pytest.raises(ValueError, match="Invalid parameter 'latent'"):
        model.set_params(latent=3)


@every
def test_before_fit_everything_learnt_is_refused(name):
    model = ROW_MODELS[name]()
    verbs = ["transform", "reconstruct", "score_samples", "score", "inverse_transform"]
    verbs += ["elbo", "log_likelihood"] if name == "vae" else []
    for verb in verbs + (["denoise"] if name == "denoising_ae" else []):
        with pytest.raises(NotFittedError):
            getattr(model, verb)(X)
    if name == "vae":
        with pytest.raises(NotFittedError):
            model.sample(2)


@every
def test_repr_names_what_differs_from_the_defaults(name):
    assert repr(ROW_MODELS[name](latent_dim=7)) == f"{ROW_MODELS[name].__name__}(latent_dim=7)"


@every
def test_fit_returns_the_model_and_leaves_rows_and_globals_as_they_were(name):
    rows, torch_state = X.copy(), torch.random.get_rng_state()
    numpy_state = np.random.get_state()[1].copy()  # noqa: NPY002 - the global state is what is asked about
    n_threads = torch.get_num_threads()
    model = ROW_MODELS[name](**QUICK)
    assert model.fit(rows) is model
    model.transform(rows)
    model.score_samples(rows)
    assert np.array_equal(rows, X)
    assert torch.equal(torch.random.get_rng_state(), torch_state)
    assert (np.random.get_state()[1] == numpy_state).all()  # noqa: NPY002
    assert torch.get_num_threads() == n_threads


def unusual_rows(kind, folder):
    rows = X.astype(np.float32)
    if kind == "mapped":
        np.save(folder / "rows.npy", rows)
        return np.load(folder / "rows.npy", mmap_mode="r")
    if kind == "read-only":
        rows.flags.writeable = False
        return rows
    return {
        "reversed": np.ascontiguousarray(rows[::-1])[::-1],
        "Fortran": np.asfortranarray(rows),
        "list": rows.tolist(),
    }[kind]


@every
@pytest.mark.parametrize("patience", [None, 2])
@pytest.mark.parametrize("kind", ["mapped", "read-only", "reversed", "Fortran", "list"])
def test_rows_in_memory_of_any_kind_are_the_same_rows(name, patience, kind, tmp_path):
    usual, unusual = X.astype(np.float32), unusual_rows(kind, tmp_path)
    ours, theirs = (fitted(name, rows, patience=patience) for rows in (usual, unusual))
    # A list comes as float64, whose column means round elsewhere than those of float32.
    tolerance = {"rtol": 1e-5, "atol": 1e-5} if kind == "list" else {"rtol": 0, "atol": 0}
    for key, tensor in ours.module_.state_dict().items():
        torch.testing.assert_close(theirs.module_.state_dict()[key], tensor, **tolerance)
    for verb in ("transform", "reconstruct", "score_samples"):
        found, expected = getattr(theirs, verb)(unusual), getattr(ours, verb)(usual)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@every
def test_a_random_state_may_be_a_generator_or_nothing(name):
    seeded = [fitted(name, random_state=np.random.default_rng(4)) for _ in range(2)]
    assert same(bits(seeded[0]), bits(seeded[1]))
    assert same(bits(fitted(name, random_state=seeded[0].seed_)), bits(seeded[0]))
    assert fitted(name, random_state=None).seed_ != fitted(name, random_state=None).seed_


@every
@pytest.mark.parametrize("preset", ROW_PRESETS)
def test_a_preset_fits_and_takes_changes(name, preset):
    model = ROW_MODELS[name].from_preset(preset, max_epochs=1, random_state=0)
    assert model.max_epochs == 1
    assert model.fit(ZEROS_AND_ONES).n_epochs_ == 1


def test_the_default_preset_is_what_the_constructor_does():
    for model in ROW_MODELS.values():
        assert repr(model.from_preset("default")) == repr(model())
    with pytest.raises(ValueError, match="There is no preset 'best'; there are default, aevb"):
        VAE.from_preset("best")


@pytest.mark.parametrize("objective", ["elbo", "iwae", "wake_sleep", ELBO(beta=0.5), IWAE()])
def test_an_autoencoder_refuses_objectives_that_need_a_density_and_is_not_left_half_fitted(objective):
    model = AE(**QUICK, objective=objective)
    with pytest.raises(ValueError, match=r"needs a density q\(z \| x\), and an AE has a point"):
        model.fit(X)
    with pytest.raises(NotFittedError):
        model.transform(X)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"encoder": "gcn"}, ValueError, "There is no encoder 'gcn'; there are mlp, conv"),
        ({"decoder": 3}, TypeError, "decoder must be one of mlp, conv or an instance of RowDecoder, got 3"),
        ({"prior": "flat"}, ValueError, "There is no prior 'flat'; there are standard_normal, mixture, vamp"),
        ({"objective": "mse"}, ValueError, "There is no objective 'mse'; there are reconstruction, elbo"),
        (
            {"likelihood": "poisson"},
            ValueError,
            "There is no likelihood 'poisson'; there are gaussian, bernoulli",
        ),
        ({"encoder": "conv"}, ValueError, r"pass image_shape=\(height, width\)"),
        ({"activation": "cosine"}, ValueError, "There is no activation 'cosine'; there are relu"),
        (
            {"likelihood": "bernoulli", "scaling": "standard"},
            ValueError,
            "scaling='standard' does not go with BernoulliLikelihood",
        ),
    ],
)
def test_parts_that_there_are_not_are_refused_by_name(settings, error, message):
    with pytest.raises(error, match=message):
        VAE(**QUICK, **settings).fit(ZEROS_AND_ONES)


def test_a_corruption_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="There is no corruption 'rain'; there are masking, gaussian"):
        DenoisingAE(**QUICK, corruption="rain").fit(X)
    with pytest.raises(ValueError, match="fraction must be a number between 0 and 1, got 3"):
        DenoisingAE(**QUICK, noise=3).fit(X)


def test_every_family_member_has_a_law_tested_on_it():
    families = {
        "encoder": ROW_ENCODERS,
        "decoder": ROW_DECODERS,
        "likelihood": LIKELIHOODS,
        "prior": ROW_PRIORS,
        "objective": ROW_OBJECTIVES,
        "corruption": CORRUPTIONS,
    }
    for kind, family in families.items():
        assert {one[kind] for _, one in VARIANTS if isinstance(one.get(kind), str)} == set(family)
