"""An embedding as a table."""

import numpy as np

from varigraph.tables import embedding_columns


def test_an_embedding_has_the_ids_and_one_contiguous_column_a_dimension() -> None:
    columns = embedding_columns(np.array(["a", "b"]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    assert {name: column.tolist() for name, column in columns.items()} == {
        "id": ["a", "b"],
        "z0": [1.0, 4.0],
        "z1": [2.0, 5.0],
        "z2": [3.0, 6.0],
    }
    assert all(column.flags.c_contiguous for column in columns.values())
