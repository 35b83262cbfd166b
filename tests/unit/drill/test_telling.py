import io
from pathlib import Path

from rich.console import Console

from writ.drill.record import Attempt, Change, Report, Return, Signed, Watch
from writ.drill.schedule import Step
from writ.drill.scorecard import Phase, Scorecard
from writ.drill.telling import Telling, save_picture

RIGHT = Scorecard(
    restored=True,
    requests=1234,
    probes=56,
    in_force_ms=41.6,
    subjects=78,
    phases=[Phase("us-bis-2026-06-12 v1", requests=1234, permit=1000, deny=234)],
)


def told() -> tuple[Telling, io.StringIO]:
    """Return somebody who tells, and what they told."""
    out = io.StringIO()
    return Telling(Console(file=out, width=80)), out


def test_the_card_fits_a_terminal() -> None:
    """All figures are there, in eighty columns, and nothing is cut off."""
    telling, out = told()
    telling.card(RIGHT)
    lines = out.getvalue().splitlines()
    text = " ".join(" ".join(lines).split())
    assert {80} == {len(line) for line in lines}
    assert "writ drill: 1234 requests of 56 probes" in text
    assert "everything came out as written" in text
    assert "activated to in force 42 ms" in text
    assert "us-bis-2026-06-12 v1 1234 1000 0 234 0 0 0 0" in text
    assert "…" not in text


def test_what_went_wrong_is_told_in_words() -> None:
    """A card that is not right says so, and its mistakes follow whole."""
    telling, out = told()
    mistake = "request 7: case `american` must be permit, was error (503)" + " and so on" * 8
    telling.card(Scorecard(wrong_outcomes=1, requests=1, mistakes=[mistake]))
    assert "not everything came out as written" in out.getvalue()
    assert f"{mistake}\n" in out.getvalue()


def test_progress_is_told_line_by_line() -> None:
    """Whatever happens is one line, with the seconds since the start."""
    telling, out = told()
    change = Change(
        number=1, what="activated", name="o v1", from_at="a", to_at="b", from_ms=1.0, to_ms=43.0,
        phase="o v1",
    )  # fmt: skip
    watch = Watch(
        party=1, case="c", model="m", dialect="openai", change=1, expected="cut", fate="cut",
        ended_ms=2.0, touched=True,
    )  # fmt: skip
    report = Report(
        kind="proof", name="o v1", verdict="not proved", met=False, from_ms=0.0, to_ms=1500.0
    )
    telling.reported(report)
    telling.signed(Signed(name="o v1", from_ms=0.0, to_ms=120.0))
    telling.changed(change)
    telling.watched([watch])
    telling.watched([])
    telling.returned(Return(party=1, case="c", model="m", way="facts", from_ms=1.0, served_ms=55.0))
    telling.attempted(Attempt(party=2, case="d", model="m", how="lent", answer="verify"))
    telling.attempted(Attempt(party=2, case="d", model="m", how="told", answer="verify"))
    telling.asked(Step(0, "o v1"), 12)
    assert [
        "o v1 proof: not proved (1.5 s); two people do without",
        "o v1 submitted by one, recompiled and signed by two (120 ms)",
        "o v1 activated, in force on every gateway after 42 ms",
        "open streams: 1 cut, 0 spared",
        "a fact was imported: c is back on m after 54 ms",
        "a wallet link that somebody else's wallet answered, for d: verify",
        ("a wallet link that somebody else's wallet answered, with the code told, for d: verify"),
        "1970-01-01T00:00:00Z  o v1: 12 rows asked",
    ] == [line.partition(" s  ")[2] for line in out.getvalue().splitlines()]


def test_a_clock_step_says_nothing() -> None:
    """What only moves the clock is told by what is asked next."""
    telling, out = told()
    step = Change(
        number=1, what="clock", name="", from_at="a", to_at="b", from_ms=1.0, to_ms=1.1, phase="p"
    )
    telling.changed(step)
    assert "" == out.getvalue()


def test_the_picture_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    """The SVG names no address to load from, and has the figures in it."""
    save_picture(RIGHT, tmp_path / "card.svg")
    text = (tmp_path / "card.svg").read_text(encoding="utf-8")
    assert "url(http" not in text
    assert "https://" not in text.replace("https://www.textualize.io", "")
    assert "1234" in text
    assert ["card.svg"] == [path.name for path in tmp_path.iterdir()]
