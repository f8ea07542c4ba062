"""No member of a family without a test of its own: its class is named in a test file of its family."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from varigraph import decoders, distributions, encoders, objectives
from varigraph.baselines import BASELINES
from varigraph.decoders import DECODERS, LIKELIHOODS, ROW_DECODERS
from varigraph.distributions import PRIORS, ROW_PRIORS
from varigraph.encoders import ENCODERS, ROW_ENCODERS
from varigraph.models import MODELS
from varigraph.models.loading import ROW_MODELS
from varigraph.objectives import CORRUPTIONS, OBJECTIVES, ROW_OBJECTIVES

TESTS = Path(__file__).parents[1]

# By the registry's name: its members, the folder of their tests, and the contract that runs over them.
FAMILIES = {
    "ENCODERS": (ENCODERS, "encoders", "test_encoders.py"),
    "DECODERS": (DECODERS, "decoders", "test_decoders.py"),
    "PRIORS": (PRIORS, "distributions", "test_distributions.py"),
    "OBJECTIVES": (OBJECTIVES, "objectives", "test_objectives.py"),
    "MODELS": (MODELS, "models", "test_models.py"),
    "BASELINES": (BASELINES, "baselines", "test_baselines.py"),
    "ROW_ENCODERS": (ROW_ENCODERS, "encoders", "test_row_encoders.py"),
    "ROW_DECODERS": (ROW_DECODERS, "decoders", "test_row_decoders.py"),
    "LIKELIHOODS": (LIKELIHOODS, "decoders", "test_row_decoders.py"),
    "ROW_PRIORS": (ROW_PRIORS, "distributions", "test_distributions.py"),
    "ROW_OBJECTIVES": (ROW_OBJECTIVES, "objectives", "test_row_objectives.py"),
    "CORRUPTIONS": (CORRUPTIONS, "objectives", "test_row_objectives.py"),
    "ROW_MODELS": (ROW_MODELS, "models", "test_row_models.py"),
}


@pytest.mark.parametrize(
    ("registry", "name"), [(registry, name) for registry, (family, *_) in FAMILIES.items() for name in family]
)
def test_a_member_is_named_in_the_tests_of_its_family(registry, name):
    family, folder, _ = FAMILIES[registry]
    member, files = family[name].__name__, list((TESTS / folder).rglob("test_*.py"))
    assert any(member in file.read_text(encoding="utf-8") for file in files), (
        f"{member} has no test in tests/{folder}; write one before the class."
    )


@pytest.mark.parametrize("registry", FAMILIES)
def test_a_family_has_a_contract_that_runs_over_its_registry(registry):
    contract = (TESTS / "contracts" / FAMILIES[registry][2]).read_text(encoding="utf-8")
    # What a test is parametrised with; the priors of rows are those of graphs and more.
    assert re.search(rf'", (ROW_)?{registry}\)', contract)


@pytest.mark.parametrize(
    "package", [decoders, distributions, encoders, objectives], ids=lambda one: one.__name__
)
def test_every_registry_of_parts_is_among_these_families(package):
    registries = {name for name in package.__all__ if isinstance(getattr(package, name), Mapping)}
    assert registries
    assert registries <= set(FAMILIES)
