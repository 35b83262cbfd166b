"""At whom people may sign in: the providers that the operator registered, in one TOML file.

1. Each `[[provider]]` has an id, a name that visitors know, its issuer and our client there, and how
   we prove to be that client: `secret` (a file) sent as `basic` or `post`, or a `key` (a file) that
   signs (private_key_jwt).
2. `level` says how far its verified claims are believed, by trust framework and assurance level; 3 at
   most, for a sign-in shows nobody's face. What is not registered there does not count.
3. `acr` says how well a sign-in binds the visitor, by the provider's own word for it; without the
   table every sign-in binds as `binding` says, 1 if it says nothing.
4. `login` makes a sign-in proof of control of an account: the claim that names the subject, or the
   end user of an organisation.
5. Its documents and tokens come from its own host and those in `hosts`, no others. `inside` says that
   they may be at private addresses, `authorities` whose certificates they have.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from writ.canonical import Plain
from writ.errors import Fault, InvalidInput, Refused
from writ.law.reading import nearest
from writ.people.rows import read_rows
from writ.signing.form import Form, as_form

Auth: TypeAlias = Literal["basic", "post", "key"]

DEFAULT_AGE = 300
LONGEST_AGE = 86_400
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
_Grade = Annotated[int, msgspec.Meta(ge=1, le=3)]
_Few = Annotated[list[str], msgspec.Meta(max_length=20)]


@dataclass(frozen=True, slots=True)
class Login:
    """The claim that names whose account it is: a subject, or the organisation's end user."""

    claim: str
    organisation: str | None

    @property
    def asked(self) -> dict[str, Plain]:
        """What the ID token is asked to have (the `claims` parameter, Core 5.5); `sub` it always has."""
        if self.claim == "sub":
            return {}
        verified = ["email_verified"] if self.claim == "email" else []
        return {"id_token": dict.fromkeys([self.claim, *verified], None)}


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider; `levels` are by (trust framework, assurance level), `acr` by its own word."""

    id: str
    name: str
    issuer: str
    client: str
    auth: Auth
    secret: Path = field(repr=False)
    levels: dict[tuple[str, str], int]
    acr: dict[str, int]
    binding: int
    complete: bool
    userinfo: bool
    max_age: int
    scopes: tuple[str, ...]
    hosts: frozenset[str]
    inside: bool
    authorities: str = field(repr=False)
    login: Login | None

    @property
    def level(self) -> int:
        """How far its verified claims go at best (0: it verifies nothing that counts)."""
        binding = max(self.acr.values(), default=self.binding)
        return min(max(self.levels.values(), default=0), binding)

    def check_place(self, uri: object, what: str) -> str:
        """Return an address of the provider's, on one of its hosts (rule 5)."""
        try:
            split = urlsplit(uri) if isinstance(uri, str) and uri.isascii() else None
        except ValueError:
            split = None
        if split is None or split.scheme != "https" or split.netloc not in self.hosts:
            raise Refused(f"{what} of `{self.name}` is not at a host of its own; tell the operator")
        return split.geturl()


class _Level(Form, frozen=True):
    framework: _Text
    assurance: _Grade
    level: str = ""


class _Login(Form, frozen=True):
    claim: _Text
    organisation: str | None = None


class _Row(Form, frozen=True):
    id: str
    name: _Text
    issuer: str
    client: _Text
    auth: Auth = "basic"
    secret: str = ""
    key: str = ""
    level: list[_Level] = msgspec.field(default_factory=list)
    acr: dict[str, _Grade] = msgspec.field(default_factory=dict)
    binding: _Grade = 1
    complete: bool = False
    userinfo: bool = False
    max_age: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_AGE)] = DEFAULT_AGE
    scopes: _Few = msgspec.field(default_factory=list)
    hosts: _Few = msgspec.field(default_factory=list)
    inside: bool = False
    authorities: str = ""
    login: _Login | None = None


def read_providers(data: bytes, file: Path) -> tuple[Provider, ...]:
    """Read the file; everything wrong with it is one InvalidInput."""
    folder = file.parent
    found = read_rows(data, str(file), "provider", lambda row: _provider(row, folder))
    if len({item.id for item in found}) < len(found):
        raise InvalidInput([Fault(str(file), 1, 1, "two providers have the same `id`")])
    return found


def _provider(value: object, folder: Path) -> Provider:
    row = as_form(value, _Row, "this provider")
    faults = [Fault("", 0, 0, message) for message in _wrong(row)]
    if faults:
        raise InvalidInput(faults)
    secret = row.key if row.auth == "key" else row.secret
    login = None if row.login is None else Login(row.login.claim, row.login.organisation)
    return Provider(
        id=row.id,
        name=row.name,
        issuer=row.issuer,
        client=row.client,
        auth=row.auth,
        secret=folder / secret,
        levels={(item.framework, item.level): item.assurance for item in row.level},
        acr=row.acr,
        binding=row.binding,
        complete=row.complete,
        userinfo=row.userinfo,
        max_age=row.max_age,
        scopes=tuple(dict.fromkeys(["openid", *row.scopes])),
        hosts=frozenset({urlsplit(row.issuer).netloc, *row.hosts}),
        inside=row.inside,
        authorities=row.authorities,
        login=login,
    )


def _wrong(row: _Row) -> Iterator[str]:
    if not _ID.fullmatch(row.id):
        yield f"`{row.id}` is no id; write small letters, digits and hyphens"
    split = urlsplit(row.issuer)
    plain = split.scheme == "https" and not split.query and not split.fragment
    if not plain or not _HOST.fullmatch(split.netloc):
        yield f"`{row.issuer}` is no issuer; write https://id.example.com, as the provider does"
    wanted, other = ("key", "secret") if row.auth == "key" else ("secret", "key")
    if not getattr(row, wanted):
        yield f"auth `{row.auth}` needs `{wanted}`, the file that has it"
    if getattr(row, other):
        yield f"auth `{row.auth}` has no `{other}`; leave it out"
    yield from _unfit(row)


def _unfit(row: _Row) -> Iterator[str]:
    if not row.level and row.login is None:
        yield "it has neither `level` nor `login`, and so would be good for nothing"
    told = [(item.framework, item.level) for item in row.level]
    if len(set(told)) < len(told):
        yield "a trust framework with its level stands twice"
    for host in row.hosts:
        if not _HOST.fullmatch(host):
            yield f"`{host}` is no host; write keys.example.com"
    for scope in row.scopes:
        if not _SCOPE.fullmatch(scope):
            yield f"`{scope}` is no scope{nearest(scope, ['openid', 'profile', 'email'])}"
