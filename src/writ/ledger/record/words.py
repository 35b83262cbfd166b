"""What the record's pages say in a language: instants, spans, figures, and what an edition changed."""

from collections.abc import Iterator
from functools import cache
from typing import cast

from babel import Locale

from writ.clock import DAY, HOUR, MINUTE, SECOND, parse_instant
from writ.ledger.record.view import Change, Order, Told
from writ.pages.words import Words

_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"), (1000, "ms"))


class RecordWords(Words):
    """One language's words for the record; English writes its days as most of the world does."""

    def __init__(self, language: str) -> None:
        super().__init__(language, "writ.ledger.record")
        if language == "en":
            self.locale = Locale.parse("en_GB")

    def count(self, key: str, number: int) -> str:
        """Say a number of things, of which one has words of its own."""
        return (
            self(f"{key}.one") if number == 1 else self(f"{key}.many", number=self.number(number))
        )

    def instant(self, text: str) -> str:
        """Write an instant, in UTC, to the minute."""
        day, _, clock = text.partition("T")
        return self("instant", day=self.date(day), clock=clock[:5])

    def span(self, span: int) -> str:
        """Write a span of time in its largest two units."""
        parts: list[str] = []
        for unit, name in _UNITS:
            number, rest = divmod(span, unit)
            if number and len(parts) < 2:  # noqa: PLR2004  as the sentence above says
                parts.append(f"{number} {self(f'unit.{name}')}")
                span = rest
        return " ".join(parts) or self("at_once")

    def people(self, order: Order, version: int, of: str) -> str:
        """Say how many people a version concerns, as far as it was counted."""
        found = [item for item in order.people if (item["version"], item["of"]) == (version, of)]
        return "; ".join(map(self._figure, found)) or self("uncounted")

    def force(self, version: Told) -> str:
        """Say when a version came into force on gateways, how long that took, and that it is all it says."""
        return self("force.elsewhere", said=self._force(version))

    def _force(self, version: Told) -> str:
        force = cast(Told, version["in_force"])
        activated = self("force.activated", when=self.instant(str(force["activated"])))
        took = force["took_ms"]
        if not isinstance(took, int):
            return self("force.unmeasured", activated=activated)
        key = "force.lapsed" if force["lapsed"] else "force.had"
        had = self(key, number=force["acknowledged"], lapsed=force["lapsed"])
        done = self("force.done", activated=activated, span=self.span(took * 1000), had=had)
        since = version["received"]
        begun = parse_instant(str(force["activated"]))
        if not isinstance(since, str) or parse_instant(since) > begun:
            return done
        whole = begun + took * 1000 - parse_instant(since)
        return self("force.received", done=done, span=self.span(whole))

    def change(self, change: Change) -> str:
        """Say what an edition changed."""
        key = f"change.{change.key}"
        what = ", ".join(self(name) for name in change.parts)
        return self(key, version=change.version, what=what, now=change.now, was=change.was)

    def changes(self, changes: Iterator[Change] | tuple[Change, ...]) -> str:
        """Say all that an edition changed."""
        return "; ".join(map(self.change, changes))

    def _figure(self, item: Told) -> str:
        band, day = cast(Told, item["band"]), str(item["at"])[:10]
        least, below = cast(int, band["least"]), cast(int, band["below"])
        if not least:
            return self("figure.low", below=self.number(below), day=day)
        return self("figure", least=self.number(least), most=self.number(below - 1), day=day)


@cache
def words_in(language: str) -> RecordWords:
    """Return a language's words."""
    return RecordWords(language)
