"""What is kept of a sign-in: facts, how good they are, and nothing else of it.

1. `nationalities` are in two or three letters, as ISO or ICAO writes them. They are `at_least`, and
   `exhaustive` only where the provider is registered as one that lists them all.
2. Grades: the issuer's, by what is registered for its framework and level. The binding, by `acr` or as
   registered: whoever has the password is the visitor. The transport is 3: this very browser came
   back. Freshness is 4 for what was verified within the month, 3 within the year, else 2.
3. An account has no end of its own. It backs one person as the provider names them to us.
"""

from collections.abc import Iterator, Mapping, Sequence

from writ.clock import Instant
from writ.errors import Refused
from writ.people.accounts import account_credential
from writ.people.credentials.nationality import citizenships
from writ.people.methods import Finding, Grade, Proof
from writ.people.oidc.id_token import subject_of
from writ.people.oidc.providers import Provider
from writ.people.oidc.verified import CLAIM_OF, Verified

TRANSPORT = 3
MONTH, YEAR = 31 * 86_400.0, 366 * 86_400.0
_READERS = {"citizenships": citizenships}


def finding(
    provider: Provider,
    claims: Mapping[str, object],
    verified: Sequence[Verified],
    at: tuple[float, Instant],
) -> Finding:
    """Take what was asked out of a sign-in, `at` a wall time (seconds) and a legal instant.

    Raises Refused where it shows none of it.
    """
    binding = _binding(provider, claims)
    proved = tuple(proof for item in verified for proof in _proofs(provider, item, binding, at))
    if not proved:
        raise Refused(
            f"`{provider.name}` does not say what was asked; agree to it there, or take another way"
        )
    return Finding(proved, account_credential(provider.issuer, subject_of(claims)))


def _binding(provider: Provider, claims: Mapping[str, object]) -> int:
    if not provider.acr:
        return provider.binding
    acr = claims.get("acr")
    found = provider.acr.get(acr) if isinstance(acr, str) else None
    if found is None:
        raise Refused(
            f"you did not sign in at `{provider.name}` in a way that counts here (acr); sign in "
            "there with your strongest means"
        )
    return found


def _proofs(
    provider: Provider,
    verified: Verified,
    binding: int,
    at: tuple[float, Instant],
) -> Iterator[Proof]:
    now, legal = at
    fresh = _freshness(verified.at, now)
    grade = Grade(verified.assurance, binding, TRANSPORT, fresh, verified.framework, verified.level)
    for attribute, claim in CLAIM_OF.items():
        told = verified.claims.get(claim)
        values = () if told is None else _READERS[attribute](told)
        if values:
            yield Proof(
                attribute=attribute,
                values=values,
                completeness="exhaustive" if provider.complete else "at_least",
                grade=grade,
                issuer=provider.issuer,
                verified_at=legal,
            )


def _freshness(at: float | None, now: float) -> int:
    age = YEAR + 1 if at is None else now - at
    return 4 if age <= MONTH else 3 if age <= YEAR else 2
