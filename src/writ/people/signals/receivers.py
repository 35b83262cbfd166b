"""Who is told by signals when an order closes a model to somebody, in one TOML file.

1. Each `[[receiver]]` has a name, the audience it knows itself by (`aud`), the https address that
   takes security event tokens (RFC 8935), and the file of the bearer token it wants. `bears` is the
   digest of the token with which it asks about its stream itself; without an address it has to, for
   then it polls (RFC 8936).
2. `named` says how it knows people, always by the operator's own ids: as `iss_sub` of an `issuer`, as
   `opaque`, or as `email`.
3. It is told of people alone; with `organisations`, only of those who act for one of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from writ.canonical import Plain
from writ.errors import Failed, Fault, InvalidInput
from writ.people.rows import read_rows
from writ.people.signals.transmitters import DIGEST, HTTPS, NAME
from writ.signing.form import Form, as_form

KEY, JWKS = "signals.key", "signals.jwks"
"""In the data folder: the key that signs what receivers are told, and its public half."""

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver."""

    name: str
    audience: str
    address: str
    named: Literal["iss_sub", "opaque", "email"]
    issuer: str
    token: Path | None
    organisations: frozenset[str]
    bears: str = ""

    def about(self, subject: str) -> Mapping[str, Plain]:
        """Name somebody as this receiver knows them (RFC 9493 section 3)."""
        if self.named == "iss_sub":
            return {"format": "iss_sub", "iss": self.issuer, "sub": subject}
        return {"format": self.named, {"opaque": "id", "email": "email"}[self.named]: subject}

    def headers(self) -> Mapping[str, str]:
        """Return what it is asked with; a token that cannot be read is Failed."""
        if self.token is None:
            return {}
        try:
            return {"Authorization": f"Bearer {self.token.read_text('ascii', 'replace').strip()}"}
        except OSError as error:
            raise Failed(f"cannot read `{self.token}`: {error.strerror}") from None


class _Row(Form, frozen=True):
    name: str
    audience: _Text
    named: Literal["iss_sub", "opaque", "email"]
    address: str = ""
    issuer: str = ""
    token: str = ""
    bears: str = ""
    organisations: list[_Text] = msgspec.field(default_factory=list)


def load_receivers(path: Path) -> tuple[Receiver, ...]:
    """Read the file at `path`; everything wrong with it is one InvalidInput."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
    others: list[_Row] = []

    def read(row: object) -> Receiver:
        form = as_form(row, _Row, "this receiver")
        wrong = [Fault("", 0, 0, message) for message in _wrong(form, others)]
        if wrong:
            raise InvalidInput(wrong)
        others.append(form)
        return Receiver(
            form.name,
            form.audience,
            form.address,
            form.named,
            form.issuer,
            path.parent / form.token if form.token else None,
            frozenset(form.organisations),
            form.bears,
        )

    return read_rows(data, str(path), "receiver", read)


def _wrong(form: _Row, others: Sequence[_Row]) -> Iterator[str]:
    if not NAME.fullmatch(form.name):
        yield f"`{form.name}` is not a name; use a-z, 0-9, dot, dash, underscore, 64 at most"
    if form.name in {item.name for item in others}:
        yield f"`{form.name}` stands twice"
    if (form.named == "iss_sub") == (not form.issuer):
        yield '`issuer` is for `named = "iss_sub"`, and goes with it'
    yield from _untold(form, others)


def _untold(form: _Row, others: Sequence[_Row]) -> Iterator[str]:
    """Say what is wrong with how it is told (rule 1)."""
    if form.address and not HTTPS.fullmatch(form.address):
        yield f"`address` is no https address: `{form.address}`"
    if not form.address and not form.bears:
        yield "say in `address` where it is told, or in `bears` what it polls with"
    if not form.address and form.token:
        yield "`token` is for `address`, which is not there"
    if not DIGEST.fullmatch(form.bears):
        yield "`bears` is a digest; `writ signals token` makes a token with its digest"
    if form.bears and form.bears in {item.bears for item in others}:
        yield "two receivers bear the same token; make one for each"
