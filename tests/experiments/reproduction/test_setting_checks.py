"""What every task checks of its settings, in one place."""

import math

import pytest

from varigraph.experiments.reproduction.setting_checks import check_settings, is_positive

RULES = {
    "rate": (is_positive, "a number above 0"),
    "name": (lambda value: value in ("a", "b"), "one of a, b"),
}


def test_settings_that_keep_the_rules_pass_with_and_without_those_that_need_not_be_there():
    check_settings({"rate": 0.1, "name": "a"}, RULES, ["rate"])
    check_settings({"rate": 1}, RULES, ["rate"])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rate": 1, "nmae": "a"}, "There is no setting 'nmae'; there are rate, name."),
        ({"name": "a"}, "The setting 'rate' is missing."),
        ({"rate": 1, "name": "c"}, "name must be one of a, b, got 'c'."),
    ],
)
def test_the_first_broken_rule_is_told_by_its_settings_name(settings, message):
    with pytest.raises(ValueError, match=message):
        check_settings(settings, RULES, ["rate"])


@pytest.mark.parametrize("value", [True, 0, -1.0, math.nan, math.inf, "1", None])
def test_what_is_no_number_above_0_is_told_apart(value):
    assert is_positive(0.5)
    assert not is_positive(value)
