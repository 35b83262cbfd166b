"""The record of a deployment: what it tells, what it does not, and that nothing in it is taken back."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from tests.worlds.record import (
    CATALOGUE,
    WORLD,
    Recorded,
    everything,
    first,
    recorded,
    second,
    silent,
)
from tests.worlds.signers import NOW
from writ.canonical import digest_bytes
from writ.clock import DAY, HOUR, format_instant
from writ.desk.fleet import InForce
from writ.errors import Failed, InvalidInput, Refused
from writ.ledger.audit import audit
from writ.ledger.evidence.events import read_opening
from writ.ledger.folder import Folder
from writ.ledger.policy import read_policy
from writ.ledger.proof import read_proof
from writ.ledger.record.places import SECURITY
from writ.ledger.record.site import write_files
from writ.ledger.record.statements import LONGEST
from writ.ledger.record.words import words_in
from writ.ledger.seals import sign_seal
from writ.model.subject import Subject
from writ.serve.arrival import record
from writ.signing.note import Note, sign_note

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Two versions told, an order that may be told to exist, one that may not be told."""
    with recorded(tmp_path_factory.mktemp("record")) as found:
        everything(found)
        yield found


@pytest.fixture(scope="module")
def files(made: Recorded) -> dict[str, bytes]:
    """The record's files."""
    return made.files()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Recorded]:
    """A deployment with one order that nobody may be told of."""
    with recorded(tmp_path) as found:
        found.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": silent_version()})
        yield found


def silent_version() -> bytes:
    """The first version, of which nothing may be told."""
    return first().replace(b"disclosure: full", b"disclosure: none")


def edition(files: dict[str, bytes], number: int) -> dict[str, object]:
    """What an edition told."""
    told: dict[str, object] = json.loads(files[f"orders/us-bis/{number}.json"])["told"]
    return told


def test_building_again_changes_no_byte(made: Recorded, files: dict[str, bytes]) -> None:
    """The same deployment is the same record; nothing new is an event."""
    built = made.build()
    assert (1, 0, 0) == (built.orders, built.editions, built.written)
    assert files == made.files()


def test_a_page_tells_what_was_ordered_and_done(files: dict[str, bytes]) -> None:
    """Authority, instants, models, how fast, how many, what nobody stated; every value escaped."""
    page = files["orders/us-bis.html"].decode()
    for words in (
        "Bureau of Industry &lt;and&gt; Security (US)",
        "is-informed letter",
        "15 CFR 744",
        '<time datetime="2026-06-12T21:21:00Z">12 June 2026, 21:21 UTC</time>',
        "on every gateway 500 ms later (1 had it, 1 could decide no more)",
        "30 min 500 ms after it was received; of other ways to the models this says nothing",
        "about 500 to 999 (counted 2026-06-12)",
        "fewer than about 600 (counted 2026-06-12)",
        "2 organisations",
        "A summary",
        '<span class="unsaid">not stated</span>',
        "Whoever cannot be judged yet (not known, or not well enough): verify.",
        "Report to the Bureau.",
        "Done <time",
    ):
        assert words in page, words


def test_nothing_tells_of_an_order_that_may_not_be_told(files: dict[str, bytes]) -> None:
    """No byte of the record names it, and none the order of which only the existence may be said."""
    silent = [name for name, data in files.items() if b"secret" in data or b"quiet" in data]
    assert [] == silent
    assert b"1 order exists of which nothing else may be told." in files["index.html"]
    assert 1 == json.loads(files["record.json"])["existing"]


def test_an_orders_people_and_counsel_are_left_out(files: dict[str, bytes]) -> None:
    """No row of an annex, no number behind a band, nobody who decided or signed."""
    told = {
        name: data
        for name, data in files.items()
        if name.startswith(("record.", "feed.")) or name.endswith((".html", "1.json", "3.json"))
    }
    for inside in (b"general counsel", b"only weights are", b">p17", b'"p17', b'"ana', b"acme,"):
        assert [] == [name for name, data in told.items() if inside in data], inside
    assert b"520" not in files["record.json"]


def test_what_was_wrong_stays_beside_what_is_right(files: dict[str, bytes]) -> None:
    """A correction stands first, and the page says what each edition changed and said before."""
    page = files["orders/us-bis.html"].decode()
    assert "A summary came on 13 June; we had said none." in page
    assert "whether an evaluation was supplied: “summary”; it said “none”" in page
    said = [edition(files, number)["statements"] for number in (1, 2, 3)]
    assert [None, "none", "summary"] == [dict(item)["evaluation"] for item in said]  # type: ignore[call-overload]  # JSON


def test_the_log_has_every_edition(made: Recorded, files: dict[str, bytes]) -> None:
    """Each is the document that an event names, and the event leads to the published checkpoint."""
    policy = read_policy(files["log.policy"])
    log = Folder(made.folder / "record" / "log")
    note = log.checkpoint()
    assert note is not None
    seen = policy.see(note)
    assert seen.checkpoint.size == audit(log, seen.checkpoint)
    for number in (1, 2, 3):
        place = f"orders/us-bis/{number}"
        opening = read_opening(files[f"{place}.opening.json"], place)
        proof = read_proof(files[f"{place}.tlog-proof"])
        assert seen == proof.check(opening.entry(), policy)
        payload = json.loads(opening.row)["payload"]
        assert payload["document"] == digest_bytes(files[f"{place}.json"])


def test_what_witnesses_signed_goes_with_the_proofs(
    made: Recorded, files: dict[str, bytes]
) -> None:
    """A checkpoint that was cosigned after it was published is in the proofs of the next build."""
    log, name = Folder(made.folder / "record" / "log"), "example.net/witness"
    note = log.checkpoint()
    assert note is not None
    cosigned = Note(note.text, (*note.signatures, sign_note(note.text, name, WORLD.keys["eva"])))
    log.put_checkpoint(cosigned)
    assert 3 == made.build().written
    assert cosigned == read_proof(made.files()["orders/us-bis/1.tlog-proof"]).note
    log.put_checkpoint(note)
    made.build()
    assert files == made.files()


def test_tables_have_a_row_for_each_version(files: dict[str, bytes]) -> None:
    """With the instants, how fast, and the bands."""
    data = files["record.csv"].decode()
    assert (3, 3) == (data.count("\r\n"), data.count("\n"))  # RFC 4180
    rows = list(csv.DictReader(io.StringIO(data)))
    assert [("1", "500", "500", "1000"), ("2", "500", "500", "1000")] == [
        (row["version"], row["in_force_ms"], row["affected_least"], row["affected_below"])
        for row in rows
    ]
    assert ["2026-06-12T22:00:00Z", "2026-06-13T23:00:00Z"] == [row["published"] for row in rows]
    told = json.loads(files["record.json"])
    [order] = told["orders"]
    assert ("us-bis", 3, 2) == (order["order"], order["edition"], len(order["versions"]))
    [numbers] = csv.DictReader(io.StringIO(files["numbers.csv"].decode()))
    assert [{**numbers, "versions": 2}] == told["numbers"]
    bureau = ("Bureau of Industry <and> Security", "US", "restriction", "2")
    assert bureau == tuple(numbers.values())


def test_feeds_have_an_entry_for_each_edition(files: dict[str, bytes]) -> None:
    """The last one first, in both, under names that never change."""
    feed = ET.fromstring(files["feed.atom"])  # noqa: S314  our own
    ids = [str(item.findtext(f"{ATOM}id")) for item in feed.iter(f"{ATOM}entry")]
    page = "https://record.example.org/orders/us-bis.html"
    assert [f"{page}#edition-{number}" for number in (3, 2, 1)] == ids
    assert ids == [item["id"] for item in json.loads(files["feed.json"])["items"]]
    assert "2026-06-13T23:00:00Z" == feed.findtext(f"{ATOM}updated")


def test_whom_to_tell_of_security_problems(files: dict[str, bytes]) -> None:
    """As RFC 9116 has it."""
    assert [
        "Contact: mailto:security@example.org",
        "Expires: 2027-06-01T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: https://record.example.org/.well-known/security.txt",
    ] == files[SECURITY].decode().splitlines()


def test_nothing_is_built_while_a_seal_holds(empty: Recorded) -> None:
    """Nor is anything on record of having tried."""
    site = empty.site
    seals = site.seals
    seals.say(sign_seal(1, WORLD.trust, WORLD.keys["ben"], holds=True))
    before = site.ledger.governance.sign()
    with pytest.raises(Refused, match="nothing is published"):
        empty.build()
    assert ({}, before) == (empty.files(), site.ledger.governance.sign())
    for name in ("ben", "eva"):
        seals.say(sign_seal(1, WORLD.trust, WORLD.keys[name], holds=False))
    assert 0 == empty.build().orders


def test_an_annex_by_another_name_is_held_against_what_was_told(tmp_path: Path) -> None:
    """A version that renames its annex and strikes one person tells no two figures of it."""
    with recorded(tmp_path) as made:
        rows = [f"p{n}\n" for n in range(500)]
        second_now = second().replace(b"2026-06-13T17:21:00-", b"2026-06-12T17:31:00-")
        made.enact(
            {
                "catalogue.yaml": CATALOGUE,
                "us-bis.v1.yaml": first(),
                "us-bis.v2.yaml": second_now,
                "listed.csv": b"organisation\nacme\n",
                "staff.csv": "".join(["person\n", *rows]).encode(),
            }
        )
        made.build()
        third = second_now.replace(b"version: 2\n", b"version: 3\n")
        third = third.replace(b"17:31:00-", b"17:41:00-").replace(b"staff", b"crew")
        made.enact(
            {
                "us-bis.v3.yaml": third,
                "crew.csv": "".join(["person\n", *rows[1:]]).encode(),
            }
        )
        made.build()
        people = edition(made.files(), 2)["people"]
    assert isinstance(people, list)
    told = {item["of"]: item["band"] for item in people if item["of"].startswith("annex")}
    band = {"least": 500, "below": 1000}
    assert {"annex staff": band, "annex crew": band} == told


def test_an_order_that_may_not_be_told_moves_no_number(tmp_path: Path) -> None:
    """One that denies everybody the same model beside, or holds it, leaves all as it was told."""
    with recorded(tmp_path) as made:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        made.build()
        before = edition(made.files(), 1)
        stricter = silent("secret", "none").replace(b"mythos-5", b"fable-5")
        made.enact(
            {"secret.yaml": stricter.replace(b"undetermined: verify", b"undetermined: deny")}
        )
        made.site.desk.hold(WORLD.stop(made.site.desk, "fable-5", until=NOW + DAY))
        made.tell()
        assert 0 == made.build().editions
        made.step(HOUR)
        assert 0 == made.build().editions
        assert before == edition(made.files(), 1)
        assert [] == [name for name, data in made.files().items() if b"secret" in data]


def test_people_are_counted_though_a_version_that_may_not_be_told_governs(tmp_path: Path) -> None:
    """That they were not would tell of it; they are those of the version that is told."""
    with recorded(tmp_path) as made:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        lifted = silent_version().replace(b"version: 1\n", b"version: 2\n")
        lifted = lifted.replace(b"fable-5", b"opus-4-8").replace(b"17:21:00-", b"17:51:00-")
        made.enact({"us-bis.v2.yaml": lifted})
        made.tell()
        made.step(HOUR)
        made.build()
        page = made.files()["orders/us-bis.html"].decode()
    assert "about 500 to 999 (counted 2026-06-12)" in page
    assert "Version 2" not in page


def told_in(folder: Path, people: int) -> dict[str, bytes]:
    """All that is told of two orders, while people come; but the log, whose salts are drawn."""
    with recorded(folder, people=people) as made:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        made.build()
        made.site.registry.subjects.add([Subject(f"q{n}", "person") for n in range(150)])
        made.step(DAY)
        made.build()
        made.enact(
            {
                "us-bis.v2.yaml": second(),
                "listed.csv": b"organisation\nacme\n",
                "staff.csv": b"person\np1\n",
                "other.v1.yaml": silent("other", "full"),
            }
        )
        made.build()
        files = made.files()
    logged = (".opening.json", ".tlog-proof", "log.policy")
    return {
        name: re.sub(rb"<code>[^<]{44}</code>", b"", data)
        for name, data in files.items()
        if not (name.endswith(logged) or name.startswith(("log/", "verify.html")))
    }


def test_nobody_can_tell_whether_one_person_more_was_there(tmp_path: Path) -> None:
    """In no file of any build: though versions, orders and those who came since are subtracted."""
    assert told_in(tmp_path / "with", 350) == told_in(tmp_path / "without", 349)


def test_a_record_of_nothing_that_may_be_told(empty: Recorded) -> None:
    """It is there, says so, and its feeds are in order."""
    empty.tell()
    empty.build()
    files = empty.files()
    assert b"No order may be told here in full." in files["index.html"]
    assert b"us-bis" not in b"".join(files.values())
    feed = ET.fromstring(files["feed.atom"])  # noqa: S314  our own
    assert format_instant(empty.site.clock.now()) == feed.findtext(f"{ATOM}updated")


def test_a_version_is_told_without_the_one_that_may_not_be(empty: Recorded) -> None:
    """What may be told later is told from there on; what came before it stays untold."""
    later = first().replace(b"version: 1\n", b"version: 2\n").replace(b"17:21:00-", b"18:21:00-")
    empty.enact({"us-bis.v2.yaml": later})
    empty.tell()
    empty.build()
    files = empty.files()
    assert b"Version 2: restriction" in files["orders/us-bis.html"]
    assert b"Version 1" not in files["orders/us-bis.html"]


def test_what_is_taken_out_of_force_stays_told(empty: Recorded) -> None:
    """With since when; and if it comes back, that too. A change of wording is an edition."""
    told = {"us-bis.v2.yaml": first().replace(b"version: 1\n", b"version: 2\n")}
    told = {name: data.replace(b"17:21:00-", b"18:21:00-") for name, data in told.items()}
    empty.enact(told)
    empty.tell()
    empty.build()
    empty.enact({"us-bis.v2.yaml": None, "us-bis.v1.yaml": None})
    empty.build()
    assert b"Taken out of force" in empty.files()["orders/us-bis.html"]
    empty.enact({"us-bis.v1.yaml": silent_version(), **told})
    empty.build()
    page = empty.files()["orders/us-bis.html"].decode()
    assert "Taken out of force" not in page
    assert page.index("in force again") < page.index("taken out of force")


def test_whoever_comes_later_moves_no_figure(tmp_path: Path) -> None:
    """A version's people are counted once; a next version that concerns nearly as many is told as it was."""
    with recorded(tmp_path) as made:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        made.build()
        made.site.registry.subjects.add([Subject(f"q{n}", "person") for n in range(260)])
        made.step(DAY)
        assert 0 == made.build().editions
        later = first().replace(b"version: 1\n", b"version: 2\n")
        made.enact({"us-bis.v2.yaml": later.replace(b"17:21:00-", b"17:51:00-")})
        assert 1 == made.build().editions
        assert 0 == made.build().editions
        people = edition(made.files(), 2)["people"]
    assert isinstance(people, list)
    assert [(1, 500, 1000), (2, 500, 1000)] == [
        (item["version"], item["band"]["least"], item["band"]["below"])
        for item in people
        if item["of"] == "affected"
    ]


def test_a_version_that_governs_no_more_is_not_counted(tmp_path: Path) -> None:
    """Facts change; whom it would concern today is not whom it concerned."""
    with recorded(tmp_path) as made:
        ended = first() + b"until: 2026-06-13T00:00:00Z\n"
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": ended})
        made.step(DAY)
        made.build()
        page = made.files()["orders/us-bis.html"].decode()
    assert 2 == page.count("not counted")


def test_a_statement_that_cannot_be_read_is_not_signed(made: Recorded) -> None:
    """Nothing said, too much, an unknown word, no instant: each says what to write."""
    for words, why in (
        ({}, "say something"),
        ({"evaluation": "good"}, "an evaluation is one of none, summary, full"),
        ({"challenge": "x" * (LONGEST + 1)}, "challenge is one line of 2000 characters"),
        ({"challenge": "two\nlines"}, "challenge is one line"),
        ({"told_beforehand": "yes"}, "`yes` is not an instant"),
        ({"told_beforehand": ""}, "`` is not an instant"),
    ):
        with pytest.raises(InvalidInput, match=why):
            made.state(**words)


def test_security_contacts_that_are_stale_are_not_published(tmp_path: Path) -> None:
    """The record says so, rather than lead somebody astray."""
    with recorded(tmp_path, until="2026-06-12T21:00:00Z") as made:
        made.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        with pytest.raises(InvalidInput, match="has passed; look at it anew"):
            made.build()


def test_what_was_not_measured_or_stated_is_said_to_be_so(tmp_path: Path) -> None:
    """No gateway was served, the letter tells no instant, and nobody is told of security problems."""
    with recorded(tmp_path, until="") as made:
        version = first().replace(b"received: 2026-06-12T16:30:00-04:00\n", b"")
        version = version.replace(b"title: Licence requirement", b'title: "=1+1"')
        WORLD.enact(made.site.desk, {"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": version})
        made.build()
        told = made.files()["orders/us-bis.html"].decode()
        record(made.site, InForce(1, 3000, {"gateway-1": 3000}, (), 0))
        made.build()
        files = made.files()
    assert "how fast gateways had it was not measured" in told
    page = files["orders/us-bis.html"].decode()
    assert "on every gateway 3 s later (1 had it)" in page
    assert "after it was received" not in page
    assert "version 1: in force" in page
    assert SECURITY not in files
    assert b",'=1+1," in files["record.csv"]  # no spreadsheet takes it for a formula


def test_a_deployment_without_a_record_says_so(tmp_path: Path) -> None:
    """And says where to say it."""
    with (
        recorded(tmp_path, until=None) as made,
        pytest.raises(InvalidInput, match=r"has no \[record\]"),
    ):
        made.build()


def test_files_are_replaced_whole_and_only_where_they_differ(tmp_path: Path) -> None:
    """Contacts that are no longer said go; a disk that does not take it is named."""
    files = {"index.html": b"a", SECURITY: b"b"}
    assert 2 == write_files(tmp_path, files)
    assert 1 == write_files(tmp_path, {**files, "index.html": b"c"})
    assert 0 == write_files(tmp_path, {"index.html": b"c"})
    assert ["index.html"] == [item.name for item in tmp_path.rglob("*") if item.is_file()]
    (tmp_path / "orders").write_bytes(b"in the way")
    with pytest.raises(Failed, match="cannot write"):
        write_files(tmp_path, {"orders/us-bis.html": b"d"})


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (0, "at once"),
        (412_000, "412 ms"),
        (5_400_000_000, "1 h 30 min"),
        (90_061_000_000, "1 d 1 h"),
    ],
)
def test_a_span_is_told_in_its_largest_two_units(span: int, words: str) -> None:
    """As people would."""
    assert words == words_in("en").span(span)


def test_documents_are_canonical(files: dict[str, bytes]) -> None:
    """What an event names by its digest has one form."""
    assert "writ-record-1" == msgspec.json.decode(files["orders/us-bis/1.json"])["format"]
