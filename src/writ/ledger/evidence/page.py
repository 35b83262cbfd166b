"""The pages of a pack: what it is and how to check it, and what it does not prove.

1. No script, nothing from elsewhere, readable in print; whatever is told is escaped.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from writ.ledger.evidence.contents import Contents
from writ.ledger.evidence.manifest import DOES_NOT_PROVE, SUMMARY, Item, Manifest
from writ.ledger.evidence.story import LIMITS, clauses, timeline, title_of, versions_of
from writ.ledger.html import bullets, page, table
from writ.signing.form import to_base64


def index(contents: Contents, manifest: Manifest, items: Sequence[Item]) -> bytes:
    """Write the first page; `items` is the list but for this page."""
    seen, receipts = contents.seen, contents.receipts
    checkpoint = seen.checkpoint
    facts = [
        ("order", contents.order),
        ("as of", manifest.as_of),
        ("log", f"{checkpoint.origin}, {checkpoint.size} entries"),
        ("root", to_base64(checkpoint.root)),
        ("trust document", contents.trust.digest),
        ("seen by", ", ".join(by.verifier.name for by in seen.witnesses) or "no witness"),
    ]
    parts = [
        f"<h1>Evidence: {escape(title_of(contents))}</h1>",
        *_drill(contents),
        (
            "<p>What was ordered, who signed for it, when it was in force, and what was done, from the"
            f" operator's transparency log. <a href='{DOES_NOT_PROVE}'>What it does not"
            f" prove</a>. <a href='{SUMMARY}'>Summary, signed</a>.</p>"
        ),
        table(("", ""), facts),
        _CHECK,
        "<h2>What happened</h2>",
        table(
            ("when it was so", "when it was on record", "what"),
            [(line.so_at, line.recorded_at, line.what) for line in timeline(contents)],
        ),
        *(part for version in versions_of(contents) for part in _version(version.number, contents)),
        "<h2>Receipts</h2>",
        *_receipts(contents),
    ]
    if receipts is not None:
        parts.append(table(("outcome", "requests"), receipts.counts().items()))
    if manifest.left_out:
        parts += ["<h2>Not in this pack</h2>", bullets(manifest.left_out)]
    rows = [
        (item.name, item.what, item.by, item.so_at or "", item.recorded_at or "not in the log")
        for item in items
    ]
    head = ("file", "what it is", "by", "when it was so", "when it was on record")
    parts += ["<h2>Files</h2>", table(head, rows)]
    return page("Evidence", parts)


def does_not_prove(contents: Contents) -> bytes:
    """Write the page of limits."""
    parts = ["<h1>What this pack does not prove</h1>", *_drill(contents), bullets(LIMITS)]
    return page("What this pack does not prove", parts)


_CHECK = (
    "<h2>Check it</h2><p>Take the log's key from a place that you trust, not from this pack; and"
    " the script from a release, unless you trust who sent this.</p>"
    "<pre>python3 verify.py THIS.zip --policy log.policy\nwrit evidence verify THIS.zip --policy"
    " log.policy</pre><p>The first needs Python and its library <code>cryptography</code> alone; the"
    " two were written by different hands. Any changed byte, missing file, other order, other"
    " snapshot or other key is named. Files under <code>log</code> are those of C2SP"
    " (tlog-proof, tlog-checkpoint), which other tools read as well.</p>"
)


def _version(number: int, contents: Contents) -> Iterable[str]:
    version = next(item for item in versions_of(contents) if item.number == number)
    authority = version.file.get("authority")
    told = authority if isinstance(authority, Mapping) else {}
    facts = [
        ("title", version.file.get("title")),
        ("authority", told.get("name")),
        ("instrument", told.get("instrument")),
        ("cites", "; ".join(map(str, told.get("cites") or ()))),
        ("the letter", told.get("document")),
        ("disclosure", version.file.get("disclosure")),
    ]
    yield f"<h2>Version {number}</h2>"
    yield table(("", ""), [(name, value) for name, value in facts if value])
    yield table(("clause", "its words", "carried out by"), clauses(version))


def _receipts(contents: Contents) -> Iterable[str]:
    receipts = contents.receipts
    if receipts is None:
        yield "<p>No gateway has put down anything yet.</p>"
        return
    drawn = len(receipts.drawn)
    opened = len([seq for seq in receipts.drawn if seq in receipts.opened])
    yield (
        f"<p>The decision log has {receipts.checkpoint.size} receipts. {drawn} were drawn by its"
        f" root, so that nobody chose them; {opened} of those tell of this order and are opened,"
        f" the others are commitments. {len(receipts.opened)} are opened in all:</p>"
    )


def _drill(contents: Contents) -> Iterable[str]:
    if contents.trust.drill:
        yield "<p class='drill'>This was a drill: every key in it was made for the drill.</p>"
