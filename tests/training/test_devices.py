"""Names of devices, and thread counts that are put back."""

import pytest
import torch

from varigraph.training import intra_op_threads, resolve_device, thread_count


def test_auto_is_a_device_that_is_there():
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


def test_a_name_that_is_no_device_is_refused():
    with pytest.raises(ValueError, match="device must be 'auto', 'cpu', 'cuda' or 'cuda:N', got 'gpu'"):
        resolve_device("gpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_without_a_device_is_refused():
    with pytest.raises(ValueError, match="torch finds no CUDA device; use 'auto'"):
        resolve_device("cuda")


def test_threads_are_put_back_also_after_an_error():
    before = torch.get_num_threads()
    seen = []
    with pytest.raises(ZeroDivisionError), intra_op_threads(before + 1):
        seen.append(torch.get_num_threads() // 0)
    assert seen == []
    assert torch.get_num_threads() == before


def test_little_work_takes_one_thread_and_much_as_many_as_torch_may_use():
    with intra_op_threads(3):
        assert thread_count(0) == thread_count(1_000_000) == 1
        assert thread_count(10**12) == 3
