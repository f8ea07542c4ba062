"""`TensorBoard` with models of rows, its logs read back by TensorBoard's own reader."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tensorboard_logs import expected_scalars, log_of, projected, scalars, table_of_runs
from varigraph.models import AE, VAE, AnomalyDetector
from varigraph.reporting.tensorboard import TensorBoard
from varigraph.reporting.tensorboard.projector import spread

ROWS = np.random.default_rng(0).uniform(size=(60, 12))
SETTINGS = {"latent_dim": 3, "hidden_dims": (8,), "max_epochs": 4, "batch_size": 20, "random_state": 0}


def images(folder, tag):
    (one,) = log_of(folder).Images(tag)
    return one.step, np.asarray(Image.open(io.BytesIO(one.encoded_image_string)))


@pytest.fixture(scope="module")
def logged(tmp_path_factory):
    """A fitted model of images and its log, not to be changed."""
    folder = tmp_path_factory.mktemp("logs") / "run"
    model = VAE(**SETTINGS, image_shape=(3, 4), patience=3).fit(ROWS, callbacks=[TensorBoard(folder)])
    return model, folder


def test_the_scalars_of_every_epoch_are_those_of_the_history(logged):
    model, folder = logged
    found = {tag: values for tag, values in scalars(folder).items() if not tag.startswith("final/")}
    assert {"train/loss", "train/kl", "val/loss"} <= found.keys()
    assert found == expected_scalars(model.history_)


def test_the_row_of_the_run_has_the_validation_loss_of_the_epoch_that_was_kept(logged):
    model, folder = logged
    settings, metrics = table_of_runs(folder.parent)[1]["run"]
    assert (settings["model"], settings["hidden_dims"], settings["image_shape"]) == ("vae", "8", "3, 4")
    assert metrics["final/val_loss"] == np.float32(model.history_[model.best_epoch_ - 1]["val_loss"])


def test_the_projector_has_every_row_held_out_ones_included_by_its_position(logged):
    model, folder = logged
    points, lines = projected(folder)
    assert np.allclose(points, model.transform(ROWS), atol=1e-6)  # a batch's size changes float32's last bits
    assert lines == [str(row) for row in range(60)]


def test_reconstructions_stand_below_their_rows_and_samples_in_a_square(logged):
    model, folder = logged
    step, picture = images(folder, "images/reconstructions")
    assert step == model.best_epoch_
    scale = 12  # of 3 × 4 dots, to 48 dots at the longer side
    n_held_out = 6  # a tenth of the rows
    assert picture.shape == (2 * 3 * scale + 2, n_held_out * 4 * scale + 2 * (n_held_out - 1), 3)
    assert images(folder, "images/samples")[1].shape == (8 * 3 * scale + 7 * 2, 8 * 4 * scale + 7 * 2, 3)


def test_a_dark_row_is_dark_in_the_upper_line(tmp_path):
    rows = np.repeat([[0.0], [1.0]], 30, axis=0) * np.ones((1, 12))
    AE(**SETTINGS, image_shape=(3, 4), patience=None).fit(rows, callbacks=[TensorBoard(tmp_path)])
    upper = images(tmp_path, "images/reconstructions")[1][: 3 * 12]
    assert upper[:, : 4 * 12].max() == 0
    assert upper[:, -4 * 12 :].min() == 255
    assert "images/samples" not in log_of(tmp_path).Tags()["images"]  # an AE has no prior to draw from


@pytest.mark.parametrize("settings", [{}, {"image_shape": (3, 2, 2)}], ids=["no images", "two channels"])
def test_rows_that_cannot_be_shown_have_no_images(tmp_path, settings):
    VAE(**SETTINGS, **settings).fit(ROWS, callbacks=[TensorBoard(tmp_path)])
    assert not log_of(tmp_path).Tags()["images"]
    assert len(projected(tmp_path)[0]) == 60


def test_a_frame_with_named_columns_and_labels_is_logged_without_a_warning(tmp_path):
    frame = pd.DataFrame(ROWS, columns=[f"c{k}" for k in range(12)])
    log = TensorBoard(tmp_path, ids=(f"row {k}" for k in range(60)), labels=pd.Series(range(60)) % 2)
    VAE(**SETTINGS, image_shape=(3, 4)).set_output(transform="pandas").fit(frame, callbacks=[log])
    assert projected(tmp_path)[1][:3] == ["id\tlabel", "row 0\t0", "row 1\t1"]
    assert set(log_of(tmp_path).Tags()["images"]) == {"images/reconstructions", "images/samples"}


def test_the_model_within_an_anomaly_detector_is_logged(tmp_path):
    AnomalyDetector(AE(**SETTINGS)).fit(ROWS, callbacks=[TensorBoard(tmp_path / "run")])
    assert len(scalars(tmp_path / "run")["train/loss"]) == SETTINGS["max_epochs"]
    assert table_of_runs(tmp_path)[1]["run"][0]["model"] == "ae"


def test_as_many_ids_as_rows_are_wanted_and_the_model_is_fitted_all_the_same(tmp_path):
    model = AE(**SETTINGS)
    with pytest.raises(ValueError, match="has 59 ids for 60 nodes or rows"):
        model.fit(ROWS, callbacks=[TensorBoard(tmp_path, ids=range(59))])
    assert model.transform(ROWS).shape == (60, 3)


@pytest.mark.parametrize(("n_points", "most"), [(1, 5), (5, 5), (1_000_003, 1_000)])
def test_points_are_spread_from_the_first_to_the_last_and_none_comes_twice(n_points, most):
    at = spread(n_points, most)
    assert len(at) == min(n_points, most)
    assert (at[0], at[-1]) == (0, n_points - 1)
    assert (np.diff(at) > 0).all()
