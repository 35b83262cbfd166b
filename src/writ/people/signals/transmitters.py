"""Who may send signals here, in one TOML file: whose SETs are believed, and about whom.

1. Each `[[transmitter]]` has a name, its issuer (`iss`), the audience by which it means this
   deployment (`aud`), and its keys: a key set in the file, or the address of one.
2. `named` says how it names people. `account`: by the account that they showed here (`iss_sub` of
   its own issuer). `id`: by the operator's own ids, as `iss_sub`, `opaque` or `email`.
3. It speaks of what rests on it and of nothing else: of facts that were shown with the account it
   names, and of facts by its `sources`, the issuers as facts name them. With `organisations`,
   only of those who act for one of them, and of these themselves.
4. `token` is the digest of the bearer token with which it pushes. `poll` is where it is asked
   instead, with the token in `poll_token`, every so many seconds.
5. What is not known in the file is a fault; every transmitter with a fault is told at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from writ.errors import Failed, Fault, InvalidInput
from writ.people.rows import read_rows
from writ.signing.form import Form, as_form
from writ.signing.jwks import KeySet, read_key_set

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
DIGEST = re.compile(r"(sha256:[0-9a-f]{64})?")
HTTPS = re.compile(r"https://[^\s/?#@]+(/[^\s#]*)?")

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Seconds = Annotated[int, msgspec.Meta(ge=1, le=3600)]


@dataclass(frozen=True, slots=True)
class Transmitter:
    """One transmitter; `keys` is None where they are at `jwks_uri`."""

    name: str
    issuer: str
    audience: str
    named: Literal["account", "id"]
    keys: KeySet | None
    jwks_uri: str
    sources: frozenset[str]
    organisations: frozenset[str]
    token: str
    poll: str
    poll_token: Path | None
    every: int


class _Row(Form, frozen=True):
    name: str
    issuer: _Text
    audience: _Text
    named: Literal["account", "id"]
    keys: str = ""
    jwks_uri: str = ""
    sources: list[_Text] = msgspec.field(default_factory=list)
    organisations: list[_Text] = msgspec.field(default_factory=list)
    token: str = ""
    poll: str = ""
    poll_token: str = ""
    every: _Seconds = 10


def load_transmitters(path: Path) -> dict[str, Transmitter]:
    """Read the file at `path`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
    return read_transmitters(data, path)


def read_transmitters(data: bytes, path: Path) -> dict[str, Transmitter]:
    """Read the file's text, by name; everything wrong with it is one InvalidInput."""
    found: dict[str, Transmitter] = {}

    def read(row: object) -> Transmitter:
        made = _transmitter(as_form(row, _Row, "this transmitter"), path.parent)
        wrong = list(_wrong(made))
        if made.name in found:
            wrong.append(f"`{made.name}` stands twice")
        found[made.name] = made
        if wrong:
            raise InvalidInput([Fault("", 0, 0, message) for message in wrong])
        return made

    read_rows(data, str(path), "transmitter", read)
    return found


def _transmitter(row: _Row, folder: Path) -> Transmitter:
    keys = read_key_set(row.keys.encode(), f"the key set of `{row.name}`") if row.keys else None
    return Transmitter(
        name=row.name,
        issuer=row.issuer,
        audience=row.audience,
        named=row.named,
        keys=keys,
        jwks_uri=row.jwks_uri,
        sources=frozenset(row.sources),
        organisations=frozenset(row.organisations),
        token=row.token,
        poll=row.poll,
        poll_token=folder / row.poll_token if row.poll_token else None,
        every=row.every,
    )


def _wrong(made: Transmitter) -> Iterator[str]:
    if not NAME.fullmatch(made.name):
        yield f"`{made.name}` is not a name; use a-z, 0-9, dot, dash, underscore, 64 at most"
    if (made.keys is None) == (not made.jwks_uri):
        yield "give either `keys` or `jwks_uri`"
    for key, address in (("jwks_uri", made.jwks_uri), ("poll", made.poll)):
        if address and not HTTPS.fullmatch(address):
            yield f"`{key}` is no https address: `{address}`"
    if not DIGEST.fullmatch(made.token):
        yield "`token` is a digest; `writ signals token` makes a token with its digest"
    if made.poll_token is not None and not made.poll:
        yield "`poll_token` is for `poll`, which is not there"
    if made.named == "id" and not made.sources:
        yield "say in `sources` on whose facts its signals bear"
