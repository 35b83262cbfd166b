"""The benchmarks of simulations and proofs run."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_quick_form_measures_with_and_without_other_orders() -> None:
    """Two rows with requests and two by class alone, each with its peak memory, and nothing wrong."""
    command = [sys.executable, "-m", "bench.simulate", "--quick"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert (0, 4) == (ran.returncode, ran.stdout.count(" MB   reading the population"))
    assert 2 == ran.stdout.count("; by class ")


def test_proofs_are_measured_in_two_processes() -> None:
    """Ten orders are proved, the newest by itself first; a line says how long each took."""
    command = [sys.executable, "-m", "bench.prove", "--quick"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert (0, "") == (ran.returncode, ran.stderr)
    assert ["10", "23"] == ran.stdout.splitlines()[-1].split()[:2]
