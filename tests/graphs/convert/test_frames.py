"""Data frames: the columns that hold the ends and the weights."""

import pandas as pd

from varigraph.graphs.convert import to_graph


def test_frame_columns_are_found_by_convention_or_by_name():
    frame = pd.DataFrame({"From": ["a"], "To": ["b"], "other": ["c"], "W": [2]})
    assert to_graph(frame).weights.tolist() == [2]
    graph = to_graph(frame, source_column="other", target_column="To")
    assert graph.ids.tolist() == ["b", "c"]
