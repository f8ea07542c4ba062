"""A column of an edge table as one value an edge: the earliest, whatever the order and direction of rows."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varigraph.errors import FileContentError
from varigraph.graphs.files import read_edge_values, read_graph_file


def table(folder, rows, name="e.csv", header="source,target,time"):
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@settings(max_examples=30)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(-5, 5)),
        min_size=1,
        max_size=15,
    )
)
def test_each_edge_has_the_least_value_of_its_rows(tmp_path_factory, rows):
    path = table(tmp_path_factory.mktemp("values"), [f"{a},{b},{time}" for a, b, time in rows])
    graph = read_graph_file(path)
    expected = [
        min(time for a, b, time in rows if {a, b} == set(graph.ids[edge].tolist())) for edge in graph.edges
    ]
    assert read_edge_values(path, "time", graph).tolist() == expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["3", "1", "2"], np.array([3, 1, 2])),
        (["0.5", "1e-3", "2"], np.array([0.5, 1e-3, 2])),
        (["2024-01-02", "2023-12-31", "2024-01-01"], ["2024-01-02", "2023-12-31", "2024-01-01"]),
        (["2024-01-02T10:00", "2024-01-02", "2024-01-02 09:59:59.5"], None),
        (["2024-01-02T10:00+02:00", "2024-01-02T09:00Z", "2024-01-02T07:00-03:00"], None),
        (["2024-07", "2023-12", "2024-08"], ["2024-07", "2023-12", "2024-08"]),
    ],
)
def test_numbers_dates_times_and_text_keep_their_order(tmp_path, times, expected):
    pairs = ["a,b", "a,c", "b,c"]
    path = table(tmp_path, [f"{pair},{time}" for pair, time in zip(pairs, times, strict=True)])
    values = read_edge_values(path, "time", read_graph_file(path))
    if expected is not None:
        assert values.tolist() == np.array(expected, dtype=values.dtype).tolist()
    else:
        zoned = [datetime.fromisoformat(time) for time in times]
        assert np.argsort(values).tolist() == sorted(range(3), key=lambda at: zoned[at])
        assert values.dtype.kind == "M"


def test_times_of_parquet_are_times(tmp_path):
    times = pd.to_datetime(["2024-01-02 10:00", "2024-01-01 00:00"])
    path = tmp_path / "e.parquet"
    pd.DataFrame({"source": [1, 2], "target": [2, 3], "time": times}).to_parquet(path)
    values = read_edge_values(path, "time", read_graph_file(path))
    assert values.tolist() == times.to_pydatetime().tolist()


def test_ids_that_a_table_of_nodes_made_strings_are_still_found(tmp_path):
    path = table(tmp_path, ["10,9,5", "9,8,4"])
    (tmp_path / "n.csv").write_text("id,x\n8,1\n9,1\n10,1\nodd,1\n")
    graph = read_graph_file(path, nodes=tmp_path / "n.csv")
    by_edge = dict(
        zip(
            map(frozenset, graph.ids[graph.edges].tolist()),
            read_edge_values(path, "time", graph),
            strict=True,
        )
    )
    assert by_edge == {frozenset({"10", "9"}): 5, frozenset({"9", "8"}): 4}


def test_columns_may_be_named_and_the_header_may_be_missing(tmp_path):
    path = table(tmp_path, ["7,a,b", "5,b,c"], header="time,who,whom")
    graph = read_graph_file(path, source_column="who", target_column="whom")
    assert read_edge_values(path, "time", graph, source_column="who", target_column="whom").tolist() == [7, 5]
    bare = table(tmp_path, ["b,c,5"], header="a,b,7")
    assert read_edge_values(bare, "3", read_graph_file(bare, header=False), header=False).tolist() == [7, 5]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a,b,1", "b,c,"], "value in line 3 of .*, column 'time', is blank"),
        (["a,b,1", "b,c,soon"], "value in line 3 of .* is 'soon', which is no number like '1'"),
        (["a,b,2024-01-01", "b,c,soon"], "line 3 of .* no time without a zone like '2024-01-01'"),
        (["a,b,2024-01-01T10:00Z", "b,c,2024-01-01"], "line 3 of .* no time with a zone"),
        (["a,b,1.5", "b,c,nan"], "line 3 of .* is 'nan', which is no number"),
        (["a,b,1.5", "b,c,1_0"], "line 3 of .* is '1_0'"),
    ],
)
def test_a_value_that_has_no_place_in_the_order_is_refused_with_its_line(tmp_path, rows, message):
    path = table(tmp_path, rows)
    with pytest.raises(FileContentError, match=message):
        read_edge_values(path, "time", read_graph_file(path, use_weights=False))


def test_another_file_or_column_than_the_graphs_is_refused(tmp_path):
    path = table(tmp_path, ["a,b,1", "b,c,2"])
    graph = read_graph_file(path)
    with pytest.raises(FileContentError, match=r"no column 'tyme'. Did you mean 'time'"):
        read_edge_values(path, "tyme", graph)
    with pytest.raises(FileContentError, match=r"has no row for the edge of 'b' and 'c'"):
        read_edge_values(table(tmp_path, ["a,b,1"]), "time", graph)
    (tmp_path / "m.npz").write_bytes(b"PK")
    with pytest.raises(FileContentError, match=r"has no columns to take 'time' from"):
        read_edge_values(tmp_path / "m.npz", "time", graph)
