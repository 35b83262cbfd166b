"""Laws run unmeasured: measuring makes them up to six times as slow, and chance covers nothing."""

from pathlib import Path

import pytest

_LAWS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies here, and only that: the hook is given everything that was collected."""
    for item in items:
        if item.path.is_relative_to(_LAWS):
            item.add_marker(pytest.mark.no_cover)
