"""The summary of a pack as a PDF: the story on a few pages, with bars; the same bytes each time."""

import io
from collections.abc import Iterable, Sequence
from html import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from writ.ledger.evidence.contents import Contents
from writ.ledger.evidence.manifest import Manifest
from writ.ledger.evidence.story import LIMITS, Chart, charts, timeline, title_of
from writ.signing.form import to_base64

_OUTCOMES = ("permit", "substitute", "verify", "deny", "undecided")
_COLOURS = ("#4c956c", "#8ecae6", "#f4a259", "#bc4b51", "#9a9a9a")
_WIDTH, _BAR, _LABEL = 170 * mm, 5 * mm, 16 * mm
_LINES = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
)


def summary(contents: Contents, manifest: Manifest) -> bytes:
    """Write the summary; it is not signed yet."""
    checkpoint = contents.seen.checkpoint
    facts = [
        ("order", contents.order),
        ("as of", manifest.as_of),
        ("log", f"{checkpoint.origin}, {checkpoint.size} entries"),
        ("root", to_base64(checkpoint.root)),
        ("trust document", contents.trust.digest),
    ]
    parts: list[Flowable] = [_text(f"Evidence: {title_of(contents)}", "Title")]
    if contents.trust.drill:
        parts.append(_text("This was a drill: every key in it was made for the drill.", "Heading3"))
    parts += [_rows(facts, (30 * mm, 140 * mm)), _text("What happened", "Heading2")]
    lines = [("when it was so", "when it was on record", "what")]
    lines += [(line.so_at, line.recorded_at, line.what) for line in timeline(contents)]
    parts.append(_rows(lines, (38 * mm, 38 * mm, 94 * mm)))
    drawn = list(charts(contents))
    if drawn:
        parts.append(_text("Subjects by outcome, as simulated before it was signed", "Heading2"))
        parts += [_bars(chart) for chart in drawn]
    if contents.receipts is not None:
        counts = contents.receipts.counts()
        parts += [_text("Receipts opened, by outcome", "Heading2"), _counts(counts.items())]
    parts.append(_text("What this does not prove", "Heading2"))
    parts += [_text(f"• {line}", "BodyText") for line in LIMITS]
    return _written(parts, f"Evidence: {contents.order}")


def _written(parts: list[Flowable], title: str) -> bytes:
    out = io.BytesIO()
    SimpleDocTemplate(
        out, pagesize=A4, title=title, author="writ", leftMargin=20 * mm, rightMargin=20 * mm,
        topMargin=18 * mm, bottomMargin=18 * mm, invariant=1,
    ).build(parts)  # fmt: skip
    return out.getvalue()


def _text(words: str, style: str) -> Flowable:
    return Paragraph(escape(words), getSampleStyleSheet()[style])


def _rows(rows: Iterable[Sequence[str]], widths: Sequence[float]) -> Flowable:
    small = getSampleStyleSheet()["BodyText"].clone("small", fontSize=8, leading=10)
    cells = [[Paragraph(escape(cell), small) for cell in row] for row in rows]
    return Table(cells, colWidths=list(widths), style=_LINES)


def _bars(chart: Chart) -> Flowable:
    """Draw two bars, before and after, each as long as it is many."""
    drawing = Drawing(_WIDTH, 24 * mm)
    drawing.add(String(0, 19 * mm, chart.title, fontSize=8))
    most = max(sum(chart.before.values()), sum(chart.after.values()), 1)
    for place, (when, counts) in enumerate((("before", chart.before), ("after", chart.after))):
        height, left = 11 * mm - place * 7 * mm, _LABEL
        drawing.add(String(0, height + 1.5 * mm, when, fontSize=8))
        for outcome, colour in zip(_OUTCOMES, _COLOURS, strict=True):
            count = counts.get(outcome, 0)
            width = (_WIDTH - _LABEL) * count / most
            drawing.add(Rect(left, height, width, _BAR, fillColor=colors.HexColor(colour)))
            if count:
                told = f"{outcome} {count}"
                drawing.add(String(left + 1 * mm, height + 1.5 * mm, told, fontSize=7))
            left += width
    return drawing


def _counts(counts: Iterable[tuple[str, int]]) -> Flowable:
    rows = [(name, str(count)) for name, count in counts]
    return _rows(rows, (50 * mm, 120 * mm)) if rows else Spacer(1, 1)
