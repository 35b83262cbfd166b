"""`writ record build`: the public record of a deployment, written into its folder.

1. Nothing is built while a seal holds, and nothing of it is put in place, nor on record, under one
   that was set meanwhile; nor while an order may not be told to exist (`writ.serve.publishing`).
2. What is told of an order are those of its versions that were in force or are, and may be told in
   full. Of an order that may be told to exist, and no more, its existence is counted. Nothing tells
   of any other: no page, no number, no gap.
3. People are counted once for a version: on the books when it is first told, or at the instant from
   which it will govern, as `writ.desk.affected` judges them by what may be told in full, as if there
   were nothing else: an order that may not be told moves no number. A version that governs no more is
   not counted.
4. Where anything else is told of an order than before, that is an edition, and an event.
5. The log is signed up to now and published in the record first, then every file is written. A record
   that is built by itself leaves the log as it was shown, unless there is an edition to show: who
   watches it would see that something happened of which nothing may be told.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from writ.canonical import Plain
from writ.clock import Instant, format_instant
from writ.desk import history
from writ.desk.affected import People
from writ.desk.archive import fetch_manifest, fetch_sources
from writ.desk.duties import MET, Met
from writ.desk.history import Epoch
from writ.desk.results import ARRIVED
from writ.errors import InvalidInput
from writ.law.compiled.book import Compiled
from writ.law.folder import read_sources
from writ.law.reading import nearest
from writ.law.threads import running, worded
from writ.ledger.evidence.events import write_opening
from writ.ledger.folder import Folder
from writ.ledger.log import GOVERNANCE
from writ.ledger.record import editions
from writ.ledger.record import site as written
from writ.ledger.record.places import LOG
from writ.ledger.record.statements import Stated, read_statements, statements_plain
from writ.ledger.record.told import FULL, NONE, annexes_of_people, told_of
from writ.ledger.record.view import Order, Record, order_of
from writ.model import record as settings
from writ.model.order import Lawbook, OrderVersion
from writ.serve.publishing import check_told
from writ.serve.site import Site
from writ.signing.checkpoint import read_checkpoint
from writ.signing.dsse import read_envelope
from writ.signing.form import as_form, to_base64
from writ.signing.note import Note
from writ.signing.word import verify_word
from writ.store.database import Connection
from writ.store.documents import fetch
from writ.store.events import last_event, read_events, read_payload
from writ.store.trees import signed_at


@dataclass(frozen=True, slots=True)
class Built:
    """What was written: how many orders are told, editions that came, files that changed."""

    folder: str
    orders: int
    editions: int
    written: int
    size: int


@dataclass
class _Law:
    """Every version that was ever in force, with its first epoch; `book` is the law in force now.

    `gone` says since when an order is in force no more.
    """

    book: Lawbook
    versions: dict[tuple[str, int], tuple[OrderVersion, Epoch]]
    gone: dict[str, Instant]

    @cached_property
    def told(self) -> dict[str, list[OrderVersion]]:
        """Return what may be told in full, by order (rule 2)."""
        found: dict[str, list[OrderVersion]] = {}
        for (order, _), (version, _) in sorted(self.versions.items()):
            if version.disclosure == FULL:
                found.setdefault(order, []).append(version)
        return found

    def existing(self) -> int:
        """Return how many orders may be told to exist, and no more (rule 2)."""
        last = {order: version for (order, _), (version, _) in sorted(self.versions.items())}
        return sum(
            1
            for order, found in last.items()
            if found.disclosure != NONE and order not in self.told
        )


@dataclass(frozen=True, slots=True)
class _Done:
    """What is on record beside orders: arrivals by epoch, when which duty was met, what people said."""

    arrivals: Mapping[Plain, Mapping[str, Plain]]
    met: Mapping[tuple[str, int, str], list[Plain]]
    statements: Mapping[str, list[Stated]]


def build(site: Site, *, by_itself: bool = False) -> Built:
    """Build the record, because somebody asks for it or because it is kept up to date."""
    with site.building:
        return _build(site, by_itself=by_itself)


def _build(site: Site, *, by_itself: bool) -> Built:
    config = site.config.record
    if config is None:
        raise InvalidInput(f"`{site.config.file}` has no [record]; say there where it is found")
    site.seals.standing().check()  # 1
    check_told(site)
    _check_security(site, config)
    with site.store.view() as connection:
        law = _law(connection, site.desk.current().law().book)
        known = editions.read_counts(connection)
    numbers = _numbers(site, law, {(item.order, item.version) for item in known})
    with site.seals.publishing():  # 1
        came = _editions(site, law, numbers)
        log = Folder(config.folder / LOG)
        shown = _shown(site, log) if by_itself and not came else None
        existing = law.existing()
        if shown is not None and existing == site.existing:  # all is written as it is
            size = read_checkpoint(shown.text).size
            return Built(str(config.folder), len(law.told), came, 0, size)
        site.existing = None
        built = _written(site, config, shown or _published(site, log), existing, came)
        site.existing = existing
        return built


def _editions(site: Site, law: _Law, numbers: Mapping[tuple[str, int], Mapping[str, int]]) -> int:
    """Put on record what is told of orders that was not told yet; returns how many editions came."""
    with site.store.unit() as connection:
        now, came = site.clock.now(), 0
        done = _done(site, connection, law)
        before, known = editions.read_editions(connection), editions.read_counts(connection)
        for order, versions in law.told.items():
            for version in versions:
                name = order, version.version
                known = editions.count(connection, name, known, numbers[name], now)
            people = editions.figures(item for item in known if item.order == order)
            told = _told(law, order, done) | {"people": people}
            came += editions.publish(connection, order, before.get(order, ()), told, now)  # 4
    return came


def check_known(site: Site, order: str) -> None:
    """Refuse to speak of an order that is not in force and that the record does not tell of."""
    book = site.desk.current().book
    with site.store.view() as connection:
        names = set(editions.read_editions(connection))
    names |= {version.order for version in book.versions} if book else set()
    if order not in names:
        raise InvalidInput(f"no order here is called `{order}`{nearest(order, names)}")


def _shown(site: Site, log: Folder) -> Note | None:
    """Return the checkpoint that is shown, if every edition is in it."""
    note = log.checkpoint()
    with site.store.view() as connection:
        last = last_event(connection, (editions.PUBLISHED,))
    return note if note is not None and last <= read_checkpoint(note.text).size else None


def _published(site: Site, log: Folder) -> Note:
    """Sign the log up to now and publish it; returns its checkpoint, with the cosignatures that it has."""
    note = site.ledger.sign(GOVERNANCE)
    check_told(site)  # 1
    site.ledger.governance.publish(log, note)
    return log.checkpoint() or note


def _written(site: Site, config: settings.Record, note: Note, existing: int, came: int) -> Built:
    """Write every file (rule 5)."""
    checkpoint = read_checkpoint(note.text)
    with site.store.view() as connection:
        found = editions.read_editions(connection)
        signed = signed_at(connection, GOVERNANCE, checkpoint.size)
    vkeys = site.ledger.vkeys[GOVERNANCE]
    record = Record(
        address=config.address,
        operator=config.operator,
        note=note,
        size=checkpoint.size,
        root=to_base64(checkpoint.root),
        signed=signed,
        vkey=vkeys[0],
        policy="".join(f"log {vkey}\n" for vkey in vkeys) + "quorum none\n",
        orders=tuple(_order(site, note, item) for item in found.values()),
        existing=existing,
        security=config.security,
    )
    count = written.write_files(config.folder, written.files_of(record))
    return Built(str(config.folder), len(record.orders), came, count, checkpoint.size)


def _order(site: Site, note: Note, found: list[editions.Edition]) -> Order:
    """Prove an order's editions to the checkpoint that is published, whatever is signed meanwhile."""
    proofs = {}
    for edition in found:
        proved = site.ledger.governance.prove_to(edition.seq, note)
        proofs[edition.number] = write_opening(proved.opening), proved.proof.write()
    return order_of(found, proofs)


def _check_security(site: Site, config: settings.Record) -> None:
    """Refuse to publish whom to tell of security problems, once that is stale."""
    if config.security is not None and config.security.until() <= site.clock.now():
        raise InvalidInput(
            f"record.security_expires of `{site.config.file}` has passed; look at it anew"
        )


def _law(connection: Connection, book: Lawbook) -> _Law:
    """Read every version that was ever in force; those of the law in force are at hand."""
    found = _Law(book, {}, {})
    known = {(item.order, item.version): item for item in book.versions}
    for row in read_events(connection, 0, (history.ACTIVATED, history.HELD)):
        epoch = as_form(read_payload(row), Epoch, f"event {row.seq}")
        names = set(map(_name, fetch_manifest(connection, epoch.sources).versions))
        if names - known.keys():  # taken out since
            earlier = read_sources(fetch_sources(connection, epoch.sources).files)
            known |= {(item.order, item.version): item for item in earlier.versions}
        for name in names:
            found.versions.setdefault(name, (known[name], epoch))
        here = {order for order, _ in names}
        gone = {order for order, _ in found.versions} - here
        found.gone = {order: found.gone.get(order, epoch.at) for order in gone}
    return found


def _name(text: str) -> tuple[str, int]:
    order, _, version = text.rpartition("/")
    return order, int(version)


def _numbers(
    site: Site, law: _Law, counted: Collection[tuple[str, int]]
) -> dict[tuple[str, int], dict[str, int]]:
    """Count people for versions that are told and not `counted` yet, and those that annexes list (rule 3)."""
    annexes = {
        (order, version.version): {
            f"{editions.ANNEX} {name}": size for name, size in annexes_of_people(version).items()
        }
        for order, versions in law.told.items()
        for version in versions
    }
    now, told = site.clock.now(), [item for item in law.book.versions if item.disclosure == FULL]
    book = replace(law.book, versions=tuple(told), holds=())
    asked = {
        (item.order, item.version): max(now, since)
        for item, (since, until) in book.governing
        if until > now and item.rules and (item.order, item.version) not in counted
    }
    people = People(Compiled(book), site.registry.everybody()) if asked else None
    return {
        name: sizes
        if people is None or name not in asked
        else _people(people, name[0], asked[name]) | sizes
        for name, sizes in annexes.items()
    }


def _people(people: People, order: str, at: Instant) -> dict[str, int]:
    """Count persons; whoever cannot be judged is in neither number."""
    every = sum(1 for subject in people.subjects() if subject.kind == "person")
    less = {item.subject.id for item in people.affected(order, at) if item.subject.kind == "person"}
    return {editions.PEOPLE: every, editions.AFFECTED: len(less)}


def _done(site: Site, connection: Connection, law: _Law) -> _Done:
    arrivals = map(read_payload, read_events(connection, 0, (ARRIVED,)))
    versions = [version for version, _ in law.versions.values()]
    met: dict[tuple[str, int, str], list[Plain]] = {}
    for name, at in _words(site, connection):
        met.setdefault(worded(versions, name, at), []).append(format_instant(at))
    return _Done(
        {row["epoch"]: row for row in arrivals},
        met,
        {order: read_statements(connection, site.trust, order) for order in law.told},
    )


def _told(law: _Law, order: str, done: _Done) -> dict[str, Plain]:
    """Return what is told of an order, but numbers of people."""
    gone = law.gone.get(order)
    versions: list[Plain] = []
    for version in law.told[order]:
        _, epoch = law.versions[order, version.version]
        told = told_of(replace(version, obligations=running(law.told[order], version)))
        told["in_force"] = _force(epoch, done.arrivals.get(epoch.epoch))
        told["duties"] = [
            {**item, "met": done.met.get((order, version.version, str(item["id"])), [])}
            for item in _rows(told["duties"])
        ]
        versions.append(told)
    return {
        "versions": versions,
        "statements": statements_plain(done.statements[order]),
        "withdrawn": None if gone is None else format_instant(gone),
    }


def _rows(value: Plain) -> Iterable[Mapping[str, Plain]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _force(epoch: Epoch, arrival: Mapping[str, Plain] | None) -> dict[str, Plain]:
    """Tell how the first epoch with a version came into force, as far as it was measured."""
    told = arrival or {}
    return {
        "activated": format_instant(epoch.at),
        "took_ms": told.get("in_force_ms"),
        "acknowledged": told.get("acknowledged"),
        "lapsed": told.get("lapsed"),
    }


def _words(site: Site, connection: Connection) -> Iterator[tuple[str, Instant]]:
    for row in read_events(connection, 0, (MET,)):
        payload = read_payload(row)
        envelope = read_envelope(fetch(connection, str(payload["envelope"])))
        if isinstance(at := payload["at"], int):
            yield verify_word(envelope, MET, Met, site.trust).said.name, at
