from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.worlds.signers import Signers
from writ.canonical import decode, digest_bytes, encode
from writ.errors import Refused
from writ.signing.keys import KeyPair, write_public
from writ.signing.trust import Method, Person, Trust, read_trust, write_trust

WORLD = Signers.make()
# Any: JSON to be bent out of shape
Bend = Callable[[dict[str, Any]], object]


def read(bend: Bend) -> Trust:
    """Read the world's document after bending it."""
    value: Any = decode(write_trust(WORLD.trust))
    bend(value)
    data = encode(value)
    return read_trust(data, digest_bytes(data))


def test_a_document_reads_back() -> None:
    """What is written reads as the same trust, with the digest of its bytes."""
    data = write_trust(WORLD.trust)
    assert replace(WORLD.trust, digest=digest_bytes(data)) == read_trust(data, digest_bytes(data))


def test_another_pin_is_refused() -> None:
    """A document is the pinned one or none."""
    with pytest.raises(Refused, match="but the pin is `sha256:00`"):
        read_trust(write_trust(WORLD.trust), "sha256:00")


@pytest.mark.parametrize("drill", [False, True])
def test_drills_and_earnest_do_not_mix(drill: bool) -> None:  # noqa: FBT001 - a test's parameter
    """Drill keys are invalid outside a drill, and all others inside one."""
    data = write_trust(Signers.make(drill=drill).trust)
    assert drill == read_trust(data, digest_bytes(data), drill=drill).drill
    with pytest.raises(Refused, match="and this is not"):
        read_trust(data, digest_bytes(data), drill=not drill)


def test_keys_are_found_by_role_and_owner() -> None:
    """Roles name keys, and keys name people."""
    world = Signers.make(eva=frozenset({"hold", "submit"}))
    keys, trust = world.keys, world.trust
    assert (keys["ana"].public, keys["ben"].public) == trust.publics("sign")
    assert "eva" == trust.owner(keys["eva"].public).id
    assert "eva" == trust.allowed("eva", "hold").id
    with pytest.raises(Refused, match="`eva` may not sign"):
        trust.allowed("eva", "sign")
    with pytest.raises(Refused, match="`zoe` is not in the trust document"):
        trust.allowed("zoe", "sign")
    with pytest.raises(Refused, match="is nobody's in the trust document"):
        trust.owner(keys["online"].public)


SPARE = write_public(KeyPair.generate().public)


BENT: dict[str, tuple[Bend, str]] = {
    "second version": (lambda v: v.update(version=2), "only version 1"),
    "previous version": (lambda v: v.update(previous="sha256:00"), "only version 1"),
    "unknown field": (lambda v: v.update(more=1), "not in its form"),
    "unknown role": (lambda v: v["people"][0].update(may=["reign"]), "not in its form"),
    "no key": (lambda v: v["people"][0].update(keys=[]), "`ana` has no key"),
    "name in capitals": (lambda v: v["people"][0].update(id="Ana"), "`Ana` is not a name"),
    "person twice": (lambda v: v["people"][0].update(id="ben"), "`ben` stands twice"),
    "key of two people": (
        lambda v: v["people"][0].update(keys=v["people"][1]["keys"]),
        "stands twice",
    ),
    "key twice": (lambda v: v["people"][0].update(keys=[SPARE, SPARE]), "stands twice"),
    "online key of a person": (
        lambda v: v.update(online=v["people"][0]["keys"][0]),
        "stands twice",
    ),
    "recovery key is online": (lambda v: v.update(recovery=[v["online"]]), "stands twice"),
    "key of two methods": (
        lambda v: v["methods"][0].update(public=v["methods"][1]["public"]),
        "stands twice",
    ),
    "method twice": (
        lambda v: v["methods"][0].update(name=v["methods"][1]["name"]),
        "stands twice",
    ),
    "cap of five": (lambda v: v["methods"][0].update(cap=5), "capped at A0 to A4"),
    "negative cap": (lambda v: v["methods"][0].update(cap=-1), "capped at A0 to A4"),
    "threshold one": (lambda v: v["thresholds"].update(sign=1), "2 at least"),
    "threshold zero": (lambda v: v["thresholds"].update(sign=0), "2 at least"),
    "threshold over people": (
        lambda v: v["thresholds"].update(sign=3),
        "nothing could ever be approved",
    ),
    "two people": (lambda v: v["people"].pop(), "nothing could ever be approved"),
    "nobody submits": (
        lambda v: [p.update(may=["sign"]) for p in v["people"]],
        "nothing could ever be approved",
    ),
    "short online key": (lambda v: v.update(online="ed25519:AAAA"), "has 32 bytes"),
}


@pytest.mark.parametrize("how", BENT)
def test_documents_that_break_a_rule_are_refused(how: str) -> None:
    """Each rule of the document refuses what breaks it, though the pin fits."""
    bend, why = BENT[how]
    with pytest.raises(Refused, match=why):
        read(bend)


def test_more_people_may_be_asked_for() -> None:
    """A threshold of three stands where four may take part."""
    keys = [KeyPair.generate().public for _ in range(6)]
    people = {
        name: Person(name, name, (key,), frozenset({"submit", "sign"}))
        for name, key in zip("abcd", keys, strict=False)
    }
    trust = Trust(people, {"m": Method("m", keys[4], 2)}, keys[5], signers=3)
    data = write_trust(trust)
    assert 3 == read_trust(data, digest_bytes(data)).signers
