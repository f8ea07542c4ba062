"""Files of tensors: what is written is read, and what the system refuses is told as the system's."""

import errno

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from varigraph.cli.failures import exit_code, sentence
from varigraph.training import tensor_files
from varigraph.training.tensor_files import write_tensor_file


def test_what_is_written_is_read(tmp_path):
    written = {"a": torch.arange(6.0).reshape(2, 3), "b": torch.tensor([1, 2])}
    write_tensor_file(tmp_path / "x.safetensors", written)
    read = load_file(tmp_path / "x.safetensors")
    assert read.keys() == written.keys()
    assert all(torch.equal(read[name], written[name]) for name in written)


def failing_with(message, monkeypatch):
    def refused(tensors, path, metadata=None):
        path.write_bytes(b"half a fi")
        raise SafetensorError(message)

    monkeypatch.setattr(tensor_files, "save_file", refused)


def test_a_full_disk_is_an_error_of_the_system_and_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.safetensors"
    write_tensor_file(path, {"a": torch.ones(2)})
    failing_with("Error while serializing: I/O error: No space left on device (os error 28)", monkeypatch)
    with pytest.raises(OSError, match="No space left") as caught:
        write_tensor_file(path, {"a": torch.zeros(2)})
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(path))
    assert sentence(caught.value) == f"Error: {path}: No space left on device; make room, then try again."
    assert exit_code(caught.value) == 1
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert torch.equal(load_file(path)["a"], torch.ones(2))


def test_a_refusal_without_a_number_is_told_in_the_librarys_words(tmp_path, monkeypatch):
    failing_with("out of luck", monkeypatch)
    with pytest.raises(OSError, match=r"x\.safetensors cannot be written: out of luck"):
        write_tensor_file(tmp_path / "x.safetensors", {"a": torch.zeros(2)})
