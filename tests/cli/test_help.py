"""Every verb and every option says what it is for."""

import pytest
import typer

from varigraph.cli.app import app


def commands(group, name="varigraph"):
    yield name, group
    for verb, command in getattr(group, "commands", {}).items():
        yield from commands(command, f"{name} {verb}")


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_verb_says_what_it_does(name):
    assert len((COMMANDS[name].help or "").split()) >= 3


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "varigraph"])
def test_the_list_of_verbs_has_a_whole_sentence_for(name):
    assert COMMANDS[name].get_short_help_str(limit=60).endswith(".")
    assert not COMMANDS[name].get_short_help_str(limit=60).endswith("...")


@pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, one) for name, command in COMMANDS.items() for one in command.params],
    ids=lambda one: getattr(one, "name", one),
)
def test_a_parameter_says_what_it_is_for(name, parameter):
    said = getattr(parameter, "help", None) or ""
    assert said.endswith(".") or said.endswith(".)"), f"{name} {parameter.name}: {said!r}"


def test_every_verb_is_listed_by_help(varigraph):
    outcome = varigraph("--help")
    assert outcome.code == 0
    verbs = (
        "fit",
        "evaluate",
        "embed",
        "predict",
        "score",
        "sample",
        "plot",
        "compare",
        "reproduce",
        "datasets",
    )
    assert [verb for verb in verbs if verb not in outcome.out] == []


def test_the_version_is_the_packages(varigraph):
    from varigraph import __version__

    assert varigraph("--version").out == f"varigraph {__version__}\n"


def test_without_a_verb_the_help_is_shown_and_the_use_was_wrong(varigraph):
    outcome = varigraph()
    assert outcome.code == 2
    assert "Commands:" in outcome.out + outcome.err


def test_a_misspelt_verb_is_corrected(varigraph):
    outcome = varigraph("fitt")
    assert outcome.code == 2
    assert "'fit'" in outcome.err


@pytest.mark.parametrize("verb", ["fit", "evaluate", "embed", "score", "plot"])
def test_options_of_one_kind_of_model_stand_under_its_title(varigraph, verb):
    told = varigraph(verb, "--help").out
    options = [one for one in COMMANDS[f"varigraph {verb}"].params if one.param_type_name == "option"]
    assert {one.rich_help_panel for one in options} <= {None, "Graphs", "Vectors and images"}
    for option in options:
        section = told.split(f"\n{option.rich_help_panel or 'Options'}:\n")[1].split("\n\n")[0]
        assert option.opts[0] in section
