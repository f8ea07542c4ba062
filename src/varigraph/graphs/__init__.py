"""Graphs: the frozen `Graph`, where it comes from, its splits, negatives and neighbourhood scores."""
