"""All 194 million pairs of PubMed's nodes in little memory."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "all_pairs_at_scale.py"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_exact_all_pairs_of_pubmeds_size_peak_below_one_and_a_half_gigabytes():
    output = subprocess.run([sys.executable, SCRIPT], check=True, capture_output=True, text=True).stdout
    peak, gradient = map(float, output.split())
    assert peak < 1.5e9
    assert math.isfinite(gradient)
    assert gradient > 0
