"""Every recipe that comes with varigraph is sound: its task takes all settings, its numbers have a cell."""

import pytest

from varigraph.experiments.reproduction.recipe import RECIPES, read_recipe, recipe_names
from varigraph.experiments.reproduction.recipe_parts import matches
from varigraph.experiments.reproduction.tasks import TASKS, task_named

NAMES = recipe_names()


def test_there_are_recipes():
    assert NAMES


@pytest.fixture(params=[False, True], ids=["full", "quick"])
def is_quick(request):
    return request.param


@pytest.mark.parametrize("name", NAMES)
def test_the_task_accepts_the_settings_of_every_trial_of(name, is_quick):
    recipe = read_recipe(name)
    for trial in (recipe.quick() if is_quick else recipe).trials():
        task_named(trial.task).check(trial.settings)


@pytest.mark.parametrize("name", NAMES)
def test_the_task_refuses_a_setting_that_it_does_not_know_in(name):
    recipe = read_recipe(name)
    trial = recipe.trials()[0]
    with pytest.raises(ValueError, match="no_such_setting"):
        task_named(trial.task).check({**trial.settings, "no_such_setting": 1})


@pytest.mark.parametrize("name", NAMES)
def test_no_two_trials_share_a_key_in(name, is_quick):
    recipe = read_recipe(name)
    keys = [trial.key.casefold() for trial in (recipe.quick() if is_quick else recipe).trials()]
    assert len(set(keys)) == len(keys)  # also where file names know no capitals


@pytest.mark.parametrize("name", NAMES)
def test_every_published_number_and_remark_is_about_a_cell_of(name):
    recipe = read_recipe(name)
    cells = recipe.cells()
    for entry in (*recipe.published, *recipe.remarks):
        assert any(matches(cell, entry.coordinates) for cell in cells), entry
    assert all(entry.values for entry in recipe.published)


@pytest.mark.parametrize("name", NAMES)
def test_no_number_is_published_twice_for_one_cell_of(name):
    recipe = read_recipe(name)
    for cell in recipe.cells():
        told = [metric for one in recipe.published if matches(cell, one.coordinates) for metric in one.values]
        assert len(set(told)) == len(told), cell


@pytest.mark.parametrize("name", NAMES)
def test_the_list_says_how_long_it_takes_of(name):
    assert read_recipe(name).minutes is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_claim_has_cells_to_compare_in(name):
    recipe = read_recipe(name)
    for claim in recipe.claims:
        assert any(matches(cell, claim.higher) for cell in recipe.cells()), claim.text


@pytest.mark.parametrize("name", NAMES)
def test_quick_is_less_work_in(name):
    recipe = read_recipe(name)
    quick = recipe.quick()
    assert quick.settings_changed or len(quick.trials()) < len(recipe.trials())


@pytest.mark.parametrize("name", TASKS)
def test_a_task_in_the_registry_can_be_imported(name):
    task = task_named(name)
    assert callable(task.check)
    assert callable(task.run)


def test_there_is_nothing_but_recipes_in_their_folder():
    assert {path.suffix for path in RECIPES.iterdir() if path.is_file()} <= {".toml"}
