"""What nats of a record measure, told from its likelihood and its notes."""

import pytest

from small_records import row_record
from varigraph.evaluation.row_scale import DRAWN_ROWS_NOTE, GREY_VALUES_NOTE, nats_of, were_drawn


@pytest.mark.parametrize(
    ("likelihood", "notes", "measured"),
    [
        ("gaussian", [], "densities"),
        ({"name": "gaussian", "variance": "fixed", "std": 1.0}, [], "densities"),
        ("bernoulli", [], "zeros and ones"),
        ("bernoulli", ["Few rows.", GREY_VALUES_NOTE], "grey values"),
        ({"name": "bernoulli", "dynamic": True}, [DRAWN_ROWS_NOTE], "zeros and ones"),
        ({"name": "Poisson"}, [], "Poisson"),
    ],
)
def test_nats_are_of(likelihood, notes, measured):
    record = row_record(settings={"likelihood": likelihood}, notes=notes)
    assert nats_of(record) == measured
    assert were_drawn(record) == (DRAWN_ROWS_NOTE in notes)
