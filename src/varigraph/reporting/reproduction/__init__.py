"""Reproductions to look at: the table beside the published figures, and the pictures."""
