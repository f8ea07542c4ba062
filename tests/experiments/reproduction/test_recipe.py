"""Recipes: cells and trials in order, the quick version, and what a wrong file is told."""

import pytest

from small_reproductions import small_recipe, write_recipe
from varigraph.errors import FileContentError
from varigraph.experiments.reproduction.recipe import read_recipe, recipe_names
from varigraph.experiments.reproduction.trials import trial_key


@pytest.fixture
def recipe(tmp_path):
    return small_recipe(tmp_path)


def test_a_cell_is_one_value_of_each_axis_the_last_running_fastest(recipe):
    assert [tuple(cell.values()) for cell in recipe.cells()] == [
        ("gae", "cora"),
        ("gae", "pubmed"),
        ("gae*", "cora"),
        ("gae*", "pubmed"),
    ]


def test_the_dearest_trials_come_first(recipe):
    weights = [trial.weight for trial in recipe.trials()]
    assert weights == [40.0] * 6 + [1.0] * 6


def test_every_trial_has_a_key_of_its_own(recipe):
    keys = [trial.key for trial in recipe.trials()]
    assert len(set(keys)) == 12
    assert "gae%2a.pubmed.seed1" in keys


def test_a_key_has_no_letter_that_a_file_name_may_not_have():
    assert trial_key(["a/b", "..", "Ä.1"], 0) == "a%2fb.%2e%2e.%c4%2e1.seed0"


def test_settings_of_axes_win_over_common_ones_and_later_axes_over_earlier_ones(tmp_path):
    more = """
        [common]
        level = 0.1
        gap = 0.2
        spread = 0.3
        """
    replaced = [('title = "Cora"', 'title = "Cora"\nlevel = 0.5')]
    trials = small_recipe(tmp_path, more=more, replaced=replaced).trials()
    (trial,) = [one for one in trials if one.key == "gae.cora.seed0"]
    assert trial.settings == {"level": 0.5, "gap": 0.2, "spread": 0.3}
    (trial,) = [one for one in trials if one.key == "gae.pubmed.seed0"]
    assert trial.settings == {"level": 0.9, "gap": 0.05, "spread": 0.3}


def test_quick_keeps_the_named_values_and_seeds_and_says_so(recipe):
    quick = recipe.quick()
    assert [trial.key for trial in quick.trials()] == [
        "gae.cora.seed0",
        "gae.cora.seed1",
        "gae%2a.cora.seed0",
        "gae%2a.cora.seed1",
    ]
    assert quick.is_quick
    assert not quick.settings_changed
    assert not recipe.is_quick


def test_quick_settings_win_over_all_others_and_are_told(tmp_path):
    quick = small_recipe(tmp_path, more="common = { level = 0.3 }").quick()
    assert {trial.settings["level"] for trial in quick.trials()} == {0.3}
    assert quick.settings_changed


def test_without_changes_quick_is_the_same_experiment(tmp_path):
    recipe = small_recipe(tmp_path, replaced=[(QUICK, "")])
    assert recipe.quick() == recipe
    assert not recipe.quick().is_quick


QUICK = '[quick]\nseeds = [0, 1]\naxes = { dataset = ["cora"] }\n'


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('title = "Table 0: nothing"', "", "title is missing"),
        ('title = "Table 0: nothing"', 'title = " "', "title must be text"),
        ('report = ["table"]', 'report = ["tables"]', "report is 'tables'; there are table, curves"),
        ("seeds = [0, 1, 2]", "seeds = []", "seeds must be a list of whole numbers"),
        ("seeds = [0, 1, 2]", "seeds = [0, true]", "seeds must be a list of whole numbers"),
        ("seeds = [0, 1, 2]", "seeds = [0, 0]", "seeds names a number twice"),
        ("tolerance = 8.0\n", "", "metrics.auc.tolerance is missing; published.1. publishes"),
        ("tolerance = 8.0", "tolerance = nan", "metrics.auc.tolerance must be a number"),
        ("tolerance = 8.0", "width = 8.0", "metrics.auc.width is no key of a recipe"),
        ("weight = 40", "weight = -1", "axes.dataset.pubmed.weight must be a number of 0 or more"),
        ("level = 0.8", "level = nan", r"axes.method.gae\*.level must be .* JSON can hold, got nan"),
        (
            'of = "one split"',
            'of = "one run"',
            "published_as.of is 'one run'; there are one split",
        ),
        ('[published_as]\nof = "one split"\ndecimals = 1', "", "published_as is missing"),
        ('method = "gae"\nauc', 'method = "vgae"\nauc', "published.1..method is 'vgae'; there are gae"),
        ("auc = 91.0", "auk = 91.0", "published.1..auk is no key"),
        ("auc = 91.0", "auc = 91.0\nsd = { auk = 1 }", "published.1..sd.auk is no key"),
        ('text = "The paper', 'metric = "ap"\ntext = "The paper', "remarks.1..metric is 'ap'"),
        ('metric = "auc"\nhigher', 'metric = "mrr"\nhigher', "claims.1..metric is 'mrr'"),
        ('lower = { method = "gae*" }', 'lower = { method = "gae" }', "claims.1..lower must name other"),
        ('lower = { method = "gae*" }', 'lower = { dataset = "cora" }', "claims.1..lower must name other"),
        (
            'text = "The paper',
            'when = "better"\ntext = "The paper',
            "remarks.1..when is 'better'; there are hi",
        ),
        ("[[claims]]", "[[claims]]\nby_no_more_than = -1", "claims.1..by_no_more_than must be a number of 0"),
        ("[[claims]]", '[[claims]]\nby_no_more_than = "se"', 'claims.1..by_no_more_than must .* or "sd"'),
        ('{ dataset = ["cora"] }', '{ dataset = ["core"] }', "quick.axes.dataset is 'core'"),
        ('{ dataset = ["cora"] }', '{ data = ["cora"] }', "quick.axes.data is no key"),
        ("[quick]", "[quik]", "quik is no key of a recipe"),
    ],
)
def test_a_wrong_recipe_is_refused_by_file_and_key(tmp_path, old, new, sentence):
    path = write_recipe(tmp_path, replaced=[(old, new)])
    with pytest.raises(FileContentError, match=f"small.toml is no recipe: {sentence}"):
        read_recipe(path)


def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path):
    (tmp_path / "broken.toml").write_text("title = ")
    with pytest.raises(FileContentError, match=r"broken\.toml is no recipe"):
        read_recipe(tmp_path / "broken.toml")


def test_a_file_that_is_not_there_is_told_as_such(tmp_path):
    with pytest.raises(FileContentError, match=r"^There is no file .*gone\.toml\.$"):
        read_recipe(tmp_path / "gone.toml")


def test_the_ending_of_a_file_may_be_in_capitals(tmp_path):
    path = write_recipe(tmp_path)
    assert read_recipe(path.rename(tmp_path / "SMALL.TOML")).name == "SMALL"


def test_a_recipe_of_ones_own_knows_its_file_and_one_that_comes_along_has_none(tmp_path, monkeypatch):
    path = write_recipe(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert read_recipe("small.toml").file == str(path.resolve())
    assert read_recipe(recipe_names()[0]).file == ""


def test_a_name_that_is_none_is_told_the_names_there_are():
    with pytest.raises(FileContentError, match=r"no recipe 'table-99'.*ends in \.toml"):
        read_recipe("table-99")
    with pytest.raises(FileContentError, match=r"no recipe '\.\./recipes"):
        read_recipe("../recipes/../pyproject")


def test_the_names_are_in_order():
    assert recipe_names() == sorted(recipe_names())
