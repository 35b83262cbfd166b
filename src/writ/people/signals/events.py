"""What a signal says of the facts that rest on its sender: nothing, of some, or of all of them.

1. `session-revoked`: what was shown in the session is asked again, for whoever revoked it had a
   reason; but somebody who signs out says nothing about what they are. Sign-ins end by either.
2. `credential-change`: a credential that carries facts (`verifiable-credential`, `x509`) and is
   revoked, deleted or changed takes them along. A password or another means of signing in says
   nothing of them. A type that is not known here is taken to carry facts.
3. `token-claims-change`: the attributes that the changed claims are about. What the new value is, is
   asked in the ordinary way; a signal never adds a fact.
4. `assurance-level-change`: all of it, unless the level rose. A level of signing in (`NIST-AAL`,
   `RFC8176`) says nothing of what is known of somebody.
5. RISC's `account-disabled` and `account-purged`: all of it; `identifier-recycled` too, for it is
   somebody else's now. `credential-compromise` is as rule 2, `sessions-revoked` as rule 1. What RISC and
   CAEP have beside these says nothing of facts.
6. `verification` and `stream-updated` are about the stream.
7. Whatever else comes is counted by its address. Of a family that nobody knows here it is
   acknowledged. In one that is known (CAEP, RISC, Shared Signals) such a name is a mistake or from a
   later edition, and may have been meant to take something back: its sender is told that it did not
   (RFC 8935 2.4: it does not conform to the event's definition).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from writ.errors import Refused
from writ.model.vocabulary import VOCABULARY

T = TypeVar("T", bound=str)

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
SSF = "https://schemas.openid.net/secevent/ssf/event-type/"
SSE = "https://schemas.openid.net/secevent/sse/event-type/"
"""What SSF was called in its drafts."""

UNKNOWN = "unknown:"
MAX_ADDRESS = 200

StreamStatus: TypeAlias = Literal["enabled", "paused", "disabled"]
_STATUSES: tuple[StreamStatus, ...] = ("enabled", "paused", "disabled")
_SIGN_IN = (
    "password", "pin", "fido2-platform", "fido2-roaming", "fido-u2f", "phone-voice", "phone-sms",
    "app",
)  # fmt: skip
_ENDING = (
    "session-revoked", "sessions-revoked", "account-disabled", "account-purged",
    "identifier-recycled",
)  # fmt: skip
_SILENT_OF_CAEP = (
    "device-compliance-change", "risk-level-change", "session-established", "session-presented",
)  # fmt: skip
_SILENT_OF_RISC = (
    "account-credential-change-required", "account-enabled", "identifier-changed", "opt-in",
    "opt-out-cancelled", "opt-out-effective", "opt-out-initiated", "recovery-activated",
    "recovery-information-changed", "verification",
)  # fmt: skip
_SIGN_IN_LEVELS = ("NIST-AAL", "NIST-FAL", "RFC8176")
_CLAIMS = {
    "nationality": "citizenships",
    "nationalities": "citizenships",
    "citizenship": "citizenships",
    "citizenships": "citizenships",
    "countryOfCitizenship": "citizenships",
    "address": "residence",
    "place_of_residence": "residence",
    "employer": "employer",
    "organization": "employer",
    "age_over_18": "age_over",
    "birthdate": "age_over",
    "acr": "identity_level",
}
ALL = frozenset(VOCABULARY)


@dataclass(frozen=True, slots=True)
class Bearing:
    """What an event is called here, and the attributes it asks again of whom it names.

    One that is not known is called `UNKNOWN` with its address; `misnamed`: in a family that is known.
    `status` is the stream's, where the event is about that.
    """

    event: str
    attributes: frozenset[str] = frozenset()
    status: StreamStatus | None = None
    misnamed: bool = False

    @property
    def ends_sessions(self) -> bool:
        """Whether sign-ins at the sender's end by it."""
        return self.event in _ENDING

    @property
    def unknown(self) -> bool:
        """Whether nobody here knows what it says (rule 7)."""
        return self.event.startswith(UNKNOWN)


_Fields: TypeAlias = Mapping[str, object]


def bearing(uri: str, fields: _Fields) -> Bearing:
    """Say what an event bears on; one that is not as its type demands is Refused."""
    start, _, name = uri.rpartition("/")
    family = f"{start}/"
    if family in (SSF, SSE) and name == "verification":
        return Bearing(name)
    if family in (SSF, SSE) and name == "stream-updated":
        return Bearing(name, status=_one_of(fields, "status", _STATUSES))
    if (family, name) in _KINDS:
        return Bearing(name, _KINDS[family, name](fields))
    address = "".join(char if char.isprintable() else "?" for char in uri[:MAX_ADDRESS])
    return Bearing(f"{UNKNOWN}{address}", misnamed=uri.startswith((CAEP, RISC, SSF, SSE)))


def _session_revoked(fields: _Fields) -> frozenset[str]:
    return frozenset() if fields.get("initiating_entity") == "user" else ALL


def _credential_change(fields: _Fields) -> frozenset[str]:
    kind = _text(fields, "credential_type")
    change = _one_of(fields, "change_type", ("create", "revoke", "update", "delete"))
    return frozenset() if change == "create" or kind in _SIGN_IN else ALL


def _token_claims_change(fields: _Fields) -> frozenset[str]:
    claims = fields.get("claims")
    if not isinstance(claims, Mapping) or not claims:
        raise Refused("`claims` of a token-claims-change names the claims that changed")
    if "verified_claims" in claims:
        return ALL
    named = (_CLAIMS.get(str(name), str(name)) for name in claims)
    return frozenset(name for name in named if name in VOCABULARY)


def _assurance_level_change(fields: _Fields) -> frozenset[str]:
    space = _text(fields, "namespace")
    _text(fields, "current_level")
    rose = "change_direction" in fields and (
        _one_of(fields, "change_direction", ("increase", "decrease")) == "increase"
    )
    return frozenset() if rose or space in _SIGN_IN_LEVELS else ALL


def _credential_compromise(fields: _Fields) -> frozenset[str]:
    return frozenset() if _text(fields, "credential_type") in _SIGN_IN else ALL


def _all(_fields: _Fields) -> frozenset[str]:
    return ALL


def _none(_fields: _Fields) -> frozenset[str]:
    return frozenset()


_KINDS: Mapping[tuple[str, str], Callable[[_Fields], frozenset[str]]] = {
    (CAEP, "session-revoked"): _session_revoked,
    (CAEP, "credential-change"): _credential_change,
    (CAEP, "token-claims-change"): _token_claims_change,
    (CAEP, "assurance-level-change"): _assurance_level_change,
    **{(CAEP, name): _none for name in _SILENT_OF_CAEP},
    (RISC, "account-disabled"): _all,
    (RISC, "account-purged"): _all,
    (RISC, "identifier-recycled"): _all,
    (RISC, "credential-compromise"): _credential_compromise,
    (RISC, "sessions-revoked"): _all,
    **{(RISC, name): _none for name in _SILENT_OF_RISC},
}


def _text(fields: _Fields, name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(f"the event has no `{name}`")
    return value


def _one_of(fields: _Fields, name: str, known: tuple[T, ...]) -> T:
    for item in known:
        if fields.get(name) == item:
            return item
    raise Refused(f"`{name}` of the event is one of {', '.join(known)}")
