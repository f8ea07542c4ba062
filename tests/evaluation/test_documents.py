"""What JSON can hold of results."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from varigraph.evaluation.documents import json_ready, nan_for_null

leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_infinity=False) | st.text()
documents = st.recursive(
    leaves,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


@given(documents)
def test_every_document_becomes_strict_json_that_reads_back_as_it_was(document):
    ready = json_ready(document)
    assert json.loads(json.dumps(ready, allow_nan=False)) == ready
    assert json_ready(ready) == ready


def test_numpys_numbers_become_pythons():
    ready = json_ready(
        {"a": np.float32(0.5), "b": np.int64(3), "c": np.array([[1.0, math.nan]]), "d": np.bool_(True)}
    )
    assert ready == {"a": 0.5, "b": 3, "c": [[1.0, None]], "d": True}
    assert [type(one) for one in ready.values()] == [float, int, list, bool]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"a": [0.0, math.inf]}, r"the document\.a\[1\] is inf"),
        ({"a": {1: 2}}, r"the document\.a has the key 1"),
        ({"a": (Path("x"),)}, r"the document\.a\[0\] is of type P\w+Path"),
        ({"a": {1.0}}, r"the document\.a is of type set"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_place(document, message):
    with pytest.raises(ValueError, match=message):
        json_ready(document)


def test_null_reads_back_as_nan_where_all_leaves_are_numbers():
    metrics = {"auc": 0.5, "hits@100": {"mean": math.nan, "ci95": [math.nan, 1.0]}}
    back = nan_for_null(json_ready(metrics))
    assert math.isnan(back["hits@100"]["mean"])
    assert math.isnan(back["hits@100"]["ci95"][0])
    assert back["auc"] == 0.5
