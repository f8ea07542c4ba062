"""Text of anybody's for a terminal: what a terminal would obey instead of show stands as its escape."""

from __future__ import annotations

__all__ = ["one_line", "shown_text"]


def one_line(text: str) -> str:
    r"""The text without anything that does not print, line ends included.

    Example:
        >>> one_line("Bo\x1b[31m\n")
        'Bo\\x1b[31m\\n'
    """
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def shown_text(text: str) -> str:
    """The same line by line: line ends stay."""
    return "\n".join(one_line(line) for line in text.split("\n"))
