"""Reporting: results for people, from what evaluation measured."""

from varigraph.reporting.tables import ResultTable, card_table, dataset_table, evaluation_table, summary_table

__all__ = ["ResultTable", "card_table", "dataset_table", "evaluation_table", "summary_table"]
