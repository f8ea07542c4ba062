"""Edge lists separated by blanks, as SNAP, KONECT and networkx write them."""

import gzip

import pytest

from varigraph.errors import FileContentError
from varigraph.tables import column_names, read_columns, read_edge_columns, write_table

SNAP = "# Directed graph\n# Nodes: 3, Edges: 2\n# FromNodeId\tToNodeId\n0\t1\n1\t2\n"
KONECT = "% asym positive\n% 2 3\n1 2 3\t1157454929\n2  3 1 1157454930\n"


@pytest.mark.parametrize("name", ["a.txt", "a.edges", "a.edgelist", "a.txt.gz"])
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (SNAP, [[0, 1], [1, 2]]),
        (KONECT, [[1, 2], [2, 3]]),
        ("1 2 {}\n2 3 {}\n", [[1, 2], [2, 3]]),
        ("  1   2\r\n\r\n 2\t3  \r\n", [[1, 2], [2, 3]]),
        ("# one\n\n1 2\n# two\n2 3\n", [[1, 2], [2, 3]]),
        ("# one\n1,2\n2,3\n", [[1, 2], [2, 3]]),
        ("al bo\nbo c#\n", [["al", "bo"], ["bo", "c#"]]),
        ("al bo\n\"bo c'\n", [["al", "bo"], ['"bo', "c'"]]),
    ],
)
def test_edge_lists_of_other_programs_are_read(put, name, content, expected):
    path = put(name, gzip.compress(content.encode(), mtime=0) if name.endswith("gz") else content)
    edges = read_edge_columns(path, header=False)
    assert [list(row) for row in zip(edges.source.tolist(), edges.target.tolist(), strict=True)] == expected


def test_a_third_column_of_exactly_three_is_the_weight_and_a_header_names_columns(put):
    assert read_edge_columns(put("a.edges", "1 2 0.5\n2 3 2\n"), header=False).weights.tolist() == [0.5, 2]
    assert read_edge_columns(put("a.txt", "u v w\n1 2 0.5\n")).weights.tolist() == [0.5]


def test_the_place_of_a_row_counts_comments_and_blank_lines(put):
    table = read_columns(put("a.txt", "# x\n\nu v\n1 2\n% y\n\n3 4\n"))
    assert [table.place(row).split()[1] for row in range(2)] == ["4", "7"]
    tabbed = read_columns(put("b.txt", "# x\n\nu\tv\n1\t2\n\n3\t4\n"))
    assert [tabbed.place(row).split()[1] for row in range(2)] == ["4", "6"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("# x\n1 2\n\n3\n", "Line 4 of .* has fewer values than the first line .2 there.*ids with blanks"),
        ("# x\n1 2\n3 4 5\n", "Line 3 of .* has more values"),
        ("# x\n1\t2\n3\n", "Line 3 of .* has fewer values"),
        ("# x\n1,2\n3\n", "Line 3 of .* has fewer values"),
        ("1 2 {'weight': 2}\n", "dictionary .*data=False"),
        ("1 2\n3 4\n", r"'1', '2', which looks like data.*\(--no-header\)"),
        ("# x\n% y\n", "holds nothing but comments"),
        ("# x\nsource target\n", "no rows"),
        (b"1 2\n\xe9 3\n", "Line 2 of .* is not UTF-8"),
        ("a b\n1 2\nc\x00 3\n", "zero byte in line 3 of .*, column '1'"),
        (gzip.compress(b"1 2\n" * 9000, mtime=0)[:-12], "cannot be"),
    ],
)
def test_faults_name_the_line_and_what_to_do(put, content, message):
    header = isinstance(content, str) and content.startswith(("1 2\n", "# x\nsource"))
    with pytest.raises(FileContentError, match=f"(?s){message}"):
        read_edge_columns(put("a.txt", content), header=header)


def test_in_csv_nothing_is_a_comment_and_blanks_separate_nothing(put):
    assert column_names(put("a.csv", "#,source,target\n0,1,2\n")) == ["#", "source", "target"]
    assert column_names(put("b.csv", "# id,x y\n0,1\n")) == ["# id", "x y"]
    with pytest.raises(FileContentError, match="'source target': one column only"):
        read_edge_columns(put("c.csv", "source target\n1 2\n"))


def test_a_hash_that_names_a_column_is_no_comment(put):
    assert column_names(put("a.txt", "#,source,target\n0,1,2\n")) == ["#", "source", "target"]


def test_the_values_are_those_of_the_same_table_as_csv(tmp_path):
    columns = {"a": [3, 1, 2], "b": ["x", "007", "z"], "c": [0.1, 1e-300, 2.0]}
    write_table(tmp_path / "a.csv", columns)
    (tmp_path / "a.txt").write_text((tmp_path / "a.csv").read_text().replace(",", "  "))
    first, second = (read_columns(tmp_path / name).columns for name in ("a.csv", "a.txt"))
    assert {name: one.tolist() for name, one in first.items()} == {
        name: one.tolist() for name, one in second.items()
    }
