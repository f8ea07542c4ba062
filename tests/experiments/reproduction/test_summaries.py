"""From trials to the record: numbers, verdicts, remarks, claims; of recipe and trials alone."""

import math
from dataclasses import replace

import pytest

from small_reproductions import small_recipe, use_fake_task
from varigraph.evaluation.repeats import summarise
from varigraph.experiments.reproduction.recipe import read_recipe
from varigraph.experiments.reproduction.runner import reproduce
from varigraph.experiments.reproduction.summaries import summarise_reproduction
from varigraph.experiments.reproduction.trial_record import finished_trial


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    use_fake_task(monkeypatch)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "reproduction"


def cell_of(record, method, dataset):
    (cell,) = [c for c in record.cells if c["coordinates"] == {"method": method, "dataset": dataset}]
    return cell


def test_the_record_is_a_function_of_recipe_and_trial_files(tmp_path, folder):
    recipe = small_recipe(tmp_path)
    record = reproduce(recipe, folder)
    again = read_recipe(tmp_path / "small.toml")
    trials = {trial.key: finished_trial(trial, folder) for trial in reversed(again.trials())}
    assert summarise_reproduction(again, trials).to_json() == record.to_json()


def test_a_cell_sums_up_its_trials_in_the_order_of_the_seeds(tmp_path, folder):
    record = reproduce(small_recipe(tmp_path), folder)
    cell = cell_of(record, "gae", "pubmed")
    assert cell["trials"] == ["gae.pubmed.seed0", "gae.pubmed.seed1", "gae.pubmed.seed2"]
    assert cell["metrics"]["bound"] == summarise([-100, -99, -98])
    assert cell["seeds"] == [0, 1, 2]
    assert record.axes == {
        "method": {"gae": "GAE", "gae*": "GAE*"},
        "dataset": {"cora": "Cora", "pubmed": "PubMed"},
    }


def test_a_number_gets_its_verdict_in_shown_units(tmp_path, folder):
    # gae: about 90 and 95 beside 91, sd about 1; gae* on Cora: about 80 beside 99.
    record = reproduce(small_recipe(tmp_path), folder)
    verdicts = [cell["verdicts"] for cell in record.cells]
    assert verdicts == [{"auc": "agrees"}, {"auc": "agrees"}, {"auc": "differs"}, {}]
    assert cell_of(record, "gae", "cora")["published"] == {"auc": 91.0}


def test_a_mean_far_below_does_not_reach_and_its_remark_is_told_there_alone(tmp_path, folder):
    record = reproduce(small_recipe(tmp_path), folder)
    assert [cell["reaches"] for cell in record.cells] == [{"auc": True}, {"auc": True}, {"auc": False}, {}]
    assert [cell["remarks"] for cell in record.cells] == [[], [], ["The paper had features."], []]


def test_a_remark_on_a_metric_is_told_for_that_metric_alone(tmp_path, folder):
    on_bound = [('text = "The paper', 'metric = "bound"\ntext = "The paper')]
    record = reproduce(small_recipe(tmp_path, replaced=on_bound), folder)
    assert not any(cell["remarks"] for cell in record.cells)


def test_a_cell_that_reaches_has_no_remark(tmp_path, folder):
    record = reproduce(small_recipe(tmp_path, replaced=[("auc = 99.0", "auc = 80.0")]), folder)
    assert cell_of(record, "gae*", "cora")["verdicts"] == {"auc": "agrees"}
    assert not any(cell["remarks"] for cell in record.cells)


def test_quick_with_the_documents_settings_is_compared(tmp_path, folder):
    record = reproduce(small_recipe(tmp_path).quick(), folder)
    assert record.quick
    assert not record.settings_changed
    assert len(record.cells) == 2
    assert cell_of(record, "gae*", "cora")["verdicts"] != {}
    assert "auc" in cell_of(record, "gae*", "cora")["reaches"]


def test_quick_with_other_settings_cannot_tell_anything(tmp_path, folder):
    record = reproduce(small_recipe(tmp_path, more="common = { spread = 0.001 }").quick(), folder)
    assert record.settings_changed
    assert {word for cell in record.cells for word in cell["verdicts"].values()} == {"cannot tell"}
    assert not any(cell["reaches"] or cell["remarks"] for cell in record.cells)
    assert [claim["verdict"] for claim in record.claims] == ["cannot tell"]


def test_numbers_read_by_eye_are_beside_ours_and_tell_nothing(tmp_path, folder):
    record = reproduce(small_recipe(tmp_path, replaced=[("one split", "by eye")]), folder)
    assert {word for cell in record.cells for word in cell["verdicts"].values()} == {"cannot tell"}
    assert not any(cell["reaches"] or cell["remarks"] for cell in record.cells)


def test_the_sd_of_many_runs_widens_the_interval(tmp_path, folder):
    kind = ("one split", "many runs")
    narrow = reproduce(small_recipe(tmp_path, replaced=[kind, ("auc = 99.0", "auc = 83.0")]), folder)
    with_sd = ("auc = 99.0", "auc = 83.0\nsd = { auc = 1.0 }")
    widened = reproduce(small_recipe(tmp_path, replaced=[kind, with_sd]), folder)
    verdicts = [cell_of(one, "gae*", "cora")["verdicts"]["auc"] for one in (narrow, widened)]
    assert verdicts == ["differs", "agrees"]


def test_a_claim_is_compared_cell_by_cell_with_seeds_paired(tmp_path, folder):
    record = reproduce(small_recipe(tmp_path), folder)
    (claim,) = record.claims
    assert [cell["coordinates"] for cell in claim["cells"]] == [{"dataset": "cora"}, {"dataset": "pubmed"}]
    # Both methods draw the same noise for a seed, so that what is left is the difference of the levels.
    assert claim["cells"][0]["difference"]["values"] == pytest.approx([0.1, 0.1, 0.1], abs=1e-12)
    assert claim["verdict"] == "agrees"


def test_a_claim_that_is_the_wrong_way_round_differs(tmp_path, folder):
    replaced = [("higher =", "other ="), ("lower =", "higher ="), ("other =", "lower =")]
    assert reproduce(small_recipe(tmp_path, replaced=replaced), folder).claims[0]["verdict"] == "differs"


REVERSED = [("higher =", "other ="), ("lower =", "higher ="), ("other =", "lower =")]


@pytest.mark.parametrize(("margin", "verdict"), [("11", "agrees"), ("9", "differs"), ('"sd"', "differs")])
def test_a_claim_with_a_margin_is_of_the_side_that_may_be_lower(tmp_path, folder, margin, verdict):
    # gae* is lower by 10 points, and both scatter by 1.
    weaker = [('text = "features help"', f'text = "they do not"\nby_no_more_than = {margin}')]
    (claim,) = reproduce(small_recipe(tmp_path, replaced=[*REVERSED, *weaker]), folder).claims
    assert claim["verdict"] == verdict
    if margin == '"sd"':
        assert claim["cells"][0]["by_no_more_than"] == pytest.approx(0.01, rel=1e-9)
    else:
        assert claim["cells"][0]["by_no_more_than"] == float(margin) / 100


def test_a_claim_with_a_margin_survives_the_way_to_json_and_back(tmp_path, folder):
    weaker = [('text = "features help"', 'text = "features help"\nby_no_more_than = "sd"')]
    record = reproduce(small_recipe(tmp_path, replaced=weaker), folder)
    assert type(record).from_json(record.to_json()) == record


@pytest.mark.parametrize(("when", "n_told"), [("lower", 1), ("higher", 0)])
def test_a_remark_on_one_side_is_told_where_ours_lies_there(tmp_path, folder, when, n_told):
    one_sided = [('text = "The paper', f'when = "{when}"\ntext = "The paper')]
    record = reproduce(small_recipe(tmp_path, replaced=one_sided), folder)
    assert sum(len(cell["remarks"]) for cell in record.cells) == n_told


def test_a_claim_about_cells_that_quick_leaves_out_is_left_out(tmp_path, folder):
    replaced = [('axes = { dataset = ["cora"] }', 'axes = { method = ["gae"] }')]
    assert reproduce(small_recipe(tmp_path, replaced=replaced).quick(), folder).claims == []


def test_one_seed_has_a_mean_and_no_interval(tmp_path, folder):
    record = reproduce(small_recipe(tmp_path, replaced=[("seeds = [0, 1, 2]", "seeds = [4]")]), folder)
    summary = record.cells[0]["metrics"]["auc"]
    assert math.isnan(summary["sd"])
    assert math.isnan(summary["ci95"][1])
    assert record.cells[0]["verdicts"] == {"auc": "cannot tell"}
    assert record.cells[0]["reaches"] == {}


def test_a_number_that_is_not_a_number_is_kept_as_such(tmp_path, folder):
    recipe, key = small_recipe(tmp_path), "gae.cora.seed1"
    record = reproduce(recipe, folder)
    trials = {trial.key: finished_trial(trial, folder) for trial in recipe.trials()}
    trials[key] = replace(trials[key], metrics={"auc": math.nan, "bound": -1.0})
    again = summarise_reproduction(recipe, trials)
    assert math.isnan(cell_of(again, "gae", "cora")["metrics"]["auc"]["mean"])
    assert cell_of(again, "gae", "cora")["verdicts"] == {"auc": "cannot tell"}
    assert cell_of(again, "gae", "cora")["reaches"] == {}
    assert cell_of(again, "gae*", "cora") == cell_of(record, "gae*", "cora")


def test_curves_are_one_list_a_seed_and_facts_those_that_seeds_share(tmp_path, folder):
    more = "[common]\ncurve = -110.0\n[common.facts]\nn_parameters = 7"
    cell = reproduce(small_recipe(tmp_path, more=more), folder).cells[0]
    assert cell["curves"] == {
        "samples": [[1, 2], [1, 2], [1, 2]],
        "bound": [[-120, -110], [-121, -110], [-122, -110]],
    }
    assert cell["facts"]["n_parameters"] == 7


def test_facts_that_differ_between_seeds_are_told_one_a_seed(tmp_path, folder):
    recipe = small_recipe(tmp_path)
    reproduce(recipe, folder)
    trials = {trial.key: finished_trial(trial, folder) for trial in recipe.trials()}
    rates = [0.01, 0.1, 0.01]
    for seed, rate in enumerate(rates):
        key = f"gae.cora.seed{seed}"
        trials[key] = replace(trials[key], facts={"learning_rate": rate, "n_epochs": 3})
    cell = cell_of(summarise_reproduction(recipe, trials), "gae", "cora")
    assert (cell["facts"], cell["facts_by_seed"]) == ({"n_epochs": 3}, {"learning_rate": rates})


def with_times(folder, recipe, spans):
    trials = {trial.key: finished_trial(trial, folder) for trial in recipe.trials()}
    changed = zip(trials, spans, strict=True)
    return {
        key: replace(trials[key], started=start, seconds=end - start, cpu_seconds=0.5)
        for key, (start, end) in changed
    }


def test_wall_time_is_that_in_which_trials_ran_pauses_left_out(tmp_path, folder):
    recipe = small_recipe(tmp_path, replaced=[("seeds = [0, 1, 2]", "seeds = [0]")])
    reproduce(recipe, folder)
    spans = [(100.0, 110.0), (105.0, 120.0), (120.0, 121.0), (500.0, 502.0)]
    record = summarise_reproduction(recipe, with_times(folder, recipe, spans))
    assert record.timings == {"wall": 23.0, "trials": 28.0, "cpu": 2.0}
    assert record.n_jobs == 2


def test_libraries_of_several_versions_are_all_named(tmp_path, folder):
    recipe = small_recipe(tmp_path)
    reproduce(recipe, folder)
    trials = {trial.key: finished_trial(trial, folder) for trial in recipe.trials()}
    key = "gae.cora.seed0"
    late = "2999-01-01T00:00:00+00:00"
    trials[key] = replace(trials[key], library_versions={"torch": "1.0"}, created_at=late)
    record = summarise_reproduction(recipe, trials)
    assert record.library_versions["torch"].startswith("1.0, ")
    assert record.created_at == late
