"""Work that several processes share: in order, and failed as a whole."""

import subprocess
import sys

SCRIPT = """
import os
from writ.errors import Failed
from writ.study.proof.parallel import done
assert [(1, 1), (2, 4), (3, 9)] == list(done(lambda n: (n, n * n), [1, 2, 3], 2))
assert {os.getpid()} == set(done(lambda n: os.getpid(), [1, 2], 1))
assert os.getpid() not in set(done(lambda n: os.getpid(), [1, 2], 2))
try:
    list(done(lambda n: os._exit(9), [1, 2], 2))
except Failed as error:
    print(error)
"""


def test_a_process_that_ends_fails_all_of_the_work() -> None:
    """What comes of each thing stands in their order; nothing waits for a process that is gone."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    assert "a process ended before its work was done; is there enough memory?\n" == ran.stdout
