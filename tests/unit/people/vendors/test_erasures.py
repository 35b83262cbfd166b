import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from writ.errors import Failed
from writ.people.vendors.erasures import LONGEST_PAUSE, Erasures, Waiting


@dataclass
class Forgetful:
    """A vendor that is asked to forget, on a clock that is moved by hand."""

    folder: Path
    now: float = 1000.0
    refuses: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def erasures(self) -> Erasures:
        """What is noted, read anew as after a restart."""
        return Erasures(self.folder, lambda: self.now)

    async def erase(self, id_: str) -> None:
        """Forget a session, or not."""
        self.asked.append(id_)
        if self.refuses:
            raise Failed("the vendor answers 403 to us")

    def once(self) -> list[str]:
        """Erase what is due."""
        return asyncio.run(self.erasures.once(self.erase))


def test_what_is_due_is_erased(folder: Path) -> None:
    """At once, or when its time has come; a process that ended forgets nothing."""
    vendor = Forgetful(folder / "persona")
    assert (Waiting(0, 0), []) == (vendor.erasures.count(), vendor.once())
    vendor.erasures.expect("later", 60)
    vendor.erasures.expect("now")
    assert ([], ["now"]) == (vendor.once(), vendor.asked)
    assert Waiting(1, 0) == vendor.erasures.count()
    vendor.now += 60
    assert ([], ["now", "later"]) == (vendor.once(), vendor.asked)
    assert Waiting(0, 0) == vendor.erasures.count()


def test_what_fails_is_told_counted_and_tried_again(folder: Path) -> None:
    """After a minute, then twice as long, up to six hours; and never dropped."""
    vendor = Forgetful(folder / "persona", refuses=True)
    vendor.erasures.expect("a")
    assert ["the vendor answers 403 to us"] == vendor.once()
    assert Waiting(1, 1) == vendor.erasures.count()
    pauses = []
    for _ in range(12):
        start = vendor.now
        while not vendor.once():
            vendor.now += 30
        pauses.append(vendor.now - start)
    assert [60, 120, 240] == pauses[:3]
    assert LONGEST_PAUSE == pauses[-1]
    vendor.refuses, vendor.now = False, vendor.now + LONGEST_PAUSE
    assert ([], Waiting(0, 0)) == (vendor.once(), vendor.erasures.count())


def test_a_damaged_note_is_due(folder: Path) -> None:
    """Forgetting too early harms nobody; a draft that was left behind is no note."""
    vendor = Forgetful(folder / "persona")
    vendor.erasures.expect("a", 60)
    (folder / "persona" / "a").write_bytes(b"{")
    (folder / "persona" / ".b").write_bytes(b"{")
    assert ([], ["a"]) == (vendor.once(), vendor.asked)
