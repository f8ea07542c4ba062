"""Names of runs: as short as they can be, and never the same twice."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.reporting.comparison.runs import short_names


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["runs/a", "runs/b"], ["a", "b"]),
        (["runs/a", "old/a", "b"], ["runs/a", "old/a", "b"]),
        (["records/a.json", "runs/b/record.json"], ["a", "b"]),
        (["runs/a", "runs/a.json"], ["runs/a", "runs/a.json"]),
        (["x/runs/a", "y/runs/a"], ["x/runs/a", "y/runs/a"]),
    ],
)
def test_a_name_is_the_end_of_a_path_that_no_other_has(paths, names):
    assert short_names([Path(one) for one in paths]) == names


def test_the_folder_where_one_stands_has_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert short_names([Path()]) == [tmp_path.name]


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c.json"]), min_size=1, max_size=4), unique_by=tuple))
def test_names_of_different_paths_are_different_ends_of_them(parts):
    paths = [Path(*one) for one in parts]
    names = short_names(paths)
    assert len(set(names)) == len(names)
    for path, name in zip(paths, names, strict=True):
        assert str(path.absolute()).removesuffix(".json").endswith(name.removesuffix(".json"))
