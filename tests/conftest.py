"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# One machine may be ten times slower than another; a slow example is no fault of the code.
settings.register_profile(
    "varigraph", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50
)
settings.load_profile("varigraph")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of public raw files that `VARIGRAPH_DATA` names."""
    folder = os.environ.get("VARIGRAPH_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("VARIGRAPH_DATA names no folder of raw data files")
    return Path(folder)
