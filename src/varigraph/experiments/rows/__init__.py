"""Experiments on rows: one run in one folder, and the same evaluation over several seeds."""
