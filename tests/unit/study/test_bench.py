"""The benchmark of simulations runs."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_quick_form_measures_with_and_without_other_orders() -> None:
    """Two rows, each with its peak memory, and nothing wrong."""
    command = [sys.executable, "-m", "bench.simulate", "--quick"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert (0, 2) == (ran.returncode, ran.stdout.count(" MB   reading the population"))
