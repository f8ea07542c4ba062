"""Experiments: whole runs from a graph to a record, in a folder or repeated over seeds."""
