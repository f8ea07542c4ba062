"""Nothing that a file holds gives orders to a terminal."""

from hypothesis import given
from hypothesis import strategies as st

from varigraph.reporting.plain_text import one_line, shown_text


@given(st.text())
def test_every_letter_prints_and_what_prints_stays(text):
    assert one_line(text).isprintable()
    assert all(line.isprintable() for line in shown_text(text).split("\n"))
    if text.isprintable():
        assert one_line(text) == shown_text(text) == text
