from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worlds.signers import Signers
from writ.canonical import digest_bytes, encode
from writ.errors import Refused
from writ.signing.approval import (
    add_signature,
    check_threshold,
    read_approval,
    read_bundle,
    sign_approval,
    verify_snapshot,
    write_approval,
    write_bundle,
)
from writ.signing.dsse import Envelope
from writ.signing.keys import KeyPair
from writ.signing.statement import PAYLOAD_TYPE, write_statement
from writ.signing.trust import Person, Trust

WORLD = Signers.make()
SNAPSHOT = encode({"epoch": 1, "segments": []})


def approved(
    signers: str = "ana ben eva", submitter: str = "ana", trust: Trust = WORLD.trust
) -> Envelope:
    """Sign the snapshot as people, in order."""
    statement = write_approval(digest_bytes(SNAPSHOT), "sha256:00", submitter, trust)
    first, *others = (sign_approval(statement, WORLD.keys[name]) for name in signers.split())
    for other in others:
        first = add_signature(first, other)
    return first


def test_three_people_approve_a_snapshot() -> None:
    """One who submits and two who sign prove the snapshot."""
    bundle = write_bundle(approved(), SNAPSHOT)
    proved = read_bundle(bundle, WORLD.trust)
    assert SNAPSHOT == verify_snapshot(bundle, WORLD.trust)
    assert (SNAPSHOT, SNAPSHOT, ()) == (proved.snapshot, proved.approved, proved.holds)
    assert ("ana", ("ben", "eva"), "sha256:00") == (
        proved.approval.submitter,
        proved.approval.signers,
        proved.approval.sources,
    )


@pytest.mark.parametrize(
    ("signers", "why"),
    [
        ("ana", "0 of 2 signatures"),
        ("ana ben", "1 of 2 signatures"),
        ("ben eva", "not signed by `ana`"),
        ("ana ben ben", "known here or signed before"),
        ("ana ben online", "is not known here"),
        ("ana ben operator", "is not known here"),
    ],
)
def test_fewer_than_three_people_do_not(signers: str, why: str) -> None:
    """Too few, the same one twice, strangers, and a submission nobody made, are refused."""
    with pytest.raises(Refused, match=why):
        read_bundle(write_bundle(approved(signers), SNAPSHOT), WORLD.trust)


def test_one_person_with_two_keys_is_one_person() -> None:
    """A second key of somebody who signed does not count as somebody else."""
    ana = WORLD.trust.people["ana"]
    spare = KeyPair.generate()
    people = {**WORLD.trust.people, "ben": replace(WORLD.trust.people["ben"])}
    people["ben"] = replace(people["ben"], keys=(*people["ben"].keys, spare.public))
    trust = replace(WORLD.trust, people={**people, "ana": ana})
    envelope = approved("ana ben", trust=trust).add(spare)
    with pytest.raises(Refused, match="one person signed with two keys"):
        read_bundle(write_bundle(envelope, SNAPSHOT), trust)


def test_one_key_under_two_names_is_one_key() -> None:
    """A person listed again under another name with the same raw key does not count twice."""
    ben = WORLD.trust.people["ben"]
    people = {**WORLD.trust.people, "bob": Person("bob", "Bob", ben.keys, ben.may)}
    trust = replace(WORLD.trust, people=people)
    with pytest.raises(Refused, match="1 of 2 signatures"):
        read_bundle(write_bundle(approved("ana ben", trust=trust), SNAPSHOT), trust)
    with pytest.raises(Refused, match="known here or signed before"):
        read_bundle(write_bundle(approved("ana ben ben", trust=trust), SNAPSHOT), trust)


def test_the_submitters_key_under_another_name_does_not_approve() -> None:
    """Whoever submits cannot approve through a second name with the same key."""
    ana = WORLD.trust.people["ana"]
    people = {"zoe": Person("zoe", "Zoe", ana.keys, ana.may), **WORLD.trust.people}
    trust = replace(WORLD.trust, people=people)
    with pytest.raises(Refused):
        read_bundle(write_bundle(approved("ana ben", trust=trust), SNAPSHOT), trust)


def test_a_removed_signer_does_not_count() -> None:
    """Somebody no longer in the trust document signs in vain."""
    people = {name: one for name, one in WORLD.trust.people.items() if name != "eva"}
    with pytest.raises(Refused, match="is not known here"):
        read_bundle(write_bundle(approved(), SNAPSHOT), replace(WORLD.trust, people=people))


@pytest.mark.parametrize(
    ("may", "why"),
    [
        ({"ana": frozenset({"sign", "hold"})}, "`ana` may not submit"),
        ({"eva": frozenset({"submit", "hold"})}, "`eva` may not sign"),
        ({"eva": frozenset({"hold"})}, "is not known here"),
    ],
)
def test_only_those_who_may_count(may: dict[str, frozenset[str]], why: str) -> None:
    """A role is what the trust document says it is."""
    people = {
        name: replace(one, may=may.get(name, one.may))  # type: ignore[arg-type]  # literals
        for name, one in WORLD.trust.people.items()
    }
    with pytest.raises(Refused, match=why):
        read_bundle(write_bundle(approved(), SNAPSHOT), replace(WORLD.trust, people=people))


def test_a_threshold_below_two_is_two() -> None:
    """Even a trust document that says one gets two."""
    approval = read_approval(approved("ana ben"), WORLD.trust)
    with pytest.raises(Refused, match="1 of 2 signatures"):
        check_threshold(approval, replace(WORLD.trust, signers=1))


def test_a_higher_threshold_is_kept() -> None:
    """Three signers means three."""
    with pytest.raises(Refused, match="2 of 3 signatures"):
        read_bundle(write_bundle(approved(), SNAPSHOT), replace(WORLD.trust, signers=3))


def test_another_snapshot_is_refused() -> None:
    """Signatures are for one snapshot's bytes."""
    with pytest.raises(Refused, match="not the one that was signed"):
        read_bundle(write_bundle(approved(), SNAPSHOT + b" "), WORLD.trust)


def test_another_snapshot_beside_the_approved_one_is_refused() -> None:
    """Without holds nothing but the approved snapshot is in force."""
    bundle = write_bundle(approved(), SNAPSHOT, (), encode({"epoch": 2}))
    with pytest.raises(Refused, match="there is no hold"):
        read_bundle(bundle, WORLD.trust)


def test_another_trust_document_is_refused() -> None:
    """What was signed under one trust document proves nothing under another."""
    other = replace(WORLD.trust, digest="sha256:11")
    with pytest.raises(Refused, match="another trust document"):
        read_bundle(write_bundle(approved(), SNAPSHOT), other)


def test_a_statement_of_another_kind_is_refused() -> None:
    """Three signatures on something else are no approval."""
    said = write_statement("snapshot", digest_bytes(SNAPSHOT), "urn:other", {})
    envelope = Envelope(said, PAYLOAD_TYPE, ())
    for name in ("ana", "ben", "eva"):
        envelope = envelope.add(WORLD.keys[name])
    with pytest.raises(Refused, match="not a `urn:writ:approval:1`"):
        read_bundle(write_bundle(envelope, SNAPSHOT), WORLD.trust)


def test_signatures_over_another_statement_are_not_added() -> None:
    """A signer signs what was submitted."""
    with pytest.raises(Refused, match="another statement"):
        add_signature(approved("ana"), approved("ben", "ben"))


GOOD = write_bundle(approved(), SNAPSHOT)


@given(st.integers(0, len(GOOD) * 8 - 1))
@settings(max_examples=300)
def test_any_flipped_bit_is_refused(place: int) -> None:
    """A bundle with one bit flipped anywhere proves nothing."""
    bad = bytearray(GOOD)
    bad[place // 8] ^= 1 << place % 8
    with pytest.raises(Refused):
        read_bundle(bytes(bad), WORLD.trust)
