from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.worlds.june import BOOK, V1, V2, V3
from writ.canonical import decode, digest_bytes, encode
from writ.errors import Refused
from writ.law.compiled.book import Compiled
from writ.law.snapshot import FIRST, FORMAT, snapshot
from writ.law.snapshot_first import HELD_NOTICE
from writ.model.order import Effect, Hold
from writ.model.outcome import Outcome
from writ.point.view import read_view

HELD = replace(
    BOOK, holds=(Hold("opus-4-8", "a", V1, V2), Hold("opus-4-8", "b", V2), Hold("fable-5", "a", V3))
)
FORMS = [FIRST, FORMAT]
BYTES = snapshot(BOOK, 7, None, 1)


def changed(change: Callable[[dict[str, object]], object], form: str = FORMAT) -> bytes:
    """The snapshot with one thing changed."""
    value = decode(snapshot(BOOK, 7, None, 1, form))
    assert isinstance(value, dict)
    change(value)
    return encode(value)


def segments(value: dict[str, object]) -> list[dict[str, object]]:
    """The segments of a snapshot."""
    found = value["segments"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_a_snapshot_is_read(form: str) -> None:
    """Names, instants, digests and what may be told, as the control side wrote them."""
    data = snapshot(BOOK, 7, None, 1, form)
    view = read_view(data)
    assert (7, digest_bytes(data)) == (view.epoch, view.digest)
    assert ("fable-5", "mythos-5", "opus-4-8") == view.order
    assert {"fable-5": 0, "mythos-5": 1, "opus-4-8": 2} == view.index
    assert {name: name for name in view.order} == view.names
    assert (V1, V2, V3) == view.boundaries
    assert [0, 1, 1, 2, 3] == [view.segment_at(at) for at in (V1 - 1, V1, V2 - 1, V2, V3)]
    ruled = [[view.ruled(cell) for cell in view.cells(number)] for number in range(4)]
    assert [[False] * 3, [True, True, False], [True, True, False], [False] * 3] == ruled


@pytest.mark.parametrize("form", FORMS)
def test_both_sides_count_rules_and_cells_alike(form: str) -> None:
    """Whatever form a snapshot has, a row of the control side is a row here."""
    compiled, view = Compiled(HELD), read_view(snapshot(HELD, 7, None, 1, form))
    assert compiled.phases.width == view.phases.width
    told = [(rule.order, rule.version, rule.rule, rule.stands) for rule in view.rules]
    assert [
        (active.version.order, active.version.version, active.rule.id, active.spans)
        for active in HELD.standing
    ] == told
    for at in (V1 - 1, V1, V2, V3):
        cells = view.cells(view.segment_at(at))
        assert [compiled.phases.cell(model, at) for model in view.order] == list(cells)
        spoken = [compiled.speaking(model, at) for model in view.order]
        assert [speech.held for speech in spoken] == [cell in view.stopped for cell in cells]
        assert [[active.rule.id for active in speech.rules] for speech in spoken] == [
            [view.rules[number].rule for number in view.numbers[cell]] for cell in cells
        ]
    assert HELD_NOTICE == view.hold("fable-5").notice


@pytest.mark.parametrize("form", FORMS)
def test_a_rule_names_what_stands_in(form: str) -> None:
    """For each cell that it speaks of, and for no other."""
    rule = replace(BOOK.versions[0].rules[0], barred=Effect(Outcome.SUBSTITUTE, "opus-4-8"))
    book = replace(BOOK, versions=(replace(BOOK.versions[0], rules=(rule,)),))
    view = read_view(snapshot(book, 7, None, 1, form))
    assert ["opus-4-8", "opus-4-8", None] == [view.substitute(cell) for cell in view.cells(1)]
    assert [None] * 3 == [view.substitute(cell) for cell in view.cells(0)]


def test_a_rule_that_changes_within_a_segment_is_refused() -> None:
    """Links are looked up anew at each segment, and would miss it."""

    def later(value: dict[str, object]) -> None:
        value["rules"][0]["spans"] = [[V1 + 1, V2]]  # type: ignore[index]  # plain JSON

    with pytest.raises(Refused, match="rules that change within a segment"):
        read_view(changed(later))


def test_aliases_name_their_model() -> None:
    """Every alias of the catalogue leads to the canonical name."""

    def alias(value: dict[str, object]) -> None:
        value["catalogue"]["models"]["fable-5"]["aliases"] = ["fable"]  # type: ignore[index]  # plain JSON

    assert "fable-5" == read_view(changed(alias)).names["fable"]


@pytest.mark.parametrize("odd", [b"", b"[]", b"{", b"\xff", b"{}", BYTES[:-1], BYTES + b"x"])
def test_odd_bytes_are_refused(odd: bytes) -> None:
    """What is no snapshot is Refused, whatever it is."""
    with pytest.raises(Refused, match="snapshot cannot be read"):
        read_view(odd)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda value: value.update(format="writ-snapshot-9"), "writ-snapshot-9"),
        (lambda value: segments(value).clear(), "without a start than the first"),
        (lambda value: segments(value).pop(0), "without a start than the first"),
        (lambda value: segments(value).reverse(), "without a start than the first"),
        (lambda value: segments(value)[2].update({"from": None}), "without a start than the first"),
        (lambda value: segments(value).insert(1, segments(value).pop()), "out of order"),
        (lambda value: segments(value).append(segments(value)[-1]), "out of order"),
        (lambda value: value.update(epoch="7"), "cannot be read"),
        (lambda value: value.update(catalogue={}), "cannot be read"),
    ],
    ids=[
        "format",
        "none",
        "no-first",
        "reversed",
        "two-firsts",
        "moved",
        "doubled",
        "text",
        "bare",
    ],
)
def test_odd_snapshots_are_refused(
    change: Callable[[dict[str, object]], object], why: str, form: str
) -> None:
    """Other formats, segments without their place and missing parts are Refused."""
    with pytest.raises(Refused, match=why):
        read_view(changed(change, form))
