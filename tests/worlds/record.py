"""A deployment in this process whose orders are told in full, by their existence, or not at all.

`us-bis` may be told in full, both its versions; the second has an annex of 150 people and one of two
organisations. `quiet` may be told to exist, and `secret` not at all. 520 people of whom nothing is known
are on the books. The clock stands still between steps.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.worlds.signers import NOW, Signers, letter
from writ.canonical import digest_bytes
from writ.clock import DAY, HOUR, DrillClock
from writ.desk.duties import Duties, Met, sign_met
from writ.desk.fleet import InForce
from writ.ledger.record.statements import Said, Statements, sign_statement
from writ.ledger.seals import sign_seal
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.serve.arrival import record as record_arrival
from writ.serve.record import Built, build
from writ.serve.site import Site, open_site
from writ.signing.trust import write_trust

WORLD = Signers.make(drill=True)
CATALOGUE = b"provider: provider\nmodels: {fable-5: {}, mythos-5: {}, opus-4-8: {}}\n"
PEOPLE = 520
CONFIG = """\
[trust]
pin = "{pin}"
[drill]
clock = "clock"
[log]
origin = "example.org/writ"
"""
RECORD = """\
[record]
address = "https://record.example.org"
operator = "Acme AI"
"""
SECURITY = """\
security_contacts = ["mailto:security@example.org"]
security_expires = "{until}"
"""
FULL = """\
disclosure: full
received: 2026-06-12T16:30:00-04:00
comply_by: 2026-06-12T18:51:00-04:00
readings:
  - {clause: c1, reading: answering is a transfer, rejected: only weights are, decided_by: counsel}
"""
AUTHORITY = """\
authority:
  name: Bureau of Industry <and> Security
  jurisdiction: US
  instrument: is-informed letter
  cites: ["15 CFR 744"]
  authenticated: {by: general counsel, how: called back, at: 2026-06-12T16:40:00-04:00}
"""
DUTY = """\
clauses: {c1: No foreign person without a licence., c2: Report each month., c3: Keep the receipts.}
obligations: [{id: report, clauses: [c2], what: Report to the Bureau., every: 30d}]
preserve: [{id: keep, clauses: [c3], what: Nothing is erased., records: [receipts]}]
"""
ANNEXES = """\
annexes:
  listed: {file: listed.csv, key: organisation}
  staff: {file: staff.csv, key: person}
exceptions:
  - id: listed
    to: only-us-persons
    clauses: [c2]
    models: [fable-5]
    who: {any: [{organisation_in: listed}, {person_in: staff}]}
"""


def first() -> bytes:
    """Return the first version of `us-bis`."""
    return (
        _told().replace(b"clauses: {c1: No foreign person without a licence.}\n", DUTY.encode(), 1)
        + FULL.encode()
    )


def second() -> bytes:
    """Return the second, from a day later: those listed are exempt."""
    data = _told(2).replace(
        b"clauses: {c1: No foreign person without a licence.}\n",
        b"clauses: {c1: No foreign person without a licence., c2: Those listed are exempt.}\n",
    )
    data = data.replace(b"2026-06-12T17:21:00-04:00", b"2026-06-13T17:21:00-04:00")
    return data + FULL.encode() + ANNEXES.encode()


def _told(version: int = 1) -> bytes:
    data = letter(version=version)
    return data.replace(b"authority: {name: Bureau, jurisdiction: US}\n", AUTHORITY.encode())


def silent(order: str, disclosure: str) -> bytes:
    """Return an order on another model that may be told so far."""
    return letter(order, model="mythos-5") + f"disclosure: {disclosure}\n".encode()


@dataclass
class Recorded:
    """A deployment with its folder."""

    site: Site
    folder: Path

    def build(self) -> Built:
        """Build the record."""
        return build(self.site)

    def enact(self, files: Mapping[str, bytes | None]) -> None:
        """Put files in force, half a second after they are activated."""
        force = WORLD.enact(self.site.desk, files)
        record_arrival(self.site, InForce(force.epoch, 500, {"gateway-1": 500}, ("gateway-2",), 3))

    def tell(self, number: int = 1) -> None:
        """Have two people say that logs may be published, whatever stands there now."""
        for holds, names in ((True, ("ben",)), (False, ("ben", "eva"))):
            for name in names:
                word = sign_seal(number, WORLD.trust, WORLD.keys[name], holds=holds)
                self.site.seals.say(word)

    def step(self, span: int) -> None:
        """Let time pass."""
        clock = self.site.clock
        assert isinstance(clock, DrillClock)
        clock.step(clock.now() + span)

    def meet(self, name: str) -> None:
        """Say that a duty was met."""
        duties = Duties(self.site.store, self.site.trust, self.site.clock)
        met = Met(name, [digest_bytes(b"")])
        duties.record_met(self.site.desk.current(), sign_met(met, WORLD.trust, WORLD.keys["ana"]))

    def state(self, by: str = "ana", order: str = "us-bis", **words: str) -> None:
        """Say something about an order."""
        statements = Statements(self.site.store, self.site.trust, self.site.clock)
        fields = dict.fromkeys(
            ("evaluation", "told_beforehand", "restoration", "challenge", "correction")
        )
        said = Said(order, statements.count(order) + 1, **(fields | words))
        statements.take(sign_statement(said, WORLD.trust, WORLD.keys[by]))

    def files(self) -> dict[str, bytes]:
        """Return every file of the record."""
        record = self.folder / "record"
        return {
            place.relative_to(record).as_posix(): place.read_bytes()
            for place in sorted(record.rglob("*"))
            if place.is_file()
        }


@contextmanager
def recorded(
    folder: Path, until: str | None = "2027-06-01T00:00:00Z", people: int = PEOPLE
) -> Iterator[Recorded]:
    """Open a deployment with its people on the books, and nothing in force yet.

    Security contacts stand `until` then; empty: there are none; None: it has no record.
    """
    folder.mkdir(exist_ok=True)
    document = write_trust(WORLD.trust)
    (folder / "trust.json").write_bytes(document)
    record = "" if until is None else RECORD
    record += SECURITY.format(until=until) if until else ""
    (folder / "writ.toml").write_text(CONFIG.format(pin=digest_bytes(document)) + record)
    (folder / "data").mkdir()
    DrillClock(folder / "clock", NOW)
    with open_site(read_config(folder / "writ.toml")) as site:
        site.registry.subjects.add([Subject(f"p{n}", "person") for n in range(people)])
        yield Recorded(site, folder)


def everything(made: Recorded) -> None:
    """Let all of it happen, built at every step."""
    made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
    made.enact(
        {"quiet.yaml": silent("quiet", "existence"), "secret.yaml": silent("secret", "none")}
    )
    made.tell()
    made.step(HOUR)
    made.build()
    made.state(evaluation="none", told_beforehand="no")
    made.meet("us-bis/1/report#1")
    made.step(HOUR)
    made.build()
    rows = "".join(f"p{n}\n" for n in range(150))
    made.enact(
        {
            "us-bis.v2.yaml": second(),
            "listed.csv": b"organisation\nacme\nbrit-co\n",
            "staff.csv": f"person\n{rows}".encode(),
        }
    )
    made.step(DAY)
    made.state(evaluation="summary", correction="A summary came on 13 June; we had said none.")
    made.build()
