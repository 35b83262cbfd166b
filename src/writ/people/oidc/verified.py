"""What a provider verified about whoever signed in (OpenID Connect for Identity Assurance 1.0).

1. `verified_claims` is one, or up to ten, each a verification and claims. What stands outside is what
   somebody typed in, and does not count.
2. A verification names its trust framework, and the assurance level where the framework has any. Those
   registered for this provider count; where none is, the whole is refused.
3. The claims are those that were asked for: a provider that tells more is refused, so that its
   operator hears of it. What it says of evidence is not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from writ.canonical import Plain
from writ.errors import Refused
from writ.people.credentials.validity import SKEW
from writ.people.oidc.providers import Provider

MOST = 10
CLAIM_OF = {"citizenships": "nationalities"}
"""The claim that tells an attribute."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Claims that were verified: under which framework, how well, and when (seconds, UTC)."""

    framework: str
    level: str
    assurance: int
    at: float | None
    claims: Mapping[str, object]


def request() -> dict[str, Plain]:
    """Ask for verified claims (the `claims` parameter, Core 5.5)."""
    verification: dict[str, Plain] = dict.fromkeys(
        ("assurance_level", "time", "trust_framework"), None
    )
    claims: dict[str, Plain] = dict.fromkeys(sorted(CLAIM_OF.values()), None)
    return {"verified_claims": {"verification": verification, "claims": claims}}


def read_verified(told: Mapping[str, object], provider: Provider, now: float) -> list[Verified]:
    """Return what counts of the verified claims that were asked for."""
    given = told.get("verified_claims")
    rows = given if isinstance(given, list) else [given]
    if given is None or not 0 < len(rows) <= MOST:
        raise Refused(
            f"`{provider.name}` has verified nothing about you (verified_claims); take another way, "
            "or have it verify you first"
        )
    read = [_read(row, provider, now) for row in rows]
    found = [item for item in read if item.assurance]
    if not found:
        raise Refused(
            f"`{provider.name}` verified you in a way that is not registered here; ask the operator, "
            "or take another way"
        )
    return found


def _read(row: object, provider: Provider, now: float) -> Verified:
    claims: dict[str, object]
    match row:
        case {
            "verification": {"trust_framework": str(framework), **more},
            "claims": {**told},
        } if isinstance(more.get("assurance_level", ""), str):
            claims = {str(name): value for name, value in told.items()}
        case _:
            raise Refused(f"the verified claims of `{provider.name}` are not in their form")
    if not claims.keys() <= set(CLAIM_OF.values()):
        raise Refused(f"`{provider.name}` tells more than it was asked for; tell the operator")
    level = str(more.get("assurance_level", ""))
    at = _instant(more.get("time"), provider)
    if at is not None and at > now + SKEW:
        raise Refused(f"`{provider.name}` verified you in the future; check the clocks")
    return Verified(framework, level, provider.levels.get((framework, level), 0), at, claims)


def _instant(told: object, provider: Provider) -> float | None:
    if told is None:
        return None
    try:
        read = datetime.fromisoformat(str(told))
        return read.timestamp() if read.tzinfo is not None else _never()
    except (ValueError, OverflowError):
        raise Refused(f"`{provider.name}` does not say when in a form that is known") from None


def _never() -> float:
    raise ValueError("an instant has a time zone")
