"""An annex in force in a real deployment: its rows are in the sources, and nowhere that leaves them.

Rows 0 to 39 are listed, or come; of these the books have two, and one of them comes by keys.
"""

import asyncio
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from tests.worlds.deployment import Deployment, found
from writ.desk import feed
from writ.desk.assertions import Assertions
from writ.desk.fleet import Fleet
from writ.desk.leases import Leases
from writ.desk.roll import Roll
from writ.model.config import read_config
from writ.point import seam
from writ.serve.site import Site, open_site
from writ.signing.keys import KeyPair
from writ.store.events import read_events

ROWS = [f"quokka-{number:02}" for number in range(40)]
KNOWN = (ROWS[3], ROWS[21])
SECRET = [name.encode() for name in ROWS if name not in KNOWN]

CATALOGUE = "provider: acme\nmodels: {m: {}, n: {}}\n"
ORDER = """\
order: letter
version: VERSION
kind: restriction
title: Nobody listed
authority: {name: A, jurisdiction: US}
effective: 2026-06-1VERSIONT00:00:00Z
disclosure: full
notice: {en: Not for you.}
clauses: {c1: Nobody listed., c2: "But their employees, for them."}
rules:
  - {id: listed, clauses: [c1], models: [m], bar: {organisation: {organisation_in: annex-a}}, standing: organisation, evidence: {to_serve: A2, to_bar: A1}}
  - {id: ours, clauses: [c1], models: [n], only: {person: {citizen_of: [US]}, organisation: {incorporated_in: [US]}}, standing: natural_person, evidence: {to_serve: A2, to_bar: A1}}
exceptions:
  - id: staff
    to: ours
    clauses: [c2]
    models: [n]
    who: {any: [{organisation_in: annex-a}, {all: [{employee_of: annex-a}, {acting_for: annex-a}]}]}
    unproven: barred
annexes: {annex-a: {file: annex-VERSION.csv, key: organisation}}
MORE
scenarios:
  - {name: one of them, at: effective, model: m, organisation: {id: quokka-10}, expect: deny}
"""


@dataclass
class Enacted:
    """The deployment, what it said on the way, and the folder of both versions."""

    deployment: Deployment
    orders: Path
    said: str
    impact: object


def write(folder: Path, version: int, rows: list[str], more: str = "") -> list[Path]:
    """Write one version with its annex and the catalogue."""
    folder.mkdir(exist_ok=True)
    text = ORDER.replace("VERSION", str(version)).replace("MORE", more)
    files = {
        "catalogue.yaml": CATALOGUE,
        f"letter.v{version}.yaml": text,
        f"annex-{version}.csv": "\n".join(["organisation", *rows]) + "\n",
    }
    for name, data in files.items():
        (folder / name).write_text(data)
    return [folder / "catalogue.yaml", folder / f"letter.v{version}.yaml"]


@pytest.fixture(scope="module")
def enacted(tmp_path_factory: pytest.TempPathFactory) -> Enacted:
    """Version 1 with the first twenty in force; then version 2, without four and with twenty more."""
    made = found(tmp_path_factory.mktemp("rows"))
    books = made.folder / "subjects.jsonl"
    companies: list[dict[str, object]] = [{"id": name, "kind": "organisation"} for name in KNOWN]
    rows: list[dict[str, object]] = [
        *companies,
        {"id": "bot", "kind": "service", "acts_for": [KNOWN[1]]},
    ]
    books.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made.writ("subject", "add", "--file", books)
    for _ in range(2):
        made.writ("key", "create", "bot")
    orders = made.folder / "orders"
    made.obey(*write(orders, 1, ROWS[:20]))
    change = "annex_change: {annex-a: {come: 20, go: 4}}"
    second = write(orders, 2, [*ROWS[4:20], *ROWS[20:]], change)
    said = [made.writ("submit", *second, "--key", "ada.key"), made.writ("status")]
    for name in ("ben", "eve"):
        done = made.run("sign", "--key", f"{name}.key", "--yes")
        assert 0 == done.returncode, done.stderr
        said += [done.stdout, done.stderr]
    impact = made.json("status")["proposal"]["impact"]
    return Enacted(made, orders, "\n".join(said), impact)


def test_everybody_sees_the_numbers_before_signing(enacted: Enacted) -> None:
    """Signers count rows themselves; whom of them the books have is the desk's to say."""
    reach = (
        "annex annex-a of letter version 2: 20 rows come (1 on the books, 2 keys act for them), "
        "4 go (1 on the books, 0 keys act for them)"
    )
    counted = "  annex annex-a: 20 rows come, 4 go; 36 rows, were 20"
    lines = enacted.said.splitlines()
    assert (2, 2) == (lines.count(counted), lines.count(f"the desk counts: {reach}"))
    assert 4 == lines.count(f"  {reach}")  # submitted, status, signed, signed
    assert [
        {
            "order": "letter", "version": 2, "annex": "annex-a", "come": 20, "go": 4, "shift": 0,
            "rows": 36, "were": 20,
            "registered": {"come": 1, "go": 1}, "keys": {"come": 2, "go": 0},
        }
    ] == enacted.impact  # fmt: skip


def test_no_command_prints_a_row(enacted: Enacted, tmp_path: Path) -> None:
    """Status, check, explain and difference, in words and as JSON; a file that is written does."""
    made, orders = enacted.deployment, enacted.orders
    said = [enacted.said]
    one, two = orders / "letter.v1.yaml", orders / "letter.v2.yaml"
    before = tmp_path / "before"
    before.mkdir()
    for name in ("catalogue.yaml", "letter.v1.yaml", "annex-1.csv"):
        shutil.copy(orders / name, before)
    for words in (
        ["status"],
        ["order", "check", orders],
        ["order", "explain", orders],
        ["order", "diff", one, two],
        ["order", "diff", before, orders],
        ["annex", "diff", orders / "annex-1.csv", orders / "annex-2.csv", "--subjects",
         made.folder / "subjects.jsonl"],
    ):  # fmt: skip
        said += [made.writ(*words), made.writ(*words, "--json")]
    assert [] == rows_in("\n".join(said).encode())
    told = json.loads(said[-1])
    assert ({"come": 1, "go": 1}, {"come": 1, "go": 0}) == (told["registered"], told["acting"])
    people = tmp_path / "people"
    whole = made.json("order", "diff", before, orders, "--write", people)
    assert rows_in(msgspec.json.encode(whole))
    assert any(rows_in(file.read_bytes()) for file in people.iterdir())


def test_nothing_that_leaves_the_desk_has_a_row(enacted: Enacted) -> None:
    """Snapshot, bundle, every message to a gateway, every event row; before and after activation."""
    config = read_config(enacted.deployment.folder / "writ.toml")
    enacted.deployment.writ("activate")
    with open_site(config) as site:
        force = site.desk.current()
        with site.store.view() as connection:
            events = [row.bytes for row in read_events(connection)]
        heard = asyncio.run(messages(site))
    assert 2 == force.epoch
    assert b"annex-a" in force.law().snapshot
    kinds = {type(seam.down_decoder.decode(frame)) for frame in heard}
    assert {seam.Snapshot, seam.Activate, seam.Row, seam.Subject, seam.Key} <= kinds
    assert len(events) > 5
    assert [] == rows_in(force.law().snapshot, force.bundle, *heard, *events)
    known = [name.encode() for name in KNOWN]
    assert [] == [name for name in known for data in (*heard, *events) if name in data]


async def messages(site: Site) -> list[bytes]:
    """Return everything that a gateway is told on greeting, as it is on the wire."""
    leases = Leases(KeyPair.generate(), site.clock)
    roll = Roll(site.registry.books, site.registry.facts)
    words = Assertions(site.registry.books, roll, 0)
    served = feed.Feed(site.desk, roll, leases, Fleet([], leases), site.clock, assertions=words)
    path = site.config.folder / "seam.sock"
    await served.start(path)
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(seam.frame(seam.Hello("gateway-1", 0)))
    heard: list[bytes] = []
    while not heard or not isinstance(seam.down_decoder.decode(heard[-1]), seam.Sync):
        size = int.from_bytes(await reader.readexactly(4), "big")
        heard.append(await reader.readexactly(size))
    writer.close()
    await served.stop()
    return heard


def rows_in(*data: bytes) -> list[bytes]:
    """Return the rows found that no registered subject has."""
    return [name for name in SECRET for item in data if name in item]
