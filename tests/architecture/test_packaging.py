"""What a stranger installs: pinned versions for every dependency, and the embedded data set in the wheel."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from source_files import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
REQUIREMENTS = [
    Requirement(one)
    for one in [*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
    if not one.startswith("varigraph[")
]
LINES = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = {
    canonicalize_name(pin.name): pin for pin in map(Requirement, (line for line in LINES if line[:1] != "#"))
}


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda one: one.name)
def test_a_dependency_is_pinned_to_a_version_that_its_bound_admits(requirement):
    (pin,) = PINS[canonicalize_name(requirement.name)].specifier
    assert pin.operator == "=="
    assert requirement.specifier.contains(pin.version)


@pytest.mark.parametrize("pin", PINS.values(), ids=lambda one: one.name)
def test_a_pin_is_one_version_that_every_index_has(pin):
    assert re.fullmatch(r"==[0-9][0-9a-z.]*", str(pin.specifier)), (
        "a local version tag is known to one index alone"
    )
    assert pin.url is None


def test_torch_is_the_version_of_the_records():
    assert str(PINS["torch"].specifier) == "==2.13.0"


def test_every_dependency_has_a_lower_bound_and_no_upper_one():
    assert {one.operator for requirement in REQUIREMENTS for one in requirement.specifier} == {">="}


def test_the_embedded_data_set_is_smaller_than_half_a_megabyte():
    folder = REPOSITORY / "src" / "varigraph" / "datasets" / "embedded"
    assert 0 < sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 500_000


def test_what_is_checked_before_a_change_goes_in_is_the_readmes_second_command():
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python -m pip install .*$", readme, flags=re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
