"""The record's pages: templates filled in, with no script but on the page that checks the log.

1. Nothing is escaped by hand: every value goes through the template's own escaping.
2. A page may load our style sheet and nothing else; the one that checks also runs our script, which
   asks nobody but the server that the page is from. Each page says so itself, for servers that do not.
"""

import importlib.resources
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import cast

import jinja2

from writ.canonical import Plain
from writ.clock import DAY, HOUR, MINUTE, SECOND, parse_instant
from writ.ledger.record.bands import APART
from writ.ledger.record.places import CHECKING, POLICY
from writ.ledger.record.view import Order, Record, Told

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_UNITS = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"), (1000, "ms"))


def index_page(record: Record) -> bytes:
    """Write the page that lists the orders."""
    sums = Counter(
        (
            str(_at(version, "authority", "name") or ""),
            str(_at(version, "authority", "jurisdiction") or ""),
            str(version["kind"]),
        )
        for order in record.orders
        for version in order.versions
    )
    rows = [(*key, number) for key, number in sorted(sums.items())]
    return _page("index", record, "", POLICY, sums=rows, existing=record.existing, apart=APART)


def order_page(record: Record, order: Order) -> bytes:
    """Write the page of one order."""
    versions = [{**version, "classes": _classes(version)} for version in order.versions]
    return _page("order", record, "../", POLICY, order=order, versions=versions)


def verify_page(record: Record) -> bytes:
    """Write the page that checks the log in the reader's browser."""
    return _page("verify", record, "", CHECKING)


def resource(name: str) -> bytes:
    """Return a file that stands beside the templates."""
    return (importlib.resources.files("writ.ledger.record") / "pages" / name).read_bytes()


def render(name: str, **values: object) -> bytes:
    """Fill a template in."""
    return _templates().get_template(name).render(**values).encode()


def people_words(order: Order, version: int, of: str) -> str:
    """Say how many people a version concerns, as far as it was counted."""
    found = [item for item in order.people if (item["version"], item["of"]) == (version, of)]
    return "; ".join(map(_figure, found)) or "not counted"


def instant_words(text: str) -> str:
    """Write an instant for people, in UTC, to the minute."""
    day, _, clock = text.partition("T")
    year, month, date = day.split("-")
    return f"{int(date)} {_MONTHS[int(month) - 1]} {year}, {clock[:5]} UTC"


def span_words(span: int) -> str:
    """Write a span of time in its largest two units."""
    parts: list[str] = []
    for unit, name in _UNITS:
        number, rest = divmod(span, unit)
        if number and len(parts) < 2:  # noqa: PLR2004  as the sentence above says
            parts.append(f"{number} {name}")
            span = rest
    return " ".join(parts) or "at once"


def force_words(force: Mapping[str, Plain], version: Told) -> str:
    """Say when a version came into force everywhere, and how long that took."""
    activated = parse_instant(str(force["activated"]))
    when = f"activated {instant_words(str(force['activated']))}"
    took = force["took_ms"]
    if not isinstance(took, int):
        return f"{when}; how fast gateways had it was not measured"
    lapsed = f", {force['lapsed']} could decide no more" if force["lapsed"] else ""
    done = f"{force['acknowledged']} had it{lapsed}"
    words = f"{when}; on every gateway {span_words(took * 1000)} later ({done})"
    received = version["received"]
    if not isinstance(received, str) or parse_instant(received) > activated:
        return words
    whole = activated + took * 1000 - parse_instant(received)
    return f"{words}, {span_words(whole)} after it was received"


def _page(name: str, record: Record, up: str, policy: str, **values: object) -> bytes:
    own = {"record": record, "orders": record.orders, "up": up, "policy": policy, "here": name}
    return render(f"{name}.html", **own, **values)


def _figure(item: Told) -> str:
    least, below = cast(int, _at(item, "band", "least")), cast(int, _at(item, "band", "below"))
    words = f"about {least:,} to {below - 1:,}" if least else f"fewer than about {below:,}"
    return f"{words} (counted {str(item['at'])[:10]})"


def _classes(version: Told) -> list[Told]:
    """Return the classes of people that a version's rules name, each once."""
    rules = cast(list[Told], version["rules"])
    named = [cast(Told, rule["class"]) for rule in rules if rule["class"]]
    return [item for place, item in enumerate(named) if item not in named[:place]]


def _at(value: Told, *keys: str) -> Plain:
    found: Plain = value
    for key in keys:
        found = cast(Told, found)[key]
    return found


def _depth(line: str) -> int:
    return min((len(line) - len(_undashed(line))) // 2, 3)


def _undashed(line: str) -> str:
    while line.startswith("- "):
        line = line[2:]
    return line


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("writ.ledger.record", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters = {
        "instant": instant_words,
        "depth": _depth,
        "undashed": _undashed,
        "force": force_words,
    }
    environment.filters |= filters
    environment.globals["people"] = people_words
    return environment
