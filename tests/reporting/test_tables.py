"""Tables: the same cells on the terminal, in Markdown and as text; the best in bold."""

import io
import math
import re
from dataclasses import replace

import pytest
from rich.console import Console

from varigraph.datasets.card import DatasetCard, RawFile
from varigraph.evaluation.link_prediction import LinkEvaluation
from varigraph.evaluation.repeats import summarise
from varigraph.reporting.tables import ResultTable, card_table, dataset_table, evaluation_table, summary_table


@pytest.fixture
def evaluation():
    return LinkEvaluation(
        model="VGAE",
        metrics={
            "VGAE": {"auc": 0.91404, "hits@10": 0.5, "hits@100": math.nan, "mrr": 0.2},
            "katz": {"auc": 0.91396, "hits@10": 0.25, "hits@100": math.nan, "mrr": 0.3},
        },
        part="test",
        n_positives=1000,
        n_negatives=50,
        negatives="shared",
        ties="average",
        n_message_edges={"model": 9, "part": 9},
    )


@pytest.fixture
def card():
    return DatasetCard(
        name="karate",
        title="A club",
        source="a book",
        licence="none",
        citation="Zachary (1977)",
        n_nodes=1034,
        n_edges=78,
        n_classes=2,
        raw_files=(RawFile("karate.txt", "0" * 64, ("karate.txt",)),),
    )


def shown(renderable, *, width=80, styles=False):
    console = Console(
        file=io.StringIO(), width=width, force_terminal=styles, color_system="standard" if styles else None
    )
    console.print(renderable)
    return console.file.getvalue()


def cells(line):
    return [one.strip() for one in line.strip("| \n").split("|")]


def test_an_evaluation_becomes_percentages_with_the_best_of_each_metric_in_bold(evaluation):
    lines = evaluation_table(evaluation).markdown().splitlines()
    assert lines[0] == "|  | AUC | Hits@10 | Hits@100 | MRR |"
    assert lines[1] == "| --- | ---: | ---: | ---: | ---: |"
    assert cells(lines[2]) == ["VGAE", "**91.40**", "**50.00**", "–", "20.00"]
    assert cells(lines[3]) == ["katz", "**91.40**", "25.00", "–", "**30.00**"]  # reads the same, so bold too
    assert (
        lines[5] == "In percent. Test part: 1,000 positives, 50 negatives in one pool; average rank for ties."
    )


def test_values_that_differ_in_the_shown_decimals_are_not_both_bold(evaluation):
    table = evaluation_table(evaluation, decimals=3, metrics=["auc"])
    assert table.rows == (("VGAE", "91.404"), ("katz", "91.396"))
    assert table.best == {(0, 1)}


def test_metrics_can_be_chosen_and_unknown_ones_are_refused(evaluation):
    assert evaluation_table(evaluation, metrics=("mrr", "auc")).columns == ("", "MRR", "AUC")
    with pytest.raises(ValueError, match="no metric 'f1'; there are auc, hits@10"):
        evaluation_table(evaluation, metrics=("f1",))


def test_repeated_runs_show_the_mean_and_half_the_width_of_its_interval():
    summaries = {
        "GAE": {"auc": summarise([0.90, 0.92, 0.94]), "macro_f1": summarise([0.5, 0.5, 0.5])},
        "VGAE": {"auc": summarise([0.95, 0.95, 0.95]), "macro_f1": summarise([0.4, 0.5, 0.6])},
    }
    table = summary_table(summaries, title="Cora")
    # t(0.975, 2) · 2 / √3 = 4.303 · 1.155 = 4.97
    assert table.rows[0] == ("GAE", "92.0 ± 5.0", "50.0 ± 0.0")
    assert table.columns == ("", "AUC", "Macro-F1")
    assert table.best == {(1, 1), (0, 2), (1, 2)}
    assert table.caption == "In percent: mean ± half the width of its 95 % interval over 3 runs."
    assert "**95.0 ± 0.0**" in table.markdown()


def test_one_run_shows_no_interval_and_unequal_numbers_of_runs_are_said():
    single = summary_table({"GAE": {"auc": summarise([0.9])}})
    assert single.rows == (("GAE", "90.0"),)
    assert single.caption == "In percent: one run."
    mixed = summary_table({"GAE": {"auc": summarise([0.9])}, "VGAE": {"auc": summarise([0.9, 0.9])}})
    assert "over 1 to 2 runs" in mixed.caption


def test_rows_of_different_metrics_and_no_rows_are_refused():
    with pytest.raises(ValueError, match="The row 'b' has the metrics ap, but the row 'a' has auc"):
        summary_table({"a": {"auc": summarise([1.0])}, "b": {"ap": summarise([1.0])}})
    with pytest.raises(ValueError, match="nothing to make a table of"):
        summary_table({})


def test_terminal_and_plain_text_hold_every_cell_and_the_terminal_sets_the_best_in_bold(evaluation):
    table = evaluation_table(evaluation, title="Cora")
    for text in (shown(table), str(table)):
        assert all(cell in text for row in (table.columns, *table.rows) for cell in row)
        assert "Cora" in text
        assert "In percent." in text
    in_bold = re.findall(r"\x1b\[1m\s*([^\x1b]+?)\s*\x1b\[0m", shown(table, styles=True))
    assert [one for one in in_bold if one[0].isdigit()] == ["91.40", "50.00", "91.40", "30.00"]


def test_eight_columns_of_long_names_fit_into_eighty_characters():
    names = ["auc", "ap", "hits@1", "hits@10", "hits@50", "hits@100", "mrr"]
    rows = ("NeighbourhoodPredictor", "preferential_attachment")
    table = ResultTable(("", *names), tuple((row, *["88.88"] * 7) for row in rows))
    lines = shown(table).splitlines()
    assert len(lines) == 4
    assert all(row in "\n".join(lines) for row in rows)


def test_folded_columns_give_way_and_the_others_stay_whole():
    table = ResultTable(("a", "b", "n"), (("x" * 40, "y" * 40, "1234567"),), folded=frozenset({0, 1}))
    lines = shown(table, width=40).splitlines()
    assert sum("1234567" in line for line in lines) == 1
    assert "".join(lines).count("x") == "".join(lines).count("y") == 40


def test_a_users_names_are_neither_markup_nor_broken_markdown(evaluation):
    table = ResultTable(("", "x [bold]"), (("[red]a|b[/red]", "1"),), title="[t]", caption="[c]")
    text = shown(table)
    assert all(one in text for one in ("x [bold]", "[red]a|b[/red]", "[t]", "[c]"))
    assert "| [red]a\\|b[/red] | 1 |" in table.markdown()


def test_columns_of_plain_text_line_up():
    lines = str(ResultTable(("name", "n"), (("a", "1,000"), ("long", "2")))).splitlines()
    assert lines == ["name      n", "a     1,000", "long      2"]


def test_data_sets_are_listed_with_a_dash_for_what_they_have_not(card):
    table = dataset_table([card])
    assert table.columns == ("name", "what", "nodes", "edges", "features", "classes")
    assert table.rows == (("karate", "A club", "1,034", "78", "–", "2"),)


def test_rows_are_listed_with_their_own_counts_and_cards_of_the_other_kind_are_left_out(card):
    faces = replace(card, name="faces", kind="rows", n_rows=1965, n_features=560, image_shape=(28, 20))
    vectors = replace(faces, name="vectors", n_features=3, n_classes=0, image_shape=None)
    table = dataset_table([card, faces, vectors], kind="rows")
    assert table.columns == ("name", "what", "rows", "features", "classes", "image")
    assert table.rows == (
        ("faces", "A club", "1,965", "560", "2", "28 × 20"),
        ("vectors", "A club", "1,965", "3", "–", "–"),
    )
    facts = dict(card_table(replace(faces, part_sizes=(("train", 1900), ("test", 65)))).rows)
    assert (facts["parts"], facts["loaded by"]) == ("train 1,900, test 65", "load_rows('faces')")
    assert "nodes" not in facts


def test_a_card_tells_source_licence_citation_and_files_and_leaves_out_empty_notes(card):
    facts = dict(card_table(card).rows)
    assert (facts["source"], facts["licence"], facts["cite"]) == ("a book", "none", "Zachary (1977)")
    assert facts["raw files"] == "karate.txt"
    assert "notes" not in facts
