"""What may befall a file of a folder: accidents, and malice."""

import json
import os
import pickle
import random
import struct
import zipfile

import numpy as np
import torch
from safetensors.torch import load_file, save_file

__all__ = ["ANY_FILE", "JSON_TEXTS", "SAFETENSORS_HEADERS", "edits", "tensor_changes"]


class Bomb:
    """Leaves a file behind if it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return open, (str(self.trace), "w")


def pickled(path, trace):
    path.write_bytes(pickle.dumps(Bomb(trace)))


def pickled_by_torch(path, trace):
    torch.save({"weight": Bomb(trace)}, path)


def object_array(path, trace):
    with path.open("wb") as file:
        np.save(file, np.array([Bomb(trace)], dtype=object), allow_pickle=True)


def zip_archive(path, trace):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../escaped", "x")


def emptied(path, trace):
    path.write_bytes(b"")


def garbage(path, trace):
    path.write_bytes(random.Random(0).randbytes(500))


def halved(path, trace):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def gone(path, trace):
    path.unlink()


def a_folder(path, trace):
    path.unlink()
    path.mkdir()


def a_pipe(path, trace):
    """Whoever opens it waits for a writer, for ever."""
    path.unlink()
    os.mkfifo(path)


def a_link_out_of_the_folder(path, trace):
    """To the very content that the file had, so that the link alone is what is wrong."""
    outside = trace.with_name("outside") / path.name
    outside.parent.mkdir(exist_ok=True)
    path.rename(outside)
    path.symlink_to(outside)


def a_link_to_itself(path, trace):
    path.unlink()
    path.symlink_to(path.name)


ANY_FILE = [
    *(gone, emptied, halved, garbage),
    *(pickled, pickled_by_torch, object_array, zip_archive),
    *(a_folder, a_pipe, a_link_out_of_the_folder, a_link_to_itself),
]
"""Functions of a file and of a path where something would appear if a pickle were executed."""

JSON_TEXTS = {
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "a text": b'"run"',
    "nested deeply": b'{"schema_version": ' + b"[" * 200_000,
    "a list nested deeply": b"[" * 200_000,
    "a number of many digits": b'{"schema_version": ' + b"9" * 10_000 + b"}",
    "a huge number": b'{"schema_version": 1e999}',
    "NaN": b'{"schema_version": NaN}',
    "no UTF-8": b'{"schema_version": "\xff"}',
    "UTF-16": '{"schema_version": 1}'.encode("utf-16"),
    "zero bytes": b"\0" * 64,
}
"""Contents of a JSON file, none of which is what belongs there."""


def _file_of(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def _tensor(shape=(2, 2), offsets=(0, 16), dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


SAFETENSORS_HEADERS = {
    "longer than any file": struct.pack("<Q", 2**63 - 1) + b"{}",
    "longer than memory": struct.pack("<Q", 2**40) + b"{}" * 50,
    "of no length": struct.pack("<Q", 0),
    "no JSON": _file_of(b"}{"),
    "nested deeply": _file_of(b'{"a":' * 100_000),
    "a list": _file_of([]),
    "overlapping tensors": _file_of({"a": _tensor(), "b": _tensor(offsets=(8, 24))}, b"\0" * 24),
    "offsets beyond the end": _file_of({"a": _tensor(offsets=(10**9, 10**9 + 16))}, b"\0" * 16),
    "offsets that fall": _file_of({"a": _tensor(offsets=(16, 0))}, b"\0" * 16),
    "offsets below zero": _file_of({"a": _tensor(offsets=(-16, 0))}, b"\0" * 16),
    "a shape that overflows": _file_of({"a": _tensor(shape=(2**62, 8))}, b"\0" * 16),
    "a shape of more than there is": _file_of({"a": _tensor(shape=(10**9, 10**9))}, b"\0" * 16),
    "a hole in the data": _file_of({"a": _tensor(offsets=(8, 24))}, b"\0" * 24),
    "an unknown type": _file_of({"a": _tensor(dtype="PICKLE")}, b"\0" * 16),
    "the same name twice": _file_of(
        b'{"a": %b, "a": %b}' % ((json.dumps(_tensor()).encode(),) * 2), b"\0" * 16
    ),
    "metadata that is no text": _file_of(
        {"__metadata__": {"state": {"deep": 1}}, "a": _tensor()}, b"\0" * 16
    ),
}
"""Contents of a safetensors file whose header lies."""

WRONG_VALUES = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 10**400, 0.5, 1e308, float("nan"), float("inf")),
    *("", "x", "../../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "module", "load", "__class__"),
    *([], [[]], [None], ["a"], [-1], [10**30], [1e308], {}, {"name": "../x"}, {"": {}}, {"name": ["gcn"]}),
]
"""What is put in the place of every value of a JSON document."""


def edits(document):
    """JSON texts of a document with one value replaced or one key gone, each after words for that."""
    for where in _places(document):
        yield f"{_in_words(where)} gone", json.dumps(_without(document, where))
        for value in WRONG_VALUES:
            yield f"{_in_words(where)} = {str(value)[:40]!r}", json.dumps(_with(document, where, value))
        deep = json.dumps(_with(document, where, "@deep"))
        yield f"{_in_words(where)} nested deeply", deep.replace('"@deep"', "[" * 2000 + "]" * 2000)


def _places(document, above=()):
    entries = document.items() if isinstance(document, dict) else enumerate(document[:1])
    for key, value in entries:
        yield (*above, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*above, key))


def _in_words(where):
    return ".".join(map(str, where))


def _with(document, where, value):
    copy = json.loads(json.dumps(document))
    _inner(copy, where)[where[-1]] = value
    return copy


def _without(document, where):
    copy = json.loads(json.dumps(document))
    del _inner(copy, where)[where[-1]]
    return copy


def _inner(document, where):
    for key in where[:-1]:
        document = document[key]
    return document


def tensor_changes(path):
    """Wrong tensors for a safetensors file: in words what, and a function that writes the file anew."""
    tensors = load_file(path)
    with path.open("rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    metadata = header.get("__metadata__")

    def write(changed):
        return lambda: save_file(
            {key: one.contiguous() for key, one in changed.items()}, path, metadata=metadata
        )

    yield "no tensors", write({})
    yield "one more", write(tensors | {"extra": torch.zeros(3)})
    for name, tensor in tensors.items():
        others = {key: one for key, one in tensors.items() if key != name}
        yield f"without {name}", write(others)
        yield f"{name} under another name", write(others | {f"../{name}": tensor})
        for what, changed in _changed(tensor):
            yield f"{name} {what}", write(others | {name: changed})


def _changed(tensor):
    yield "empty", tensor.new_zeros(0)
    yield "without dimensions", tensor.new_zeros(())
    yield "of one more dimension", tensor.unsqueeze(0)
    yield "flat", tensor.flatten()
    yield "too wide", torch.cat([tensor, tensor], dim=-1) if tensor.ndim else tensor.new_zeros(3)
    yield "too long", torch.cat([tensor, tensor]) if tensor.ndim else tensor.new_zeros(3)
    for dtype in (torch.float64, torch.bfloat16, torch.int8, torch.int64, torch.bool, torch.complex64):
        yield f"as {dtype}", tensor.to(dtype)
    if tensor.is_floating_point():
        yield "not a number", torch.full_like(tensor, float("nan"))
        yield "infinite", torch.full_like(tensor, float("inf"))
        yield "enormous", torch.full_like(tensor, torch.finfo(tensor.dtype).max)
    else:
        yield "negative", torch.full_like(tensor, -1)
        yield "enormous", torch.full_like(tensor, torch.iinfo(tensor.dtype).max)
