"""One value an objective on a fixed tiny graph; `scripts/golden` rewrites them."""

import json
from importlib import util
from pathlib import Path

import pytest

_SPEC = util.spec_from_file_location("golden_case", Path(__file__).parent / "golden_case.py")
golden_case = util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(golden_case)


@pytest.mark.parametrize("name", golden_case.VARIANTS)
def test_an_objective_still_gives_its_golden_values(name):
    stored = json.loads(golden_case.GOLDEN_FILE.read_text())
    # Torch may change the last digits of a sum from version to version.
    assert golden_case.golden_values()[name] == pytest.approx(stored[name], rel=1e-9)


def test_no_golden_value_is_left_over():
    assert set(json.loads(golden_case.GOLDEN_FILE.read_text())) == set(golden_case.VARIANTS)
