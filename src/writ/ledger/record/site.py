"""The record as files: the same record gives the same bytes.

1. Every edition stays under its own name for ever, with what opens its event and the proof that the
   log has it; `writ log verify` reads them.
2. The log itself lies beside them in `log/` (`writ.ledger.folder`), for the page that checks it.
3. Files are put in place whole, the index last; the log's checkpoint was put in place before.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from writ.clock import format_instant
from writ.errors import Failed
from writ.ledger.record import feeds, tables
from writ.ledger.record.pages import index_page, order_page, resource, verify_page
from writ.ledger.record.places import INDEX, SECURITY, page_of, place_in
from writ.ledger.record.view import Record
from writ.model.record import Security
from writ.pages.style import sheet
from writ.pages.words import LANGUAGES


def files_of(record: Record) -> dict[str, bytes]:
    """Return every file by name, but the log's own."""
    return dict(_files(record))


def _files(record: Record) -> Iterator[tuple[str, bytes]]:
    yield "style.css", sheet("writ.ledger.record")
    for name in ("log.js", "verify.js"):
        yield name, resource(name)
    for order in record.orders:
        for edition in order.editions:
            place = f"{order.folder}/{edition.number}"
            yield f"{place}.json", edition.document
            yield f"{place}.opening.json", edition.opening
            yield f"{place}.tlog-proof", edition.proof
        for language in LANGUAGES:
            yield place_in(language, page_of(order.id)), order_page(record, order, language)
    yield "feed.atom", feeds.atom(record)
    yield "feed.json", feeds.json_feed(record)
    yield "record.json", tables.as_json(record)
    yield "record.csv", tables.as_csv(record)
    yield "numbers.csv", tables.sums_as_csv(record)
    yield "log.policy", record.policy.encode()
    if record.security is not None:
        yield SECURITY, _security(record, record.security)
    yield "verify.html", verify_page(record)
    for language in reversed(LANGUAGES):
        yield place_in(language, INDEX), index_page(record, language)


def _security(record: Record, security: Security) -> bytes:
    """Write whom to tell of security problems (RFC 9116 section 2.5)."""
    lines = [f"Contact: {contact}" for contact in security.contacts]
    lines.append(f"Expires: {format_instant(security.until())}")
    lines.append("Preferred-Languages: en")
    lines.append(f"Canonical: {record.address}/{SECURITY}")
    return "".join(f"{line}\n" for line in lines).encode()


def write_files(folder: Path, files: Mapping[str, bytes]) -> int:
    """Put files in place (rule 3); returns how many were new or are others than they were."""
    written = 0
    try:
        for name, data in files.items():
            place = folder / name
            if place.exists() and place.read_bytes() == data:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f".{place.name}.draft")
            draft.write_bytes(data)
            draft.replace(place)
            written += 1
        if SECURITY not in files:
            (folder / SECURITY).unlink(missing_ok=True)
    except OSError as error:
        raise Failed(f"cannot write `{error.filename}`: {error.strerror}") from None
    return written
