"""An order file: one version of one order, complete in itself. See docs/orders.md.

1. Every kind but a rescission and a requirement has rules; a requirement says who must be served.
2. Every clause is carried by something: a rule, exception, obligation, duty to preserve, reading,
   licence or stay, or the list `lifts` of a rescission.
3. A window is half-open; `until` comes after `effective`. An order may take effect before it is
   received.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from writ.canonical import digest_bytes
from writ.clock import Instant
from writ.law.annexes import confirmations, read_annexes, read_changes
from writ.law.authority import read_authority
from writ.law.conditions import read_conditions
from writ.law.definitions import Library
from writ.law.document import Node, Place, quoted
from writ.law.groups import CountryGroup, members_at, shipped_groups
from writ.law.letter import Letter
from writ.law.obligations import Times, read_obligation, read_preserve
from writ.law.open_points import read_question, read_reading
from writ.law.own_orders import check_mitigation, check_own
from writ.law.reading import Fields, Keys, Reader, unread
from writ.law.requirements import PlacedRequirement, read_requirements
from writ.law.rules import Placed, read_exception, read_licences, read_rule
from writ.law.scenarios import read_scenario
from writ.law.stays import read_stay
from writ.model.catalogue import Catalogue
from writ.model.duty import Calendar, Obligation, Preserve
from writ.model.order import Disclosure, Exemption, OrderKind, OrderVersion, Stay

ORDER_KEYS = Keys(
    required=("order", "version", "kind", "title", "authority", "effective", "clauses"),
    optional=(
        "received", "disclosure", "notice", "readings", "rules", "exceptions", "annexes",
        "annex_change", "obligations", "preserve", "lifts", "discharges", "scenarios", "licences", "stays",
        "questions", "serve", "programme", "mandate",
    ),
    nullable=("comply_by", "until"),
)  # fmt: skip
KINDS: dict[str, OrderKind] = {kind: kind for kind in get_args(OrderKind)}
DISCLOSURES: dict[str, Disclosure] = {"none": "none", "existence": "existence", "full": "full"}
NOTICE = {"en": "This model is not available to this account at present."}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """A version as read, and where it and its rules stand.

    `rests_on` has the digests of the folder's own groups and definitions that it names.
    """

    version: OrderVersion
    place: Place
    rules: tuple[Placed, ...]
    rests_on: Mapping[str, str] = field(default_factory=dict)
    requirements: tuple[PlacedRequirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside an order file: the files; groups, definitions and calendars among them."""

    files: Mapping[str, bytes]
    groups: Mapping[str, CountryGroup] = field(default_factory=dict)
    library: Library = field(default_factory=Library)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def rests_on(self, used: set[str]) -> dict[str, str]:
        """Return the digests of what is the folder's own among the names used."""
        own = {name: self.groups[name].digest for name in used & set(self.groups)}
        found = {name: self.library.own[name].predicate for name in used & set(self.library.own)}
        return own | {name: item.digest or "" for name, item in found.items()}

    def records(self, version: OrderVersion) -> dict[str, str]:
        """Return the digests of the records by which people confirmed a version's annexes."""
        named = sorted(confirmations(version).values())
        return {name: digest_bytes(self.files[name]) for name in named if name in self.files}


@dataclass(frozen=True, slots=True)
class _Window:
    effective: Instant | None
    until: Instant | None
    moments: Mapping[str, Instant | None]
    received: Instant | None


def order_of(
    reader: Reader, node: Node, catalogue: Catalogue, beside: Beside
) -> PlacedOrder | None:
    """Read a version from its document; None where that is no mapping, or not all of it was read."""
    missing = unread(node)
    kind = None if "kind" in missing else _kind(reader, node)
    if kind is None:
        return None
    with reader.without(missing):
        order = _read(reader, node, kind, catalogue, beside)
    return None if missing else order


def _read(
    reader: Reader, node: Node, kind: OrderKind, catalogue: Catalogue, beside: Beside
) -> PlacedOrder:
    fields = reader.fields(node, ORDER_KEYS)
    window = _window(reader, fields)
    clauses = _texts(reader, fields["clauses"])
    groups = members_at({**shipped_groups(), **beside.groups}, window.effective)
    annexes = read_annexes(reader, fields["annexes"], beside.files)
    letter = Letter(
        reader, catalogue, clauses, annexes, groups, beside.library, effective=window.effective
    )
    read_licences(letter, fields["licences"])
    rules = _rules(letter, node, fields, kind)
    exceptions = _exceptions(letter, fields, rules)
    stays = _stays(letter, fields, rules)
    requirements = read_requirements(letter, node, fields, kind)
    _once(reader, fields["serve"])
    ordered = tuple(placed.rule for placed in rules)
    if not unread(node):
        check_own(reader, node, fields, kind, (ordered, exceptions))
    if kind == "mitigation" and not unread(node):
        check_mitigation(reader, node, fields, ordered, window.effective)
    read_authority(reader, fields["authority"], window.received)
    _others(letter, fields, kind)
    times = Times(window.moments, beside.calendars)
    obligations, preserve, discharges = _duties(letter, fields, kind, times)
    if not unread(node):
        _all_carried(letter, fields["clauses"])
    scenarios = tuple(
        read_scenario(letter, item, window.moments) for item in reader.items(fields["scenarios"])
    )
    source = node.plain()
    version = OrderVersion(
        reader.name(fields["order"]),
        reader.whole(fields["version"]),
        kind,
        reader.text(fields["title"]),
        window.effective or 0,
        window.until,
        DISCLOSURES[reader.choice(fields["disclosure"], DISCLOSURES)],
        _notice(reader, fields["notice"]),
        clauses,
        ordered,
        exceptions,
        letter.annexes,
        scenarios,
        dict(source) if isinstance(source, Mapping) else {},
        obligations,
        preserve,
        discharges,
        stays,
        tuple(item.requirement for item in requirements),
        read_changes(reader, fields["annex_change"], annexes),
    )
    at = fields["order"]
    place = at.place if at else node.place
    rests_on = beside.rests_on(letter.used) | beside.records(version)
    return PlacedOrder(version, place, rules, rests_on, requirements)


def _kind(reader: Reader, node: Node) -> OrderKind | None:
    entries = reader.mapping(node)
    if not isinstance(node.value, Mapping):
        return None
    kind = entries["kind"].node if "kind" in entries else None
    return KINDS[reader.choice(kind, KINDS)]


def _window(reader: Reader, fields: Fields) -> _Window:
    effective, until = reader.instant(fields["effective"]), reader.instant(fields["until"])
    comply_by, last = reader.instant(fields["comply_by"]), fields["until"]
    received = reader.instant(fields["received"])
    if last is not None and effective is not None and until is not None and until <= effective:
        reader.fault(last, "an empty window: `until` is not after `effective`")
    read = {"effective": effective, "comply_by": comply_by, "until": until}
    known = {"effective", *reader.unread}
    there = {key: at for key, at in read.items() if fields[key] is not None or key in known}
    return _Window(effective, until, there, received)


def _texts(reader: Reader, node: Node | None) -> dict[str, str]:
    entries = reader.mapping(node)
    if node is not None and node.value == {}:
        reader.fault(node, "must have at least one")
    return {key: reader.text(entry.node) for key, entry in entries.items()}


def _rules(letter: Letter, node: Node, fields: Fields, kind: OrderKind) -> tuple[Placed, ...]:
    rules = tuple(read_rule(letter, item) for item in letter.reader.items(fields["rules"]))
    if kind == "rescission" and rules:
        letter.reader.fault(rules[0].place, "a rescission has no rules")
    needed = kind not in ("rescission", "requirement") and "rules" not in letter.reader.unread
    if needed and not rules:
        at = fields["rules"]
        letter.reader.fault(at if at is not None else node, f"a {kind} needs at least one rule")
    _once(letter.reader, fields["rules"])
    return rules


def _exceptions(letter: Letter, fields: Fields, rules: tuple[Placed, ...]) -> tuple[Exemption, ...]:
    known = {placed.rule.id: placed.rule for placed in rules}
    _once(letter.reader, fields["exceptions"])
    return tuple(
        read_exception(letter, item, known) for item in letter.reader.items(fields["exceptions"])
    )


def _stays(letter: Letter, fields: Fields, rules: tuple[Placed, ...]) -> tuple[Stay, ...]:
    known = [placed.rule.id for placed in rules]
    _once(letter.reader, fields["stays"])
    return tuple(read_stay(letter, item, known) for item in letter.reader.items(fields["stays"]))


def _once(reader: Reader, node: Node | None) -> None:
    """Report an `id` that stands twice in one list."""
    seen = set[object]()
    for item in node.value if node is not None and isinstance(node.value, tuple) else ():
        entry = item.value.get("id") if isinstance(item.value, Mapping) else None
        if entry is None or not isinstance(entry.node.value, str):
            continue
        if entry.node.value in seen:
            reader.fault(entry.node, f"the id {quoted(entry.node.value)} stands twice")
        seen.add(entry.node.value)


def _others(letter: Letter, fields: Fields, kind: OrderKind) -> None:
    """Read what decides nothing and is nobody's duty, but carries clauses: readings, `lifts`."""
    reader = letter.reader
    for item in reader.items(fields["readings"]):
        read_reading(letter, item)
    _once(reader, fields["questions"])
    for item in reader.items(fields["questions"]):
        read_question(letter, item)
    if "lifts" in fields and kind != "rescission":
        reader.fault(fields.key("lifts"), "only a rescission lifts clauses")
    if "lifts" in fields:
        letter.clause_list(fields["lifts"])


def _duties(
    letter: Letter, fields: Fields, kind: OrderKind, times: Times
) -> tuple[tuple[Obligation, ...], tuple[Preserve, ...], frozenset[str]]:
    """Read what is to be done, what is to be kept, and which earlier duties end."""
    reader = letter.reader
    for key in ("obligations", "preserve"):
        _once(reader, fields[key])
    if "discharges" in fields and kind != "rescission":
        reader.fault(fields.key("discharges"), "only a rescission discharges duties")
    written = [read_obligation(letter, item, times) for item in reader.items(fields["obligations"])]
    taken = {item.id for item in written}
    return (
        (*written, *read_conditions(letter, fields["licences"], times, taken)),
        tuple(read_preserve(letter, item, times) for item in reader.items(fields["preserve"])),
        frozenset(reader.name(item) for item in reader.items(fields["discharges"])),
    )


def _all_carried(letter: Letter, node: Node | None) -> None:
    for key, entry in node.value.items() if node and isinstance(node.value, Mapping) else ():
        if key not in letter.carried:
            letter.reader.fault(
                entry.key,
                f"the clause {quoted(key)} is carried by nothing; name it in a rule, exception,"
                " obligation, reading or stay",
            )


def _notice(reader: Reader, node: Node | None) -> dict[str, str]:
    if node is None:
        return dict(NOTICE)
    for language, entry in reader.mapping(node).items():
        if not _LANGUAGE.fullmatch(language):
            reader.fault(entry.key, f"{quoted(language)} is no language; write `en` or `pt-BR`")
    return _texts(reader, node)
