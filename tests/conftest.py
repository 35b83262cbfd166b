"""Settings of every test run: reproducible property tests, and no skips where none are allowed.

Laws and comparisons with others run unmeasured: measuring makes them up to six times as slow, and
what only chance covers is not covered.
"""

import os
import sys
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

# No deadline: a test that is slow on a busy machine has not failed.
hypothesis.settings.register_profile("developer", deadline=None)
# A build that failed must fail again when it is tried again.
hypothesis.settings.register_profile("build", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("build" if os.environ.get("CI") else "developer")

_HERE = Path(__file__).parent
_UNMEASURED = ("laws", "differential")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--no-skips`."""
    parser.addoption("--no-skips", action="store_true", help="fail the run if a test is skipped")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Have no line measured that laws and comparisons reach.

    The marker of pytest-cov (7.1) for this goes on tracing in processes of pytest-xdist.
    """
    if item.path.relative_to(_HERE).parts[0] not in _UNMEASURED:
        return (yield)
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a run with skipped tests into a failed one where `--no-skips` was asked for."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not session.config.getoption("--no-skips") or reporter is None:
        return
    skipped = len(reporter.stats.get("skipped", []))
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{skipped} skipped, and --no-skips allows none", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
