"""The letters of an order as notices for Lumen, the public database of such requests.

1. A line is a notice, the body of a request to create one; the caller's token is not in it. There is
   one for each version, for each is a letter of its own.
2. A notice is a publication: a version that may not be told in full is Refused.
3. Whether a letter is a court's, an order file does not say: each goes as a government's request.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from writ.clock import format_instant, parse_instant
from writ.errors import Refused
from writ.ledger.evidence.chain import Version
from writ.ledger.evidence.contents import Contents
from writ.ledger.evidence.story import clauses, versions_of

_FULL = "full"


def lumen(contents: Contents) -> bytes:
    """Return the notices, a line for each version."""
    return b"".join(map(_line, versions_of(contents)))


def _line(version: Version) -> bytes:
    if version.file.get("disclosure") != _FULL:
        raise Refused(
            f"version {version.number} may not be told in full (`disclosure`);"
            " a notice for Lumen is a publication"
        )
    return msgspec.json.encode({"notice": _notice(version)}) + b"\n"


def _notice(version: Version) -> dict[str, object]:
    told = version.file.get("authority")
    authority = told if isinstance(told, Mapping) else {}
    received = version.file.get("received")
    notice: dict[str, object] = {
        "type": "GovernmentRequest",
        "title": str(version.file.get("title")),
        "subject": f"{authority.get('instrument')}, version {version.number}: {version.kind}",
        "body": "\n".join(f"{name}: {words}" for name, words, _ in clauses(version)),
        "date_received": format_instant(parse_instant(str(received))) if received else None,
        "action_taken": "Yes",
        "jurisdiction_list": str(authority.get("jurisdiction", "")),
        "regulation_list": ", ".join(map(str, authority.get("cites") or ())),
        "works_attributes": [{"kind": "AI model", "description": ", ".join(_models(version))}],
        "entity_notice_roles_attributes": [
            {
                "name": "sender",
                "entity_attributes": {"name": str(authority.get("name")), "kind": "organization"},
            }
        ],
    }
    return {name: value for name, value in notice.items() if value}


def _models(version: Version) -> list[str]:
    """Return the models that a version's rules and exceptions name; none: it lifts what was."""
    return sorted(
        {*_named(version.file.get("rules")), *_named(version.file.get("exceptions"))}
    ) or ["the models of the versions before it"]


def _named(items: object) -> Iterator[str]:
    for item in items if isinstance(items, Sequence) else ():
        models = item.get("models") if isinstance(item, Mapping) else None
        yield from map(str, models if isinstance(models, Sequence) else ())
