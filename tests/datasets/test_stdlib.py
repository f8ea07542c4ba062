"""The import graph is what the source files say, and no feature names a module."""

import re
import sys
from collections import deque
from pathlib import Path

import numpy as np
import pytest

from varigraph.datasets import build_stdlib_graph, freeze_stdlib_graph
from varigraph.datasets.stdlib import STDLIB_CARD, load_stdlib
from varigraph.errors import FileContentError
from varigraph.graphs.store import read_graph

FROZEN = Path(sys.modules["varigraph.datasets.stdlib"].__file__).parent / "embedded" / "stdlib"


def lib(tmp_path, files):
    for name, source in {"os.py": "", **files}.items():
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return tmp_path / "lib"


def links(graph):
    return {tuple(sorted((graph.ids[u], graph.ids[v]))) for u, v in graph.edges.tolist()}


PACKAGE = {
    "pack/__init__.py": "",
    "pack/one.py": "",
    "pack/two.py": "",
    "pack/deep/__init__.py": "",
    "other.py": "",
}


@pytest.mark.parametrize(
    ("where", "source", "targets"),
    [
        ("a.py", "import other", {"other"}),
        ("a.py", "import pack.one as p, other", {"pack.one", "other"}),
        ("a.py", "import pack.one.name", {"pack.one"}),
        ("a.py", "from pack import one, name", {"pack.one", "pack"}),
        ("a.py", "from pack.one import *", {"pack.one"}),
        ("a.py", "def f():\n    import other", {"other"}),
        ("a.py", "try:\n    import other\nexcept ImportError:\n    import pack", {"other", "pack"}),
        ("a.py", "if TYPE_CHECKING:\n    from pack import deep", {"pack.deep"}),
        ("a.py", "if __name__ == '__main__':\n    import other", set()),
        ("a.py", 'if __name__ == "__main__":\n    def main():\n        import other', set()),
        ("a.py", "import sys, _socket, numpy", set()),
        ("a.py", "import a", set()),
        ("a.py", "import otherwise", set()),
        ("a.py", '"import other"', set()),
        ("a.py", "from .. import other", {"other"}),
        ("pack/a.py", "from . import one", {"pack.one"}),
        ("pack/a.py", "from .one import name", {"pack.one"}),
        ("pack/a.py", "from . import name", {"pack"}),
        ("pack/a.py", "from .. import other", {"other"}),
        ("pack/deep/a.py", "from ..two import name", {"pack.two"}),
        ("pack/sub/__init__.py", "from . import leaf", set()),
        ("pack/sub/__init__.py", "from .. import two", {"pack.two"}),
        ("pack/sub/__init__.py", "from ..deep import name", {"pack.deep"}),
    ],
)
def test_an_import_joins_the_module_to_the_longest_name_that_is_a_module(where, source, targets, tmp_path):
    graph = build_stdlib_graph(lib(tmp_path, {**PACKAGE, where: source}))
    module = where.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    assert links(graph) == {tuple(sorted((module, target))) for target in targets}


def test_tests_demonstrations_site_packages_and_data_folders_are_no_nodes(tmp_path):
    left_out = [
        "test/__init__.py",
        "pack/tests/__init__.py",
        "pack/test/__init__.py",
        "turtledemo/__init__.py",
    ]
    no_packages = [
        "site-packages/numpy.py",
        "site-packages/numpy/__init__.py",
        "data/a.py",
        "lib-dynload/b.py",
    ]
    no_modules = ["not-a-name.py", "__pycache__/c.py", "_sysconfigdata__linux.py"]
    files = dict.fromkeys([*left_out, *no_packages, *no_modules, *PACKAGE], "")
    graph = build_stdlib_graph(lib(tmp_path, files))
    assert graph.ids.tolist() == ["os", "other", "pack", "pack.deep", "pack.one", "pack.two"]


def test_labels_are_top_level_packages_and_isolated_modules_stay(tmp_path):
    graph = build_stdlib_graph(lib(tmp_path, PACKAGE))
    assert graph.labels.tolist() == ["os", "other", "pack", "pack", "pack", "pack"]
    assert graph.n_edges == 0


def test_no_module_is_run(tmp_path):
    source = f"open({str(tmp_path / 'ran')!r}, 'w').close()"
    build_stdlib_graph(lib(tmp_path, {"os.py": source, "a.py": source}))
    assert not (tmp_path / "ran").exists()


DOCUMENTED = '''"""Zebra zebra.

>>> doctest_line
... continued
"""
import other  # comment
class A:
    """Yak"""
    def method(self):
        """Wolf"""
        return "string"
async def later():
    """Vulture, Other's pack_one"""
'''


def test_features_count_the_words_of_docstrings_only(tmp_path):
    files = {f"m{letter}.py": DOCUMENTED for letter in "abcde"}
    graph = build_stdlib_graph(lib(tmp_path, {**files, **PACKAGE, **{f"n{i}.py": "" for i in range(20)}}))
    assert graph.feature_names == ("vulture", "wolf", "yak", "zebra")
    counts = dict(
        zip(graph.feature_names, graph.features[[graph.ids.tolist().index("ma")]].toarray()[0], strict=True)
    )
    assert counts == {"vulture": 1, "wolf": 1, "yak": 1, "zebra": 2}


def test_words_in_too_few_or_too_many_modules_are_left_out(tmp_path):
    def document(at):
        return f'"""everywhere {"rare" if at < 4 else ""} {"enough" if at < 5 else ""}"""'

    graph = build_stdlib_graph(lib(tmp_path, {f"m{at}.py": document(at) for at in range(20)}))
    assert graph.feature_names == ("enough",)


def test_a_library_without_docstrings_has_no_feature_columns(tmp_path):
    assert build_stdlib_graph(lib(tmp_path, PACKAGE)).features.shape == (6, 0)


def test_the_same_files_give_the_same_graph_in_whatever_order_they_were_written(tmp_path):
    files = {f"m{at}.py": f'"""alpha beta {at}"""\nimport m{(at * 7) % 9}' for at in range(9)}
    first = build_stdlib_graph(lib(tmp_path / "first", files))
    second = build_stdlib_graph(lib(tmp_path / "second", dict(reversed(files.items()))))
    assert first.fingerprint == second.fingerprint


def test_a_folder_without_a_library_is_refused(tmp_path):
    with pytest.raises(FileContentError, match=r"os\.py"):
        build_stdlib_graph(tmp_path)


def test_a_file_that_cannot_be_parsed_is_named(tmp_path):
    with pytest.raises(FileContentError, match=r"broken\.py"):
        build_stdlib_graph(lib(tmp_path, {"broken.py": "def ("}))


def test_freezing_writes_the_graph_that_was_built(tmp_path):
    graph = freeze_stdlib_graph(tmp_path / "frozen", lib(tmp_path, {**PACKAGE, "a.py": DOCUMENTED}))
    assert read_graph(tmp_path / "frozen").fingerprint == graph.fingerprint


def test_no_frozen_feature_is_part_of_a_module_name():
    graph = load_stdlib()
    parts = {part for name in graph.ids for part in re.split(r"[^a-z]+", name.lower())}
    assert not parts & set(graph.feature_names)
    components = {part.lower() for name in graph.ids for part in name.split(".")}
    assert not components & set(graph.feature_names)


def test_the_frozen_copy_is_small_and_holds_no_tests():
    assert sum(path.stat().st_size for path in FROZEN.iterdir()) < 500_000
    assert not [one for one in load_stdlib().ids if {"test", "tests", "idle_test"} & set(one.split("."))]


def test_the_frozen_copy_knows_imports_that_anyone_can_look_up():
    graph = load_stdlib()
    known = [
        ("json", "json.decoder"),
        ("json.decoder", "json.scanner"),
        ("argparse", "re"),
        ("asyncio.events", "contextvars"),
        ("email.mime.text", "email.mime.nonmultipart"),
        ("http.client", "email.parser"),
    ]
    pairs = graph.index_of([one for pair in known for one in pair]).reshape(-1, 2)
    assert graph.has_edges(pairs).all()
    assert not graph.has_edges(graph.index_of(["json", "tkinter"]).reshape(1, 2)).any()


def test_nearly_all_modules_of_the_frozen_copy_hang_together():
    graph = load_stdlib()
    seen, waiting = {0}, deque([0])
    while waiting:
        for neighbour in graph.adjacency[[waiting.popleft()]].indices.tolist():
            if neighbour not in seen:
                seen.add(neighbour)
                waiting.append(neighbour)
    assert len(seen) > 0.95 * graph.n_nodes
    assert np.median(graph.degrees) >= 3


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info[:3] != (3, 11, 7), reason="the frozen copy is of Python 3.11.7")
def test_building_anew_gives_the_frozen_copy():
    assert build_stdlib_graph().fingerprint == load_stdlib().fingerprint


def test_the_card_names_the_python_that_was_frozen():
    assert "3.11.7" in STDLIB_CARD.source
