"""What a pack proves as OSCAL assessment results (NIST, version 1.2.1), in JSON.

1. The clauses of each version are the controls that were looked at. Each event of the pack is an
   observation, with the files that prove it as evidence; the story is the assessment log.
2. There are no findings: a pack shows what was done, and whoever reads it judges.
3. Files are named as they are in the pack, with their digests. Ids follow from the pack's own
   checkpoint, so that the same pack gives the same bytes.
"""

import uuid
from collections.abc import Iterable, Iterator

import msgspec

from writ.clock import format_instant
from writ.ledger.evidence.chain import ORDER, Version
from writ.ledger.evidence.contents import Contents
from writ.ledger.evidence.events import FOLDER, OPENING, PROOF, Event, place_of
from writ.ledger.evidence.manifest import Item
from writ.ledger.evidence.pack import Opened
from writ.ledger.evidence.story import LIMITS, clauses, timeline, title_of, versions_of
from writ.signing.form import to_base64

VERSION = "1.2.1"
_Plain = dict[str, object]


def oscal(opened: Opened) -> bytes:
    """Return the document."""
    contents, ids = opened.contents, _Ids(opened.contents)
    as_of = opened.manifest.as_of
    plan = f"{ORDER}/v{versions_of(contents)[0].number}.yaml"
    document = {
        "uuid": ids.of("results"),
        "metadata": {
            "title": f"Evidence: {title_of(contents)}",
            "last-modified": as_of,
            "version": as_of,
            "oscal-version": VERSION,
            "remarks": "Made from an evidence pack, which proves it; this file proves nothing.",
        },
        "import-ap": {"href": f"#{ids.of(plan)}", "remarks": "The order is what was to be done."},
        "results": [_result(contents, ids, as_of)],
        "back-matter": {"resources": [*_resources(opened.manifest.items, ids)]},
    }
    return msgspec.json.encode({"assessment-results": document}) + b"\n"


class _Ids:
    """Ids of what is in one pack (rule 3)."""

    def __init__(self, contents: Contents) -> None:
        root = to_base64(contents.seen.checkpoint.root)
        self._space = uuid.uuid5(uuid.NAMESPACE_URL, f"urn:writ:evidence:{contents.order}:{root}")

    def of(self, name: str) -> str:
        return str(uuid.uuid5(self._space, name))


def _result(contents: Contents, ids: _Ids, as_of: str) -> _Plain:
    start = min(epoch.at for epoch in contents.epochs)
    return {
        "uuid": ids.of("result"),
        "title": f"Order {contents.order}",
        "description": "What was ordered, who signed for it, when it was in force, what was done.",
        "start": format_instant(start),
        "end": as_of,
        "reviewed-controls": {
            "control-selections": [_controls(version) for version in versions_of(contents)]
        },
        "assessment-log": {"entries": [*_log(contents, ids)]},
        "observations": [*_observations(contents.events, ids, as_of)],
        "remarks": "What this does not show:\n" + "\n".join(f"- {line}" for line in LIMITS),
    }


def _controls(version: Version) -> _Plain:
    return {
        "description": f"the clauses of version {version.number}, a {version.kind}",
        "include-controls": [
            {"control-id": f"v{version.number}.{name}"} for name, _, _ in clauses(version)
        ],
    }


def _log(contents: Contents, ids: _Ids) -> Iterator[_Plain]:
    for number, line in enumerate(timeline(contents)):
        yield {
            "uuid": ids.of(f"line {number}"),
            "title": line.what.replace("\n", " "),
            "start": line.so_at,
            "remarks": f"on record at {line.recorded_at}",
        }


def _observations(events: Iterable[Event], ids: _Ids, as_of: str) -> Iterator[_Plain]:
    for event in events:
        place, at = place_of(FOLDER, event.seq), event.payload.get("at")
        yield {
            "uuid": ids.of(place),
            "title": f"event {event.seq}: {event.kind}",
            "description": "A row of the governance log, opened, with the proof that it has it.",
            "methods": ["EXAMINE"],
            "collected": format_instant(at) if isinstance(at, int) else as_of,
            "relevant-evidence": [
                {"href": place + PROOF, "description": "proof (c2sp.org/tlog-proof@v1)"},
                {"href": place + OPENING, "description": "the row and its salt"},
            ],
        }


def _resources(items: Iterable[Item], ids: _Ids) -> Iterator[_Plain]:
    """Yield the pack's files but the logs' entries, which observations name."""
    for item in items:
        if not item.name.startswith("log/"):
            hashed = {"algorithm": "SHA-256", "value": item.digest.removeprefix("sha256:")}
            yield {
                "uuid": ids.of(item.name),
                "title": item.what.replace("\n", " "),
                "rlinks": [{"href": item.name, "hashes": [hashed]}],
            }
