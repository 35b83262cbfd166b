"""Who is told by signals when an order closes a model to somebody, in one TOML file.

1. Each `[[receiver]]` has a name, the audience it knows itself by (`aud`), the https address that
   takes security event tokens (RFC 8935), and the file of the bearer token it wants.
2. `named` says how it knows people, always by the operator's own ids: as `iss_sub` of an `issuer`, as
   `opaque`, or as `email`.
3. It is told of people alone; with `organisations`, only of those who act for one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from writ.canonical import Plain
from writ.errors import Failed, Fault, InvalidInput
from writ.people.rows import read_rows
from writ.people.signals.transmitters import HTTPS, NAME
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
    address: str
    named: Literal["iss_sub", "opaque", "email"]
    issuer: str = ""
    token: str = ""
    organisations: list[_Text] = msgspec.field(default_factory=list)


def load_receivers(path: Path) -> tuple[Receiver, ...]:
    """Read the file at `path`; everything wrong with it is one InvalidInput."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Failed(f"cannot read `{path}`: {error.strerror}") from None
    names: list[str] = []

    def read(row: object) -> Receiver:
        form = as_form(row, _Row, "this receiver")
        wrong = [Fault("", 0, 0, message) for message in _wrong(form, names)]
        if wrong:
            raise InvalidInput(wrong)
        names.append(form.name)
        return Receiver(
            form.name,
            form.audience,
            form.address,
            form.named,
            form.issuer,
            path.parent / form.token if form.token else None,
            frozenset(form.organisations),
        )

    return read_rows(data, str(path), "receiver", read)


def _wrong(form: _Row, names: list[str]) -> list[str]:
    wrong = []
    if not NAME.fullmatch(form.name):
        wrong.append(
            f"`{form.name}` is not a name; use a-z, 0-9, dot, dash, underscore, 64 at most"
        )
    if form.name in names:
        wrong.append(f"`{form.name}` stands twice")
    if not HTTPS.fullmatch(form.address):
        wrong.append(f"`address` is no https address: `{form.address}`")
    if (form.named == "iss_sub") == (not form.issuer):
        wrong.append('`issuer` is for `named = "iss_sub"`, and goes with it')
    return wrong
