"""Who was served, read from receipts in the log."""

import json

import pytest

from writ.clock import parse_instant
from writ.errors import Failed
from writ.ledger.exposure import Served, served

SINCE = parse_instant("2026-06-12T21:21:00Z")


def permit(who: str, minute: int, **changes: object) -> dict[str, object]:
    """A receipt of permits within one minute."""
    start, until = (f"2026-06-12T21:{minute + more:02}:00Z" for more in (0, 1))
    receipt = {"kind": "permit", "who": [who, "c0"], "model": "fable-5", "epoch": 2, "begun": 2}
    return receipt | {"from": start, "until": until, "evidence": ["e"], "ended": 1} | changes


def test_users_are_counted_from_the_instant_up_to_the_epoch() -> None:
    """Per chain and model; others' models, earlier use, later epochs and mere endings are not."""
    rows = [
        {"kind": "opened", "at": "2026-06-12T20:00:00Z"},
        {"kind": "gap", "at": "2026-06-12T20:00:00Z"},
        permit("a1", 0),
        permit("a1", 30),
        permit("b2", 25, epoch=1),
        permit("a1", 22),
        permit("a1", 40, epoch=3),
        permit("a1", 31, model="lite-1"),
        permit("c3", 31, begun=0),
        {"kind": "refusal", "id": "d", "at": "2026-06-12T21:30:00Z", "model": "fable-5"},
        {"kind": "gap", "at": "2026-06-12T21:45:00Z"},
    ]
    lines = [json.dumps(row).encode() for row in rows]
    minutes = [parse_instant(f"2026-06-12T21:{minute}:00Z") for minute in (22, 31, 25, 26, 45)]
    assert (
        (
            Served(("a1", "c0"), "fable-5", 4, minutes[0], minutes[1]),
            Served(("b2", "c0"), "fable-5", 2, minutes[2], minutes[3]),
        ),
        (minutes[4],),
    ) == served(lines, {"fable-5"}, SINCE, 3)


def test_a_line_that_is_no_receipt_stops_the_count() -> None:
    """Nothing is counted where somebody wrote into a file."""
    with pytest.raises(Failed, match="entry 2 of the decision log is no receipt"):
        served([b'{"kind":"opened"}', b"{}"], {"fable-5"}, SINCE, 3)
