"""No member of a family without a test of its own: its class is named in a test file of its family."""

from pathlib import Path

import pytest

from varigraph.decoders import DECODERS
from varigraph.distributions import ROW_PRIORS
from varigraph.encoders import ENCODERS
from varigraph.models import MODELS
from varigraph.objectives import OBJECTIVES

TESTS = Path(__file__).parents[1]
FAMILIES = {
    "encoders": ENCODERS,
    "decoders": DECODERS,
    "distributions": ROW_PRIORS,
    "objectives": OBJECTIVES,
    "models": MODELS,
}


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder, family in FAMILIES.items() for name in family]
)
def test_a_member_is_named_in_the_tests_of_its_family(folder, name):
    member = FAMILIES[folder][name].__name__
    files = list((TESTS / folder).glob("test_*.py"))
    assert any(member in file.read_text(encoding="utf-8") for file in files), (
        f"{member} has no test in tests/{folder}; write one before the class."
    )


@pytest.mark.parametrize("folder", FAMILIES)
def test_a_family_has_a_contract_that_runs_over_its_registry(folder):
    registry = {"distributions": "ROW_PRIORS"}.get(folder, folder.upper())
    contract = (TESTS / "contracts" / f"test_{folder}.py").read_text(encoding="utf-8")
    assert f", {registry})" in contract or f'"name", {registry}' in contract
