"""Faces of other libraries over this one's arithmetic."""
