"""Edge tables become graphs with the user's ids, and a bad file is named with its line and column."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varigraph.errors import FileContentError
from varigraph.graphs.files import read_graph_file
from varigraph.graphs.graph import DroppedRows


def table(folder, content, name="edges.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Two columns of printable ids; quoted, so that separators and quotation marks may be part of an id.
ids = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=4)


@settings(max_examples=30)
@given(rows=st.lists(st.tuples(ids, ids), min_size=1, max_size=12), random=st.randoms())
def test_ids_come_back_as_they_stand_whatever_the_order_of_rows(tmp_path_factory, rows, random):
    folder = tmp_path_factory.mktemp("ids")
    # One id that is no number keeps all of them strings.
    rows = [*rows, ("no", "number")]
    graphs = []
    for order in (rows, random.sample(rows, len(rows))):
        lines = ['"{}","{}"'.format(*(one.replace('"', '""') for one in row)) for row in order]
        graphs.append(read_graph_file(table(folder, "source,target\n" + "\n".join(lines))))
    assert graphs[0].ids.tolist() == sorted({one for row in rows for one in row})
    assert graphs[0].fingerprint == graphs[1].fingerprint
    links = {frozenset(row) for row in rows if row[0] != row[1]}
    assert {frozenset(graphs[0].ids[edge].tolist()) for edge in graphs[0].edges} == links


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["10", "9", "-2", "0"], [-2, 0, 9, 10]),
        (["007", "7", "8", "9"], ["007", "7", "8", "9"]),
        (["+1", "2", "3", "4"], ["+1", "2", "3", "4"]),
        (["-0", "2", "3", "4"], ["-0", "2", "3", "4"]),
        (["1.0", "2", "3", "4"], ["1.0", "2", "3", "4"]),
        (["9223372036854775807", "-9223372036854775808", "1", "2"], [-(2**63), 1, 2, 2**63 - 1]),
        (["9223372036854775808", "1", "2", "3"], ["1", "2", "3", "9223372036854775808"]),
        (["a", "1", "2", "10"], ["1", "10", "2", "a"]),
        (["NULL", "nan", "None", "NA"], ["NA", "NULL", "None", "nan"]),
        (["true", "2024-01-01", "1e5", "x y"], ["1e5", "2024-01-01", "true", "x y"]),
        (["é", "z", "Z", "😀"], ["Z", "z", "é", "😀"]),
    ],
)
def test_ids_are_integers_only_when_all_of_both_columns_are_plain_integers(tmp_path, values, expected):
    a, b, c, d = values
    graph = read_graph_file(table(tmp_path, f"source,target\n{a},{b}\n{c},{d}\n"))
    assert graph.ids.tolist() == expected


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("source,target", "edges.csv"),
        ("SOURCE,Target", "edges.csv"),
        ("src,dst", "edges.csv"),
        ("From,To", "edges.csv"),
        ("u,v", "edges.csv"),
        ("node1,node2", "edges.csv"),
        ("Source ID,Target-ID", "edges.csv"),
        (" source , target ", "edges.csv"),
        ("\ufeffsource,target", "edges.csv"),
        ('"source","target"', "edges.csv"),
        ("source\ttarget", "edges.tsv"),
        ("source\ttarget", "edges.csv"),
        ("source;target", "edges.csv"),
        ("source,target", "edges.txt"),
        ("source,target", "EDGES.CSV"),
        ("source,target", "edges[1]*?.csv"),
        ("source,target", "it's {a,b}.csv"),
    ],
)
def test_usual_headers_separators_and_names_are_understood(tmp_path, header, name):
    separator = next(one for one in ",\t;" if one in header)
    path = table(tmp_path, f"{header}\na{separator}b\nb{separator}c\n", name)
    assert read_graph_file(path).ids.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_blank_lines_and_blanks_around_values_are_no_part_of_the_ids(tmp_path, newline):
    path = table(tmp_path, newline.join(["source, target", "a, b", "", " b ,c", "", ""]))
    assert read_graph_file(path).ids.tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["edges.csv.gz", "edges.csv"])
def test_gzip_is_seen_from_the_content(tmp_path, name):
    graph = read_graph_file(table(tmp_path, gzip.compress(b"source,target\n1,2\n", mtime=0), name))
    assert (graph.ids.tolist(), graph.name) == ([1, 2], "edges")


def test_without_a_header_the_first_edge_is_not_lost(tmp_path):
    two = read_graph_file(table(tmp_path, "1,2\n2,3\n"), header=False)
    assert (two.n_edges, two.weights) == (2, None)
    three = read_graph_file(table(tmp_path, "1,2,0.5\n2,3,2\n"), header=False)
    assert three.weights.tolist() == [0.5, 2]
    four = read_graph_file(table(tmp_path, "1,2,7,0.5\n2,3,8,2\n"), header=False, weight_column="4")
    assert four.weights.tolist() == [0.5, 2]
    swapped = read_graph_file(
        table(tmp_path, "x,1,2\ny,2,3\n"), header=False, target_column="3", weight_column="2"
    )
    assert (swapped.ids.tolist(), swapped.weights.tolist()) == (["2", "3", "x", "y"], [1, 2])


def test_columns_may_be_named(tmp_path):
    path = table(tmp_path, "time,a,b,strength\n5,x,y,2\n6,y,z,3\n")
    graph = read_graph_file(path, source_column="a", target_column="b", weight_column="strength")
    assert graph.ids.tolist() == ["x", "y", "z"]
    assert graph.weights.tolist() == [2, 3]
    assert read_graph_file(path, source_column="b", target_column="a").weights is None


def test_a_node_that_is_only_joined_to_itself_is_there_without_an_edge(tmp_path):
    graph = read_graph_file(table(tmp_path, "source,target\na,a\nb,c\nc,b\nb,c\n"))
    assert (graph.ids.tolist(), graph.edges.tolist()) == (["a", "b", "c"], [[1, 2]])
    assert graph.dropped == DroppedRows(self_loops=1, duplicates=1, reversed=1)


def test_of_rows_that_repeat_an_edge_the_first_weight_stays(tmp_path):
    path = table(tmp_path, "source,target,weight\nb,a,2\na,b,9\n")
    assert read_graph_file(path).weights.tolist() == [2]


def test_weights_of_one_throughout_are_no_weights(tmp_path):
    assert read_graph_file(table(tmp_path, "source,target,weight\na,b,1\nb,c,1.0\n")).weights is None


BAD = {
    "empty": ("", "is empty"),
    "blank lines only": ("\n\n", "is empty"),
    "header only": ("source,target\n", "has column names but no rows"),
    "one column": ("node\na\n", "one column only"),
    "data in the first line": ("1,2\n2,3\n", r"looks like data.*header=False \(--no-header\)"),
    "unknown header": ("a,b\nc,d\n", r"names no source and target.*--source-column, --target-column"),
    "misspelt header": ("soruce,target\na,b\n", "Is 'soruce' meant to be 'source'"),
    "half a convention": ("source,dst\na,b\n", "names no source and target"),
    "column twice": ("source,source,target\na,b,c\n", "2 columns called 'source'"),
    "blank id": ("source,target\na,b\nc,\n", "id is blank in line 3 of .*, column 'target'"),
    "id of blanks": ("source,target\na,b\n  ,c\n", "id is blank in line 3 of .*, column 'source'"),
    "quoted blank id": ('source,target\na,""\n', "id is blank in line 2"),
    "row too short": ("source,target\na,b\nc\n", "Line 3 of .* has fewer values than the first line"),
    "row too long": ("source,target\na,b\nc,d,e\n", "Line 3 of .* has more values than the first line"),
    "quotation mark alone": ('source,target\na,"b\nc,d\n', "Line 2 of .* quotation mark without its partner"),
    "latin-1": ("source,target\na,b\né,c\n".encode("latin-1"), "Line 3 of .* is not UTF-8"),
    "latin-1 in the header": ("source,target,é\na,b,c\n".encode("latin-1"), "first line of .* is not UTF-8"),
    "utf-16": ("source,target\na,b\n".encode("utf-16"), "UTF-16; save it as UTF-8"),
    "spreadsheet": (b"PK\x03\x04\x14\x00", "a spreadsheet"),
    "parquet by another name": (b"PAR1\x00", "ending .parquet"),
    "binary": (b"\x00\x01,\x02\x03", "not text"),
    "gzip cut in the header": (gzip.compress(b"source,target\na,b\n", mtime=0)[:12], "cannot be unpacked"),
    "gzip cut in the rows": (gzip.compress(b"source,target\n" + b"a,b\n" * 9000, mtime=0)[:-12], "cannot be"),
    "weight negative": ("source,target,weight\na,b,1\nb,c,-2.5\n", "line 3 of .*, column 'weight', is -2.5;"),
    "weight negative integer": (
        "source,target,weight\na,b,1\nb,c,-2\n",
        "line 3 of .*, column 'weight'.* -2;",
    ),
    "weight zero": ("source,target,weight\na,b,0\n", "line 2 of .*, column 'weight'"),
    "weight nan": ("source,target,weight\na,b,nan\n", "line 2 of .*, column 'weight'.* 'nan'"),
    "weight infinite": ("source,target,weight\na,b,inf\n", "line 2 of .*, column 'weight'.* 'inf'"),
    "weight text": (
        "source,target,weight\na,b,1\nb,c,heavy\n",
        "line 3 of .*'heavy', which is no positive number",
    ),
    "weight blank": ("source,target,weight\na,b,1\nb,c,\n", "line 3 of .*, column 'weight', is blank"),
    "weight with a decimal comma": ('source;target;weight\na;b;"0,5"\n', "write decimals with a point"),
    "weight that only Python reads": ("source,target,weight\na,b,1_0\n", "'1_0'"),
    "lines after blank and quoted ones are counted": (
        'source,target,weight\n\n"a\nb",c,1\n\nd,e,x\n',
        "line 6 of",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_file_place_and_reason(tmp_path, case):
    content, message = BAD[case]
    with pytest.raises(FileContentError, match=f"(?s){message}") as caught:
        read_graph_file(table(tmp_path, content))
    assert "edges.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"source_column": "sauce", "target_column": "target"}, "no column 'sauce'. Did you mean 'source'"),
        ({"source_column": "target", "target_column": "target"}, "'target' .* cannot serve twice"),
        ({"weight_column": "wieght"}, "no column 'wieght'. Did you mean 'weight'"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_the_one_probably_meant(tmp_path, columns, message):
    path = table(tmp_path, "source,target,weight\na,b,1\n")
    with pytest.raises(FileContentError, match=message):
        read_graph_file(path, **columns)


@pytest.mark.parametrize(
    ("name", "message"),
    [(".", "is a folder"), ("none.csv", "There is no file"), ("edges.json", "none of the endings .csv")],
)
def test_what_is_no_table_at_all_is_refused(tmp_path, name, message):
    table(tmp_path, "{}", "edges.json")
    with pytest.raises(FileContentError, match=message):
        read_graph_file(tmp_path / name)


def test_a_real_table_of_ten_thousands_of_rows_has_the_published_counts(data_folder, tmp_path):
    # SNAP's first line holds counts, which are no header: it is left out here.
    lines = gzip.decompress((data_folder / "snap" / "cit-hepth.csv.gz").read_bytes()).split(b"\n", 1)[1]
    graph = read_graph_file(table(tmp_path, lines), header=False)
    assert (graph.n_nodes, graph.n_edges, graph.dropped.self_loops) == (27_770, 352_285, 39)
    assert graph.dropped.duplicates == 0
