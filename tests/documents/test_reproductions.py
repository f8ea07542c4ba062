"""The guide quotes every record of a reproduction as it is, and no other; recipes and records agree."""

from pathlib import Path

import pytest

from loaded_scripts import loaded_script
from varigraph.evaluation.reproduction_record import ReproductionRecord
from varigraph.experiments.reproduction.recipe import read_recipe, recipe_names

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "guide").glob("*.md"))
OTHERS = {"calibration"}  # a mark of scripts/results
RECORDS = sorted((ROOT / "records" / "reproduction").glob("*.json"))


@pytest.fixture(scope="module")
def script():
    return loaded_script("reproductions")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_quotes_the_records_as_they_are(script, page):
    document = page.read_text(encoding="utf-8")
    assert script.filled(document) == document, "run scripts/reproductions fill"


def test_every_record_is_quoted_by_a_page_and_every_mark_has_a_recipe(script):
    marks = {match[2] for page in PAGES for match in script.MARKED.finditer(page.read_text(encoding="utf-8"))}
    assert {path.stem for path in RECORDS} <= marks <= set(recipe_names()) | OTHERS


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_is_of_the_whole_recipe_as_it_stands(path):
    record, recipe = ReproductionRecord.read(path), read_recipe(path.stem)
    assert (record.recipe, record.quick) == (path.stem, False)
    assert [cell["coordinates"] for cell in record.cells] == recipe.cells()
    assert {tuple(cell["seeds"]) for cell in record.cells} == {recipe.seeds}
    assert (record.title, record.source, record.about) == (recipe.title, recipe.source, recipe.about)
    published = {
        (tuple(cell["coordinates"].values()), metric): value
        for cell in record.cells
        for metric, value in cell["published"].items()
    }
    assert published.keys() == {
        (tuple(cell.values()), metric)
        for cell in recipe.cells()
        for one in recipe.published
        for metric in one.values
        if all(cell[axis] == value for axis, value in one.coordinates.items())
    }


def test_pictures_are_made_small_enough_for_the_guide(script, tmp_path):
    from PIL import Image

    noise = Image.effect_noise((1600, 900), 80)
    noise.save(tmp_path / "noise.png")
    assert len(script.smaller(tmp_path / "noise.png")) < (tmp_path / "noise.png").stat().st_size
