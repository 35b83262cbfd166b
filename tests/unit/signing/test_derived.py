from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds.signers import FIRST, NOW, Signers
from writ.canonical import decode, digest_bytes, encode
from writ.clock import FOREVER
from writ.errors import Refused
from writ.law import snapshot as snapshots
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


@dataclass(frozen=True)
class Made:
    """An approved snapshot in one form, and holds that could be put on it one after the other."""

    form: str

    @property
    def approved(self) -> bytes:
        return snapshot(read_sources(FIRST, STOPS), 4, "sha256:03", 1, self.form)

    @property
    def base(self) -> str:
        return digest_bytes(self.approved)

    def holds(self, count: int = 1) -> tuple[Hold, ...]:
        """Return the first of three holds."""
        return (
            Hold(self.base, 4, "fable-5", NOW, NOW + DAY, "ana"),
            Hold("sha256:" + "05" * 32, 5, "fable-5", NOW + 1, None, "ben"),
            Hold("sha256:" + "06" * 32, 6, "mythos-5", NOW + 2, NOW + 9 * DAY, "ben"),
        )[:count]

    def derived(self, *holds: Hold, epoch: int | None = None) -> bytes:
        """Compile the snapshot that the law makes of the approved one and holds."""
        more = [Stop(hold.model, hold.by, hold.since, hold.until or FOREVER) for hold in holds]
        book = read_sources(FIRST, (*STOPS, *more))
        return snapshot(book, epoch or 4 + len(holds), holds[-1].base, 1, self.form)

    def bent(self, bend: Bend) -> bytes:
        """Bend the snapshot that the first hold makes."""
        value: Any = decode(self.derived(*self.holds()))
        bend(value)
        return encode(value)


LATEST = Made(snapshots.FORMAT)
EITHER = pytest.mark.parametrize(
    "made", [Made(snapshots.FIRST), LATEST], ids=lambda made: made.form
)


@EITHER
def test_without_holds_the_approved_one_is_in_force(made: Made) -> None:
    """No hold, no difference."""
    assert made.approved == check_derived(made.approved, made.approved, ())


@EITHER
@pytest.mark.parametrize("count", [1, 2, 3])
def test_holds_are_added_as_the_law_adds_them(count: int, made: Made) -> None:
    """What the law compiles from the same orders and holds is proved."""
    holds = made.holds(count)
    derived = made.derived(*holds)
    assert derived == check_derived(made.approved, derived, holds)


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
    "start of another form": (
        lambda v: v["segments"][1].update({"from": "now"}),
        "not in its form",
    ),
    "no holds": (lambda v: v.pop("holds"), "not in its form"),
}


IN_SEGMENTS: dict[str, tuple[Bend, str]] = {
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
}
BESIDE_SEGMENTS: dict[str, tuple[Bend, str]] = {
    "rule left out": (lambda v: v["rules"].pop(), "by more than holds"),
    "rule shortened": (lambda v: v["rules"][0].update(spans=[]), "by more than holds"),
    "notice of holds": (lambda v: v.update(held_notice={}), "by more than holds"),
    "rules in a segment": (lambda v: v["segments"][1].update(rules=[]), "other rules"),
}


@pytest.mark.parametrize(
    ("made", "bend", "why"),
    [
        pytest.param(Made(form), *bent, id=f"{form} {name}")
        for form, bents in (
            (snapshots.FIRST, BENT | IN_SEGMENTS),
            (snapshots.FORMAT, BENT | BESIDE_SEGMENTS),
        )
        for name, bent in bents.items()
    ],
)
def test_anything_else_is_refused(made: Made, bend: Bend, why: str) -> None:
    """A snapshot that loosens, adds or leaves out anything beside the hold is refused."""
    with pytest.raises(Refused, match=why):
        check_derived(made.approved, made.bent(bend), made.holds())


def test_a_hold_changes_no_form() -> None:
    """What was approved in an earlier form stays in it while models are held."""
    first = Made(snapshots.FIRST)
    with pytest.raises(Refused, match="by more than holds"):
        check_derived(first.approved, LATEST.derived(*first.holds()), first.holds())


APPROVED, BASE = LATEST.approved, LATEST.base
ONE, _, THREE = LATEST.holds(3)


def test_holds_of_another_snapshot_are_refused() -> None:
    """A hold that was put on another snapshot or epoch serves no more."""
    other = Hold("sha256:" + "07" * 32, 4, "fable-5", NOW, NOW + DAY, "ana")
    with pytest.raises(Refused, match="another snapshot"):
        check_derived(APPROVED, LATEST.derived(other), (other,))
    late = Hold(BASE, 5, "fable-5", NOW, NOW + DAY, "ana")
    with pytest.raises(Refused, match="do not follow each other"):
        check_derived(APPROVED, LATEST.derived(late), (late,))


def test_holds_out_of_order_are_refused() -> None:
    """Each hold is put on the epoch of the one before."""
    with pytest.raises(Refused, match="do not follow each other"):
        check_derived(
            APPROVED,
            LATEST.derived(ONE, THREE, epoch=6),
            (ONE, THREE),
        )


def test_a_bundle_takes_holds_one_by_one() -> None:
    """Each hold added to a bundle leaves one that proves what is in force now."""
    world = Signers.make()
    base = write_approval(BASE, "sha256:00", "ana", world.trust)
    envelope = sign_approval(base, world.keys["ana"])
    for name in ("ben", "eva"):
        envelope = add_signature(envelope, sign_approval(base, world.keys[name]))
    bundle, holds = write_bundle(envelope, APPROVED), LATEST.holds(2)
    for count, hold in enumerate(holds, 1):
        stated = sign_hold(hold, world.trust, world.keys[hold.by])
        bundle = add_hold(bundle, stated, LATEST.derived(*holds[:count]))
        proved = read_bundle(bundle, world.trust)
        assert (LATEST.derived(*holds[:count]), holds[:count]) == (proved.snapshot, proved.holds)


def test_other_bytes_are_refused() -> None:
    """The derived snapshot is canonical, like the approved one."""
    with pytest.raises(Refused, match="not canonical"):
        check_derived(APPROVED, LATEST.derived(ONE) + b"\n", (ONE,))


AROUND = sorted({NOW - DAY, NOW, NOW + DAY, *read_sources(FIRST, STOPS).boundaries()})
INSTANTS = st.sampled_from([at + step for at in AROUND for step in (-1, 0, 1)])


SPANS = st.tuples(
    st.sampled_from(["fable-5", "mythos-5"]), INSTANTS, st.sampled_from([1, DAY, 2 * DAY, None])
)


@EITHER
@given(spans=st.lists(SPANS, min_size=1, max_size=4))
def test_whatever_spans_holds_have_the_law_agrees(
    made: Made,
    spans: list[tuple[str, int, int | None]],
) -> None:
    """Holds that touch, overlap and repeat boundaries are derived here as the law compiles them."""
    holds = tuple(
        Hold(
            made.base if place == 0 else f"sha256:{place:064}",
            4 + place,
            model,
            since,
            None if lasts is None else since + lasts,
            f"p{place}",
        )
        for place, (model, since, lasts) in enumerate(spans)
    )
    derived = made.derived(*holds)
    assert derived == check_derived(made.approved, derived, holds)
