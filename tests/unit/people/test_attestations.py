import msgspec
import pytest

from tests.unit.people.conftest import Deployment, line
from writ.errors import InvalidInput, Refused
from writ.people.books import Change
from writ.people.intake import sign_line
from writ.people.registry import Registry
from writ.signing.keys import KeyPair
from writ.store.people_tables import attestation


def signed(pair: KeyPair, subject: str, **changes: object) -> bytes:
    """One line of a file of attestations."""
    return sign_line(msgspec.json.decode(line(subject, **changes)), pair)


def test_a_fact_counts_for_what_its_method_is_good_for(
    deployment: Deployment, registry: Registry
) -> None:
    """A3 claimed by a method capped at A2 counts as A2, and the report says so."""
    report = registry.facts.take_in(signed(deployment.idv, "alice"), None, skip_bad=False)
    known = deployment.opened().those(["alice"])["alice"]

    assert (1, 0, 1, ()) == (report.imported, report.known, report.capped, report.faults)
    [fact] = known.subject.facts
    assert ("citizenships", (("US", ""),), 2, "passport") == (
        fact.attribute,
        tuple(value.parts for value in fact.values),
        fact.assurance,
        fact.method,
    )
    assert [32] == [len(name) for name in known.evidence]
    assert known.broken == ()


def test_what_an_operator_types_in_counts_for_a1(
    deployment: Deployment, registry: Registry
) -> None:
    """An unsigned fact is signed by the operator's key and capped at A1, whatever trust says."""
    registry.facts.take_in(line("alice"), deployment.operator, skip_bad=False)

    assert [1] == [fact.assurance for fact in registry.those(["alice"])["alice"].subject.facts]


def test_importing_again_changes_nothing(deployment: Deployment, registry: Registry) -> None:
    """The same envelope, and the same fact signed again, are on the books once."""
    first = signed(deployment.idv, "alice")
    registry.facts.take_in(first, None, skip_bad=False)
    heard: list[Change] = []
    registry.books.listeners.append(heard.append)
    report = registry.facts.take_in(
        first + b"\n\n" + signed(deployment.idv, "alice"), None, skip_bad=False
    )

    assert (0, 2) == (report.imported, report.known)
    assert heard == []
    assert len(registry.facts.carried("alice")) == 1


BAD = b"\n".join(
    [
        line("alice"),
        b"{",
        b"[1]",
        line("zoe"),
        line("acme"),
        line("alice", value=["XYZ"], assurance="A9"),
        b'{"subject": "alice", "subject": "alice"}',
        line("alice", method=0.5),
        b'{"payloadType": "x"}',
        b'{"attribute": "citizenships"}',
        b"\xff",
    ]
)


def test_all_bad_lines_are_reported_and_nothing_is_lost(
    deployment: Deployment, registry: Registry
) -> None:
    """One bad line keeps the file out; every bad line is named, with its number."""
    with pytest.raises(InvalidInput) as caught:
        registry.facts.take_in(BAD, deployment.operator, skip_bad=False)

    assert set(range(2, 12)) == {fault.line for fault in caught.value.faults}
    assert registry.facts.carried("alice") == ()


def test_bad_lines_can_be_left_out(deployment: Deployment, registry: Registry) -> None:
    """With `skip_bad` the good lines are taken in and the bad ones still reported."""
    report = registry.facts.take_in(BAD, deployment.operator, skip_bad=True)

    assert (1, 10) == (report.imported, len({fault.line for fault in report.faults}))


def test_a_fact_must_be_signed_by_a_registered_method(
    deployment: Deployment, registry: Registry
) -> None:
    """A stranger's signature, a changed statement, or none at all brings no fact in."""
    stranger = signed(KeyPair.generate(), "alice")
    changed = msgspec.json.decode(signed(deployment.idv, "alice"))
    other = msgspec.json.decode(signed(deployment.idv, "acme", attribute="location"))
    changed["payload"] = other["payload"]
    lines = b"\n".join([stranger, msgspec.json.encode(changed), line("alice")])
    with pytest.raises(InvalidInput) as caught:
        registry.facts.take_in(lines, None, skip_bad=False)

    words = [fault.message.split("`")[0] for fault in caught.value.faults]
    assert [
        "signed by key ",
        "the signature is not by key ",
        "the fact is not signed, and nobody here signs it",
    ] == words


def test_a_revoked_fact_is_gone_and_does_not_come_back(
    deployment: Deployment, registry: Registry
) -> None:
    """Revoking takes a fact away at once; the same one said again is refused."""
    registry.facts.take_in(signed(deployment.idv, "alice"), None, skip_bad=False)
    [carried] = registry.facts.carried("alice")
    heard: list[Change] = []
    registry.books.listeners.append(heard.append)

    assert "alice" == registry.facts.revoke(carried.id) == registry.facts.revoke(carried.id)
    assert [Change(subjects=frozenset({"alice"}))] == heard
    assert registry.those(["alice"])["alice"].subject.facts == ()
    with pytest.raises(InvalidInput, match="this was revoked; verify the fact anew"):
        registry.facts.take_in(signed(deployment.idv, "alice"), None, skip_bad=False)
    with pytest.raises(InvalidInput, match="no attestation `00`"):
        registry.facts.revoke(b"\0")


def test_an_altered_store_breaks_the_subject_and_nobody_else(
    deployment: Deployment, registry: Registry
) -> None:
    """An envelope put under another subject, or changed, is found on reading back."""
    registry.subjects.add([registry.subjects.find("alice")])
    lines = b"\n".join(
        [
            signed(deployment.idv, "alice"),
            signed(deployment.idv, "acme", attribute="location", value=["GB"]),
        ]
    )
    registry.facts.take_in(lines, None, skip_bad=False)
    [mine], [theirs] = registry.facts.carried("alice"), registry.facts.carried("acme")
    with deployment.store.unit() as connection:
        here = attestation.c.id == mine.id
        connection.execute(attestation.update().where(here).values(envelope=theirs.envelope))
    for reading in (registry, deployment.opened()):
        known = reading.those(["alice", "acme"])
        assert ((), (mine.id,)) == (known["alice"].subject.facts, known["alice"].broken)
        assert (1, ()) == (len(known["acme"].subject.facts), known["acme"].broken)


def test_a_restart_verifies_signatures_again(deployment: Deployment, registry: Registry) -> None:
    """A forged row written beside the registry is not believed."""
    forged = signed(KeyPair.generate(), "alice")
    good = signed(deployment.idv, "alice")
    registry.facts.take_in(good, None, skip_bad=False)
    with deployment.store.unit() as connection:
        connection.execute(attestation.update().values(envelope=forged))

    assert len(deployment.opened().those(["alice"])["alice"].broken) == 1
    with pytest.raises(Refused, match="not known here"):
        deployment.opened().facts.carried("alice")
