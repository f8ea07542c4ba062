"""The embedded default: the import graph of a Python standard library.

Nodes are modules, edges are imports, features count the words of docstrings, labels are top-level
packages. A frozen copy comes with varigraph; `build_stdlib_graph` makes the same of any Python.
"""

from __future__ import annotations

import ast
import re
import sysconfig
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse as sp

from varigraph.datasets.card import DatasetCard
from varigraph.errors import FileContentError
from varigraph.graphs.graph import Graph
from varigraph.graphs.store import read_graph, write_graph

__all__ = ["STDLIB_CARD", "build_stdlib_graph", "freeze_stdlib_graph", "load_stdlib"]

STDLIB_CARD = DatasetCard(
    name="stdlib",
    title="Imports between the modules of Python's standard library",
    source="The standard library of CPython 3.11.7, https://github.com/python/cpython/tree/v3.11.7/Lib",
    licence="PSF-2.0",
    citation="Python Software Foundation (2023), Python 3.11.7",
    n_nodes=709,
    n_edges=2826,
    n_features=1000,
    n_classes=197,
    notes=(
        "Comes with varigraph. A feature counts a word of a module's docstrings; words that are part of "
        "any module's name are left out, so that no feature names an import."
    ),
)

_FROZEN_FOLDER = Path(__file__).parent / "embedded" / "stdlib"

# Tests import nearly everything and demonstrations only their subject; neither is the library's structure.
_LEFT_OUT_PACKAGES = frozenset({"test", "tests", "idle_test", "turtledemo", "__phello__"})

_MAIN_GUARD = re.compile(r"__name__ == '__main__'|'__main__' == __name__")  # as ast.unparse writes it
_WORD = re.compile(r"[a-z]{3,}")  # letters only: shorter runs are mostly remains of names and numbers
_MIN_MODULES_A_WORD = 5
_MAX_SHARE_OF_MODULES = 0.3  # what is more common is grammar, not a topic
_MAX_WORDS = 1000


@dataclass(frozen=True)
class _Module:
    """One parsed source file."""

    name: str
    is_package: bool
    tree: ast.Module


def load_stdlib() -> Graph:
    """The frozen copy of CPython 3.11.7's import graph; see `STDLIB_CARD`.

    Example:
        >>> graph = load_stdlib()
        >>> graph.n_nodes == STDLIB_CARD.n_nodes, "json.decoder" in graph.ids
        (True, True)
    """
    return read_graph(_FROZEN_FOLDER)


def build_stdlib_graph(lib_folder: str | Path | None = None) -> Graph:
    """Reads the import graph of a standard library from its source files; no module is imported or run.

    - A node is a `.py` file of the library, named as in an import statement; a package is its
      `__init__.py`. Test packages, demonstrations and site-packages are left out.
    - An edge joins a module to each one it imports, anywhere in its file: at the top, within functions,
      `try` and `if TYPE_CHECKING` blocks, but not under `if __name__ == "__main__"`, where a script starts.
      `import a.b` and `from a import b` name the longest dotted name that is a module of the library.
      Built-in and compiled modules are no nodes.
    - A feature counts a word (three letters or more, lower case) in the docstrings of the module, its
      classes and functions, without doctest lines. Words that are part of any module's name are left out,
      then words in fewer than 5 modules or more than 30 % of them, then all but the 1,000 found in most.
    - A label is the top-level package: "email" for `email.mime.text`.

    The same files make the same graph, in whatever order the disk lists them.

    Args:
        lib_folder: The folder that holds `os.py`; by default that of the running Python.

    Returns:
        Nodes in alphabetical order; features a `csr_array` of counts, float32; isolated modules are kept.

    Raises:
        FileContentError: The folder holds no standard library, or a file cannot be parsed by the running
            Python, as when it is older than the library.
    """
    folder = Path(lib_folder or sysconfig.get_path("stdlib"))
    if not (folder / "os.py").is_file():
        raise FileContentError(f"{folder} holds no source of a standard library; give the folder of os.py.")
    modules = [_parse(name, path) for name, path in sorted(_source_files(folder))]
    position = {module.name: at for at, module in enumerate(modules)}
    pairs = {
        (at, position[target]) for at, module in enumerate(modules) for target in _imported(module, position)
    }
    features, words = _bag_of_words(
        [_docstring_words(module.tree) for module in modules], _name_parts(position)
    )
    return Graph.from_edges(
        sorted(pairs),
        ids=list(position),
        features=features,
        feature_names=words,
        labels=np.array([name.partition(".")[0] for name in position], dtype=object),
        name="stdlib",
    )


def freeze_stdlib_graph(folder: str | Path, lib_folder: str | Path | None = None) -> Graph:
    """Builds the graph and writes it as a graph store; how the embedded copy was made.

    Args:
        folder: Where to; see `write_graph`.
        lib_folder: As for `build_stdlib_graph`.

    Returns:
        The graph.
    """
    graph = build_stdlib_graph(lib_folder)
    write_graph(folder, graph)
    return graph


def _source_files(folder: Path, package: str = "") -> Iterator[tuple[str, Path]]:
    """Dotted name and path of each module below `folder`; only importable packages are entered."""
    for path in folder.iterdir():
        if path.stem == "__init__" and package:
            yield package, path
        elif path.suffix == ".py" and path.stem.isidentifier() and not _is_of_the_build(path):
            yield _dotted(package, path.stem), path
        elif (
            path.name.isidentifier()
            and path.name not in _LEFT_OUT_PACKAGES
            and (path / "__init__.py").is_file()
        ):
            yield from _source_files(path, _dotted(package, path.name))


def _is_of_the_build(path: Path) -> bool:
    """Whether a file records how this one Python was compiled, which would differ between machines."""
    return path.stem.startswith(("_sysconfigdata", "_sysconfig_vars"))


def _dotted(package: str, name: str) -> str:
    return f"{package}.{name}" if package else name


def _parse(name: str, path: Path) -> _Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in old files are not the reader's business
            tree = ast.parse(path.read_bytes(), filename=str(path))
    except (SyntaxError, ValueError, OSError) as problem:
        raise FileContentError(f"{path} cannot be read as Python source: {problem}.") from problem
    return _Module(name, path.name == "__init__.py", tree)


def _imported(module: _Module, known: Mapping[str, int]) -> Iterator[str]:
    """Names of the modules that one module imports, with repeats."""
    for node in _nodes_of_the_library(module.tree):
        candidates: Iterable[str] = ()
        if isinstance(node, ast.Import):
            candidates = (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _absolute_source(module, node)
            candidates = (_dotted(source, alias.name) for alias in node.names)
        yield from filter(None, (_longest_known(one, known) for one in candidates))


def _nodes_of_the_library(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those below `if __name__ == "__main__"`, which an import never reaches."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and _MAIN_GUARD.fullmatch(ast.unparse(node.test)):
            continue
        yield node
        yield from _nodes_of_the_library(node)


def _absolute_source(module: _Module, node: ast.ImportFrom) -> str:
    """The dotted name that `from … import` names, with leading dots resolved."""
    if not node.level:
        return node.module or ""
    parents = module.name.split(".")
    n_kept = len(parents) - node.level + module.is_package
    return ".".join([*parents[: max(n_kept, 0)], *filter(None, [node.module])])


def _longest_known(name: str, known: Mapping[str, int]) -> str | None:
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name or None


def _docstring_words(tree: ast.Module) -> Counter[str]:
    """How often each word stands in the docstrings of a file, doctest lines left out."""
    counts: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for line in (ast.get_docstring(node, clean=False) or "").splitlines():
                if not line.lstrip().startswith((">>>", "...")):
                    counts.update(_WORD.findall(line.lower()))
    return counts


def _name_parts(names: Iterable[str]) -> set[str]:
    """Every run of letters in a module's name: `email.mime.text`, `_weakrefset`, `utf_8` give six."""
    return {part for name in names for part in re.findall(r"[a-z]+", name.lower())}


def _bag_of_words(counts: list[Counter[str]], forbidden: set[str]) -> tuple[sp.csr_array, tuple[str, ...]]:
    """Counts of the words worth having, shape (n_modules, n_words), and these words in alphabetical order."""
    n_modules = Counter(word for one in counts for word in one)
    most = _MAX_SHARE_OF_MODULES * len(counts)
    kept = [
        word for word, n in n_modules.items() if _MIN_MODULES_A_WORD <= n <= most and word not in forbidden
    ]
    words = sorted(sorted(kept, key=lambda word: (-n_modules[word], word))[:_MAX_WORDS])
    column = {word: at for at, word in enumerate(words)}
    # int32 indices keep the frozen copy small.
    entries = [
        (row, column[word], n) for row, one in enumerate(counts) for word, n in one.items() if word in column
    ]
    rows, columns, values = np.array(entries, dtype=np.int32).reshape(-1, 3).T
    matrix = sp.coo_array((values.astype(np.float32), (rows, columns)), shape=(len(counts), len(words)))
    return sp.csr_array(matrix), tuple(words)
