from dataclasses import replace

import pytest

from tests.worlds.signers import Signers
from writ.canonical import Plain
from writ.errors import Refused
from writ.signing.annex import (
    PREDICATE,
    SUBJECT,
    Confirmed,
    Decided,
    check_confirmed,
    confirm,
    read_confirmed,
    write_decided,
)
from writ.signing.dsse import sign
from writ.signing.statement import PAYLOAD_TYPE, write_statement

WORLD = Signers.make(ana=frozenset({"submit"}))
DECIDED = Decided(
    "sha256:" + "00" * 32, "sha256:11", "sha256:22", "in", {2: ["brit-co"], 3: [], 4: ["a", "b"]}
)


def test_two_people_confirm_the_same() -> None:
    """What both decided reads back, with both."""
    first = confirm(DECIDED, WORLD.trust, WORLD.keys["ben"])
    both = confirm(DECIDED, WORLD.trust, WORLD.keys["eva"], first)
    confirmed = read_confirmed(both, WORLD.trust)
    assert Confirmed(DECIDED, ("ben", "eva")) == confirmed
    assert DECIDED == check_confirmed(confirmed)


def test_one_person_is_not_enough() -> None:
    """An annex takes two."""
    first = confirm(DECIDED, WORLD.trust, WORLD.keys["ben"])
    with pytest.raises(Refused, match="1 of 2 people"):
        check_confirmed(read_confirmed(first, WORLD.trust))


def test_nobody_confirms_twice() -> None:
    """The second is another person."""
    first = confirm(DECIDED, WORLD.trust, WORLD.keys["ben"])
    with pytest.raises(Refused, match="`ben` confirmed this already"):
        confirm(DECIDED, WORLD.trust, WORLD.keys["ben"], first)


def test_two_keys_of_one_person_are_one() -> None:
    """Signatures are counted by people."""
    ben = WORLD.trust.people["ben"]
    more = replace(ben, keys=(*ben.keys, WORLD.keys["operator"].public))
    trust = replace(WORLD.trust, people={**WORLD.trust.people, "ben": more})
    pairs = [WORLD.keys["ben"], WORLD.keys["operator"]]
    twice = sign(write_decided(DECIDED, trust), PAYLOAD_TYPE, pairs)
    with pytest.raises(Refused, match="two keys"):
        read_confirmed(twice, trust)


@pytest.mark.parametrize(
    "other",
    [
        replace(DECIDED, subsidiaries="out"),
        replace(DECIDED, listing="sha256:33"),
        replace(DECIDED, directory="sha256:33"),
        replace(DECIDED, decisions={2: ["gallic-co"], 3: [], 4: ["a", "b"]}),
    ],
)
def test_who_decides_otherwise_does_not_confirm(other: Decided) -> None:
    """Both sign the same bytes."""
    first = confirm(DECIDED, WORLD.trust, WORLD.keys["ben"])
    with pytest.raises(Refused, match="decided otherwise"):
        confirm(other, WORLD.trust, WORLD.keys["eva"], first)


def test_who_may_not_sign_does_not_confirm() -> None:
    """The submitter's key counts for nothing here, handed in or not."""
    with pytest.raises(Refused, match="`ana` may not sign"):
        confirm(DECIDED, WORLD.trust, WORLD.keys["ana"])
    statement = write_decided(DECIDED, WORLD.trust)
    with pytest.raises(Refused, match="is not known here"):
        read_confirmed(sign(statement, PAYLOAD_TYPE, [WORLD.keys["ana"]]), WORLD.trust)


def test_another_trust_document_is_refused() -> None:
    """Trust documents are not mixed."""
    first = confirm(DECIDED, WORLD.trust, WORLD.keys["ben"])
    with pytest.raises(Refused, match="another trust document"):
        read_confirmed(first, replace(WORLD.trust, digest="sha256:99"))


def test_a_row_is_a_number() -> None:
    """A signed statement may still be nonsense."""
    predicate: dict[str, Plain] = {
        "names": "sha256:1", "directory": "sha256:2", "subsidiaries": "in",
        "decisions": {"two": ["a"]}, "trust": WORLD.trust.digest,
    }  # fmt: skip
    statement = write_statement(SUBJECT, DECIDED.annex, PREDICATE, predicate)
    with pytest.raises(Refused, match="`two` is no number of a row"):
        read_confirmed(sign(statement, PAYLOAD_TYPE, [WORLD.keys["ben"]]), WORLD.trust)
