"""Finished runs side by side: what they scored, in what they differ, and whether the comparison is fair."""

from varigraph.reporting.comparison.comparison import Comparison, compare_runs

__all__ = ["Comparison", "compare_runs"]
