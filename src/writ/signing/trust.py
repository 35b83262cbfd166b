"""Who may submit, sign and hold, whose attestations count and for how much: the trust document.

1. The document is canonical JSON, pinned by its digest; this is version 1 of the chain. A later
   version is signed by a threshold of the one before, and is not read by this release.
2. No raw key stands in it twice, under whatever name: who counts keys counts people.
3. Never fewer than two sign, and enough people may: one submits, others sign.
4. A document marked `drill` is valid in a drill only, and every other only outside one.
5. `gates` are what a proposal needs besides signatures; a document without them asks for none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar, get_args

from writ.canonical import Plain, digest_bytes, encode
from writ.errors import Refused
from writ.signing.form import Form, read_form
from writ.signing.keys import key_id, read_public, write_public

Role: TypeAlias = Literal["submit", "sign", "hold", "review"]
ROLES: frozenset[Role] = frozenset(get_args(Role))
Gate: TypeAlias = Literal["annexes", "encoding", "proof", "simulation"]
GATES: frozenset[Gate] = frozenset(get_args(Gate))
T = TypeVar("T", str, bytes)

LEAST_SIGNERS = 2
HIGHEST_ASSURANCE = 4
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Person:
    """One person: raw public keys, and what they may do."""

    id: str
    name: str
    keys: tuple[bytes, ...]
    may: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Method:
    """A verification method's raw public key; what it attests counts for `cap` (0 to 4) at most."""

    name: str
    public: bytes
    cap: int


@dataclass(frozen=True, slots=True)
class Trust:
    """The trust document as read; `digest` is that of its bytes, `online` signs leases."""

    people: Mapping[str, Person]
    methods: Mapping[str, Method]
    online: bytes
    signers: int = LEAST_SIGNERS
    recovery: tuple[bytes, ...] = ()
    drill: bool = False
    version: int = 1
    digest: str = ""
    gates: frozenset[Gate] = frozenset()

    def publics(self, role: Role) -> tuple[bytes, ...]:
        """Return the raw keys of everybody who may act in `role`."""
        return tuple(
            key for person in self.people.values() if role in person.may for key in person.keys
        )

    def owner(self, public: bytes) -> Person:
        """Return whose key this is; nobody's is Refused."""
        for person in self.people.values():
            if public in person.keys:
                return person
        raise Refused(f"key `{key_id(public)}` is nobody's in the trust document")

    def allowed(self, person: str, role: Role) -> Person:
        """Return the person, proved to be known and to act in `role`; otherwise Refused."""
        found = self.people.get(person)
        if found is None:
            raise Refused(f"`{person}` is not in the trust document")
        if role not in found.may:
            raise Refused(f"`{person}` may not {role}; the trust document does not say so")
        return found


class _Person(Form, frozen=True):
    id: str
    name: str
    keys: list[str]
    may: list[Role]


class _Method(Form, frozen=True):
    name: str
    public: str
    cap: int


class _Thresholds(Form, frozen=True):
    sign: int


class _Trust(Form, frozen=True):
    version: int
    previous: str | None
    drill: bool
    people: list[_Person]
    thresholds: _Thresholds
    methods: list[_Method]
    online: str
    recovery: list[str]
    gates: tuple[Gate, ...] = ()


def read_trust(data: bytes, pin: str, *, drill: bool = False) -> Trust:
    """Read the trust document whose digest is `pin`; `drill` says whether this is one.

    Raises Refused for other bytes, for a document that breaks a rule above, and for drill keys
    outside a drill (or others inside one).
    """
    found = digest_bytes(data)
    if found != pin:
        raise Refused(f"the trust document is `{found}`, but the pin is `{pin}`")
    form = read_form(data, _Trust, "the trust document")
    if form.version != 1 or form.previous is not None:
        raise Refused("only version 1 of a trust document is read so far; later ones come later")
    if form.drill != drill:
        said = "a drill" if form.drill else "earnest"
        raise Refused(f"the trust document is for {said}, and this is not")
    trust = Trust(
        {person.id: _person(person) for person in form.people},
        {method.name: _method(method) for method in form.methods},
        read_public(form.online),
        form.thresholds.sign,
        tuple(read_public(key) for key in form.recovery),
        form.drill,
        form.version,
        found,
        frozenset(form.gates),
    )
    _check_names(form)
    _check_keys(trust)
    _check_signers(trust)
    return trust


def write_trust(trust: Trust) -> bytes:
    """Write a trust document in canonical JSON; one that breaks a rule above is Refused."""
    people: list[Plain] = [
        {
            "id": person.id,
            "name": person.name,
            "keys": [write_public(key) for key in person.keys],
            "may": sorted(person.may),
        }
        for person in trust.people.values()
    ]
    methods: list[Plain] = [
        {"name": method.name, "public": write_public(method.public), "cap": method.cap}
        for method in trust.methods.values()
    ]
    gates: dict[str, Plain] = {"gates": sorted(trust.gates)} if trust.gates else {}
    data = encode(
        {
            **gates,
            "version": trust.version,
            "previous": None,
            "drill": trust.drill,
            "people": people,
            "thresholds": {"sign": trust.signers},
            "methods": methods,
            "online": write_public(trust.online),
            "recovery": [write_public(key) for key in trust.recovery],
        }
    )
    read_trust(data, digest_bytes(data), drill=trust.drill)
    return data


def _person(form: _Person) -> Person:
    if not form.keys:
        raise Refused(f"`{form.id}` has no key in the trust document")
    keys = tuple(read_public(key) for key in form.keys)
    return Person(form.id, form.name, keys, frozenset(form.may))


def _method(form: _Method) -> Method:
    if not 0 <= form.cap <= HIGHEST_ASSURANCE:
        raise Refused(f"method `{form.name}` is capped at A0 to A4, not at `{form.cap}`")
    return Method(form.name, read_public(form.public), form.cap)


def _check_names(form: _Trust) -> None:
    names = [person.id for person in form.people]
    methods = [method.name for method in form.methods]
    for name in (*names, *methods):
        if not _ID.fullmatch(name):
            raise Refused(
                f"`{name}` is not a name; use a-z, 0-9, dot, dash, underscore, 64 at most"
            )
    for twice in (*_doubled(names), *_doubled(methods)):
        raise Refused(f"`{twice}` stands twice in the trust document")


def _check_keys(trust: Trust) -> None:
    keys = [key for person in trust.people.values() for key in person.keys]
    keys += [method.public for method in trust.methods.values()]
    keys += [trust.online, *trust.recovery]
    for twice in _doubled(keys):
        raise Refused(f"key `{key_id(twice)}` stands twice in the trust document")


def _check_signers(trust: Trust) -> None:
    if trust.signers < LEAST_SIGNERS:
        raise Refused(f"the threshold for signing is {LEAST_SIGNERS} at least")
    submitters = {person.id for person in trust.people.values() if "submit" in person.may}
    signers = {person.id for person in trust.people.values() if "sign" in person.may}
    if not any(len(signers - {one}) >= trust.signers for one in submitters):
        raise Refused(
            f"nothing could ever be approved: it takes one who submits and {trust.signers} others who sign"
        )


def _doubled(items: Sequence[T]) -> list[T]:
    return [item for place, item in enumerate(items) if item in items[:place]]
