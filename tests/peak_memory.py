"""How much memory a process held at most, for tests that start one to measure it."""

import resource
import sys
from pathlib import Path


def peak_bytes():
    """The most memory that this process held at a time."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage of Linux counts what the parent held when it started this process
        (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return 1024 * int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
