from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds.signers import FIRST, NOW, Signers
from writ.canonical import decode, digest_bytes, encode
from writ.clock import FOREVER
from writ.errors import Refused
from writ.law.folder import read_sources
from writ.law.snapshot import snapshot
from writ.model.order import Hold as Stop
from writ.signing.approval import (
    add_hold,
    add_signature,
    read_bundle,
    sign_approval,
    write_approval,
    write_bundle,
)
from writ.signing.derived import check_derived
from writ.signing.hold import Hold, sign_hold

DAY = 86_400_000_000
# Any: JSON to be bent out of shape
Bend = Callable[[dict[str, Any]], object]

STOPS = (Stop("mythos-5", "eva", NOW - DAY, NOW + DAY),)
APPROVED = snapshot(read_sources(FIRST, STOPS), 4, "sha256:03", 1)
BASE = digest_bytes(APPROVED)


def derived(*holds: Hold, epoch: int | None = None, previous: str | None = None) -> bytes:
    """Compile the snapshot that the law makes of the approved one and holds."""
    more = [Stop(hold.model, hold.by, hold.since, hold.until or FOREVER) for hold in holds]
    book = read_sources(FIRST, (*STOPS, *more))
    return snapshot(book, epoch or 4 + len(holds), previous or holds[-1].base, 1)


ONE = Hold(BASE, 4, "fable-5", NOW, NOW + DAY, "ana")
TWO = Hold("sha256:" + "05" * 32, 5, "fable-5", NOW + 1, None, "ben")
THREE = Hold("sha256:" + "06" * 32, 6, "mythos-5", NOW + 2, NOW + 9 * DAY, "ben")


def test_without_holds_the_approved_one_is_in_force() -> None:
    """No hold, no difference."""
    assert APPROVED == check_derived(APPROVED, APPROVED, ())


@pytest.mark.parametrize("holds", [(ONE,), (ONE, TWO), (ONE, TWO, THREE)], ids=["1", "2", "3"])
def test_holds_are_added_as_the_law_adds_them(holds: tuple[Hold, ...]) -> None:
    """What the law compiles from the same orders and holds is proved."""
    made = derived(*holds)
    assert made == check_derived(APPROVED, made, holds)


def bent(bend: Bend) -> bytes:
    """Bend the snapshot that the first hold makes."""
    value: Any = decode(derived(ONE))
    bend(value)
    return encode(value)


def last(value: dict[str, Any]) -> dict[str, Any]:
    """Return a segment in which the order and the hold are both in force."""
    found: dict[str, Any] = next(
        item for item in value["segments"] if item["held"] and len(item["rules"]) > 2
    )
    return found


BENT: dict[str, tuple[Bend, str]] = {
    "later epoch": (lambda v: v.update(epoch=6), "do not follow each other"),
    "other predecessor": (lambda v: v.update(previous="sha256:03"), "another snapshot"),
    "other trust": (lambda v: v.update(trust=2), "by more than holds"),
    "other catalogue": (lambda v: v["catalogue"]["models"].pop("fable-5"), "by more than holds"),
    "other orders": (lambda v: v.update(orders=[]), "by more than holds"),
    "one more field": (lambda v: v.update(more=1), "by more than holds"),
    "hold left out": (lambda v: v["holds"].pop(), "not those that were stated"),
    "approved hold left out": (lambda v: v["holds"].pop(0), "not those that were stated"),
    "hold doubled": (lambda v: v["holds"].append(v["holds"][0]), "not those that were stated"),
    "hold shortened": (lambda v: v["holds"][0].update(until=NOW + 1), "not those that were stated"),
    "segment left out": (lambda v: v["segments"].pop(), "not the approved ones"),
    "first segment left out": (lambda v: v["segments"].pop(0), "not the approved ones"),
    "no segments": (lambda v: v.update(segments=[]), "not the approved ones"),
    "segment moved": (
        lambda v: v["segments"][1].update({"from": NOW + 7}),
        "not the approved ones",
    ),
    "segment twice": (lambda v: v["segments"].append(v["segments"][-1]), "not the approved ones"),
    "rule left out": (lambda v: last(v)["rules"].pop(0), "other rules"),
    "rule changed": (lambda v: last(v)["rules"][0].update(models=[]), "other rules"),
    "hold's rule left out": (lambda v: last(v)["rules"].pop(), "other rules"),
    "hold's rule for another": (
        lambda v: last(v)["rules"][-1].update(models=["opus-4-8"]),
        "other rules",
    ),
    "held left out": (lambda v: last(v).update(held=[]), "other rules"),
    "substitute added": (lambda v: last(v)["substitutes"].update({"fable-5": "x"}), "other rules"),
    "rules of another form": (lambda v: last(v).update(rules=[1]), "not in its form"),
    "start of another form": (lambda v: last(v).update({"from": "now"}), "not in its form"),
    "no holds": (lambda v: v.pop("holds"), "not in its form"),
}


@pytest.mark.parametrize("how", BENT)
def test_anything_else_is_refused(how: str) -> None:
    """A snapshot that loosens, adds or leaves out anything beside the hold is refused."""
    bend, why = BENT[how]
    with pytest.raises(Refused, match=why):
        check_derived(APPROVED, bent(bend), (ONE,))


def test_holds_of_another_snapshot_are_refused() -> None:
    """A hold that was put on another snapshot or epoch serves no more."""
    other = Hold("sha256:" + "07" * 32, 4, "fable-5", NOW, NOW + DAY, "ana")
    with pytest.raises(Refused, match="another snapshot"):
        check_derived(APPROVED, derived(other), (other,))
    late = Hold(BASE, 5, "fable-5", NOW, NOW + DAY, "ana")
    with pytest.raises(Refused, match="do not follow each other"):
        check_derived(APPROVED, derived(late), (late,))


def test_holds_out_of_order_are_refused() -> None:
    """Each hold is put on the epoch of the one before."""
    with pytest.raises(Refused, match="do not follow each other"):
        check_derived(
            APPROVED,
            derived(ONE, THREE, epoch=6),
            (ONE, THREE),
        )


def test_a_bundle_takes_holds_one_by_one() -> None:
    """Each hold added to a bundle leaves one that proves what is in force now."""
    world = Signers.make()
    base = write_approval(BASE, "sha256:00", "ana", world.trust)
    envelope = sign_approval(base, world.keys["ana"])
    for name in ("ben", "eva"):
        envelope = add_signature(envelope, sign_approval(base, world.keys[name]))
    bundle, holds = write_bundle(envelope, APPROVED), (ONE, TWO)
    for count, hold in enumerate(holds, 1):
        stated = sign_hold(hold, world.trust, world.keys[hold.by])
        bundle = add_hold(bundle, stated, derived(*holds[:count]))
        proved = read_bundle(bundle, world.trust)
        assert (derived(*holds[:count]), holds[:count]) == (proved.snapshot, proved.holds)


def test_other_bytes_are_refused() -> None:
    """The derived snapshot is canonical, like the approved one."""
    with pytest.raises(Refused, match="not canonical"):
        check_derived(APPROVED, derived(ONE) + b"\n", (ONE,))


AROUND = sorted({NOW - DAY, NOW, NOW + DAY, *read_sources(FIRST, STOPS).boundaries()})
INSTANTS = st.sampled_from([at + step for at in AROUND for step in (-1, 0, 1)])


SPANS = st.tuples(
    st.sampled_from(["fable-5", "mythos-5"]), INSTANTS, st.sampled_from([1, DAY, 2 * DAY, None])
)


@given(st.lists(SPANS, min_size=1, max_size=4))
def test_whatever_spans_holds_have_the_law_agrees(
    spans: list[tuple[str, int, int | None]],
) -> None:
    """Holds that touch, overlap and repeat boundaries are derived here as the law compiles them."""
    holds = tuple(
        Hold(
            BASE if place == 0 else f"sha256:{place:064}",
            4 + place,
            model,
            since,
            None if lasts is None else since + lasts,
            f"p{place}",
        )
        for place, (model, since, lasts) in enumerate(spans)
    )
    made = derived(*holds)
    assert made == check_derived(APPROVED, made, holds)
