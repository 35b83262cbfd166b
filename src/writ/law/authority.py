"""Whose an instrument is, by what document, and how somebody made sure that it is theirs.

1. Nothing is authenticated before it was received.
"""

import re

from writ.clock import Instant
from writ.law.document import Node, quoted
from writ.law.reading import Fields, Keys, Reader

AUTHORITY_KEYS = Keys(
    required=("name", "jurisdiction"),
    optional=("instrument", "cites", "document", "authenticated"),
)
MANDATE_KEYS = Keys(
    required=("name", "jurisdiction", "instrument", "document", "authenticated"),
    optional=("cites",),
)
AUTHENTICATED_KEYS = Keys(required=("by", "how", "at"))
_DOCUMENT = re.compile(r"sha256:[0-9a-f]{64}")


def read_authority(
    reader: Reader, node: Node | None, received: Instant | None, keys: Keys = AUTHORITY_KEYS
) -> None:
    """Read whose instrument it is."""
    fields = reader.fields(node, keys)
    for key in ("name", "jurisdiction", "instrument"):
        reader.text(fields[key])
    read_proof(reader, fields, received)


def read_proof(reader: Reader, fields: Fields, received: Instant | None = None) -> None:
    """Read what is cited, the document's digest, and who authenticated it (rule 1)."""
    for item in reader.items(fields["cites"]):
        reader.text(item)
    document, at = reader.text(fields["document"]), fields["document"]
    if at is not None and document.strip() and not document.startswith("sha256:"):
        reader.fault(at, f"{quoted(document)} is not a digest; write sha256: and 64 hex digits")
    elif at is not None and not _DOCUMENT.fullmatch(document):
        reader.note(at, "a digest has 64 hex digits; this one proves nothing")
    seen = reader.fields(fields["authenticated"], AUTHENTICATED_KEYS)
    reader.text(seen["by"])
    reader.text(seen["how"])
    when, place = reader.instant(seen["at"]), seen["at"]
    if place is not None and when is not None and received is not None and when < received:
        reader.fault(place, "authenticated before it was received")
