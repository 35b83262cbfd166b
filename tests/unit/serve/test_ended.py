"""What has ended is gone from the disk, by the command and while it serves, and not while an order forbids it."""

import asyncio
import contextlib
import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.unit.serve.test_forget import PRESERVE, on_disk
from tests.worlds.deployment import CATALOGUE, LETTER
from tests.worlds.office import Office, office
from writ.cli.registered import registered
from writ.errors import Failed
from writ.law.subjects import read_subject
from writ.ledger.log import GOVERNANCE
from writ.model.config import read_config
from writ.people.backing import Source
from writ.serve.ended import erase_ended, keep_erasing
from writ.serve.site import Site, open_site
from writ.store.events import verify_events
from writ.store.people_tables import attestation

PAGE = Path(__file__).parents[3] / "docs" / "privacy.md"
FACT = {
    "attribute": "citizenships",
    "value": ["US"],
    "completeness": "at_least",
    "assurance": "A3",
    "method": "a-rare-scheme",
    "issuer": "a-very-rare-issuer",
    "verified_at": "2024-06-01T00:00:00Z",
    "expires_at": "2025-06-01T00:00:00Z",
}


def made(folder: Path, *orders: Path) -> Office:
    """An office under orders, with Alice of whom something ended a year ago."""
    there = office(folder)
    there.obey(CATALOGUE, *orders)
    alice, _ = read_subject({"id": "alice", "kind": "person", "facts": [FACT]})
    there.enrol(alice)
    with open_site(read_config(there.config)) as site:
        [fact] = site.registry.facts.carried("alice")
        name = site.registry.backing.nullifier(b"passport")
        site.registry.backing.attach([Source(fact.id, name, "https://issuer.example/1#7")])
    return there


def block(kind: str) -> str:
    """A block of the page."""
    return PAGE.read_text().partition(f"```{kind}\n")[2].partition("\n```")[0]


def lacking(there: Office) -> list[str]:
    """What a population of the registry says it lacks."""
    found = registered(there.config)
    assert 1 == len(list(found.lines))
    return found.missing


def preserving(folder: Path, records: str) -> Path:
    """The letter, with a duty to keep records of a kind."""
    letter = folder / "us-bis-2026-06-12.v1.yaml"
    letter.write_text(LETTER.read_text() + PRESERVE.replace("[facts]", f"[{records}]"))
    return letter


def parts(site: Site) -> list[bytes]:
    """What attestations on the books are made of, in pieces of 24 bytes."""
    with site.store.view() as connection:
        data = b"".join(row.envelope for row in connection.execute(attestation.select()))
    return [data[at : at + 24] for at in range(0, len(data) - 24, 24)]


def test_nothing_of_a_fact_that_ended_long_ago_is_left_on_disk(tmp_path: Path) -> None:
    """While it serves: not in the store, its free pages, or the file of its last writes; both logs go on."""
    there = made(tmp_path, LETTER)
    with open_site(read_config(there.config)) as site:
        pieces, before = parts(site), site.ledger.sign(GOVERNANCE)
        disk = on_disk(there)
        assert (True, []) == (len(pieces) > 9, [item for item in pieces if item not in disk])
        erase_ended(site)
        disk = on_disk(there)
        assert [] == [item for item in (*pieces, b"issuer.example") if item in disk]
        assert (True, ()) == (verify_events(site.store) > 0, site.retention().due())
        assert before.text != site.ledger.sign(GOVERNANCE).text
    assert [] == there.json("subject", "show", "alice")["facts"]


def test_what_is_due_is_listed_and_deleted_by_command(tmp_path: Path) -> None:
    """As the page has it: by ids and since when; a population says from then on what it lacks."""
    there = made(tmp_path, LETTER)
    setting, commands = block("toml"), block("sh").splitlines()
    there.config.write_text(f"{there.config.read_text()}\n{setting}")
    assert ["writ facts due", "writ facts due --delete"] == commands
    [due] = there.json("facts", "due")["due"]
    assert "2025-08-30T00:00:00Z" == due["since"]
    assert [] == lacking(there)

    assert "1 deleted" in there.writ(*commands[1].split()[1:]).output
    assert [] == there.json("facts", "due")["due"]
    [said] = lacking(there)
    assert said.startswith("not counted: 1 fact that had ended, deleted by 2")


@pytest.mark.parametrize("records", ["facts", "subjects"])
def test_a_duty_to_preserve_suspends_it(tmp_path: Path, records: str) -> None:
    """Asked for, it is refused; while it serves, nothing goes, and the log says why."""
    there = made(tmp_path, preserving(tmp_path, records))
    assert "says to preserve them" in there.fails("facts", "due", "--delete")
    with open_site(read_config(there.config)) as site:
        [said] = kept_at(site)
        assert 1 == len(site.retention().due())
    assert ("what has ended is kept", True) == (said["event"], "`us-bis" in str(said["why"]))


def test_it_is_looked_for_at_the_start_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was deleted is logged by numbers, nothing is not; what fails is tried again."""
    there = made(tmp_path, LETTER)
    with open_site(read_config(there.config)) as site:
        with monkeypatch.context() as broken:
            broken.setattr(site.store, "scrub", lambda _wait: (_ for _ in ()).throw(Failed("full")))
            [failed] = kept_at(site)
        site.registry.facts.take_in(
            json.dumps({"subject": "alice", **FACT}).encode(), site.operator(), skip_bad=False
        )
        first, second = kept_at(site), kept_at(site)
    assert ("what has ended is not deleted", "full") == (failed["event"], failed["why"])
    assert [("what has ended is deleted", 1, 0)] == [
        (item["event"], item["facts"], item["people"]) for item in first
    ]
    assert [] == second


def kept_at(site: Site) -> list[dict[str, object]]:
    """Have it looked for once, as while it serves, and return what is logged."""

    async def run() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(keep_erasing(site, 3600.0), 0.5)

    with capture_logs() as logged:
        asyncio.run(run())
    return [dict(item) for item in logged]
