"""Case files: whom an order was meant for, as a table that lawyers write. See docs/cases.md.

1. A case is judged by all orders of its folder together, unlike a scenario, which asks one version.
2. People, organisations and services stand by name; others come from the folder's `subjects.jsonl`.
   A name is also the id, unless `id` says otherwise. All of them may own one another.
3. Facts in short count as A4 and verified at the case's instant; those under `facts` as they say.
4. Without a `requester` the organisation's service key asks. Without an `organisation` the
   requester's only one counts, as in a request for a decision.
5. A model that the catalogue does not have is a fault, unless the case expects to be told so.
6. `because` has all reasons, in any order; an entry may leave out what it does not care about.
   `settled_by` has some of what would settle the case; an empty list says that nothing would.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, get_args

from writ.canonical import Plain
from writ.clock import Instant, format_instant
from writ.law.document import Node, Place, quoted
from writ.law.flow import flow
from writ.law.reading import Fields, Keys, Reader, nearest
from writ.law.request import Request, resolve
from writ.law.scenarios import OUTCOMES, SERVICE_KEY
from writ.law.shorthand import RELATED, read_shorthand
from writ.law.subjects import attribute_named, fact_of, read_values, write_fact, write_values
from writ.law.where import read_deployment
from writ.model.catalogue import Catalogue
from writ.model.decision import LinkName, Reason, Verdict
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject, Value
from writ.model.vocabulary import Kind

FILE_KEYS = Keys(
    required=("cases",),
    optional=("title", "orders", "instants", "people", "organisations", "services"),
)
CASE_KEYS = Keys(
    required=("case", "model", "at", "expect"),
    optional=(
        "requester", "organisation", "end_user", "served_by", "because", "settled_by", "why",
        "deployment",
    ),
)  # fmt: skip
REASON_KEYS = Keys(optional=("order", "version", "rule", "link", "verdict"))
SETTLING_KEYS = Keys(required=("link", "attribute"), optional=("subject", "values", "completeness"))
LINKS: tuple[LinkName, ...] = get_args(LinkName)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
COMPLETENESSES = ("at_least", "exhaustive")
FACTS = "facts"
_KINDS: dict[str, Kind] = {"people": "person", "organisations": "organisation"}

WantedReason: TypeAlias = Mapping[str, str | int]
"""Keys of a reason, by the names of its fields; those left out may be anything."""


@dataclass(frozen=True, slots=True)
class WantedSettling:
    """Something that would settle a case; `values` None: whichever, `completeness` likewise.

    `subject` is the owner or parent who would show it; None: the link itself.
    """

    link: str
    attribute: str
    values: frozenset[Value] | None = None
    completeness: str | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a case expects; None where it says nothing."""

    outcome: Outcome
    served_by: str | None = None
    because: tuple[WantedReason, ...] | None = None
    settled_by: tuple[WantedSettling, ...] | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its answer; a chain that cannot be made is a reason, as in a decision."""

    name: str
    place: Place
    chain: Chain | Reason
    model: str
    at: Instant
    wanted: Wanted
    why: str = ""
    deployment: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a case file may refer to besides itself."""

    catalogue: Catalogue
    people: Mapping[str, Subject]


def read_cases(reader: Reader, node: Node, known: Known) -> tuple[Case, ...]:
    """Read a case file; faults go to the reader."""
    fields = reader.fields(node, FILE_KEYS)
    if "title" in fields:
        reader.text(fields["title"])
    if "orders" in fields:
        reader.text(fields["orders"])
    sheet = _Sheet(reader, known, _instants(reader, fields["instants"]), {}, {})
    for section, kind in _KINDS.items():
        for name, entry in reader.mapping(fields[section]).items():
            sheet.name(name, entry.key)
            sheet.add(name, entry.node, kind)
    for item in reader.items(fields["services"]):
        name = reader.identifier(item)
        sheet.name(name, item.place)
        sheet.short[name] = Subject(name, "service")
    cases = tuple(sheet.case(item) for item in reader.some(fields["cases"]))
    _once(reader, fields["cases"])
    return cases


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One case file being read: its instants and subjects; `full` facts keep their own dates."""

    reader: Reader
    known: Known
    instants: Mapping[str, Instant]
    short: dict[str, Subject]
    full: dict[str, tuple[Fact, ...]]

    def name(self, name: str, place: Place) -> None:
        """Take a name for a subject of this file (rule 2)."""
        if name in self.short:
            self.reader.fault(place, f"{quoted(name)} is named twice")
        elif name in self.known.people:
            self.reader.fault(place, f"{quoted(name)} is also in subjects.jsonl; take another name")

    def add(self, name: str, node: Node, kind: Kind) -> None:
        """Read one subject, its facts in short and in full (rule 3)."""
        entries = dict(self.reader.mapping(node))
        facts = entries.pop(FACTS, None)
        if (related := entries.pop(RELATED, None)) is not None:
            self.reader.fault(
                related.key, "in a file of cases everybody stands by name; no `related`"
            )
        self.short[name] = read_shorthand(self.reader, Node(node.place, entries), kind, 0, name)
        listed = () if facts is None else self.reader.items(facts.node)
        self.full[name] = tuple(fact_of(self.reader, item, kind) for item in listed)

    def subject(self, node: Node | None, at: Instant, *kinds: Kind) -> Subject | None:
        """Look up a subject for a case at an instant."""
        name = self.reader.identifier(node)
        if node is None or not name.strip():
            return None
        found = self.dated(name, at) if name in self.short else self.known.people.get(name)
        if found is None:
            hint = nearest(name, [*self.short, *self.known.people])
            self.reader.fault(
                node, f"nobody here or in subjects.jsonl is called {quoted(name)}{hint}"
            )
        elif found.kind not in kinds:
            self.reader.fault(node, f"{quoted(name)} is of kind {quoted(found.kind)}")
            return None
        return found

    def dated(self, name: str, at: Instant) -> Subject:
        """Return a subject of this file at the instant of a case (rule 3)."""
        found = self.short[name]
        dated = tuple(replace(fact, verified_at=at) for fact in found.facts)
        return replace(found, facts=dated + self.full.get(name, ()))

    def everybody(self, at: Instant) -> Mapping[str, Subject]:
        """Return everybody by id at the instant of a case (rule 2)."""
        here = [self.dated(name, at) for name in self.short]
        return {**self.known.people, **{subject.id: subject for subject in here}}

    def case(self, node: Node) -> Case:
        """Read one case."""
        reader = self.reader
        fields = reader.fields(node, CASE_KEYS)
        at = self.instant(fields["at"])
        wanted = self.wanted(fields)
        return Case(
            reader.text(fields["case"]),
            node.place,
            self.chain(node, fields, at),
            self.model(fields["model"], wanted),
            at,
            wanted,
            reader.text(fields["why"]),
            read_deployment(reader, fields["deployment"], self.known.catalogue),
        )

    def instant(self, node: Node | None) -> Instant:
        """Read an instant, or the name of one."""
        if node is not None and isinstance(node.value, str) and node.value in self.instants:
            return self.instants[node.value]
        return self.reader.instant(node) or 0

    def model(self, node: Node | None, wanted: Wanted) -> str:
        """Read the name of a model (rule 5)."""
        name = self.reader.text(node)
        told = any(item.get("verdict") == "unknown_model" for item in wanted.because or ())
        if node is not None and name.strip() and not told:
            self._catalogued(node, name)
        return name

    def _catalogued(self, node: Node, name: str) -> None:
        catalogue = self.known.catalogue
        if catalogue.resolve(name) is None:
            hint = nearest(name, catalogue.names)
            self.reader.fault(node, f"unknown model {quoted(name)}{hint}")

    def chain(self, node: Node, fields: Fields, at: Instant) -> Chain | Reason:
        """Build the chain (rule 4)."""
        requester = self.subject(fields["requester"], at, "person", "organisation", "service")
        organisation = self.subject(fields["organisation"], at, "organisation")
        end_user = self.subject(fields["end_user"], at, "person")
        if isinstance(node.value, Mapping) and not {"requester", "organisation"} & set(node.value):
            self.reader.fault(node, "write `requester`, `organisation` or both: who asks?")
        if requester is None:
            acts_for = () if organisation is None else (organisation.id,)
            requester = Subject(SERVICE_KEY, "service", acts_for)
        return resolve(Request(requester, organisation, end_user, "", at, self.everybody(at)))

    def wanted(self, fields: Fields) -> Wanted:
        """Read what a case expects (rule 6)."""
        reader = self.reader
        outcome = OUTCOMES[reader.choice(fields["expect"], OUTCOMES)]
        served_by = fields["served_by"]
        if served_by is not None:
            self._catalogued(served_by, reader.text(served_by))
        because = settled_by = None
        if "because" in fields:
            because = tuple(self.reason(item) for item in reader.items(fields["because"]))
        if "settled_by" in fields:
            settled_by = tuple(self.settling(item) for item in reader.items(fields["settled_by"]))
        canonical = None
        if served_by is not None:
            canonical = self.known.catalogue.resolve(str(served_by.value))
        return Wanted(outcome, canonical, because, settled_by)

    def reason(self, node: Node) -> WantedReason:
        """Read one reason."""
        reader = self.reader
        fields = reader.fields(node, REASON_KEYS)
        found: dict[str, str | int] = {}
        for key in ("order", "rule"):
            if key in fields:
                found[key] = reader.name(fields[key])
        if "version" in fields:
            found["version"] = reader.whole(fields["version"])
        if "link" in fields:
            found["link"] = reader.choice(fields["link"], LINKS)
        if "verdict" in fields:
            found["verdict"] = reader.choice(fields["verdict"], VERDICTS)
        return found

    def settling(self, node: Node) -> WantedSettling:
        """Read something that would settle the case."""
        reader = self.reader
        fields = reader.fields(node, SETTLING_KEYS)
        at, values, completeness = fields["attribute"], None, None
        name = reader.text(at)
        attribute = attribute_named(reader, at, name, None) if at is not None and name else None
        if "values" in fields and attribute is not None:
            values = frozenset(read_values(reader, attribute, reader.items(fields["values"])))
        if "completeness" in fields:
            completeness = reader.choice(fields["completeness"], COMPLETENESSES)
        subject = reader.identifier(fields["subject"]) if "subject" in fields else None
        link = reader.choice(fields["link"], LINKS)
        return WantedSettling(link, name, values, completeness, subject)


def _instants(reader: Reader, node: Node | None) -> dict[str, Instant]:
    return {name: reader.instant(entry.node) or 0 for name, entry in reader.mapping(node).items()}


def _once(reader: Reader, node: Node | None) -> None:
    """Report a case whose name stands twice: a report would not tell them apart."""
    seen = set[object]()
    for item in node.value if node is not None and isinstance(node.value, tuple) else ():
        entry = item.value.get("case") if isinstance(item.value, Mapping) else None
        if entry is not None and entry.node.value in seen:
            reader.fault(entry.node, f"the case {quoted(entry.node.value)} stands twice")
        if entry is not None:
            seen.add(entry.node.value)


def write_case(title: str, case: Case) -> bytes:
    """Write a file of one case; its subjects have all their facts in full, and keep their ids.

    Those related to them stand beside them, by their ids.
    """
    chain = case.chain
    if not isinstance(chain, Chain):
        raise TypeError("a case without a chain has nobody to write down")
    links = {
        "requester": chain.requester,
        "organisation": chain.organisation,
        "end_user": chain.end_user,
    }
    named = {link: subject for link, subject in links.items() if subject is not None}
    asked: dict[str, Plain] = {"case": case.name, **{link: link for link in named}}
    here = {subject.id for subject in named.values()}
    for subject in tuple(named.values()):
        named |= {name: item for name, item in subject.related.items() if name not in here}
    lines = [f"title: {flow(title)}"]
    for section, kind in _KINDS.items():
        lines += _section(section, {k: v for k, v in named.items() if v.kind == kind})
    lines += ["services: [requester]"] if chain.requester.kind == "service" else []
    asked |= {"model": case.model, "at": format_instant(case.at)} | _wanted(case.wanted)
    if case.deployment:
        asked["deployment"] = case.deployment
    if case.why:
        asked["why"] = case.why
    return "\n".join([*lines, "cases:", f"  - {flow(asked)}", ""]).encode()


def _section(section: str, subjects: Mapping[str, Subject]) -> Iterable[str]:
    if subjects:
        yield f"{section}:"
    for name, subject in subjects.items():
        facts: list[Plain] = [write_fact(fact) for fact in subject.facts]
        yield f"  {name}: {flow({'id': subject.id, FACTS: facts})}"


def _wanted(wanted: Wanted) -> dict[str, Plain]:
    plain: dict[str, Plain] = {"expect": wanted.outcome.word}
    if wanted.served_by is not None:
        plain["served_by"] = wanted.served_by
    if wanted.because is not None:
        plain["because"] = [dict(reason) for reason in wanted.because]
    if wanted.settled_by is not None:
        plain["settled_by"] = [settling_plain(item) for item in wanted.settled_by]
    return plain


def settling_plain(item: WantedSettling) -> dict[str, Plain]:
    """Write what would settle a case as a case file says it."""
    plain: dict[str, Plain] = {"link": item.link, "attribute": item.attribute}
    if item.subject is not None:
        plain["subject"] = item.subject
    if item.values is not None:
        plain["values"] = write_values(item.attribute, tuple(sorted(item.values)))
    if item.completeness is not None:
        plain["completeness"] = item.completeness
    return plain
