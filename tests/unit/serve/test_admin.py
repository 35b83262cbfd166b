"""What the administration listener counts."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from writ.people.vendors.erasures import Erasures
from writ.serve.admin import _erasures


class _Counted(Collector):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Iterator[Metric]:
        """Count."""
        return _erasures(self.folder)


def counted(folder: Path) -> list[str]:
    """What a scrape reads of a folder."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Counted(folder))
    lines = generate_latest(registry).decode().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_what_vendors_have_yet_to_forget_is_counted(tmp_path: Path) -> None:
    """By vendor, and nothing where nobody was ever sent to one; no session's id is told."""
    assert [] == counted(tmp_path / "vendors")
    Erasures(tmp_path / "vendors" / "persona").expect("inq_1", 60)
    (tmp_path / "vendors" / "persona" / "inq_2").write_text('{"due": 1, "tries": 2}')
    assert [
        'writ_vendor_erasures{vendor="persona"} 2.0',
        'writ_vendor_erasures_refused{vendor="persona"} 1.0',
    ] == counted(tmp_path / "vendors")
