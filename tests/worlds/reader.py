"""Whoever reads a page of documentation, and runs its blocks as they stand."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def run(
    folder: Path, script: str, given: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a block in a folder; `given` is what the page says stands in the environment."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-ec", script],
        cwd=folder,
        env={**os.environ, **(given or {}), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
