"""Rules that every source file keeps: its first line, its public names, its size, and what it never does.

A rule is a function from a file to complaints; each has a test beside it that shows what it catches.
"""

import ast
import importlib

import pytest

from source_files import FILES, SOURCE, calls, dotted, module_name, syntax_tree

LONGEST_FILE = 400
LONGEST_BODY = 40
HOMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "shared", "tools"}
RUNS_CODE = {"pickle", "cPickle", "joblib", "cloudpickle", "dill", "shelve", "marshal"}
FROM_A_GENERATOR = {"default_rng", "Generator", "SeedSequence", "PCG64", "Philox"}
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def is_command_line(file):
    return file.is_relative_to(SOURCE / "varigraph" / "cli")


def first_line_is_no_sentence(file):
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    if not (first.startswith('"""') and first.strip('"').rstrip().endswith((".", ":"))):
        yield first


def public_names_do_not_match(file):
    definitions = syntax_tree(file).body
    if all(isinstance(one, ast.Expr) for one in definitions):
        return  # a package whose modules are imported by their own names
    module = importlib.import_module(module_name(file))
    public = getattr(module, "__all__", None)
    if public is None:
        yield "no __all__"
        return
    yield from (f"{name} is not there" for name in public if not hasattr(module, name))
    yield from (f"{name} stands twice" for name in set(public) if public.count(name) > 1)
    defined = [one.name for one in definitions if isinstance(one, FUNCTION | ast.ClassDef)]
    # The functions of the command line are its verbs: typer finds them, nobody imports them.
    if not is_command_line(file):
        yield from (f"{name} is missing" for name in defined if name[0] != "_" and name not in public)


def is_too_long(file):
    n_lines = len(file.read_text(encoding="utf-8").splitlines())
    if n_lines > LONGEST_FILE:
        yield f"{n_lines} lines"


def has_a_long_function(file):
    for node in ast.walk(syntax_tree(file)):
        if isinstance(node, FUNCTION):
            first = node.body[1:] if ast.get_docstring(node) is not None else node.body
            n_lines = node.end_lineno - first[0].lineno + 1 if first else 0
            if n_lines > LONGEST_BODY:
                yield f"{node.name} has {n_lines} lines"


def is_a_drawer_for_the_homeless(file):
    yield from HOMELESS & set(file.with_suffix("").parts)


def talks_outside_the_command_line(file):
    if is_command_line(file):
        return
    for node in ast.walk(syntax_tree(file)):
        if dotted(node) in {"print", "sys.argv", "sys.stdout"}:
            yield f"line {node.lineno}: {dotted(node)}"


def seeds_a_global_generator(file):
    """torch's may be seeded where `fork_rng` puts it back, directly or in a function of the same file."""
    tree = syntax_tree(file)
    restoring = {"fork_rng"} | {
        one.name for one in tree.body if isinstance(one, FUNCTION) and "fork_rng" in ast.unparse(one)
    }
    kept = {
        call
        for node in ast.walk(tree)
        if isinstance(node, ast.With)
        and any(
            name.rpartition(".")[2] in restoring
            for item in node.items
            for name, _ in calls(item.context_expr)
        )
        for name, call in calls(node)
        if name.startswith("torch.")
    }
    seeds = ("torch.manual_seed", "torch.seed", "torch.cuda.manual_seed", "np.random.seed", "random.seed")
    for name, call in calls(tree):
        if name.startswith(seeds) and call not in kept:
            yield f"line {call.lineno}: {name}"


def draws_from_numpys_global_generator(file):
    for name, call in calls(syntax_tree(file)):
        module, _, function = name.rpartition(".")
        if module in {"np.random", "numpy.random"} and function not in FROM_A_GENERATOR:
            yield f"line {call.lineno}: {name}"


def runs_code_while_it_reads_data(file):
    for node in ast.walk(syntax_tree(file)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (f"imports {name}" for name in names if name.partition(".")[0] in RUNS_CODE)
    for name, call in calls(syntax_tree(file)):
        if name in {"torch.load", "torch.save", "eval", "exec"} or name.endswith("read_pickle"):
            yield f"line {call.lineno}: {name}"
        for keyword in call.keywords:
            if keyword.arg == "allow_pickle" and ast.unparse(keyword.value) != "False":
                yield f"line {call.lineno}: allow_pickle"


RULES = {
    first_line_is_no_sentence: "import numpy\n",
    public_names_do_not_match: '"""A file."""\n\n__all__ = ["missing"]\n',
    is_too_long: "x = 1\n" * 401,
    has_a_long_function: "def f():\n" + "    x = 1\n" * 41,
    is_a_drawer_for_the_homeless: None,
    talks_outside_the_command_line: "def f():\n    print(1)\n",
    seeds_a_global_generator: "import torch\ntorch.manual_seed(0)\n",
    draws_from_numpys_global_generator: "import numpy as np\nnp.random.rand(3)\n",
    runs_code_while_it_reads_data: "import numpy as np\nnp.load('a.npy', allow_pickle=True)\n",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_file(rule):
    complaints = {module_name(file): list(rule(file)) for file in FILES}
    assert not {name: found for name, found in complaints.items() if found}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_file_is_caught_that(rule, tmp_path, monkeypatch):
    file = tmp_path / ("utils.py" if RULES[rule] is None else "wrong_on_purpose.py")
    file.write_text(RULES[rule] or "", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(globals(), "module_name", lambda file: file.stem)
    assert list(rule(file))


def test_a_seed_inside_fork_rng_is_no_complaint(tmp_path):
    file = tmp_path / "right.py"
    file.write_text(
        "import torch\nwith torch.random.fork_rng():\n    torch.manual_seed(0)\n", encoding="utf-8"
    )
    assert not list(seeds_a_global_generator(file))


def test_the_rules_look_at_the_whole_package():
    assert SOURCE / "varigraph" / "__init__.py" in FILES
    assert len(FILES) > 50
