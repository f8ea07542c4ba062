"""The guide is true: its Python runs and prints what it promises, what it links and names exists."""

import ast
import re
from pathlib import Path

import pytest

from fenced_blocks import blocks_of, needs_data, run_python

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
ERRATA = GUIDE / "errata.md"
ERRATA_TESTS = ("tests/documents/test_errata.py", "tests/documents/test_errata_code.py")
TEST_NAME = re.compile(r"`(test_\w+)`")
PICTURES = GUIDE / "pictures"
LARGEST_PICTURE = 120_000  # bytes: a repository is cloned with all of them
SAVED = re.compile(r"\"([\w-]+\.png)\"")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def by_name(path):
    return path.name


def names_of_errata_tests():
    """The tests by name, read and not run."""
    trees = [ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in ERRATA_TESTS]
    functions = [one.name for tree in trees for one in tree.body if isinstance(one, ast.FunctionDef)]
    return [name for name in functions if name.startswith("test_")]


def sections_of(document):
    """Title and text of each numbered section, and of the closing one."""
    parts = re.split(r"^##+ (.*)$", document, flags=re.MULTILINE)[1:]
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {title: text for title, text in pairs if title[0].isdigit() or title == "Right as written"}


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_block_of_python_runs_and_prints_what_its_comments_promise(
    page, tmp_path, monkeypatch, capsys, request
):
    document = page.read_text(encoding="utf-8")
    if needs_data(document):
        request.getfixturevalue("data_folder")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    for block in blocks_of(document):
        if block.language == "python" and block.exempt is None:
            run_python(block, page, names)
            assert capsys.readouterr().out.splitlines() == block.promised_output(), f"{page.name}, {block}"


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_fence_is_closed_and_names_a_language(page):
    document = page.read_text(encoding="utf-8")
    blocks = list(blocks_of(document))
    assert len(re.findall(r"^```", document, re.MULTILINE)) == 2 * len(blocks)
    assert [str(block) for block in blocks if not block.language or block.exempt == ""] == []


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_link_to_a_file_leads_to_one(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_pictures_are_small_and_shown_and_those_that_a_block_makes_are_on_its_page():
    shown = set()
    for page in PAGES:
        document = page.read_text(encoding="utf-8")
        on_page = {Path(link).name for link in LINK.findall(document) if link.startswith("pictures/")}
        made = {name for block in blocks_of(document) for name in SAVED.findall(block.text)}
        assert made <= on_page, page.name
        shown |= on_page
    assert {path.name for path in PICTURES.iterdir()} == shown
    assert [path.name for path in PICTURES.iterdir() if path.stat().st_size > LARGEST_PICTURE] == []


def test_the_index_leads_to_every_page():
    linked = set(LINK.findall((GUIDE / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in PAGES} - {"README.md"} <= linked


def test_every_erratum_says_where_what_is_right_and_which_test_shows_it():
    sections = sections_of(ERRATA.read_text(encoding="utf-8"))
    errata = {title: text for title, text in sections.items() if title[0].isdigit()}
    assert [int(title.split(".")[0]) for title in errata] == list(range(1, len(errata) + 1))
    assert [title for title, text in errata.items() if not text.lstrip().startswith("*")] == []
    assert [title for title, text in errata.items() if "\n> " not in text and "```python" not in text] == []
    assert [title for title, text in sections.items() if not TEST_NAME.findall(text)] == []


def test_the_errata_name_each_of_their_tests_once_and_no_other():
    document = ERRATA.read_text(encoding="utf-8")
    assert sorted(TEST_NAME.findall(document)) == sorted(names_of_errata_tests())
    assert [path for path in ERRATA_TESTS if Path(path).name not in document] == []
