"""Pictures of a reproduction of rows: its curves, manifolds and samples, from its record and its models."""

import shutil

import numpy as np
import pytest

from varigraph.errors import RunFolderError
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.experiments.reproduction.recipe import read_recipe
from varigraph.experiments.reproduction.recipe_fields import REPORTS
from varigraph.experiments.reproduction.runner import reproduce
from varigraph.models import load
from varigraph.reporting.figures import canvas
from varigraph.reporting.reproduction import images
from varigraph.reporting.reproduction.curves import curve_figures
from varigraph.reporting.reproduction.images import manifold_figures, sample_figures
from varigraph.reporting.reproduction.pictures import PICTURES, draw

pytestmark = pytest.mark.filterwarnings("ignore::varigraph.PosteriorCollapseWarning")

RECIPE = """
title = "Figure 0: digits"
source = "Nobody (1999), figure 0"
about = "Two epochs."
task = "rows"
report = ["table", "curves", "manifolds", "samples"]
seeds = [0, 1]
[metrics.test_bound]
title = "bound"
unit = "nats"
[axes.panel.eight-by-eight]
title = "Digits, N_z = 2"
dataset = "digits"
[axes.method.aevb]
title = "AEVB"
[axes.method.wake_sleep]
title = "wake-sleep"
objective = "wake_sleep"
[common]
preset = "aevb"
latent_dim = 2
max_epochs = 2
n_rows = 100
save = true
"""


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits")
    (folder / "digits.toml").write_text(RECIPE)
    return reproduce(read_recipe(folder / "digits.toml"), folder / "run"), folder / "run"


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    """Files of few dots and manifolds of few images: neither is looked at."""
    monkeypatch.setattr(canvas, "DOTS_PER_INCH", 40)
    monkeypatch.setattr(images, "_MANIFOLD_SIDE", 4)


def changed(record, **changes):
    return ReproductionRecord.from_dict(record.to_dict() | changes)


def test_every_picture_of_the_report_is_written_and_the_table_is_none(reproduced, tmp_path):
    record, folder = reproduced
    shutil.copytree(folder / "models", tmp_path / "models")
    written = draw(record, tmp_path)
    assert [path.name for path in written] == [
        "curves-bound.png",
        "manifold-eight-by-eight-aevb.png",
        "manifold-eight-by-eight-wake_sleep.png",
        "samples.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)
    (tmp_path / "mine.png").touch()
    assert draw(changed(record, report=["table"]), tmp_path) == []
    assert [path.name for path in tmp_path.glob("*.png")] == ["mine.png"]  # what is not drawn any more


def test_curves_are_those_of_the_record(reproduced):
    record, folder = reproduced
    figure = curve_figures(record, folder)["curves-bound"]
    (axes,) = figure.axes
    assert (axes.get_title(loc="left"), axes.get_ylabel()) == (
        "Digits, N_z = 2",
        "lower bound (nats per row)",
    )
    assert figure.get_suptitle() == "Figure 0: digits"
    drawn = {line.get_label(): line for line in axes.get_lines()}
    assert list(drawn) == ["AEVB, test", "AEVB, train", "wake-sleep, test", "wake-sleep, train"]
    for cell, method in zip(record.cells, ("AEVB", "wake-sleep"), strict=True):
        for part in ("test", "train"):
            line, values = drawn[f"{method}, {part}"], cell["curves"][f"{part}_bound"]
            assert line.get_xdata().tolist() == [100, 200]
            np.testing.assert_allclose(line.get_ydata(), np.mean(values, axis=0))


def test_panels_stand_by_the_words_before_their_last_comma(reproduced):
    record, folder = reproduced
    cell = record.to_dict()["cells"][0]
    titles = {"a": "Faces, N_z = 2", "b": "Faces, N_z = 5", "c": "Digits, N_z = 2", "d": "Digits, N_z = 5"}
    cells = [cell | {"coordinates": {"panel": name, "method": "aevb"}} for name in titles]
    axes = {"panel": titles, "method": {"aevb": "AEVB"}}
    figure = curve_figures(changed(record, cells=cells, axes=axes, quick=True), folder)["curves-bound"]
    assert [axes.get_title(loc="left") for axes in figure.axes] == list(titles.values())
    tops = [round(axes.get_position().y0, 3) for axes in figure.axes]
    assert tops[0] == tops[1] > tops[2] == tops[3]
    assert figure.get_suptitle() == "Figure 0: digits (quick version)"


def test_a_seed_that_ended_early_has_no_more_values(reproduced):
    record, folder = reproduced
    cells = record.to_dict()["cells"]
    for curves in cells[0]["curves"].values():
        del curves[0][1:]
    figure = curve_figures(changed(record, cells=cells), folder)["curves-bound"]
    drawn = {line.get_label(): line for line in figure.axes[0].get_lines()}
    assert drawn["AEVB, test"].get_ydata()[-1] == record.cells[0]["curves"]["test_bound"][1][-1]


def test_a_record_without_curves_has_no_picture_of_them(reproduced):
    record, folder = reproduced
    cells = [cell | {"curves": {}} for cell in record.to_dict()["cells"]]
    assert curve_figures(changed(record, cells=cells), folder) == {}


def test_images_are_those_that_the_model_of_the_first_seed_makes(reproduced):
    record, folder = reproduced
    manifolds = manifold_figures(record, folder)
    assert manifolds["manifold-eight-by-eight-aevb"].axes[0].get_title(loc="left") == (
        "Figure 0, Digits, N_z = 2, AEVB: latent manifold"
    )
    figure = sample_figures(record, folder)["samples"]
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "(a) Digits, N_z = 2, AEVB",
        "(b) Digits, N_z = 2, wake-sleep",
    ]
    first = load(folder / "models" / "eight-by-eight.aevb.seed0").sample(100, random_state=0, mean=True)[0]
    dots = np.asarray(figure.axes[0].images[0].get_array())
    scale = (dots.shape[1] - 9 * 2) // 80
    image = dots[: 8 * scale : scale, : 8 * scale : scale, 0]
    assert np.array_equal(image, np.rint(255 * first.reshape(8, 8)))


def test_what_a_trial_has_not_left_is_not_drawn_and_what_is_damaged_is_told_of(reproduced, tmp_path):
    record, folder = reproduced
    assert [path.name for path in draw(record, tmp_path)] == ["curves-bound.png"]
    model = tmp_path / "models" / "eight-by-eight.aevb.seed0"
    shutil.copytree(folder / "models" / model.name, model)
    (model / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(RunFolderError, match=r"model\.safetensors"):
        draw(record, tmp_path)


def test_every_kind_of_report_but_the_table_has_somebody_who_draws_it():
    assert set(PICTURES) == set(REPORTS) - {"table"}
