"""One cell of a decision table: least, most and fallback in seven bits; see docs/meaning.md.

1. Each component is a thermometer, so that `|` of two codes is their componentwise strictest.
2. The outcome of a joined code is `least` where it equals `most`, else the stricter of `least`
   and `fallback`.
"""

from dataclasses import dataclass

from writ.model.outcome import Outcome

_TWO = {Outcome.PERMIT: 0, Outcome.SUBSTITUTE: 0b01, Outcome.DENY: 0b11}
_THREE = {Outcome.PERMIT: 0, Outcome.SUBSTITUTE: 0b001, Outcome.VERIFY: 0b011, Outcome.DENY: 0b111}
CODES = 1 << 7


@dataclass(frozen=True, slots=True)
class Triple:
    """What is certain (`least`), what is feared (`most`), what happens between (`fallback`).

    `least` and `most` are never verify.
    """

    least: Outcome = Outcome.PERMIT
    most: Outcome = Outcome.PERMIT
    fallback: Outcome = Outcome.PERMIT

    @property
    def outcome(self) -> Outcome:
        """The outcome of a chain whose joined triple this is (rule 2)."""
        return self.least if self.least == self.most else max(self.least, self.fallback)

    @property
    def code(self) -> int:
        """The triple in seven bits (rule 1)."""
        return _TWO[self.least] | _TWO[self.most] << 2 | _THREE[self.fallback] << 4

    def join(self, other: "Triple") -> "Triple":
        """Componentwise strictest."""
        return Triple(
            max(self.least, other.least),
            max(self.most, other.most),
            max(self.fallback, other.fallback),
        )


def _of(code: int) -> Outcome:
    two = {bits: outcome for outcome, bits in _TWO.items()}
    three = {bits: outcome for outcome, bits in _THREE.items()}
    try:
        return Triple(two[code & 3], two[code >> 2 & 3], three[code >> 4]).outcome
    except KeyError:
        return Outcome.DENY  # no triple has this code: an error is a refusal


OUTCOMES: tuple[Outcome, ...] = tuple(_of(code) for code in range(CODES))
"""Outcome of every code; a code that no triple has is a deny."""

HELD = Triple(Outcome.DENY, Outcome.DENY, Outcome.DENY)
