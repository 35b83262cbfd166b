"""Analyses give way to whatever serves beside them."""

import os
import subprocess
import sys

import pytest

from writ.cli.priority import BEHIND

RUN = """
import os, sys
from writ.cli.main import main
try:
    main()
except SystemExit:
    print(os.nice(0), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("words", "behind"),
    [(("order", "simulate", "--schema", "traffic"), BEHIND), (("hold", "prove", "--help"), 0)],
)
def test_an_analysis_comes_behind_whatever_else_there_is(
    words: tuple[str, ...], behind: int
) -> None:
    """The process of an analysis does; no other command is slower for its name."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *words], capture_output=True, text=True, check=True
    )

    assert min(19, os.nice(0) + behind) == int(ran.stderr.split()[-1])
