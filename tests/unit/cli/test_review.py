"""`writ review` and `writ facts revoke --rented`, as reviewers use them."""

from pathlib import Path

import pytest

from tests.worlds.office import Office, office
from writ.errors import InvalidInput
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.people.backing import Source
from writ.people.intake import sign_line
from writ.people.reviews import Wanted
from writ.serve.site import open_site


@pytest.fixture
def made(tmp_path: Path) -> Office:
    """An office with reviewers, and a green card of Alice's to be looked at."""
    made = office(tmp_path, portal=True)
    made.enrol(Subject("alice", "person"))
    asked = {"attribute": "permanent_residences", "value": ["US"], "completeness": "at_least"}
    with open_site(read_config(made.config)) as site:
        site.registry.reviews.open(Wanted("alice", "papers", "permanent-resident-card", [asked]))
    return made


def test_reviewers_see_decide_and_count(made: Office) -> None:
    """A list, one of them, two opinions, and how it came out."""
    [review] = made.json("review", "list")["reviews"]
    name = review["id"]
    words = ("review", "decide", name, "--accept", "--seen", "person", "--reason", "genuine")
    first = made.writ(*words, "--expires", "2027-04-01T00:00:00Z", "--key", made.key("rae"))
    shown = made.writ("review", "show", name).stdout
    second = made.writ(*words, "--key", made.key("sam"))

    assert "another person has to agree" in first.stdout
    assert "rae accepts, seen person: genuine" in shown
    assert f"{name}: accepted" in second.stdout
    assert [] == made.json("review", "list")["reviews"]
    assert 1 == len(made.json("review", "list", "--all")["reviews"])
    [fact] = made.json("subject", "show", "alice")["facts"]
    assert ("A3", "2027-04-01T00:00:00Z") == (fact["assurance"], fact["expires_at"])
    [rate] = made.json("review", "rates")["rates"]
    assert ("permanent-resident-card", 1, 0) == (rate["document"], rate["accepted"], rate["open"])


def test_who_may_not_and_what_is_missing_is_said(made: Office) -> None:
    """A role that does not review, an opinion that is none, and both at once."""
    [review] = made.json("review", "list")["reviews"]
    words = ("review", "decide", review["id"], "--reason", "x")
    assert "`ben` may not review" in made.fails(*words, "--reject", "--key", made.key("ben"))
    for both in ((), ("--accept", "--reject")):
        with pytest.raises(InvalidInput, match="say --accept or --reject"):
            made.writ(*words, *both, "--key", made.key("rae"))


def test_a_rented_credential_takes_its_facts_along(made: Office) -> None:
    """One fact is named, and everything that rested on the same credential falls."""
    fact = {"attribute": "citizenships", "value": ["US"], "completeness": "at_least"}
    fact |= {"assurance": "A1", "method": "x", "issuer": "x", "subject": "alice"}
    fact["verified_at"] = "2026-06-01T00:00:00Z"
    with open_site(read_config(made.config)) as site:
        line = sign_line(fact, made.idv)
        site.registry.facts.take_in(line, None, skip_bad=False)
        [carried] = site.registry.facts.carried("alice")
        name = site.registry.backing.nullifier(b"passport")
        site.registry.backing.attach([Source(carried.id, name, None)])
    made.writ("facts", "revoke", carried.id.hex(), "--rented")

    assert [] == made.json("subject", "show", "alice")["facts"]
