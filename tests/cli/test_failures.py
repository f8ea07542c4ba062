"""What becomes of errors: codes and sentences."""

import errno
import os

import numpy as np
import pytest
import torch

from varigraph.cli import app as program
from varigraph.cli.failures import exit_code, sentence
from varigraph.errors import DivergenceError, GraphError, LeakError, MissingExtraError, RunFolderError

CODES = [
    (GraphError("x"), 3),
    (RunFolderError("x"), 3),
    (LeakError("x"), 1),
    (DivergenceError("x"), 1),
    (MissingExtraError("x"), 1),
    (PermissionError(errno.EACCES, "Permission denied", "here"), 1),
    (MemoryError(), 1),
    (KeyboardInterrupt(), 130),
    (ZeroDivisionError("a mistake of ours"), None),
]


@pytest.mark.parametrize(("error", "code"), CODES, ids=lambda one: type(one).__name__)
def test_the_code_of(error, code):
    assert exit_code(error) == code


def test_an_error_that_ctrl_c_caused_within_an_import_is_ctrl_c():
    error = RuntimeError("Error calling __set_name__")
    error.__cause__ = KeyboardInterrupt()
    assert exit_code(error) == 130
    assert sentence(error) == ""


def test_a_mistake_of_ours_keeps_its_traceback(varigraph, monkeypatch):
    def mistaken():
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr(program, "app", mistaken)
    with pytest.raises(ZeroDivisionError):
        varigraph("fit")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOTDIR, errno.EISDIR])
def test_an_error_of_the_system_names_the_place_the_reason_and_what_to_do(code):
    said = sentence(OSError(code, os.strerror(code), "some/where"))
    assert said.startswith(f"Error: some/where: {os.strerror(code)}; ")
    assert said.endswith(".")


def test_a_temporary_file_of_ours_is_not_named(tmp_path):
    said = sentence(OSError(errno.EACCES, "Permission denied", str(tmp_path / ".z-x1y2.csv")))
    assert said.startswith(f"Error: {tmp_path}: Permission denied")


def test_a_temporary_folder_of_ours_is_not_named_either(tmp_path):
    error = OSError(
        errno.ENOSPC, "No space left on device", str(tmp_path / ".run-x1y2" / "split.safetensors")
    )
    assert sentence(error) == f"Error: {tmp_path}: No space left on device; make room, then try again."


def test_a_hidden_folder_of_the_users_is_named(tmp_path):
    (tmp_path / ".mine").mkdir()
    error = OSError(errno.ENOSPC, "No space left on device", str(tmp_path / ".mine" / "x.npy"))
    assert sentence(error).startswith(f"Error: {tmp_path / '.mine' / 'x.npy'}: ")


def test_too_little_memory_is_told_with_the_size_where_it_is_known():
    with pytest.raises(MemoryError) as caught:
        np.empty((2**40, 2**10))
    assert sentence(caught.value) == (
        "Error: There is not enough memory: 8.00 PiB are needed at once; ask for less, or use a machine with "
        "more."
    )
    whole = MemoryError("Unable to allocate 512. GiB for an array with shape (2147483647, 64)")
    assert ": 512 GiB are needed" in sentence(whole)
    assert sentence(MemoryError()).startswith("Error: There is not enough memory: what was asked for")


def test_too_little_memory_for_a_tensor_is_told_likewise():
    with pytest.raises(RuntimeError) as caught:
        torch.empty((2**40, 2**10))
    assert exit_code(caught.value) == 1
    assert sentence(caught.value).startswith("Error: There is not enough memory: what was asked for")


def test_of_a_rename_the_users_name_is_told():
    error = IsADirectoryError(errno.EISDIR, "Is a directory", "/tmp/.z-x1y2.csv", None, "z.csv")
    assert sentence(error).startswith("Error: z.csv: Is a directory")


@pytest.mark.parametrize("value", ["x" * 5000, "x " * 5000])
def test_a_value_of_any_length_does_not_drown_what_is_wrong_and_what_to_do(value):
    said = sentence(GraphError(f"The id in line 2 of a.csv is {value}; make it shorter."))
    assert said.startswith("Error: The id in line 2 of a.csv is x")
    assert said.endswith("; make it shorter.")
    assert len(said) < 2000


def test_an_error_without_a_number_is_told_as_it_is():
    assert sentence(OSError("Could not write file")) == "Error: Could not write file"
