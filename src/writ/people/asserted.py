"""What an organisation says of its end user with one request, as facts for that request alone.

1. It may say what an employer may, and where somebody is or lives, how old they are and what they
   are licensed as; not what others grant or find out: licences, programmes, how well somebody is
   identified. Of employment it speaks of its own, and knows of no other.
2. What it says counts for as much as its key is registered for, from the instant it was issued;
   who said it is kept beside it. That is not the organisation's to say.
3. What is on the books goes first. Of an attribute whose list is closed there nothing is added; one
   of which something is known stays open, whatever is said to be complete. So no word contradicts
   the books, none moves what they settle, and none shows what they have.
4. That whoever asks is eligible certifies the organisation's users for that request, where its
   certificates on the books are not all there are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import msgspec

from writ.canonical import Plain
from writ.clock import SECOND, Instant, format_instant
from writ.errors import InvalidInput, Refused
from writ.law.subjects import ASSURANCES, read_fact
from writ.model.subject import Fact
from writ.signing.end_user import Assertion, SaidFact

METHOD = "end_user_token"
CERTIFIED = "users_certified"
EMPLOYMENT = "employer"
ATTRIBUTES = (
    "citizenships", "former_citizenships", "permanent_residences", "protection", "residence",
    "ordinarily_resident", "location", EMPLOYMENT, "age_over", "professional_licences",
)  # fmt: skip


def said_at(said: Assertion, now_wall: float, now: Instant) -> Instant:
    """Return the legal instant at which a word was issued; a clock ahead of ours says no later."""
    return now - max(0, int((now_wall - said.issued) * SECOND))


def read_said(said: Assertion, organisation: str, assurance: int, at: Instant) -> tuple[Fact, ...]:
    """Read what a word says as facts of whom it names, or of the organisation (rules 1 and 2)."""
    facts = [_plain(fact) for fact in said.facts]
    if said.eligible:
        value: list[Plain] = list(said.eligible)
        facts = [{"attribute": CERTIFIED, "value": value, "completeness": "at_least"}]
    by: dict[str, Plain] = {
        "assurance": ASSURANCES[assurance],
        "method": METHOD,
        "issuer": organisation,
        "verified_at": format_instant(at),
    }
    read = tuple(read_fact({**fact, **by}) for fact in facts)
    for fact in read:
        _check_employment(fact, organisation)
    return read


def beside(known: Sequence[Fact], said: Iterable[Fact], now: Instant) -> Iterator[Fact]:
    """Yield of what is said what counts beside the facts on the books (rules 3 and 4)."""
    for fact in said:
        there = [
            item
            for item in known
            if item.attribute == fact.attribute
            and (item.expires_at is None or now < item.expires_at)
        ]
        if any(item.completeness == "exhaustive" for item in there):
            continue
        yield replace(fact, completeness="at_least") if there else fact


def _plain(fact: SaidFact) -> dict[str, Plain]:
    if fact.attribute not in ATTRIBUTES:
        raise Refused(f"`{fact.attribute}` is none of {', '.join(ATTRIBUTES)}")
    plain: dict[str, Plain] = msgspec.to_builtins(fact)
    return plain


def _check_employment(fact: Fact, organisation: str) -> None:
    if fact.attribute != EMPLOYMENT:
        return
    if fact.completeness == "exhaustive":
        raise InvalidInput("an employer does not know of every other")
    if any(value.parts[0] != organisation for value in fact.values):
        raise InvalidInput("an employer speaks of its own people only")
