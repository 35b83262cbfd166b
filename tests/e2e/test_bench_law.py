"""The benchmark of many orders runs, and three engines bar the same people."""

import json
import subprocess
import sys

import pytest


@pytest.mark.timeout(300)
def test_the_benchmark_runs() -> None:
    """It stops with an error where Writ, Cedar and Rego differ on whom the same letters bar."""
    command = [sys.executable, "-m", "bench.law", "--quick", "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert [1, 30] == [said["orders"] for said in found["writ"]]
    assert [[30], [30]] == [[said["orders"] for said in found[name]] for name in ("cedar", "rego")]
