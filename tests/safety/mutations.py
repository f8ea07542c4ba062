"""Ways in which a file goes wrong: each a function from a generator and its bytes to other bytes."""

import gzip
import re

__all__ = ["mutated", "random_table"]

ODD_TEXTS = [
    *(
        "",
        " ",
        "\t",
        '"',
        '""',
        "'",
        "\\",
        "\0",
        "\r",
        "\r\n",
        "\n",
        "\v",
        "\x1b[31m",
        "\x7f",
        "\ufeff",
        "\u2028",
    ),
    *(
        "\u200b",
        "\u202e",
        "e\u0301",
        "é",
        "ß",
        "漢字",
        "👩‍👩‍👧",
        "[bold]",
        "</b>",
        "&amp;",
        "&lol;",
        "%s",
        "{0}",
        "../x",
    ),
    *(
        "null",
        "None",
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "true",
        "-0",
        "+1",
        "007",
        "1_000",
        "0x10",
        "1e5",
    ),
    *(
        "1e308",
        "1e400",
        "-1e400",
        "1e-400",
        "9" * 19,
        "9" * 40,
        "9" * 5000,
        "-1",
        "0",
        "0.0",
        "1,5",
        "１２",
        "²",
    ),
    *("=1+1", "NA", "#", "#x", "//", "source", "target", "weight", "id", "label", "x" * 5000),
]
ENCODINGS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "shift_jis"]


def _span(generator, content, *, at_most=None):
    start = generator.randrange(len(content) + 1)
    longest = len(content) if at_most is None else min(len(content), start + at_most)
    return start, generator.randint(start, max(start, longest))


def flip_bytes(generator, content):
    changed = bytearray(content)
    for _ in range(generator.choice([1, 1, 3, 20])):
        if changed:
            changed[generator.randrange(len(changed))] = generator.randrange(256)
    return bytes(changed)


def truncate(generator, content):
    return content[: generator.randrange(len(content) + 1)]


def cut_out(generator, content):
    start, end = _span(generator, content, at_most=200)
    return content[:start] + content[end:]


def repeat_a_part(generator, content):
    start, end = _span(generator, content, at_most=200)
    return content[:end] + content[start:]


def insert_odd_text(generator, content):
    at = generator.randrange(len(content) + 1)
    return content[:at] + generator.choice(ODD_TEXTS).encode() + content[at:]


def change_lines(generator, content):
    lines = content.split(b"\n")
    at = generator.randrange(len(lines))
    kind = generator.randrange(6)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, lines[generator.randrange(len(lines))])
    elif kind == 2:
        lines[at : at + 2] = [b"".join(lines[at : at + 2])]
    elif kind == 3:
        lines.insert(at, b"")
    elif kind == 4:
        lines = lines[: 1 + at % 4]
    else:
        generator.shuffle(lines)
    return b"\n".join(lines)


def change_cells(generator, content):
    """Other values in some places, or in every row of one column."""
    separator = generator.choice([b",", b"\t", b" "])
    lines = [line.split(separator) for line in content.split(b"\n")]
    whole, value = generator.random() < 0.3, generator.choice(ODD_TEXTS).encode()
    column = generator.randrange(5)
    for _ in range(len(lines) if whole else generator.choice([1, 2, 5])):
        cells = lines[generator.randrange(len(lines))]
        if column < len(cells):
            cells[column] = value
    if whole:
        for cells in lines[1:]:
            if column < len(cells):
                cells[column] = value
    return b"\n".join(separator.join(cells) for cells in lines)


def change_a_number(generator, content):
    numbers = list(re.finditer(rb"\d+(\.\d+)?", content))
    if not numbers:
        return content
    found = generator.choice(numbers)
    return content[: found.start()] + generator.choice(ODD_TEXTS).encode() + content[found.end() :]


def change_header(generator, content):
    header, newline, rest = content.partition(b"\n")
    names = header.split(b",")
    kind, at = generator.randrange(6), generator.randrange(len(names))
    if kind == 0:
        names[at] = generator.choice(ODD_TEXTS).encode()
    elif kind == 1:
        names[at] = names[generator.randrange(len(names))]
    elif kind == 2:
        del names[at]
    elif kind == 3:
        names.insert(at, b"extra")
    elif kind == 4:
        generator.shuffle(names)
    else:
        return rest
    return b",".join(names) + newline + rest


def change_separator(generator, content):
    old, new = generator.sample([b",", b"\t", b";", b"|", b" ", b'"'], 2)
    return content.replace(old, new)


def change_encoding(generator, content):
    text = content.decode("latin-1").replace("Bo 3", "Bö 3")
    return text.encode(generator.choice(ENCODINGS), errors="ignore")


def change_newlines(generator, content):
    return content.replace(b"\n", generator.choice([b"\r\n", b"\r", b"\n\n", b"\r\r\n", b""]))


def wrap(generator, content):
    kind = generator.randrange(5)
    if kind == 0:
        return gzip.compress(content, mtime=0)
    if kind == 1:
        return gzip.compress(content, mtime=0)[:-9]
    if kind == 2:
        return b"\x1f\x8b" + content
    return generator.choice(
        [b"", b"\0" * 100, b"PK\x03\x04" + content, b"\x89HDF" + content, b"PAR1" + content]
    )


MUTATIONS = [
    *(
        flip_bytes,
        truncate,
        cut_out,
        repeat_a_part,
        insert_odd_text,
        change_lines,
        change_lines,
        change_cells,
    ),
    *(change_cells, change_a_number, change_header, change_separator, change_encoding, change_newlines, wrap),
]


def mutated(generator, content):
    """The bytes after one to three mutations, which for a packed file come within."""
    if content.startswith(b"\x1f\x8b") and generator.random() < 0.7:
        return gzip.compress(mutated(generator, gzip.decompress(content)), mtime=0)
    for _ in range(generator.choice([1, 1, 2, 3])):
        content = generator.choice(MUTATIONS)(generator, content)
    return content


def random_table(generator):
    """A table of random values under headers that are often the usual ones."""
    n_columns, n_rows = generator.randint(1, 5), generator.choice([0, 1, 3, 40])
    names = ["source", "target", "weight", "id", "label", "feature", "value", "x"]
    separator = generator.choice([",", ",", "\t", ";"])
    values = generator.sample(ODD_TEXTS, 4) + [str(i) for i in range(12)]
    rows = [generator.sample(names, n_columns)]
    rows += [[generator.choice(values) for _ in range(n_columns)] for _ in range(n_rows)]
    return "\n".join(separator.join(row) for row in rows).encode()
