"""in-toto Statements (v1): what a signed payload is about, by digest, and what is said of it.

1. A statement has one subject, named by SHA-256.
2. The predicate's type is fixed by whoever reads: a statement made for one purpose never serves
   another.
"""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from writ.canonical import Plain, encode
from writ.errors import Refused
from writ.signing.form import Form, as_form, read_form

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_TYPE = "https://in-toto.io/Statement/v1"
_ALGORITHM = "sha256:"
_HEX = 64

T = TypeVar("T", bound=Form)


class _Subject(Form, frozen=True):
    name: str
    digest: dict[str, str]


class _Statement(Form, frozen=True):
    kind: str = msgspec.field(name="_type")
    subject: list[_Subject]
    predicateType: str  # noqa: N815 - the name in-toto gives it on the wire
    predicate: dict[str, object]


def write_statement(
    name: str, digest: str, predicate_type: str, predicate: Mapping[str, Plain]
) -> bytes:
    """Write a statement about `name` with `digest` (`sha256:` and hex), in canonical JSON."""
    return encode(
        {
            "_type": _TYPE,
            "subject": [{"name": name, "digest": {"sha256": digest.removeprefix(_ALGORITHM)}}],
            "predicateType": predicate_type,
            "predicate": predicate,
        }
    )


def read_statement(payload: bytes, predicate_type: str, predicate: type[T]) -> tuple[str, T]:
    """Return the subject's digest (`sha256:` and hex) and the predicate; Refused otherwise."""
    form = read_form(payload, _Statement, "the statement")
    if form.kind != _TYPE:
        raise Refused(f"`{form.kind}` is not the in-toto Statement v1")
    if form.predicateType != predicate_type:
        raise Refused(f"the statement is a `{form.predicateType}`, not a `{predicate_type}`")
    if len(form.subject) != 1 or set(form.subject[0].digest) != {"sha256"}:
        raise Refused("the statement is not about one subject named by sha256")
    hexes = form.subject[0].digest["sha256"]
    if len(hexes) != _HEX or set(hexes) - set("0123456789abcdef"):
        raise Refused("the statement's subject is not a sha256")
    return _ALGORITHM + hexes, as_form(form.predicate, predicate, "the predicate")
