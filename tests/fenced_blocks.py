"""Fenced blocks of a Markdown document, and what runs those of Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXEMPT = re.compile(r"<!--\s*not-executed:(.*?)-->\s*\Z", re.DOTALL)
NEEDS = re.compile(r"\A<!--\s*needs:\s*(\w+)\s*-->")
PRINTED = re.compile(r"^print\(.*\)\s+# (?P<output>.*?)(: .*)?$")


@dataclass(frozen=True)
class Block:
    """A fenced block, with the line of its first line and the reason of its exemption."""

    language: str
    text: str
    line: int
    exempt: str | None

    def __str__(self) -> str:
        return f"{self.language}, line {self.line}"

    def promised_output(self) -> list[str]:
        """What the comments behind `print(…)` say: up to the first colon, if there is one."""
        prints = [line for line in self.text.splitlines() if line.startswith("print(")]
        found = [(line, PRINTED.match(line)) for line in prints]
        silent = [line for line, match in found if match is None]
        assert not silent, f"{self}: say in a comment what comes out of {silent[0]}"
        return [match["output"] for _, match in found if match is not None]


def blocks_of(document: str) -> Iterator[Block]:
    for match in FENCE.finditer(document):
        exempt = EXEMPT.search(document[: match.start()])
        line = document.count("\n", 0, match.start(2)) + 1
        yield Block(match[1], match[2], line, exempt and exempt[1].strip())


def needs_data(document: str) -> bool:
    """Whether the page begins by saying that its blocks read public raw files: `<!-- needs: data -->`."""
    found = NEEDS.match(document)
    assert found is None or found[1] == "data", f"A page can need `data`, not {found[1]!r}."
    return found is not None


def run_python(block: Block, path: Path, names: dict[str, object]) -> None:
    """Runs a block in `names`, behind empty lines, so that a traceback names the document's own lines."""
    exec(compile("\n" * (block.line - 1) + block.text, path, "exec"), names)
