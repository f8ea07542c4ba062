"""Tables of predicted links, and the sentences on what their probabilities rest on."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from varigraph.graphs.graph import Graph
from varigraph.links.calibration import Calibration
from varigraph.reporting.links import assumption_sentence, links_table


def columns(source=("Ada", "Bob"), target=("Bob", "Cy"), probability=(0.25, 0.01), logit=(1.5, -10.25)):
    return {
        "source": np.array(source, dtype=object),
        "target": np.array(target, dtype=object),
        "logit": np.array(logit),
        "probability": np.array(probability),
        "rank": np.arange(1, len(logit) + 1),
    }


def calibration(method="isotonic", n_links=263):
    one, zero = np.array([1.0]), np.array([0.0])
    return Calibration(method, zero, zero, zero, one, one, n_links=n_links, n_pairs=100)


@pytest.fixture
def graph():
    """A ring of 1,000 nodes: 498,500 pairs without an edge."""
    return Graph.from_edges([(i, (i + 1) % 1_000) for i in range(1_000)])


def said(graph, base_rate=100 / 498_500, fitted=None, *, is_assumed=True, was_refitted=False):
    return assumption_sentence(
        base_rate, fitted or calibration(), graph, is_assumed=is_assumed, was_refitted=was_refitted
    )


def shown(table, width=80):
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    return console.file.getvalue()


def test_links_stand_in_their_order_with_numbers_lined_up():
    assert str(links_table(columns())).splitlines() == [
        "source  target  probability    logit  rank",
        "Ada     Bob           0.250    1.500     1",
        "Bob     Cy           0.0100  -10.250     2",
    ]


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.12345, "0.123"), (0.5, "0.500"), (1.23456e-7, "1.23e-07"), (0.99949, "0.999"), (0.9996, ">0.999")],
)
def test_a_probability_has_three_digits_and_is_never_one(probability, text):
    assert links_table(columns(probability=(probability, 0.1))).rows[0][2] == text


@given(st.floats(1e-12, 1, exclude_max=True))
def test_no_probability_is_shown_as_sure_or_impossible(probability):
    text = links_table(columns(probability=(probability, 0.1))).rows[0][2]
    assert text == ">0.999" or 0 < float(text) < 1


def test_ids_of_any_kind_are_shown_as_they_are():
    assert links_table(columns(source=(7, "[red]x[/red]"))).rows[0][0] == "7"
    assert "[red]x[/red]" in shown(links_table(columns(source=(7, "[red]x[/red]"))))


def test_what_a_terminal_would_obey_is_shown_as_an_escape():
    table = links_table(columns(source=("a\x1b[31mb", "c\nd"), target=("Zoë", "日本")))
    assert [row[0] for row in table.rows] == [r"a\x1b[31mb", r"c\nd"]
    assert [row[1] for row in table.rows] == ["Zoë", "日本"]


def test_long_ids_are_folded_and_numbers_are_not():
    lines = shown(links_table(columns(source=("q" * 70, "u"), target=("w" * 70, "v"))), width=60).splitlines()
    assert "".join(lines).count("q") == "".join(lines).count("w") == 70
    assert any(line.split()[-3:] == ["0.250", "1.500", "1"] for line in lines)


def test_no_links_are_a_table_too():
    table = links_table({name: column[:0] for name, column in columns().items()})
    assert table.rows == ()
    assert shown(table).split()[:2] == ["source", "target"]


def test_an_assumed_base_rate_is_told_as_links_with_its_reason(graph):
    assert said(graph) == (
        "Probabilities assume that about 100 of the 498,500 pairs without an edge are links (a base rate of "
        "0.000201), one for every 10 known edges; no graph tells how many are missing, so state another base "
        "rate if you know better. Their curve was fitted on 263 held-out links."
    )


def test_a_stated_base_rate_is_no_assumption_of_ours(graph):
    sentence = said(graph, 0.5, is_assumed=False)
    assert "that you stated: about 249,250 of the 498,500 pairs without an edge are links" in sentence
    assert "assume" not in sentence
    assert "for every" not in sentence


def test_few_links_are_told_in_the_singular(graph):
    assert "about 1 of the 498,500 pairs without an edge is a link (" in said(graph, 1.1 / 498_500)
    assert "fewer than one of the 498,500 pairs without an edge is a link (" in said(graph, 0.1 / 498_500)


@pytest.mark.parametrize(
    ("n_links", "why"), [(0, "no link was"), (1, "only 1 link was"), (12, "only 12 links were")]
)
def test_a_curve_of_the_objective_alone_says_why(graph, n_links, why):
    sentence = said(graph, fitted=calibration("shift", n_links))
    assert sentence.endswith(f"follows from the training objective alone, because {why} held out.")


@pytest.mark.parametrize("method", ["isotonic", "shift"])
def test_a_curve_that_was_carried_over_says_so(graph, method):
    carried = "carried over from the evaluated model to this one, which was trained on all edges."
    assert said(graph, fitted=calibration(method), was_refitted=True).endswith(carried)
    assert "carried over" not in said(graph, fitted=calibration(method))


def test_a_graph_without_an_open_pair_has_a_sentence_too():
    full = Graph.from_edges([(0, 1)])
    assert "fewer than one of the 0 pairs" in said(full, 0.5)
