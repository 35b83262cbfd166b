"""`writ obligations` over a deployment: what was done is recorded, with who did it."""

from pathlib import Path

import pytest

from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, found

DUTIES = """obligations:
  - {id: report, clauses: [c1], what: Report., every: 30d, owner: ada}
  - {id: warn, clauses: [c1], what: Warn., within: 24h, from: {event: flaw}}
"""
AT = "2026-06-20T00:00:00Z"


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """A deployment with duties in force."""
    made = found(tmp_path)
    letter = made.folder / "us-bis-2026-06-12.v1.yaml"
    letter.write_text(LETTER.read_text().replace("obligations: []\n", DUTIES))
    made.obey(CATALOGUE, letter)
    return made


def test_duties_are_met_and_events_recorded(deployment: Deployment) -> None:
    """The earliest is met by its name alone; an event starts a clock; the list tells both."""
    (deployment.folder / "report.pdf").write_text("all well")
    met = ("obligations", "met", "report", "--evidence", "report.pdf", "--key", "ada.key")
    name = "us-bis-2026-06-12/1/report#1"
    assert f"{name} was met, says ada\n" == deployment.writ(*met)
    listed = deployment.writ("obligations", "list", "--at", "2026-08-01T00:00:00Z")
    assert f"met, due before 2026-07-12T21:21:00Z: {name}, ada, by ada" in listed
    assert "all well" not in listed
    again = ("obligations", "met", "report#1", *met[3:])
    assert f"`{name}` was met before" == deployment.fails(2, *again)
    assert "nothing owed is named `warn`" in deployment.fails(
        3, "obligations", "met", "warn", *met[3:]
    )
    happened = ("obligations", "happened", "us-bis-2026-06-12")
    flaw = (*happened, "flaw", "--at", AT, "--key", "ben.key")
    assert f"flaw of us-bis-2026-06-12 at {AT} is recorded, says ben\n" == deployment.writ(*flaw)
    rows = deployment.json("obligations", "list", "--at", AT)["obligations"]
    assert ("us-bis-2026-06-12/1/warn#1.1", "2026-06-21T00:00:00Z") in [
        (row["name"], row["due"]) for row in rows
    ]
    flood = (*happened, "flood", "--at", AT, "--key", "ben.key")
    assert "waits for `flood`" in deployment.fails(2, *flood)


def test_a_name_that_may_be_two_is_asked_about(deployment: Deployment) -> None:
    """Where two orders have a duty of one name, both are named."""
    other = deployment.folder / "eu.yaml"
    text = (deployment.folder / "us-bis-2026-06-12.v1.yaml").read_text()
    other.write_text(text.replace("order: us-bis-2026-06-12", "order: eu-2026"))
    deployment.obey(other)
    met = ("obligations", "met", "report", "--evidence", other, "--key", "ada.key")
    assert "`report` may be eu-2026/1/report or us-bis-2026-06-12/1/report" == (
        deployment.fails(3, *met)
    )
    (both,) = [deployment.fails(3, *met[:2], "report#1", *met[3:])]
    assert "may be eu-2026/1/report#1 or us-bis-2026-06-12/1/report#1" in both
