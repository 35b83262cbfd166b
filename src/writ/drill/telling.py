"""What a drill tells people while it runs, and the card it ends with."""

import io
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from writ.clock import elapsed, format_instant
from writ.drill.record import ATTEMPTS, Attempt, Change, Pack, Report, Return, Signed, Watch
from writ.drill.schedule import Step
from writ.drill.scorecard import Phase, Scorecard

_TITLE = "writ drill"
_WIDTH = 100


class Telling:
    """Prints lines as things happen; keeps them for a picture."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._zero = elapsed()

    def say(self, text: str) -> None:
        """Print one line with the time since the drill was started."""
        self.console.print(
            f"[dim]{elapsed() - self._zero:5.1f} s[/]  {text}", highlight=False, soft_wrap=True
        )

    def reported(self, report: Report) -> None:
        """Tell what came of a proof or a simulation."""
        took = f"{(report.to_ms - report.from_ms) / 1000:.1f} s"
        without = "" if report.met else "; two people do without"
        self.say(f"[bold]{report.name}[/] {report.kind}: {report.verdict} ({took}){without}")

    def signed(self, signed: Signed) -> None:
        """Tell that versions are ready to be activated."""
        took = f"{signed.to_ms - signed.from_ms:.0f} ms"
        self.say(f"[bold]{signed.name}[/] submitted by one, recompiled and signed by two ({took})")

    def changed(self, change: Change) -> None:
        """Tell what moved."""
        took = f"{change.to_ms - change.from_ms:.0f} ms"
        if change.what == "activated":
            self.say(f"[bold]{change.name}[/] activated, in force on every gateway after {took}")
        elif change.what == "activated_ahead":
            self.say(f"[bold]{change.name}[/] activated ahead of its instant ({took})")

    def watched(self, watched: Sequence[Watch]) -> None:
        """Tell what became of open streams."""
        if watched:
            cut = sum(item.fate == "cut" for item in watched)
            spared = sum(item.fate == "spared" for item in watched)
            self.say(f"open streams: {cut} cut, {spared} spared")

    def returned(self, back: Return) -> None:
        """Tell that somebody is back."""
        took = back.served_ms - back.from_ms
        arrived = {"facts": "was imported", "wallet": "was shown", "employer": "came over SCIM"}
        self.say(
            f"a fact {arrived[back.way]}: {back.case} is back on {back.model} after {took:.0f} ms"
        )

    def checked(self, pack: Pack) -> None:
        """Tell what came of a pack of evidence, checked once the server was gone."""
        how = "proved twice without the server" if pack.proved else f"[red]{pack.note}[/]"
        self.say(f"{pack.name}, {pack.size >> 10} KiB: {how}")

    def attempted(self, line: Attempt) -> None:
        """Tell what came of an attempt at the portal."""
        self.say(f"{ATTEMPTS[line.how]}, for {line.case}: {line.answer}")

    def asked(self, step: Step, asked: int) -> None:
        """Tell that an instant was asked about."""
        self.say(f"{format_instant(step.at)}  [cyan]{step.phase}[/]: {asked} rows asked")

    def card(self, card: Scorecard) -> None:
        """Print the scorecard."""
        self.console.print(picture(card))
        for mistake in card.mistakes:
            self.console.print(f"[red]{mistake}[/]", highlight=False, soft_wrap=True)


def picture(card: Scorecard) -> Panel:
    """Lay the scorecard out."""
    verdict = Text("everything came out as written", style="bold green")
    if not card.right:
        verdict = Text("not everything came out as written", style="bold red")
    figures = Table(box=None, show_header=False, pad_edge=False, expand=True)
    for column in _figures(card):
        figures.add_row(*(cell for pair in column for cell in pair))
    title = f"{_TITLE}: {card.requests} requests of {card.probes} probes"
    covered = Text(f"in force on the drill's gateway; {card.coverage}", style="dim")
    parts = (verdict, "", figures, "", _phases(card.phases), "", covered)
    return Panel(Group(*parts), title=title, width=_WIDTH)


def save_picture(card: Scorecard, path: Path) -> None:
    """Write the scorecard as an SVG file that needs nothing from elsewhere."""
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(picture(card))
    svg = console.export_svg(title=_TITLE)
    path.write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL), encoding="utf-8")


def _figures(card: Scorecard) -> list[tuple[tuple[Text, Text], ...]]:
    left = [
        ("wrong outcomes", _count(card.wrong_outcomes)),
        ("wrongly served", _count(card.wrongly_served)),
        ("wrongly barred", _count(card.wrongly_barred)),
        ("unaffected lost", _count(card.unaffected_lost)),
        ("attempts that opened", _count(card.links_opened)),
        ("restored exactly", _yes(card.restored)),
        ("receipts checked", Text(str(card.receipts_checked))),
        ("in transition", Text(str(card.in_transition))),
        ("wallet to served again", _ms(card.wallet_return_ms)),
        ("left unnamed at verify", Text(f"{card.unnamed_share:.1%}")),
        ("reports done without", Text(str(card.reports_skipped))),
        ("parties", Text(str(card.parties))),
    ]
    right = [
        ("proved, all properties", _ms(card.proof_ms)),
        ("simulated, everybody", _ms(card.simulation_ms)),
        ("submitted to signed", _ms(card.signed_ms)),
        ("activated to in force", _ms(card.in_force_ms)),
        ("activated to first refusal", _ms(card.first_refusal_ms)),
        ("last stream cut", _ms(card.last_cut_ms)),
        ("fact to served again", _ms(card.time_to_return_ms)),
        ("employer to served again", _ms(card.employer_return_ms)),
        ("streams cut, spared", Text(f"{card.streams_cut}, {card.streams_spared}")),
        ("packs of evidence proved", Text(f"{card.packs_proved} of {card.packs}")),
        (
            "links lent, stolen; half shown",
            Text(f"{card.links_lent}, {card.links_stolen}; {card.half_shown}"),
        ),
        ("on the books", Text(str(card.subjects))),
    ]
    return [
        ((Text(name), value), (Text(other), figure))
        for (name, value), (other, figure) in zip(left, right, strict=True)
    ]


def _phases(phases: Sequence[Phase]) -> Table:
    head = ("phase", "asked", "permit", "subst", "deny", "verify", "uniform", "error", "wrong")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if number else "left")
    for phase in phases:
        counts = (
            phase.requests, phase.permit, phase.substitute, phase.deny, phase.verify,
            phase.refused, phase.error, phase.wrong_outcomes,
        )  # fmt: skip
        table.add_row(phase.phase, *map(str, counts))
    return table


def _count(number: int) -> Text:
    return Text(str(number), style="bold green" if not number else "bold red")


def _yes(value: bool) -> Text:  # noqa: FBT001  a cell of a table
    return Text("yes" if value else "no", style="bold green" if value else "bold red")


def _ms(value: float | None) -> Text:
    return Text("none" if value is None else f"{value:.0f} ms")
