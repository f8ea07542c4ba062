"""Rows of ids."""

import numpy as np
import pytest

from varigraph.errors import GraphError
from varigraph.graphs.convert import graph_from_links


def test_ids_of_two_kinds_in_links_are_refused():
    with pytest.raises(GraphError, match="there are int, str"):
        graph_from_links(np.array([1]), np.array(["a"]))
