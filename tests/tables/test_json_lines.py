"""JSON Lines: keys are columns, values keep their type, and a fault has a line."""

import gzip
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from varigraph.errors import FileContentError
from varigraph.tables import column_names, read_columns, read_edge_columns

# A file holds no half of a surrogate pair, and no zero byte is text.
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=5)
reals = st.floats(allow_nan=False, allow_infinity=False)
whole = st.integers(-(2**63), 2**63 - 1)
values = st.one_of(words, whole, st.none(), st.booleans())


@settings(max_examples=20)
@given(
    rows=st.lists(st.dictionaries(st.sampled_from(["a", "b", "it's", 'say "x"', "é"]), values), min_size=1),
    is_ascii=st.booleans(),
)
def test_every_value_comes_back_and_a_missing_key_is_blank(tmp_path_factory, rows, is_ascii):
    rows = [{"first": 1, **row} for row in rows]
    path = tmp_path_factory.mktemp("rows") / "a.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=is_ascii) for row in rows), encoding="utf-8")
    columns = read_columns(path).columns
    assert set(columns) == {key for row in rows for key in row}
    for name, column in columns.items():
        taken = column.tolist()
        assert taken == [row.get(name) for row in rows]
        assert [type(one) for one in taken] == [type(row.get(name)) for row in rows]


@settings(max_examples=12)
@given(st.lists(reals, min_size=1, max_size=10))
def test_floats_are_exact(tmp_path_factory, taken):
    path = tmp_path_factory.mktemp("floats") / "a.jsonl"
    path.write_text("".join(json.dumps({"x": one}) + "\n" for one in (0.5, *taken)))
    column = read_columns(path).columns["x"]
    assert column.dtype == np.float64
    assert column.tolist() == [0.5, *taken]


def test_integers_are_int64_and_those_beyond_are_not_rounded(put):
    columns = read_columns(put("a.jsonl", '{"x": 9223372036854775807, "y": 9223372036854775809}\n')).columns
    assert columns["x"].dtype == np.int64
    assert columns["y"].tolist() == [9223372036854775809]


def test_keys_are_in_the_order_in_which_they_come_up(put):
    path = put("a.jsonl", '{"z": 1, "y": 2}\n{"y": 1, "b": 0}\n{"a": 3, "z": 2}\n')
    assert column_names(path) == ["z", "y", "b", "a"]
    assert read_columns(path, ["a", "z"]).columns["z"].tolist() == [1, None, 2]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jsonl.gz", "a.ndjson.gz", "A.JSONL"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_endings_packing_blank_lines_and_line_ends_make_no_difference(put, name, newline):
    content = newline.join(
        ['{"source": "007", "target": "b"}', "", "  ", '{"target":7,"source":"c"}']
    ).encode()
    edges = read_edge_columns(put(name, gzip.compress(content, mtime=0) if name.endswith("gz") else content))
    assert (edges.source.tolist(), edges.target.tolist()) == (["007", "c"], ["b", "7"])


def test_weights_may_be_whole_real_and_text_but_not_text_with_underscores(put):
    rows = '{"source":1,"target":2,"weight":1}\n{"source":2,"target":3,"weight":0.5}\n'
    assert read_edge_columns(put("a.jsonl", rows)).weights.tolist() == [1, 0.5]
    rows += '{"source":3,"target":4,"weight":"2.5"}\n'
    assert read_edge_columns(put("a.jsonl", rows)).weights.tolist() == [1, 0.5, 2.5]
    with pytest.raises(
        FileContentError, match=r"line 4 of .*column 'weight', is '1_0', which is no positive"
    ):
        read_edge_columns(put("a.jsonl", rows + '{"source":3,"target":5,"weight":"1_0"}\n'))


GOOD = '{"source": 1, "target": 2}\n'
BAD = {
    "broken": (GOOD + '\n{"source": 1,\n', r"Line 3 of .* is no JSON: .*\(letter 14\)"),
    "two on a line": (GOOD + GOOD.strip() * 2, "Line 2 of .* is no JSON: Extra data"),
    "a list of rows": (
        "[" + GOOD.strip() + "]\n",
        "Line 1 of .* is a list; write each of its objects on a line",
    ),
    "a number": (GOOD + "7\n", "Line 2 of .* is no JSON object"),
    "cut off": (GOOD * 3 + GOOD[:12], "Line 4 of .* is no JSON"),
    "a key twice": (GOOD + '{"source": 1, "target": 2, "source": 3}', "Line 2 of .* the key 'source' twice"),
    "nested object": (
        GOOD + '\n{"source": 1, "target": {"id": 2}}',
        "value in line 3 of .*, column 'target', is an object, .*flatten it",
    ),
    "nested list": (GOOD + '{"source": [1], "target": 2}', "line 2 of .*, column 'source', is a list"),
    "latin-1": (GOOD.encode() + '{"source": "é"}'.encode("latin-1"), "Line 2 of .* is not UTF-8; save"),
    "latin-1 in the first line": ('{"source": "é"}'.encode("latin-1"), "first line of .* is not UTF-8"),
    "half a letter": (GOOD + '{"source": "\\ud800", "target": 1}', "Line 2 of .* half of a surrogate pair"),
    "zero byte": (GOOD.encode() + b'{"source": "\x00"}', "Line 2 of .* is no JSON"),
    "zero byte, escaped": (
        '{"source": "a", "target": "b"}\n{"source": "c", "target": "\\u0000"}',
        "zero byte in line 2 of .*, column 'target'",
    ),
    "byte order mark": ("\ufeff" + GOOD, "byte order mark"),
    "gzip cut": (gzip.compress(GOOD.encode() * 9000, mtime=0)[:-20], "cannot be unpacked: .*cut off"),
    "too deep": (GOOD + '{"a":' * 100_000, "Line 2 of .* is (nested too deeply|no JSON)"),
    "empty objects": ("{}\n{}\n", "has no columns: there is no key"),
    "empty": ("", "is empty"),
    "blank": ("\n\n", "is empty"),
    "a file that is one list": ("[\n" + GOOD + "]", "Line 1 of .* is a list"),
    "a key without a name": ('{"": 1, "source": 2, "target": 3}', "a key without a name"),
    "keys alike": (GOOD + '{"Source": 1}', "keys 'source' and 'Source', alike but for case"),
    "null id": (GOOD + '\n{"source": 1, "target": null}', "id is blank in line 3 of .*, column 'target'"),
    "missing id": (GOOD + '{"source": 1}', "id is blank in line 2 of .*, column 'target'"),
    "blank id": (GOOD + '{"source": " ", "target": 1}', "id is blank in line 2 of .*, column 'source'"),
    "boolean id": (GOOD + '{"source": true, "target": 1}', "id in line 2 of .* is True, a bool"),
    "fraction as id": (GOOD + '{"source": 1.5, "target": 1}', "'source' of .* holds float64 values"),
    "id beyond 64 bits": (GOOD.replace("1", "1" * 30), "'source' of .* beyond 64 bits; make the column text"),
    "unknown keys": ('{"soruce": 1, "target": 2}', "Is 'soruce' meant to be 'source'.*--source-column"),
    "one key": ('{"source": 1}', "one column only"),
    "weight null": (GOOD[:-2] + ', "weight": null}', "weight in line 1 of .*, column 'weight', is blank"),
    "weight NaN": (GOOD[:-2] + ', "weight": NaN}', "weight in line 1 of .*, column 'weight'"),
    "weight text": (GOOD[:-2] + ', "weight": "x"}', "is 'x', which is no positive number"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_line_and_reason(put, case):
    content, message = BAD[case]
    with pytest.raises(FileContentError, match=f"(?s){message}") as caught:
        read_edge_columns(put("edges.jsonl", content))
    assert "edges.jsonl" in str(caught.value)


def test_no_advice_on_headers_is_given_where_there_are_none(put):
    with pytest.raises(FileContentError) as caught:
        read_edge_columns(put("a.jsonl", '{"1": 1, "2": 2}\n'))
    assert "--no-header" not in str(caught.value)


def test_a_nested_value_in_a_column_that_nobody_wants_is_no_fault(put):
    path = put("a.jsonl", '{"source": 1, "target": 2, "tags": ["x", {"y": 1}]}\n')
    assert read_edge_columns(path).target.tolist() == [2]
