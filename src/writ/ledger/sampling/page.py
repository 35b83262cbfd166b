"""A report on a sample as one page."""

from html import escape

from writ.ledger.html import bullets, page, table
from writ.ledger.sampling.report import Rate, Report

LIMITS = (
    (
        "A mark is somebody's judgement from what they could look up; the log says what was decided, not"
        " what was true."
    ),
    (
        "A permit's receipt may stand for several requests of one account on one model within a moment:"
        " rates are of receipts, not of requests."
    ),
    "What is unclear or was not looked at counts as right for the lower end and as wrong for the upper.",
    "Intervals are exact for what was drawn by chance. An outcome that was drawn whole has none.",
    "A request that left no receipt was not drawn: it went a way that no gateway covers.",
)


def report_page(report: Report) -> bytes:
    """Write the page."""
    span = f"{report.since or 'the beginning'} to {report.until or 'the draw'}"
    facts = [
        ("sample", report.sample),
        ("drawn", report.drawn_at),
        ("decisions", span),
        ("log", f"{report.origin}, {report.size} receipts"),
        ("root", report.root),
        ("seed", report.seed or "none but the root"),
        ("method", f"{report.method}, at {report.level:.0%}"),
    ]
    head = ("outcome", "receipts", "drawn", "right", "wrong", "unclear", "unmarked", "wrong in all")
    rows = [
        (
            line.outcome, line.receipts, line.drawn, line.right, line.wrong, line.unclear,
            line.unmarked, told(line.errors),
        )
        for line in report.outcomes
    ]  # fmt: skip
    together = [
        ("served who should not have been", told(report.served_wrongly)),
        ("refused who should have been served", told(report.refused_wrongly)),
        ("all decisions", told(report.overall)),
    ]
    title = f"Sample {report.sample}, looked at by people"
    return page(
        title,
        [
            f"<h1>{escape(title)}</h1>",
            table(("", ""), facts),
            "<h2>By outcome</h2>",
            table(head, rows),
            "<h2>Together</h2>",
            table(("", "wrong"), together),
            "<h2>What this does not say</h2>",
            bullets(LIMITS),
        ],
    )


def told(rate: Rate | None) -> str:
    """Say a rate and its interval."""
    if rate is None:
        return "none drawn"
    return f"{rate.rate:.2%} ({rate.low:.2%} to {rate.high:.2%})"
