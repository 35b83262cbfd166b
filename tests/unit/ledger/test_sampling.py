import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tests.worlds.signers import NOW, Signers, StandingClock
from tests.worlds.stores import store_at
from writ.canonical import Plain, digest_bytes, encode
from writ.clock import HOUR, MINUTE, format_instant
from writ.errors import InvalidInput, Refused
from writ.ledger.decisions import Decisions
from writ.ledger.log import DECISIONS, Log
from writ.ledger.sampling.intervals import clopper_pearson
from writ.ledger.sampling.page import report_page
from writ.ledger.sampling.report import REPORTED, Report, Reports, sign_report
from writ.ledger.sampling.sample import MOST, SAMPLED, Wish, draw, find_sample
from writ.ledger.sampling.sheet import COLUMNS, Mark, read_sheet, write_sheet
from writ.signing.checkpoint import read_checkpoint
from writ.signing.dsse import Envelope
from writ.signing.form import to_base64
from writ.signing.keys import KeyPair
from writ.signing.note import NoteSignature, sign_note
from writ.signing.word import sign_word
from writ.store.documents import fetch
from writ.store.events import read_events, read_payload

WORLD = Signers.make()
PAIR = KeyPair.generate()
COUNTS = {"permit": 300, "verify": 100, "deny": 20, "substitute": 5, "cut": 5, "error": 3}


def line(outcome: str, number: int) -> dict[str, Plain]:
    """Return a receipt as a gateway writes it, one a minute."""
    at = format_instant(NOW + number * MINUTE)
    if outcome == "permit":
        return {"kind": "permit", "who": ["ab12"], "from": at, "until": at, "begun": 2}
    told: dict[str, Plain] = {"kind": "refusal", "id": f"{number:08x}", "at": at}
    return told | {
        "cut": {"kind": "cut", "outcome": "deny"},
        "substitute": {"kind": "substitution", "outcome": "substitute"},
        "error": {"outcome": "deny", "error": "unknown_key"},
    }.get(outcome, {"outcome": outcome})


@pytest.fixture
def decisions(tmp_path: Path) -> Decisions:
    """A decision log with receipts of every kind, and lines that are no decision's."""
    (tmp_path / "receipts").mkdir()
    lines = [encode({"kind": "opened", "at": format_instant(NOW)}), b"torn"]
    kinds = [outcome for outcome, count in COUNTS.items() for _ in range(count)]
    lines += [encode(line(outcome, number)) for number, outcome in enumerate(kinds)]
    (tmp_path / "receipts" / "edge.jsonl").write_bytes(b"\n".join(lines) + b"\n")

    def sign(text: str, _: int) -> NoteSignature:
        return sign_note(text, "d", PAIR)

    store = store_at(tmp_path / "writ.db")
    return Decisions(tmp_path / "receipts", Log(store, "d", (sign,), StandingClock(), DECISIONS))


def reports(decisions: Decisions) -> Reports:
    """Open the reports beside a log."""
    return Reports(decisions.log.store, WORLD.trust, StandingClock())


def marked(decisions: Decisions, wish: Wish, **marks: Callable[[int], Mark | None]) -> Report:
    """Draw, and mark each outcome by the place in it; return the report."""
    number, drawn = draw(decisions, wish, NOW)
    places: dict[str, int] = {}
    found: dict[int, Mark] = {}
    for item in drawn:
        place = places[item.outcome] = places.get(item.outcome, -1) + 1
        how = marks.get(item.outcome)
        mark: Mark | None = "right" if how is None else how(place)
        if mark is not None:
            found[item.entry] = mark
    return reports(decisions).report(number, found)


@pytest.mark.parametrize(
    ("hits", "drawn", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (1, 100, 0.0003, 0.0545),
    ],
)
def test_intervals_are_those_of_the_tables(hits: int, drawn: int, low: float, high: float) -> None:
    """Four of the published intervals at 95 %."""
    assert (low, high) == tuple(round(end, 4) for end in clopper_pearson(hits, drawn, 0.95))


@pytest.mark.parametrize(("hits", "drawn"), [(1, 7), (3, 50), (40, 41), (12, 200)])
def test_the_ends_leave_half_the_odds_on_each_side(hits: int, drawn: int) -> None:
    """In exact fractions, at each end the tail beyond what was counted has 2.5 %."""

    def tail(share: float, counts: range) -> float:
        p = Fraction(share)
        return float(sum(math.comb(drawn, k) * p**k * (1 - p) ** (drawn - k) for k in counts))

    low, high = clopper_pearson(hits, drawn, 0.95)
    assert 0.025 == pytest.approx(tail(low, range(hits, drawn + 1)), abs=1e-9)
    assert 0.025 == pytest.approx(tail(high, range(hits + 1)), abs=1e-9)


def test_a_large_sample_has_an_interval_too() -> None:
    """Ten thousand drawn lose no term."""
    low, high = clopper_pearson(100, MOST, 0.95)
    assert (0.0081, 0.0121) == (round(low, 4), round(high, 4))


def test_what_is_drawn_is_nobodys_choice(decisions: Decisions) -> None:
    """As many of each outcome, or all there are; the same root and seed draw the same again."""
    wish = Wish(10)
    first, drawn = draw(decisions, wish, NOW)
    again, same = draw(decisions, wish, NOW)
    assert first < again
    assert drawn == same
    counted = {name: sum(item.outcome == name for item in drawn) for name in COUNTS}
    assert {name: min(10, count) for name, count in COUNTS.items()} == counted
    assert len(drawn) == len({item.entry for item in drawn})
    assert drawn != draw(decisions, Wish(10, seed="another"), NOW)[1]
    with decisions.log.store.view() as connection:
        rows = list(read_events(connection, 0, (SAMPLED,)))
        payload = read_payload(rows[0])
        kept = msgspec.json.decode(fetch(connection, str(payload["strata"])))
    assert [first, again, again + 1] == [row.seq for row in rows]
    assert kept["there"] == COUNTS
    assert sorted(entry for found in kept["drawn"].values() for entry in found) == [
        item.entry for item in drawn
    ]


def test_every_receipt_is_drawn_as_often(decisions: Decisions) -> None:
    """Over many seeds the early and the late half of the permits come equally often."""
    places = [
        item.entry
        for seed in range(12)
        for item in draw(decisions, Wish(10, seed=str(seed)), NOW)[1]
        if item.outcome == "permit"
    ]
    late = sum(entry > 2 + COUNTS["permit"] / 2 for entry in places)
    low, high = clopper_pearson(late, len(places), 1 - 1e-9)
    assert low < 0.5 < high


def test_a_span_of_time_is_drawn_from(decisions: Decisions) -> None:
    """From one instant up to another, half-open; an empty one has nothing to draw."""
    hour = Wish(MOST, NOW, NOW + HOUR)
    assert [{"permit"}, 60] == [
        {item.outcome for item in draw(decisions, hour, NOW)[1]},
        len(draw(decisions, hour, NOW)[1]),
    ]
    with pytest.raises(Refused, match="no decision was put down in that time"):
        draw(decisions, Wish(1, 0, NOW), NOW)
    for each in (0, MOST + 1):
        with pytest.raises(Refused, match="of each outcome cannot be drawn"):
            draw(decisions, Wish(each), NOW)


def test_rates_have_the_intervals_of_what_was_drawn(decisions: Decisions) -> None:
    """Wrong permits and refusals apart; what is unclear or unmarked widens, a whole outcome is exact."""
    found = marked(
        decisions,
        Wish(50),
        permit=lambda place: "wrong" if place < 2 else "right",
        verify=lambda place: "unclear" if place == 0 else None if place == 1 else "right",
        deny=lambda place: "wrong" if place == 0 else "right",
    )
    lines = {item.outcome: item for item in found.outcomes}
    assert ["permit", "substitute", "verify", "deny", "cut", "error"] == list(lines)
    permit, verify, deny = (lines[name] for name in ("permit", "verify", "deny"))
    assert (300, 50, 48, 2) == (permit.receipts, permit.drawn, permit.right, permit.wrong)
    assert (0.04, 0.004881, 0.137138) == (
        permit.errors.rate,
        permit.errors.low,
        permit.errors.high,
    )
    assert (1, 1, 0.0) == (verify.unclear, verify.unmarked, verify.errors.low)
    assert clopper_pearson(2, 50, 0.95)[1] == pytest.approx(verify.errors.high, abs=1e-6)
    assert (0.05, 0.05, 0.05) == (deny.errors.rate, deny.errors.low, deny.errors.high)
    overall = found.overall
    assert overall is not None
    assert (300 * 0.04 + 20 * 0.05) / 433 == pytest.approx(overall.rate, abs=1e-6)
    high = clopper_pearson(2, 50, 0.975)[1]
    assert (300 * high + 100 * high + 20 * 0.05) / 433 == pytest.approx(overall.high, abs=1e-6)
    assert found.served_wrongly is not None
    assert found.refused_wrongly is not None
    assert found.served_wrongly.rate > found.refused_wrongly.rate > 0
    page = report_page(found).decode()
    assert "4.00% (0.49% to 13.71%)" in page
    assert "none but the root" in page


def test_an_outcome_that_never_was_has_no_rate(decisions: Decisions) -> None:
    """Where nobody was refused, no rate of refusals is told, and a span is named."""
    found = marked(decisions, Wish(5, NOW, NOW + HOUR, "s"), permit=lambda _: "right")
    assert None is found.refused_wrongly
    assert (format_instant(NOW), format_instant(NOW + HOUR)) == (found.since, found.until)
    assert "none drawn" in report_page(found).decode()


def test_a_report_stands_on_record(decisions: Decisions) -> None:
    """One person's word of the very bytes; not twice, not of other marks, not of another's sample."""
    number, drawn = draw(decisions, Wish(3), NOW)
    held = reports(decisions)
    marks: dict[int, Mark] = {drawn[0].entry: "wrong", drawn[1].entry: "right"}
    report = held.report(number, marks)
    word = sign_report(report, WORLD.trust, WORLD.keys["ben"])
    other: dict[int, Mark] = {drawn[0].entry: "right"}
    with pytest.raises(Refused, match="about another report than these marks give"):
        held.record(number, other, word)
    assert report == held.record(number, marks, word)
    with pytest.raises(Refused, match="was recorded before"):
        held.record(number, marks, word)
    with decisions.log.store.view() as connection:
        payload = read_payload(next(read_events(connection, 0, (REPORTED,))))
        assert report.write() == fetch(connection, str(payload["report"]))
    assert (number, "ben") == (payload["sample"], payload["by"])
    with pytest.raises(InvalidInput, match=f"entry 9999 was not drawn for sample {number}"):
        held.report(number, {9999: "right"})
    with pytest.raises(Refused, match=r"event \d+ is no draw of a sample"):
        held.report(number + 1, marks)
    with pytest.raises(Refused, match="event 900 is no draw"):
        held.report(900, marks)


def test_a_word_about_another_sample_is_refused(decisions: Decisions) -> None:
    """Whose digest fits but names another sample."""
    number, _ = draw(decisions, Wish(3), NOW)
    held = reports(decisions)
    report = held.report(number, {})
    word: Envelope = sign_word(
        REPORTED, digest_bytes(report.write()), {"sample": 1_000}, WORLD.trust, WORLD.keys["ben"]
    )
    with pytest.raises(Refused, match="about another report"):
        held.record(number, {}, word)
    assert replace(report) == report


ROW: Mapping[str, object] = {"sample": 7, "entry": 3, "model": "=fable-5", "rules": ["a", "b"]}


def test_a_sheet_comes_back_with_marks() -> None:
    """As a spreadsheet saves it: with a byte order mark, in capitals, other columns changed."""
    data = write_sheet([ROW, {**ROW, "entry": 4}])
    assert ",".join(COLUMNS) == data.decode().splitlines()[0]
    assert b"'=fable-5" in data
    filled = data.replace(b"7,3,,", b"7,3, WRONG ,see file")
    assert (7, {3: "wrong"}) == read_sheet(b"\xef\xbb\xbf" + filled, "sheet.csv")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff", "`s.csv` is no CSV in UTF-8"),
        (b"entry,mark\n", "lacks one of the columns sample, entry and mark"),
        (b"sample,entry,mark\n", "s.csv:1:1: a sheet is of one sample"),
        (b"sample,entry,mark\n1,2,right\n2,3,right\n", "s.csv:1:1: a sheet is of one sample"),
        (b"sample,entry,mark\n1,x,right\n", "s.csv:2:1: `x` is no entry's number"),
        (b"sample,entry,mark\n1,2,right\n1,2,wrong\n", "s.csv:3:1: entry 2 is marked twice"),
        (b"sample,entry,mark\n1,2,maybe\n", "s.csv:2:1: `maybe` is not one of right, wrong"),
    ],
)
def test_a_sheet_that_is_none_says_where(data: bytes, why: str) -> None:
    """Every bad line at its place."""
    with pytest.raises(InvalidInput) as caught:
        read_sheet(data, "s.csv")
    assert why in str(caught.value)


def test_a_seed_told_after_a_checkpoint_leaves_nothing_to_choose(
    tmp_path: Path, decisions: Decisions
) -> None:
    """What comes into the log after it, be it made for that, changes nothing of what is drawn."""
    held = read_checkpoint(decisions.sign().text)
    wish = Wish(3, seed="told by who audits", size=held.size)
    _, before = draw(decisions, wish, NOW)
    with (tmp_path / "receipts" / "edge.jsonl").open("ab") as file:
        file.write(encode(line("deny", 500)) + b"\n")
    number, after = draw(decisions, wish, NOW)
    assert before == after
    with decisions.log.store.view() as connection:
        sample, _ = find_sample(connection, number)
    assert (held.size, to_base64(held.root)) == (sample.size, sample.root)
    assert before != draw(decisions, replace(wish, size=None), NOW)[1]
    for size in (0, held.size + 2):
        with pytest.raises(Refused, match="none may be drawn of"):
            draw(decisions, replace(wish, size=size), NOW)
