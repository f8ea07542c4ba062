"""Folders that are no models, damaged or hostile, are refused and never executed."""

import json
import pickle

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from small_graphs import a_graph
from varigraph.decoders import InnerProductDecoder
from varigraph.encoders import Encoder
from varigraph.errors import RunFolderError
from varigraph.graphs.splits import split_edges
from varigraph.models import GAE, VGAE, load
from varigraph.models.graphs.saving import save_model as save
from varigraph.models.graphs.saving import write_data

GRAPH = a_graph(n_nodes=30, n_edges=70)
FILES = ["config.json", "model.safetensors", "posterior.safetensors", "metrics.jsonl", "graph/graph.json"]


@pytest.fixture
def folder(tmp_path):
    model = VGAE(latent_dim=3, max_epochs=2, random_state=0, encoder="gcn", hidden_dims=(4,))
    save(model.fit(GRAPH, validation_fraction=0), tmp_path / "model")
    return tmp_path / "model"


class Bomb:
    """Leaves a file behind if it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    with pytest.raises(RunFolderError):
        load(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_in_half_is_refused(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(RunFolderError):
        load(folder)


@pytest.mark.parametrize("name", FILES)
def test_a_pickle_under_another_name_is_refused_and_not_executed(folder, name):
    trace = folder / "executed"
    (folder / name).write_bytes(pickle.dumps(Bomb(trace)))
    with pytest.raises(RunFolderError):
        load(folder)
    assert not trace.exists()


def test_a_folder_that_is_not_there_is_no_run_folder(tmp_path):
    with pytest.raises(RunFolderError, match=r"there is no config\.json in it"):
        load(tmp_path / "nowhere")


def edited(folder, change):
    config = json.loads((folder / "config.json").read_text())
    change(config)
    (folder / "config.json").write_text(json.dumps(config))


def set_in(*keys, value):
    def change(config):
        for key in keys[:-1]:
            config = config[key]
        config[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_in("schema_version", value=99),
        set_in("schema_version", value=None),
        set_in("model", value="transformer"),
        set_in("model", value=["vgae"]),
        set_in("settings", value=[1, 2]),
        set_in("settings", "latent_dim", value=5),
        set_in("settings", "latent_dim", value="3"),
        set_in("settings", "dtype", value="load"),
        set_in("settings", "dtype", value="float64"),
        set_in("settings", "encoder", value="__import__"),
        set_in("settings", "encoder", value={"name": "gcn", "path": "../.."}),
        set_in("settings", "encoder", value={"name": "../module"}),
        set_in("settings", "prior", value={"name": "mixture", "n_components": 3}),
        set_in("settings", "unknown", value=1),
        set_in("settings", "prior", value={"name": "mixture", "n_components": 0}),
        set_in("settings", "decoder", value={"name": "inner_product", "offset": "big"}),
        set_in("settings", "objective", value={"name": "bernoulli_all_pairs", "pairs": "all"}),
        set_in("settings", "hidden_dims", value=[0]),
        set_in("fitted", value={}),
        set_in("fitted", "seed", value="zero"),
        set_in("fitted", "seed", value=float("inf")),
        set_in("fitted", "message_graph_fingerprint", value="0" * 64),
    ],
)
def test_a_config_that_does_not_fit_is_refused(folder, change):
    edited(folder, change)
    with pytest.raises(RunFolderError):
        load(folder)


@pytest.mark.parametrize("content", ["[]", "null", "{", "[" * 100_000, "\xff\xfe"])
def test_a_config_that_is_no_object_is_refused(folder, content):
    (folder / "config.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(RunFolderError):
        load(folder)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("model", lambda t: {name: tensor[:-1] for name, tensor in t.items()}),
        ("model", lambda _: {}),
        ("model", lambda t: t | {"extra": torch.zeros(1)}),
        ("posterior", lambda t: {name: tensor[:-1] for name, tensor in t.items()}),
        ("posterior", lambda t: {"mean": t["mean"]}),
        ("posterior", lambda t: {"log_std": t["log_std"], "std": t["mean"]}),
        ("posterior", lambda t: t | {"log_std": t["log_std"][:, :-1]}),
        ("posterior", lambda t: {name: tensor.to(torch.int64) for name, tensor in t.items()}),
        ("posterior", lambda t: {name: tensor.to(torch.bfloat16) for name, tensor in t.items()}),
        ("posterior", lambda t: {name: tensor[:, 0] for name, tensor in t.items()}),
    ],
)
def test_tensors_of_other_names_shapes_or_types_are_refused(folder, name, change):
    path = folder / f"{name}.safetensors"
    tensors = {key: tensor.contiguous() for key, tensor in change(load_file(path)).items()}
    save_file(tensors, path)
    with pytest.raises(RunFolderError):
        load(folder)


def test_another_graph_in_the_folder_is_refused(folder):
    write_data(folder, a_graph(n_nodes=30, n_edges=70, seed=1))
    with pytest.raises(RunFolderError, match="not the graph that the model was trained on"):
        load(folder)


@pytest.mark.parametrize("change", ["drop", "empty", "range"])
def test_a_damaged_split_is_refused(folder, change):
    write_data(folder, GRAPH, split_edges(GRAPH, val=0.1, test=0.1, random_state=0))
    arrays = load_file(folder / "split.safetensors")
    if change == "drop":
        del arrays["val_positives"]
    elif change == "empty":
        arrays["n_nodes"] = torch.zeros(0, dtype=torch.int64)
    else:
        arrays["train_positives"][0, 1] = 400
    save_file(arrays, folder / "split.safetensors")
    with pytest.raises(RunFolderError, match="holds no split"):
        load(folder)


def test_a_folder_with_something_in_it_is_not_written_over_unless_told(folder):
    model = GAE(latent_dim=2, max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0)
    with pytest.raises(RunFolderError, match="overwrite=True"):
        save(model, folder)
    assert isinstance(load(folder), VGAE)
    save(model, folder, overwrite=True)
    assert isinstance(load(folder), GAE)


def test_writing_over_a_run_takes_its_split_away(folder):
    write_data(folder, GRAPH, split_edges(GRAPH, val=0.1, test=0.1, random_state=0))
    model = GAE(latent_dim=2, max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0)
    save(model, folder, overwrite=True)
    assert np.array_equal(load(folder).embedding_, model.embedding_)


def test_a_users_module_must_be_brought_again(tmp_path):
    class Mine(nn.Module):
        def __init__(self, width=3):
            super().__init__()
            self.head = nn.Linear(7, width)

        def forward(self, x, edge_index):
            return self.head(x)

    module = Mine()
    save(GAE(encoder=module, max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0), tmp_path / "m")
    with pytest.raises(
        RunFolderError, match=r"an encoder of your own .*Mine.* pass an instance: load\(folder, encoder="
    ):
        load(tmp_path / "m")
    with pytest.raises(RunFolderError, match="cannot be restored"):
        load(tmp_path / "m", encoder=Mine(width=5))
    assert load(tmp_path / "m", encoder=module).embedding_.shape == (30, 3)


def test_an_encoder_class_of_ones_own_is_brought_again_like_a_module(tmp_path):
    class Mine(Encoder):
        def __init__(self, depth):
            super().__init__()
            self.n_layers = depth  # not under the argument's name

        def build(self, n_inputs, n_latent, *, posterior, generator):
            self.posterior = posterior
            self.head = nn.Linear(n_inputs, n_latent * posterior.n_parameters)

        def outputs(self, inputs):
            return self.head(inputs.dense_features)

    model = GAE(encoder=Mine(2), max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0)
    save(model, tmp_path / "m")
    with pytest.raises(RunFolderError, match="an encoder of your own"):
        load(tmp_path / "m")
    loaded = load(tmp_path / "m", encoder=Mine(2))
    assert torch.equal(loaded.module_.encoder.head.weight, model.module_.encoder.head.weight)


def test_a_decoder_of_ones_own_with_objects_in_it_can_be_fitted():
    class Mine(InnerProductDecoder):
        def __init__(self, squash=torch.tanh):
            super().__init__()
            self.squash = squash

    model = GAE(decoder=Mine(), max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0)
    assert model.embedding_.shape[0] == GRAPH.n_nodes


def test_a_model_with_a_decoder_of_ones_own_is_not_saved_to_be_unreadable(tmp_path):
    class Mine(InnerProductDecoder):
        pass

    model = GAE(decoder=Mine(), max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0)
    with pytest.raises(ValueError, match="decoder is a class of your own"):
        model.save(tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_saving_over_a_model_wants_to_be_told_and_spares_other_folders(tmp_path):
    model = GAE(max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0)
    model.save(tmp_path / "m")
    with pytest.raises(RunFolderError, match="overwrite=True"):
        model.save(tmp_path / "m")
    model.save(tmp_path / "m", overwrite=True)
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "thesis.txt").write_text("words")
    with pytest.raises(RunFolderError, match="not empty"):
        model.save(tmp_path / "precious", overwrite=True)
    assert (tmp_path / "precious" / "thesis.txt").read_text() == "words"


def test_a_posterior_with_a_nan_is_refused(tmp_path):
    model = GAE(max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0)
    model.save(tmp_path / "m")
    model.posterior_["mean"][3, 0] = np.nan
    tensors = {key: torch.from_numpy(array) for key, array in model.posterior_.items()}
    save_file(tensors, tmp_path / "m" / "posterior.safetensors")
    with pytest.raises(RunFolderError, match="a NaN or an infinity"):
        load(tmp_path / "m")


def test_a_device_object_is_stored_by_its_name(tmp_path):
    model = GAE(device=torch.device("cpu"), max_epochs=1, random_state=0).fit(GRAPH, validation_fraction=0)
    save(model, tmp_path / "m")
    assert load(tmp_path / "m").device == "cpu"


def test_a_random_state_that_was_a_generator_is_stored_as_its_seed(tmp_path):
    model = GAE(max_epochs=1, random_state=np.random.default_rng(0)).fit(GRAPH, validation_fraction=0)
    save(model, tmp_path / "m")
    assert load(tmp_path / "m").seed_ == model.seed_
