"""What README shows works: its Python runs, its commands parse and, with tiny settings, run.

A block is exempt when an HTML comment `<!-- not-executed: reason -->` stands before it.
"""

import re
import shlex
from itertools import pairwise, takewhile
from pathlib import Path

import pytest
import typer

from command_line import run, write_friends, write_measurements
from fenced_blocks import blocks_of, run_python
from varigraph.cli.app import app

README = Path(__file__).resolve().parents[2] / "README.md"
DOWNLOADED = {"cora", "citeseer", "pubmed", "mnist"}
# Appended to each command, so that the last value of an option is a tiny one.
TINY = {"fit": ["--max-epochs", "2"], "evaluate": ["--max-epochs", "2", "--repeats", "2"]}


def commands_of(block):
    """The words of every `varigraph …` in a block of shell commands, with or without a prompt."""
    for line in block.text.replace("\\\n", " ").splitlines():
        tokens = shlex.split(line.removeprefix("$ "), comments=True)
        while tokens:
            command = list(takewhile(lambda token: token not in ("&&", "|", ";"), tokens))
            tokens = tokens[len(command) + 1 :]
            if command[:1] == ["varigraph"]:
                yield command[1:]


DOCUMENT = README.read_text(encoding="utf-8")
BLOCKS = list(blocks_of(DOCUMENT))
PYTHON = [block for block in BLOCKS if block.language == "python"]
SHELL = [block for block in BLOCKS if block.language in ("bash", "console", "sh", "shell")]
COMMANDS = [command for block in SHELL for command in commands_of(block)]
NEEDS_RAW_FILES = [command for command in COMMANDS if DOWNLOADED & set(command)]


def test_blocks_are_found_with_their_exemptions():
    python, shell = "```python\nx = 1\n```\n", "```bash\n$ varigraph fit && varigraph x\n```\n"
    text = f"a\n{python}<!-- not-executed: takes an hour -->\n{shell}"
    first, second = blocks_of(text)
    assert (first.text, first.line, first.exempt) == ("x = 1\n", 3, None)
    assert second.exempt == "takes an hour"
    assert list(commands_of(second)) == [["fit"], ["x"]]


def test_every_fence_is_closed_names_a_language_and_every_exemption_has_a_reason():
    assert len(re.findall(r"^```", DOCUMENT, re.MULTILINE)) == 2 * len(BLOCKS)
    assert [str(block) for block in BLOCKS if not block.language] == []
    assert [str(block) for block in BLOCKS if block.exempt == ""] == []


def test_there_is_python_and_there_are_commands():
    assert PYTHON
    assert ["fit"] in COMMANDS


def test_the_python_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for block in PYTHON:
        if block.exempt is None:
            run_python(block, README, names)


@pytest.mark.parametrize("command", COMMANDS, ids=shlex.join)
def test_a_command_parses(command):
    group = typer.main.get_command(app)
    context = group.make_context("varigraph", list(command))
    name, verb, arguments = group.resolve_command(context, [*context._protected_args, *context.args])
    verb.make_context(name, arguments, parent=context)


def tiny(command):
    """The command on as little as it can be shown with."""
    is_about_a_run = command[0] == "evaluate" and command[1].startswith("runs/")
    return command if is_about_a_run else [*command, *TINY.get(command[0], [])]


def run_all(commands, folder):
    tables = {word for command in commands for word in command if word.endswith((".csv", ".tsv"))}
    written = {word for command in commands for option, word in pairwise(command) if option == "-o"}
    for name in tables - written:
        write = write_measurements if "measurements" in name else write_friends
        write(folder / name)
    for command in commands:
        outcome = run(*tiny(command), cwd=folder)
        assert outcome.code == 0, f"varigraph {shlex.join(command)}: {outcome.err}"


def exempt_commands():
    return [command for block in SHELL if block.exempt is not None for command in commands_of(block)]


def test_the_commands_that_need_no_download_run_in_order(tmp_path):
    exempt = exempt_commands()
    run_all([one for one in COMMANDS if one not in NEEDS_RAW_FILES and one not in exempt], tmp_path)


def test_the_commands_on_the_citation_graphs_run_in_order(tmp_path, data_folder, monkeypatch):
    monkeypatch.setenv("VARIGRAPH_CACHE", str(tmp_path / "cache"))
    run_all([one for one in NEEDS_RAW_FILES if one not in exempt_commands()], tmp_path)


def options_of(group):
    yield from (name for parameter in group.params for name in parameter.opts)
    for command in getattr(group, "commands", {}).values():
        yield from options_of(command)


def test_every_option_named_in_the_text_is_there():
    known = {*options_of(typer.main.get_command(app)), "--help"}
    quoted = " ".join(re.findall(r"`(varigraph [^`]+|--[^`]+)`", DOCUMENT))
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", quoted))
    foreign = {"--extra-index-url"}  # pip's
    assert named - known - foreign == set()
