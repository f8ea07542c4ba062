"""`varigraph fit` of vectors and images: what it says, what it leaves, what it refuses, and resuming."""

import json
import signal

import numpy as np
import pytest

from command_line import run, write_measurements
from varigraph.cli.training_progress import TrainingProgress
from varigraph.models import load

TINY = ("--model", "vae", "--max-epochs", 2, "--latent-dim", 2, "--hidden-dims", "8")
RESULTS = ["embeddings.parquet", "metrics.jsonl", "model.safetensors"]


@pytest.fixture
def varigraph(tmp_path):
    write_measurements(tmp_path / "things.csv")
    return lambda *arguments, **options: run(*arguments, cwd=tmp_path, **options)


def contents(folder):
    return {name: (folder / name).read_bytes() for name in RESULTS}


def settings_of(folder):
    return json.loads((folder / "config.json").read_text())["settings"]


def test_the_table_goes_to_standard_output_and_the_talk_to_standard_error(varigraph):
    outcome = varigraph("fit", "things.csv", *TINY)
    assert outcome.code == 0, outcome.err
    assert "ppca" in outcome.out
    assert "ppca" not in outcome.err
    assert "Rows(things: 60 rows, 3 features)" in outcome.err
    assert "48 to train on, 6 to choose the epoch, 6 for the table" in outcome.err
    assert "Everything is in runs/things-vae" in outcome.err
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_progress_tells_epoch_validation_loss_and_every_loss_term(varigraph):
    lines = varigraph("fit", "things.csv", *TINY).err.splitlines()
    told = next(line for line in lines if "epoch 2/2" in line)
    assert all(word in told for word in ("val loss", "loss", "reconstruction", "kl"))


def test_quiet_says_nothing_on_standard_error(varigraph):
    assert varigraph("fit", "things.csv", *TINY, "-q").err == ""


def test_json_is_the_record_with_the_folder(varigraph, tmp_path):
    document = json.loads(varigraph("fit", "things.csv", *TINY, "--json", "-q").out)
    folder = tmp_path / document.pop("folder")
    assert document == json.loads((folder / "record.json").read_text())


@pytest.mark.parametrize(
    ("source", "options", "likelihood"),
    [
        ("digits", (), "bernoulli"),
        ("digits", ("--likelihood", "gaussian"), "gaussian"),
        ("things.csv", (), "gaussian"),
        ("bits.npy", (), "bernoulli"),
        ("shares.npy", (), "gaussian"),
        ("shares.npy", ("--image-shape", "2x3"), "bernoulli"),
        ("shares.npy", ("--binarise", "threshold"), "bernoulli"),
        ("shares.npy", ("--preset", "aevb"), "bernoulli"),
    ],
)
def test_the_likelihood_follows_from_the_values_unless_it_is_told(
    varigraph, tmp_path, source, options, likelihood
):
    shares = np.random.default_rng(0).random((60, 6))
    np.save(tmp_path / "shares.npy", shares)
    np.save(tmp_path / "bits.npy", shares > 0.5)
    outcome = varigraph("fit", source, *TINY, *options, "-o", "run")
    assert outcome.code == 0, outcome.err
    assert settings_of(tmp_path / "run")["likelihood"] == likelihood
    is_told = "--likelihood" in options or "--preset" in options
    assert (f"Likelihood: {likelihood}" in outcome.err) != is_told


def test_dynamic_zeros_and_ones_are_a_likelihood_of_their_own(varigraph, tmp_path):
    assert varigraph("fit", "digits", *TINY, "--binarise", "dynamic", "-o", "run").code == 0
    assert load(tmp_path / "run").likelihood.dynamic


def test_every_setting_reaches_the_model(varigraph, tmp_path):
    told = {
        "--hidden-dims": "7,5",
        "--activation": "tanh",
        "--prior": "mixture",
        "--beta": "0.5",
        "--batch-size": "16",
        "--learning-rate": "0.01",
        "--optimizer": "adagrad",
        "--patience": "0",
        "--seed": "3",
    }
    options = [word for pair in told.items() for word in pair]
    assert varigraph("fit", "things.csv", *TINY, *options, "-o", "run").code == 0
    model = load(tmp_path / "run")
    assert (tuple(model.hidden_dims), model.activation, model.prior) == ((7, 5), "tanh", "mixture")
    assert (model.objective.beta, model.batch_size, model.learning_rate) == (0.5, 16, 0.01)
    assert (model.optimizer, model.patience, model.random_state) == ("adagrad", None, 3)


def test_noise_is_that_of_a_denoising_autoencoder(varigraph, tmp_path):
    options = ("--model", "denoising_ae", "--corruption", "gaussian", "--noise", 0.2, "-o", "run")
    assert varigraph("fit", "things.csv", *TINY, *options).code == 0
    model = load(tmp_path / "run")
    assert (model.corruption, model.noise) == ("gaussian", 0.2)


def test_convolutions_take_the_shape_of_the_images(varigraph, tmp_path):
    options = ("--encoder", "conv", "--max-epochs", 1, "-o", "run")
    assert varigraph("fit", "digits", *TINY, *options).code == 0
    model = load(tmp_path / "run")
    assert (model.encoder, model.decoder, tuple(model.image_shape)) == ("conv", "conv", (8, 8))


def test_a_folder_of_images_and_an_archive_of_arrays_are_read(varigraph, tmp_path):
    image = pytest.importorskip("PIL.Image", reason="images are read with Pillow")
    pixels = np.random.default_rng(0).integers(0, 256, size=(30, 5, 4)).astype(np.uint8)
    (tmp_path / "images").mkdir()
    for at, one in enumerate(pixels):
        image.fromarray(one).save(tmp_path / "images" / f"{at:02}.png")
    np.savez(tmp_path / "two.npz", a=pixels, b=pixels[:, :2])
    named = ("--array", "a")
    found = [
        json.loads(varigraph("fit", source, *TINY, *options, "-q", "--json").out)
        for source, options in (("images", ()), ("two.npz", named))
    ]
    assert found[0]["counts"]["n_features"] == 20
    assert found[0]["metrics"] == found[1]["metrics"]


@pytest.mark.parametrize("format", ["csv", "npy"])
def test_standard_input_gives_what_the_file_gives_but_cannot_be_resumed(varigraph, tmp_path, format):
    np.save(tmp_path / "things.npy", np.random.default_rng(0).normal(size=(60, 3)))
    content = (tmp_path / f"things.{format}").read_bytes()
    piped = varigraph("fit", "-", "--format", format, *TINY, "--json", stdin=content)
    assert piped.code == 0, piped.err
    assert "cannot be resumed" in piped.err
    document = json.loads(piped.out)
    from_file = json.loads(varigraph("fit", f"things.{format}", *TINY, "-q", "--json").out)
    assert document["dataset"] == "stdin"
    assert document["metrics"] == from_file["metrics"]


def test_columns_may_be_chosen_and_named_and_the_header_may_be_missing(varigraph, tmp_path):
    lines = (tmp_path / "things.csv").read_text().splitlines()
    (tmp_path / "renamed.csv").write_text("\n".join(["who,a,b,c,kind", *lines[1:]]))
    (tmp_path / "bare.csv").write_text("\n".join(",".join(line.split(",")[1:4]) for line in lines[1:]))
    named = ("--id-column", "who", "--label-column", "kind")
    outcomes = [
        varigraph("fit", *arguments, *TINY, "-q", "--json")
        for arguments in (
            ("things.csv",),
            ("renamed.csv", *named),
            ("renamed.csv", "--columns", "a, b, c"),
            ("bare.csv", "--no-header"),
        )
    ]
    assert [one.err for one in outcomes] == [""] * 4
    first, *others = (json.loads(one.out)["metrics"] for one in outcomes)
    assert all(one == first for one in others)


WRONG_DATA = [
    ("a,b\n" + "1,red\n" * 30, "column 'b', is 'red'"),
    ("a,b\n" + "1,2\n" * 30 + "1,nan\n", "line 32 of wrong.csv, column 'b'"),
    ("a,b\n" + "1,2\n" * 30 + "1,\n", "line 32 of wrong.csv, column 'b'"),
    ("", "is empty"),
    ("a,b\n", "no rows"),
    ("a,b\n1,2\n3,4\n", "of 2 rows, is less than one row"),
    ("1.5,2\n" * 30, "--no-header"),
]


@pytest.mark.parametrize(("text", "said"), WRONG_DATA)
def test_wrong_rows_end_with_3_a_sentence_and_no_folder(varigraph, tmp_path, text, said):
    (tmp_path / "wrong.csv").write_text(text)
    outcome = varigraph("fit", "wrong.csv", "--model", "vae")
    assert outcome.code == 3
    assert outcome.err.startswith("Error: ")
    assert said in outcome.err
    assert not (tmp_path / "runs").exists()


def test_grey_levels_to_255_under_a_bernoulli_likelihood_end_with_3_and_the_way_out(varigraph, tmp_path):
    np.save(tmp_path / "grey.npy", np.arange(600.0).reshape(100, 6) % 256)
    outcome = varigraph("fit", "grey.npy", "--model", "vae", "--likelihood", "bernoulli")
    assert outcome.code == 3
    assert "grey: " in outcome.err
    assert "Divide grey levels of 0 to 255 by 255" in outcome.err
    assert not (tmp_path / "runs").exists()


def test_images_of_different_sizes_end_with_3_and_both_names(varigraph, tmp_path):
    image = pytest.importorskip("PIL.Image", reason="images are read with Pillow")
    (tmp_path / "odd").mkdir()
    for side in (4, 5):
        image.fromarray(np.zeros((side, 4), np.uint8)).save(tmp_path / "odd" / f"{side}.png")
    outcome = varigraph("fit", "odd", "--model", "vae")
    assert outcome.code == 3
    assert "odd/5.png" in outcome.err
    assert "odd/4.png" in outcome.err


@pytest.mark.parametrize("source", ["nosuch.npy", "digist"])
def test_a_missing_source_ends_with_3_and_its_name(varigraph, source):
    outcome = varigraph("fit", source, "--model", "vae")
    assert outcome.code == 3
    assert source in outcome.err


WRONG_USE = [
    (("--hidden-dims", "8,x"), "--hidden-dims"),
    (("--hidden-dims", ""), "--hidden-dims"),
    (("--hidden-dims", "0"), "--hidden-dims"),
    (("--image-shape", "3"), "--image-shape"),
    (("--image-shape", "1x3x1x1"), "--image-shape"),
    (("--beta", -1), "--beta"),
    (("--beta", "nan"), "--beta"),
    (("--learning-rate", 0), "--learning-rate"),
    (("--batch-size", 0), "--batch-size"),
    (("--patience", -1), "--patience"),
    (("--prior", "cauchy"), "--prior"),
    (("--binarise", "dynamic"), "which a gaussian likelihood does not explain"),
    (("--objective", "iwae", "--beta", 2), "iwae has no weight of the divergence"),
    (("--encoder", "conv"), "--image-shape HxW"),
    (("--corruption", "masking"), "--corruption is for denoising_ae, and this is vae."),
    (("--model", "ae", "--prior", "vamp"), "--prior is for vae, and this is ae."),
    (("--model", "denoising_ae", "--noise", 2), "between 0 and 1"),
    (("--array", "a"), "--array has no effect on things.csv: it is read as csv."),
]


@pytest.mark.parametrize(("options", "said"), WRONG_USE)
def test_wrong_use_ends_with_2_and_writes_nothing(varigraph, tmp_path, options, said):
    outcome = varigraph("fit", "things.csv", "--model", "vae", *options)
    assert outcome.code == 2
    assert said in outcome.err
    assert [one.name for one in tmp_path.iterdir()] == ["things.csv"]


@pytest.mark.parametrize("option", [("--image-shape", "8x8"), ("--columns", "a"), ("--no-header",)])
def test_a_data_set_is_read_in_one_way_alone(varigraph, option):
    outcome = varigraph("fit", "digits", *option)
    assert outcome.code == 2
    assert f"{option[0]} has no effect on digits: it is a data set; the file is ./digits." in outcome.err


def test_a_run_folder_is_replaced_with_force_alone(varigraph, tmp_path):
    assert varigraph("fit", "things.csv", *TINY, "-o", "run").code == 0
    before = contents(tmp_path / "run")
    refused = varigraph("fit", "things.csv", *TINY, "--seed", 1, "-o", "run")
    assert refused.code == 3
    assert "--force" in refused.err
    assert contents(tmp_path / "run") == before
    assert varigraph("fit", "things.csv", *TINY, "--seed", 1, "-o", "run", "--force").code == 0
    assert contents(tmp_path / "run") != before


def test_ctrl_c_says_how_to_resume_and_the_resumed_run_has_the_same_bits(varigraph, tmp_path, monkeypatch):
    settings = ("things.csv", *TINY, "--max-epochs", 9)
    assert varigraph("fit", *settings, "-o", "whole").code == 0
    shown = TrainingProgress.on_epoch

    def on_epoch(self, report, state):
        shown(self, report, state)
        if report.epoch == 4:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingProgress, "on_epoch", on_epoch)
        stopped = varigraph("fit", *settings, "-o", "my run")
    assert stopped.code == 130
    assert "Go on with: varigraph fit --resume 'my run'" in stopped.err
    for verb in (("embed",), ("evaluate",), ("sample",), ("score", "things.csv"), ("plot", "training")):
        early = varigraph(verb[0], "my run", *verb[1:], *(("-o", "x.png") if verb[0] == "plot" else ()))
        assert early.code == 3
        assert "varigraph fit --resume" in early.err
    resumed = varigraph("fit", "--resume", "my run")
    assert resumed.code == 0, resumed.err
    assert contents(tmp_path / "my run") == contents(tmp_path / "whole")
    again = varigraph("fit", "--resume", "my run")
    assert again.code == 3
    assert "nothing to resume" in again.err


def test_a_run_is_not_resumed_on_rows_that_have_changed(varigraph, tmp_path, monkeypatch):
    def broken_off(self, report, state):
        raise OSError(28, "No space left on device", "run/checkpoint.safetensors")

    with monkeypatch.context() as patch:
        patch.setattr(TrainingProgress, "on_epoch", broken_off)
        assert varigraph("fit", "things.csv", *TINY, "-o", "run").code == 1
    write_measurements(tmp_path / "things.csv", seed=1)
    outcome = varigraph("fit", "--resume", "run")
    assert outcome.code == 3
    assert "things.csv" in outcome.err


def test_a_collapsed_posterior_is_a_note_and_no_raw_warning(varigraph):
    outcome = varigraph("fit", "digits", *TINY, "--beta", 1000, "--max-epochs", 3)
    assert outcome.code == 0
    assert "Note: Posterior collapse" in outcome.err
    assert "Warning" not in outcome.err
