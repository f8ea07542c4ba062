"""Row models in folders: the same bits when they come back, and no folder that lies is believed."""

import json
import pickle
import warnings

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from varigraph.decoders import (
    LIKELIHOODS,
    ROW_DECODERS,
    BernoulliLikelihood,
    ConvDecoder,
    GaussianLikelihood,
    MLPDecoder,
)
from varigraph.distributions import ROW_PRIORS, MixturePrior, VampPrior
from varigraph.encoders import ROW_ENCODERS, ConvEncoder, MLPEncoder
from varigraph.errors import PosteriorCollapseWarning, RunFolderError
from varigraph.models import AE, VAE, AnomalyDetector, DenoisingAE, load
from varigraph.models.loading import ROW_MODELS, load_graph_model, load_row_model, stored_kind
from varigraph.objectives import (
    CORRUPTIONS,
    ELBO,
    IWAE,
    ROW_OBJECTIVES,
    GaussianNoise,
    MaskingNoise,
    Reconstruction,
    SaltAndPepper,
)

ROWS = np.random.default_rng(0).random((40, 16))
IMAGES = {"image_shape": (4, 4), "hidden_dims": (5,)}
QUICK = {"latent_dim": 3, "hidden_dims": (6,), "max_epochs": 2, "patience": None, "random_state": 0}


@pytest.fixture(autouse=True)
def _no_word_of_collapse():
    with warnings.catch_warnings():  # two epochs are not meant to teach anything
        warnings.simplefilter("ignore", PosteriorCollapseWarning)
        yield


def a_model(name="vae", **settings):
    few = {"n_samples": 3} if name == "vae" else {}
    return ROW_MODELS[name](**(QUICK | few | settings))


def fitted(name="vae", **settings):
    return a_model(name, **settings).fit(ROWS)


def variants():
    """Every member of every family, by name and as an object with settings of its own."""
    for name in ROW_MODELS:
        yield from ((name, {"encoder": one} | IMAGES) for one in ROW_ENCODERS)
        yield from ((name, {"decoder": one} | IMAGES) for one in ROW_DECODERS)
        yield from ((name, {"likelihood": one}) for one in LIKELIHOODS)
        yield name, {"dtype": "float64", "scaling": "none", "activation": "tanh"}
        yield name, {"optimizer": "adagrad", "learning_rate_schedule": "cosine", "patience": 3}
        yield name, {"likelihood": GaussianLikelihood("per_dimension", std=0.5)}
        yield name, {"likelihood": GaussianLikelihood("predicted", std=0.5, mean="unit_interval")}
    yield from (("vae", {"prior": one, "likelihood": "bernoulli"}) for one in ROW_PRIORS)
    yield from (("vae", {"objective": one}) for one in ROW_OBJECTIVES if one != "reconstruction")
    yield from (("denoising_ae", {"corruption": one}) for one in CORRUPTIONS)
    yield "vae", {"prior": VampPrior(n_components=4)}
    yield "vae", {"prior": MixturePrior(n_components=2), "objective": IWAE(k=2)}
    yield "vae", {"objective": ELBO(beta=0.5, n_samples=2, warmup_epochs=3, weight_prior_std=1.0)}
    yield "vae", {"likelihood": BernoulliLikelihood(dynamic=True)}
    yield "vae", {"encoder": MLPEncoder((4, 3)), "decoder": MLPDecoder((), activation="tanh")}
    yield "vae", {"encoder": ConvEncoder((4, 4), (2,)), "decoder": ConvDecoder((4, 4), (2,))}
    yield "ae", {"objective": Reconstruction(corruption=MaskingNoise(0.2), weight_prior_std=2.0)}
    yield "denoising_ae", {"corruption": SaltAndPepper(0.1, low=-1.0, high=2.0)}


def assert_the_same(restored, model, rows=ROWS):
    assert type(restored) is type(model)
    for answer in ("transform", "reconstruct", "score_samples", "reconstruction_log_likelihood"):
        assert np.array_equal(getattr(restored, answer)(rows), getattr(model, answer)(rows)), answer
    if isinstance(model, VAE):
        assert np.array_equal(restored.sample(4), model.sample(4))
        assert np.array_equal(restored.elbo(rows), model.elbo(rows))
        assert np.array_equal(restored.log_likelihood(rows).values, model.log_likelihood(rows).values)
        assert np.array_equal(restored.kl_per_dimension_, model.kl_per_dimension_)
        assert restored.kl_per_dimension_.dtype == model.kl_per_dimension_.dtype
        assert restored.active_units_ == model.active_units_
    for name in ("history_", "notes_", "seed_", "n_epochs_", "best_epoch_", "n_features_in_", "n_threads_"):
        assert getattr(restored, name) == getattr(model, name), name


@pytest.mark.parametrize(("name", "settings"), list(variants()), ids=lambda value: str(value)[:70])
def test_a_saved_model_answers_as_before_bit_for_bit(tmp_path, name, settings):
    model = fitted(name, **settings)
    model.save(tmp_path / "model")
    restored = load(tmp_path / "model")
    assert_the_same(restored, model)
    for key, tensor in model.module_.state_dict().items():
        assert torch.equal(tensor, restored.module_.state_dict()[key])
    again = clone(restored).fit(ROWS)  # its settings are those of the saved model, parts included
    assert np.array_equal(again.transform(ROWS), model.transform(ROWS))


def test_nothing_is_pickled_and_none_of_the_rows_is_stored(tmp_path):
    fitted().save(tmp_path / "model")
    names = sorted(path.name for path in (tmp_path / "model").iterdir())
    assert names == ["config.json", "metrics.jsonl", "model.safetensors"]


def test_the_names_of_columns_come_back(tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(ROWS, columns=[f"x{k}" for k in range(16)])
    model = a_model().fit(frame)
    model.save(tmp_path / "model")
    restored = load(tmp_path / "model")
    assert restored.feature_names_in_.tolist() == frame.columns.tolist()
    with pytest.raises(ValueError, match="feature names"):
        restored.transform(frame[frame.columns[::-1]])


@pytest.mark.parametrize("measure", ["auto", "log_likelihood", "elbo"])
def test_an_anomaly_detector_decides_as_before(tmp_path, measure):
    detector = AnomalyDetector(a_model(), contamination=0.2, measure=measure).fit(ROWS)
    detector.save(tmp_path / "detector")
    restored = load(tmp_path / "detector")
    assert np.array_equal(restored.decision_function(ROWS), detector.decision_function(ROWS))
    assert (restored.offset_, restored.contamination) == (detector.offset_, 0.2)
    assert_the_same(restored.model_, detector.model_)
    again = clone(restored).fit(ROWS)
    assert again.offset_ == detector.offset_


def test_training_goes_on_from_a_loaded_model_and_does_not_start_over(tmp_path):
    model = fitted("ae")
    model.save(tmp_path / "model")
    restored = load(tmp_path / "model").partial_fit(ROWS)
    assert restored.n_epochs_ == 3
    assert [one["epoch"] for one in restored.history_] == [1, 2, 3]
    assert restored.history_[2]["loss"] < restored.history_[0]["loss"]


def test_the_kind_of_a_folder_is_told_and_the_other_kind_is_refused(tmp_path):
    fitted("ae").save(tmp_path / "model")
    assert stored_kind(tmp_path / "model") == "rows"
    assert type(load_row_model(tmp_path / "model")) is AE
    with pytest.raises(RunFolderError, match="is 'ae'; here a model of graphs is needed"):
        load_graph_model(tmp_path / "model")


def test_a_model_that_is_not_fitted_is_not_saved(tmp_path):
    for model in (AE(), AnomalyDetector(AE())):
        with pytest.raises(NotFittedError):
            model.save(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_saving_over_a_model_wants_to_be_told_and_spares_other_folders(tmp_path):
    model = fitted("ae")
    model.save(tmp_path / "m")
    with pytest.raises(RunFolderError, match="overwrite=True"):
        model.save(tmp_path / "m")
    model.save(tmp_path / "m", overwrite=True)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("words")
    with pytest.raises(RunFolderError, match="not empty"):
        model.save(tmp_path / "precious", overwrite=True)
    assert (tmp_path / "precious" / "thesis.txt").read_text() == "words"


class MyDecoder(MLPDecoder):
    pass


class MyPrior(MixturePrior):
    pass


class MyLikelihood(GaussianLikelihood):
    pass


class MyNoise(GaussianNoise):
    pass


class MyEncoder(MLPEncoder):
    pass


@pytest.mark.parametrize(
    ("name", "settings", "kind"),
    [
        ("ae", {"decoder": MyDecoder()}, "decoder"),
        ("vae", {"prior": MyPrior()}, "prior"),
        ("ae", {"likelihood": MyLikelihood("fixed")}, "likelihood"),
        ("denoising_ae", {"corruption": MyNoise()}, "corruption"),
        ("ae", {"objective": Reconstruction(corruption=MyNoise())}, "corruption"),
    ],
)
def test_a_model_with_a_part_of_ones_own_is_not_saved_to_be_unreadable(tmp_path, name, settings, kind):
    model = fitted(name, **settings)
    with pytest.raises(ValueError, match=f"{kind} is a class of your own"):
        model.save(tmp_path / "m")
    detector = AnomalyDetector(a_model(name, **settings)).fit(ROWS)
    with pytest.raises(ValueError, match=f"{kind} is a class of your own"):
        detector.save(tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_an_encoder_of_ones_own_is_brought_again(tmp_path):
    model = fitted(encoder=MyEncoder((4,)))
    model.save(tmp_path / "m")
    with pytest.raises(RunFolderError, match=r"encoder of your own .*MyEncoder.* load\(folder, encoder="):
        load(tmp_path / "m")
    with pytest.raises(RunFolderError, match="cannot be restored"):
        load(tmp_path / "m", encoder=MyEncoder((5,)))
    assert_the_same(load(tmp_path / "m", encoder=MyEncoder((4,))), model)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PosteriorCollapseWarning)
        fitted(prior=VampPrior(3)).save(folder / "vae")
        AnomalyDetector(a_model("denoising_ae")).fit(ROWS).save(folder / "detector")
    return folder


@pytest.fixture
def copy(saved, tmp_path):
    """A folder like the saved one, with a config that is changed."""

    def change(*keys, value, kind="vae"):
        folder = tmp_path / kind
        folder.mkdir()
        for path in (saved / kind).iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        config = json.loads((folder / "config.json").read_text())
        inner = config
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value
        (folder / "config.json").write_text(json.dumps(config))
        return folder

    return change


HUGE = 2**31 - 1


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("schema_version",), 4),
        (("model",), "gae"),
        (("model",), "transformer"),
        (("model",), ["vae"]),
        (("settings",), [1, 2]),
        (("settings", "latent_dim"), 4),
        (("settings", "latent_dim"), HUGE),
        (("settings", "latent_dim"), "3"),
        (("settings", "latent_dim"), True),
        (("settings", "hidden_dims"), [HUGE]),
        (("settings", "hidden_dims"), [7]),
        (("settings", "hidden_dims"), 6),
        (("settings", "activation"), "exec"),
        (("settings", "dtype"), "float64"),
        (("settings", "dtype"), "load"),
        (("settings", "encoder"), "__import__"),
        (("settings", "encoder"), "gcn"),
        (("settings", "encoder"), {"name": "gcn"}),
        (("settings", "encoder"), {"name": "conv", "image_shape": [4, 4]}),
        (("settings", "encoder"), {"name": "mlp", "hidden_dims": [-1]}),
        (("settings", "encoder"), {"name": "mlp", "path": "../.."}),
        (("settings", "decoder"), {"name": "inner_product"}),
        (("settings", "decoder"), {"name": "mlp", "hidden_dims": [HUGE]}),
        (("settings", "image_shape"), [4]),
        (("settings", "likelihood"), "bernoulli "),
        (("settings", "likelihood"), {"name": "gaussian", "std": 0}),
        (("settings", "likelihood"), {"name": "gaussian", "variance": "per_dimension"}),
        (("settings", "prior"), "mixture"),
        (("settings", "prior"), {"name": "vamp", "n_components": HUGE}),
        (("settings", "prior"), {"name": "vamp", "n_components": 10**30}),
        (("settings", "prior"), {"name": "mixture", "n_components": HUGE}),
        (("settings", "unknown"), 1),
        (("fitted",), {}),
        (("fitted", "seed"), "zero"),
        (("fitted", "n_threads"), 0),
        (("fitted", "n_epochs"), 3),
        (("fitted", "best_epoch"), 3),
        (("fitted", "n_features"), 15),
        (("fitted", "n_features"), 2**40),
        (("fitted", "feature_names"), ["x"]),
        (("fitted", "feature_names"), list(range(16))),
        (("fitted", "notes"), "fine"),
        (("fitted", "notes"), [1]),
        (("fitted", "kl_per_dimension"), [0.1, 0.2]),
        (("fitted", "kl_per_dimension"), [0.1, 0.2, "x"]),
        (("fitted", "kl_per_dimension"), 0.5),
        (("fitted", "active_units"), 4),
    ],
    ids=str,
)
def test_a_config_that_does_not_fit_is_refused_in_a_sentence(copy, keys, value):
    folder = copy(*keys, value=value)
    with pytest.raises(RunFolderError) as refusal:
        load(folder)
    said = str(refusal.value)
    assert str(folder) in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("settings", "contamination"), 0.7),
        (("settings", "contamination"), "few"),
        (("settings", "measure"), "elbo"),
        (("settings", "model"), "denoising_ae"),
        (("settings", "model", "name"), "anomaly_detector"),
        (("settings", "model", "name"), "gae"),
        (("settings", "model", "corruption"), {"name": "masking", "fraction": 2}),
        (("fitted", "offset"), None),
        (("fitted", "offset"), True),
        (("fitted", "offset"), "−5"),
    ],
    ids=str,
)
def test_a_detectors_config_that_does_not_fit_is_refused_in_a_sentence(copy, keys, value):
    folder = copy(*keys, value=value, kind="detector")
    with pytest.raises(RunFolderError) as refusal:
        load(folder)
    assert str(folder) in str(refusal.value)


def with_nan(tensors):
    name = next(name for name in tensors if name.endswith("weight"))
    tensors[name].view(-1)[0] = torch.nan
    return tensors


@pytest.mark.parametrize(
    "change",
    [
        lambda t: {},
        lambda t: {name: tensor[:-1] if tensor.ndim else tensor for name, tensor in t.items()},
        lambda t: t | {"extra": torch.zeros(1)},
        lambda t: {name: tensor.double() for name, tensor in t.items()},
        lambda t: t | {"shift": t["shift"][None]},
        lambda t: t | {"scale": t["scale"][:-1]},
        lambda t: t | {"scale": 0 * t["scale"]},
        lambda t: t | {"scale": -t["scale"]},
        lambda t: t | {"shift": t["shift"] + torch.inf},
        with_nan,
    ],
)
def test_weights_that_are_not_the_models_are_refused(copy, change):
    folder = copy("model", value="vae")
    path = folder / "model.safetensors"
    save_file({name: tensor.contiguous() for name, tensor in change(load_file(path)).items()}, path)
    with pytest.raises(RunFolderError, match="cannot be restored"):
        load(folder)


class Bomb:
    """Leaves a file behind if it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "metrics.jsonl"])
@pytest.mark.parametrize("damage", ["gone", "halved", "pickled", "linked"])
def test_a_damaged_file_is_refused_and_never_executed(copy, tmp_path, name, damage):
    folder = copy("model", value="vae")
    path, content = folder / name, (folder / name).read_bytes()
    if damage == "linked":
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.unlink()
    if damage == "halved":
        path.write_bytes(content[: len(content) // 2])
    if damage == "pickled":
        path.write_bytes(pickle.dumps(Bomb(tmp_path / "trace")))
    with pytest.raises(RunFolderError, match="vae"):
        load(folder)
    assert not (tmp_path / "trace").exists()


def test_threads_are_never_more_than_the_machine_has(copy):
    model = load(copy("fitted", "n_threads", value=2**62))
    assert 1 <= model.n_threads_ <= 1024
    assert DenoisingAE.name == "denoising_ae"
