"""What comes of a review once two people agree; doing it again changes nothing.

1. Papers accepted: what they were said to show is attested by the method `review`, as far as the
   weaker of both ways of seeing them goes, until they end; a year at most. What ended before the second opinion came is rejected.
2. A credential shown twice: accepted, it backs both accounts, which are one person's; rejected, it
   was lent: it backs nobody, and all that rested on it is revoked.
3. An appeal accepted: against papers turned down, as if they had been accepted; against what is
   known of somebody, the attestations that both reviewers name are revoked, and they are asked anew.
"""

import hashlib
from dataclasses import replace

from writ.canonical import Plain
from writ.clock import DAY, Instant
from writ.errors import Refused, WritError
from writ.law.subjects import ASSURANCES, read_fact
from writ.model.subject import Fact
from writ.people.backing import Source
from writ.people.methods import Grade
from writ.people.registry import Registry
from writ.people.reviews import Given, Review
from writ.people.statement import attest
from writ.signing.keys import KeyPair

METHOD = "review"
LONGEST = 365 * DAY
_BINDING = {"copy": 1, "video": 2, "person": 3}
_PEOPLE = (
    3  # of people with the paper before them, of what they write here, of a paper that is valid
)


class Decided:
    """Rules 1 to 3; `pair` is the key of the method `review`, if this deployment has one."""

    def __init__(self, registry: Registry, pair: KeyPair | None) -> None:
        self._registry = registry
        self._pair = pair

    def settle(self, name: str) -> Review:
        """Do what comes of a review, if two agree and it was not done; return the review."""
        reviews = self._registry.reviews
        found = reviews.find(name)
        agreed = found.agreed
        if found.state != "open" or not agreed:
            return found
        at, ends = _span(agreed)
        accepted = agreed[0].said.accept and at < ends
        if accepted and found.asked:
            self._attest(found, agreed, (at, ends))
        elif accepted and found.kind == "appeal":
            self._revoke(found, *(set(item.said.revoke) for item in agreed))
        elif found.nullifier is not None and not accepted:
            self._burn(found.nullifier)
        with self._registry.books.store.unit() as connection:
            if accepted and found.nullifier is not None:
                self._registry.backing.allow(connection, found.subject, found.nullifier)
            reviews.close(connection, name, (ends if found.asked else at) if accepted else None)
        return reviews.find(name)

    def settle_all(self) -> list[str]:
        """Finish what was cut short; return why some of it cannot be, which keeps up nothing else."""
        wrong = []
        for item in self._registry.reviews.all():
            try:
                self.settle(item.id)
            except WritError as error:
                wrong.append(f"{item.id}: {error}")
        return wrong

    def rented(self, attestation: bytes) -> int:
        """Take a fact that was found lent back, with all that rests on its credential."""
        with self._registry.books.store.view() as connection:
            nullifier = self._registry.backing.behind(connection, attestation)
        if nullifier is None:
            raise Refused("no credential stands behind this; revoke it without `--rented`")
        return self._burn(nullifier)

    def _attest(
        self, found: Review, agreed: tuple[Given, ...], span: tuple[Instant, Instant]
    ) -> None:
        """Rule 1."""
        if self._pair is None:
            raise Refused(f"there is no key of the method `{METHOD}` here; see docs/portal.md")
        weaker = min((item.said.seen or "copy" for item in agreed), key=lambda seen: _BINDING[seen])
        grade = Grade(_PEOPLE, _BINDING[weaker], _PEOPLE, _PEOPLE, "writ-review", weaker)
        facts = [
            replace(_fact(item, grade.level), verified_at=span[0], expires_at=span[1])
            for item in found.asked
        ]
        signed = [attest(found.subject, fact, self._pair, grade.plain()) for fact in facts]
        lines = b"\n".join(item.json() for item in signed)
        self._registry.facts.take_in(lines, None, skip_bad=False)
        if found.model is not None:
            ids = [hashlib.sha256(item.payload).digest() for item in signed]
            self._registry.backing.attach([Source(id_, None, None, found.model) for id_ in ids])

    def _revoke(self, found: Review, first: set[str], second: set[str]) -> None:
        """Revoke what both name; what is gone meanwhile needs nothing more."""
        for name in sorted(first & second & self._registry.reviews.revocable(found)):
            self._registry.facts.revoke(bytes.fromhex(name))

    def _burn(self, nullifier: bytes) -> int:
        with self._registry.books.store.unit() as connection:
            resting = self._registry.backing.burn(connection, nullifier)
        for name in resting:
            self._registry.facts.revoke(name)
        return len(resting)


def _span(agreed: tuple[Given, ...]) -> tuple[Instant, Instant]:
    """Return when it was decided, and when what was decided ends (rule 1)."""
    at = max(item.at for item in agreed)
    return at, min([at + LONGEST, *(item.said.expires for item in agreed if item.said.expires)])


def _fact(claimed: Plain, level: int) -> Fact:
    """Read what is claimed as a fact of the method's."""
    if not isinstance(claimed, dict):
        raise Refused("the review asks for nothing that can be attested")
    return read_fact(
        {
            **claimed,
            "assurance": ASSURANCES[level],
            "method": METHOD,
            "issuer": METHOD,
            "verified_at": "1970-01-01T00:00:00Z",
        }
    )
