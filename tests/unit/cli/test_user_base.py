"""`writ user-base`, `writ issuer` and `writ end-user token`, as an operator and a company use them."""

import json
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.worlds.office import Office, office
from writ.canonical import encode
from writ.clock import DAY, WallClock, wall
from writ.errors import WritError
from writ.model.subject import Subject
from writ.people.user_base import PAYLOAD_TYPE, Word, sign_user_base
from writ.signing import dsse
from writ.signing.dsse import Envelope
from writ.signing.end_user import verify_end_user
from writ.signing.keys import KeyPair, write_public

US = "ear.us_person@1"
NOW = WallClock().now()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A deployment that believes employers up to A2, with Acme and another company."""
    opened = office(tmp_path_factory.mktemp("base"), portal=True, more=MappingProxyType({}))
    opened.enrol(*(Subject(name, "organisation") for name in ("acme", "other")))
    for name, assurance in (("acme", "A2"), ("names", "A0"), ("other", "A2")):
        pair = KeyPair.generate()
        pair.save(opened.folder / f"{name}-users.key")
        whose = "acme" if name == "names" else name
        public = write_public(pair.public)
        opened.writ("issuer", "add", whose, public, "--assurance", assurance, "--kid", name)
    return opened


def pair_of(made: Office, name: str) -> KeyPair:
    """Load a company's key."""
    return KeyPair.load(made.folder / f"{name}-users.key")


def handed_in(made: Office, envelope: Envelope) -> str:
    """Import a statement; return what is said, or why it is refused."""
    file = made.folder / "statement"
    file.write_bytes(envelope.json())
    try:
        return made.writ("user-base", "import", file).stdout
    except WritError as error:
        return str(error)


def word(*names: str, issued: int = NOW, lasts: int = DAY, whose: str = "acme") -> Word:
    """Say something of all users."""
    return Word(whose, names, issued, issued + lasts)


def certified(made: Office) -> list[tuple[list[str], str]]:
    """What stands of what Acme certified, and at which level."""
    facts = made.json("subject", "show", "acme")["facts"]
    return [
        (item["value"], item["assurance"])
        for item in facts
        if item["attribute"] == "users_certified"
    ]


def test_a_company_certifies_its_users_and_takes_it_back(made: Office) -> None:
    """At what is registered for its key; again, it changes nothing; a later word takes its place."""
    file, key = made.folder / "acme.base", made.folder / "acme-users.key"
    sign = ("user-base", "sign", file, "--organisation", "acme", "--key", key)
    signed = made.writ(*sign, "--eligible", US, "--for", "30d").stdout
    assert signed.startswith(f"{file}: {US}, until ")
    assert made.writ("user-base", "import", file).stdout.startswith(f"acme: {US} at A2 until ")
    assert [([US], "A2")] == certified(made)
    assert "as it stood" in made.writ("user-base", "import", file).stdout
    later = word("ear.foreign_person@1", issued=WallClock().now())
    assert "ear.foreign_person@1 at A2" in handed_in(
        made, sign_user_base(later, pair_of(made, "acme"))
    )
    assert [(["ear.foreign_person@1"], "A2")] == certified(made)
    assert "taken in last is no older" in made.fails("user-base", "import", file)
    between = sign_user_base(word(US, issued=WallClock().now()), pair_of(made, "acme"))
    assert made.writ(*sign).stdout.startswith(f"{file}: nothing, until ")
    assert "acme: nothing at A2" in made.writ("user-base", "import", file).stdout
    assert "as it stood" in made.writ("user-base", "import", file).stdout
    assert "taken in last is no older" in handed_in(made, between)
    assert [] == certified(made)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (word(US, issued=NOW - 2 * DAY), "has ended already"),
        (word(US, issued=NOW + DAY), "has not come yet"),
    ],
)
def test_what_does_not_hold_now_is_refused(made: Office, said: Word, why: str) -> None:
    """Late, or early."""
    assert why in handed_in(made, sign_user_base(said, pair_of(made, "acme")))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (word(US, lasts=367 * DAY), "within 366 days"),
        (word(US, lasts=-1), "within 366 days"),
        (word(US, US), "each once"),
        (word(*(f"n{n}@1" for n in range(17))), "16 definitions at most"),
        (word("ear.us_person@99"), "unknown definition `ear.us_person@99`"),
    ],
)
def test_what_cannot_be_said_is_not_signed(said: Word, why: str) -> None:
    """For ever, twice, too much, of what there is not."""
    with pytest.raises(WritError, match=why):
        sign_user_base(said, KeyPair.generate())


@pytest.mark.parametrize(
    ("whose", "by", "why"),
    [
        ("acme", "names", "names people, and is believed for no more"),
        ("acme", "other", "is not known here"),
        ("other", "acme", "is not known here"),
        ("nobody", "acme", "is not known here"),
    ],
)
def test_who_signs_must_be_believed(made: Office, whose: str, by: str, why: str) -> None:
    """A key for names only, another company's, one of nobody's."""
    assert why in handed_in(made, sign_user_base(word(US, whose=whose), pair_of(made, by)))


def test_how_far_it_is_believed_is_not_the_companys_to_say(made: Office) -> None:
    """A statement that claims A4 is none at all; determinations and tokens have no such field either."""
    envelope = sign_user_base(word(US), pair_of(made, "acme"))
    claims = encode({**json.loads(envelope.payload), "assurance": "A4"})
    claiming = dsse.sign(claims, PAYLOAD_TYPE, [pair_of(made, "acme")])
    assert "not in its form" in handed_in(made, claiming)


def test_two_signatures_are_one_too_many(made: Office) -> None:
    """One key of the organisation signs."""
    both = sign_user_base(word(US), pair_of(made, "acme")).add(pair_of(made, "names"))
    assert "one key of the organisation signs" in handed_in(made, both)


def test_a_key_is_registered_for_no_more_than_the_trust_document_has(made: Office) -> None:
    """It is said how far, and what stands is listed."""
    public = write_public(KeyPair.generate().public)
    assert "up to A2, not A4" in made.fails("issuer", "add", "acme", public, "--assurance", "A4")
    assert "one of A0, A1" in made.fails("issuer", "add", "acme", public, "--assurance", "B2")
    rows = made.json("issuer", "list")["issuers"]
    assert {"acme": "A2", "names": "A0", "other": "A2"} == {
        row["kid"]: row["assurance"] for row in rows
    }


def test_a_token_is_signed_as_a_service_signs_it(made: Office, tmp_path: Path) -> None:
    """With facts of whom it names, or that somebody is eligible; what is out of form is told."""
    pair, key = pair_of(made, "acme"), made.folder / "acme-users.key"
    facts = tmp_path / "facts.jsonl"
    facts.write_text('{"attribute": "citizenships", "value": ["US"], "completeness": "at_least"}')
    sign = ("end-user", "token", "abc", "--key", key, "--kid", "acme")
    named = made.writ(*sign, "--sub", "u-1", "--facts", facts).stdout.strip()
    nobody = made.json(*sign, "--eligible", US)["token"]
    said = [verify_end_user(t, "abc", {"acme": pair.public}.get, wall()) for t in (named, nobody)]
    assert [("u-1", 1, 0), (None, 0, 1)] == [
        (item.sub, len(item.facts), len(item.eligible)) for item in said
    ]
    assert "says `eligible`" in made.fails(*sign)
    facts.write_text('{"attribute": "citizenships", "value": ["US"], "assurance": "A4"}')
    assert "not in its form" in made.fails(*sign, "--sub", "u-1", "--facts", facts)
