"""Settings: those that differ, in a form in which equal ones are equal."""

from pathlib import Path

from small_records import links_record, row_record
from varigraph.reporting.comparison.runs import ComparedRun
from varigraph.reporting.comparison.settings import MISSING, differing_settings, setting_text

BETA = {"name": "elbo", "weight_prior_std": None, "n_samples": 1, "beta": 2.0, "warmup_epochs": 0}


def runs(*settings, make=links_record, presets=None):
    presets = presets or ["default"] * len(settings)
    return [
        ComparedRun(str(at), Path(str(at)), make(settings=one, preset=preset))
        for at, (one, preset) in enumerate(zip(settings, presets, strict=True))
    ]


def test_only_settings_that_differ_are_told_and_seeds_never():
    found = differing_settings(
        runs(
            {"latent_dim": 16, "patience": 5, "random_state": 0, "verbose": 0},
            {"latent_dim": 32, "patience": 5, "random_state": [1, 2], "verbose": 1},
        )
    )
    assert found == {"latent_dim": [16, 32]}


def test_a_setting_that_only_some_models_have_tells_nothing_unless_it_differs_among_them():
    assert differing_settings(runs({"prior": "mixture"}, {})) == {}
    found = differing_settings(runs({"prior": "mixture"}, {}, {"prior": "standard_normal"}))
    assert found == {"prior": ["mixture", MISSING, "standard_normal"]}


def test_a_preset_is_told_first():
    found = differing_settings(runs({"a": 1}, {"a": 2}, presets=["default", "kipf2016"]))
    assert list(found) == ["preset", "a"]


def test_a_part_that_is_named_differs_from_one_that_is_described_only_where_its_defaults_do():
    found = differing_settings(runs({"objective": "elbo"}, {"objective": BETA}, make=row_record))
    assert found == {"objective.beta": [1.0, 2.0]}


def test_a_part_of_an_unknown_name_is_told_by_it():
    found = differing_settings(runs({"objective": "mine"}, {"objective": BETA}, make=row_record))
    assert found == {"objective": ["mine", "elbo"]}


def test_values_are_short_words():
    assert setting_text(MISSING) == "–"
    assert setting_text("a" * 100) == "a" * 39 + "…"
    assert setting_text([True, "é"]) == '[true, "é"]'
