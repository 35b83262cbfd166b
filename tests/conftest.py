"""Settings of every test run: reproducible property tests, and no skips where none are allowed.

1. A line counts as covered where the tests of its own room reach it. All others run unmeasured:
   measuring makes them up to six times as slow.
2. What only chance covers is not covered: no property test is measured, in any room.
3. What is computed once, and was for an unmeasured test, is computed anew for the next measured one.
4. The longest files come first, so that of two processes none waits for the other at the end.
"""

import os
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

# No deadline: a test that is slow on a busy machine has not failed.
hypothesis.settings.register_profile("developer", deadline=None)
# A build that failed must fail again when it is tried again.
hypothesis.settings.register_profile("build", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("build" if os.environ.get("CI") else "developer")

_HERE = Path(__file__).parent
_MEASURED = (
    _HERE / "cases",  # of law
    *(_HERE / "unit" / room for room in ("desk", "law", "ledger", "people", "point", "signing")),
)
_LONG = (_HERE / "e2e", _HERE / "laws", _HERE / "unit" / "study")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--no-skips`."""
    parser.addoption("--no-skips", action="store_true", help="fail the run if a test is skipped")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the folders with the longest files first (4)."""
    items.sort(key=lambda item: not any(map(item.path.is_relative_to, _LONG)))


class _Caches:
    """Whether functions may remember what an unmeasured test asked them (3)."""

    filled = False

    def clear(self) -> None:
        """Have functions of the product forget."""
        if not self.filled:
            return
        self.filled = False
        for name, module in list(sys.modules.items()):
            if name.startswith("writ."):
                for found in list(vars(module).values()):
                    if clear := getattr(found, "cache_clear", None):
                        clear()


_CACHES = _Caches()


@contextmanager
def _unmeasured() -> Iterator[None]:
    """Trace neither this thread nor new ones.

    The marker of pytest-cov (7.1) for this goes on tracing in processes of pytest-xdist.
    """
    _CACHES.filled = True
    here, threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(here)
        threading.settrace(threads)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Have no line measured that the tests of other rooms reach (1)."""
    if any(item.path.is_relative_to(room) for room in _MEASURED):
        _CACHES.clear()
        return (yield)
    with _unmeasured():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Have no line measured that chance reaches (2); what was set up for it may be others' too."""
    if not item.get_closest_marker("hypothesis"):
        return (yield)
    with _unmeasured():
        return (yield)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a run with skipped tests into a failed one where `--no-skips` was asked for."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not session.config.getoption("--no-skips") or reporter is None:
        return
    skipped = len(reporter.stats.get("skipped", []))
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{skipped} skipped, and --no-skips allows none", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
