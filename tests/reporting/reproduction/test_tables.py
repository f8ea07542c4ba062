"""Tables of reproductions: what a cell says, how wide they are, what stands beneath."""

import io

import pytest
from rich.console import Console

from small_reproductions import small_record, use_fake_task
from varigraph.reporting.reproduction.tables import (
    reproduction_heading,
    reproduction_lines,
    reproduction_markdown,
    reproduction_table,
    reproduction_tables,
)


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    use_fake_task(monkeypatch)


@pytest.fixture
def record(tmp_path):
    return small_record(tmp_path)


def test_a_cell_is_ours_with_its_interval_the_published_number_and_the_verdict(record):
    # sd 1 over three seeds: 4.3027 · 1 / √3 = 2.48.
    table = reproduction_table(record, metrics=["auc"])
    assert table.rows == (
        ("GAE", "90.0 ± 2.5 (91.0) agrees", "95.0 ± 2.5 (91.0) agrees"),
        ("GAE*", "80.0 ± 2.5 < (99.0) differs", "85.0 ± 2.5"),
    )
    assert table.columns == ("", "Cora", "PubMed")
    assert table.title == "AUC (%)"


def test_all_metrics_stand_side_by_side_for_each_value_of_the_second_axis(record):
    table = reproduction_table(record)
    assert table.columns == (
        "",
        "Cora AUC (%)",
        "Cora bound (nats)",
        "PubMed AUC (%)",
        "PubMed bound (nats)",
    )
    assert table.rows[1] == (
        "GAE*",
        "80.0 ± 2.5 < (99.0) differs",
        "−99.0 ± 2.5",
        "85.0 ± 2.5",
        "−99.0 ± 2.5",
    )
    assert table.title == "Table 0: nothing"


def test_a_metric_that_is_none_is_refused(record):
    with pytest.raises(ValueError, match="no metric 'ap'; there are auc, bound"):
        reproduction_table(record, metrics=["ap"])


SECOND_AXIS = """[axes.dataset.cora]
title = "Cora"
[axes.dataset.pubmed]
title = "PubMed"
gap = 0.05
weight = 40
"""
WITHOUT_IT = [
    (SECOND_AXIS, ""),
    ('method = "gae*"\ndataset = "cora"\nauc', 'method = "gae*"\nauc'),
    ('method = "gae*"\ndataset = "cora"\ntext', 'method = "gae*"\ntext'),
    ('axes = { dataset = ["cora"] }', ""),
]


def test_with_one_axis_the_metrics_are_the_columns(tmp_path):
    (table,) = reproduction_tables(small_record(tmp_path, replaced=WITHOUT_IT))
    assert table.columns == ("", "AUC (%)", "bound (nats)")
    assert table.rows[0] == ("GAE", "90.0 ± 2.5 (91.0) agrees", "−99.0 ± 2.5")


def test_a_third_axis_joins_the_first(tmp_path):
    more = '[axes.width.narrow]\ntitle = "16 units"\n[axes.width.wide]\ntitle = "32 units"'
    table = reproduction_table(small_record(tmp_path, more=more), metrics=["auc"])
    assert [row[0] for row in table.rows] == [
        "GAE, 16 units",
        "GAE, 32 units",
        "GAE*, 16 units",
        "GAE*, 32 units",
    ]
    assert {row[1] for row in table.rows} == {"90.0 ± 2.5 (91.0) agrees", "80.0 ± 2.5 < (99.0) differs"}


def test_on_a_terminal_there_is_a_table_a_metric(record):
    assert [table.title for table in reproduction_tables(record)] == ["AUC (%)", "bound (nats)"]


def test_on_a_terminal_a_long_second_axis_makes_the_rows(tmp_path):
    more = "".join(f'\n[axes.dataset.d{n}]\ntitle = "D{n}"\n' for n in range(4))
    table = reproduction_tables(small_record(tmp_path, more=more))[0]
    assert table.columns == ("", "GAE", "GAE*")
    assert [row[0] for row in table.rows] == ["Cora", "PubMed", "D0", "D1", "D2", "D3"]
    assert table.rows[0] == ("Cora", "90.0 ± 2.5 (91.0) agrees", "80.0 ± 2.5 < (99.0) differs")


def test_three_data_sets_fit_into_a_hundred_columns_and_verdicts_stay_whole(tmp_path):
    more = '\n[axes.dataset.d]\ntitle = "CiteSeer"\n'
    tables = reproduction_tables(small_record(tmp_path, more=more))
    written = io.StringIO()
    Console(file=written, width=100).print(tables[0])
    lines = written.getvalue().splitlines()
    assert max(map(len, lines)) <= 100
    assert sum(line.startswith("GAE") for line in lines) == 2
    assert sum(line.count("agrees") for line in lines) == 3


def test_one_seed_shows_its_value_alone(tmp_path):
    record = small_record(tmp_path, replaced=[("seeds = [0, 1, 2]", "seeds = [1]")])
    assert reproduction_table(record, metrics=["auc"]).rows[0][1] == "90.0 (91.0) cannot tell"
    assert reproduction_lines(record)[0].startswith("Ours: one seed; in brackets")


def test_the_quick_version_is_marked_in_title_and_text(tmp_path):
    record = small_record(tmp_path, quick=True)
    assert (
        reproduction_heading(record) == reproduction_table(record).title == "Table 0: nothing (quick version)"
    )
    assert reproduction_lines(record)[0] == "Quick version: other seeds or cells than the whole experiment."


def test_a_quick_version_with_other_settings_says_why_it_cannot_tell(tmp_path):
    record = small_record(tmp_path, quick=True, more="common = { spread = 0.0 }")
    lines = reproduction_lines(record)
    assert lines[0] == "Quick version: other settings, seeds or cells than the whole experiment."
    assert lines[1].endswith("the published number. Cannot tell: the quick version has other settings.")


def test_the_legend_explains_the_words_that_stand_in_the_table_and_no_others(record):
    legend = reproduction_lines(record)[0]
    assert legend == (
        "Ours: mean ± half the width of its 95 % interval over 3 seeds; in brackets the published number. "
        "Agrees: 0 is in the 95 % interval of the difference, which is no wider than ± 8; "
        "differs: 0 is outside that interval."
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ([("seeds = [0, 1, 2]", "seeds = [1]")], "there is no interval of the difference."),
        ([("one split", "by eye")], "the published number was read from a figure."),
        (
            [("tolerance = 8.0", "tolerance = 0.1"), ("auc = 99.0", "auc = 80.0")],
            "the 95 % interval of the difference is wider than ± 0.1.",
        ),
    ],
)
def test_the_legend_gives_the_one_reason_why_nothing_can_be_told(tmp_path, changes, reason):
    assert reproduction_lines(small_record(tmp_path, replaced=changes))[0].endswith(f"Cannot tell: {reason}")


def test_a_claim_with_a_margin_says_how_wide_it_is(tmp_path):
    weaker = [('text = "features help"', 'text = "features do no harm"\nby_no_more_than = 2')]
    record = small_record(tmp_path, replaced=weaker)
    line = "Claim “features do no harm” (not lower by more than 2.0): agrees, in each of 2 cells."
    assert line in reproduction_lines(record)


def test_the_mark_is_explained_where_it_stands(record, tmp_path):
    mark = "<: the upper end of our interval is below the published number."
    assert mark in reproduction_lines(record)
    (tmp_path / "two").mkdir()
    reaching = small_record(tmp_path / "two", replaced=[("auc = 99.0", "auc = 80.0")])
    assert mark not in reproduction_lines(reaching)


def test_without_published_numbers_the_legend_says_so(tmp_path):
    nothing = [
        ('[[published]]\nmethod = "gae"\nauc = 91.0\n', ""),
        ('[[published]]\nmethod = "gae*"\ndataset = "cora"\nauc = 99.0\n', ""),
    ]
    record = small_record(tmp_path, replaced=nothing)
    assert reproduction_lines(record)[0].endswith("over 3 seeds; nothing is published to compare with.")
    assert reproduction_table(record, metrics=["auc"]).rows[0][1] == "90.0 ± 2.5"


def test_claims_are_told_with_the_cells_that_stand_apart(tmp_path):
    levels = [("gap = 0.05", "level = 0.5")]  # on PubMed both methods are the same
    record = small_record(tmp_path, replaced=levels)
    assert (
        "Claim “features help”: cannot tell (agrees in Cora; cannot tell in PubMed)."
        in reproduction_lines(record)
    )


def test_a_remark_is_told_once_with_all_its_cells(tmp_path):
    about_all = [('dataset = "cora"\ntext', "text"), ('dataset = "cora"\nauc', "auc")]
    record = small_record(tmp_path, replaced=about_all)
    assert "GAE*, Cora; GAE*, PubMed: The paper had features." in reproduction_lines(record)


def test_warnings_of_trials_are_told_with_their_number(tmp_path):
    record = small_record(tmp_path, more='[common]\nwarn = "Few dimensions are in use."')
    assert "Warned: Few dimensions are in use. (in 12 of 12 trials)" in reproduction_lines(record)


def test_markdown_has_the_whole_table_and_everything_beneath_it(record):
    text = reproduction_markdown(record)
    assert "| GAE | 90.0 ± 2.5 (91.0) agrees | −99.0 ± 2.5 | 95.0 ± 2.5 (91.0) agrees | −99.0 ± 2.5 |" in text
    assert text.startswith("Numbers that are drawn at random.\n\n**Table 0: nothing**\n")
    assert all(f"- {line}\n" in text for line in reproduction_lines(record))
