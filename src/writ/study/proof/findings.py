"""What a proof comes to: each property of each model, whether it holds, how that is known, of whom it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_letters, digits
from typing import Literal, TypeAlias

from writ.canonical import digest
from writ.clock import Instant
from writ.model.subject import Chain

LONGEST = 150
"""Characters of a name that a file has of its question."""
_PLAIN = frozenset(f"{ascii_letters}{digits}.-_")
PROPERTIES: Mapping[str, str] = {
    "sufficient": "nobody restricted is served",
    "minimal": "nobody else loses anything",
    "never_errs": "every case has an outcome, every substitute a name",
    "contained": "nothing outside the order's models and time changes",
    "restores": "once it is rescinded, everything is as if it had never been",
    "live": "every rule and every exception matters to somebody",
    "consistent": "no two orders demand opposite things of one person",
    "worthwhile": "whoever is asked to verify may be served for it, and may be refused",
}


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody of whom a property does not hold; `ordered` and `served` are outcomes, asked again.

    `ordered` is None where the literal meaning cannot count so many cells.
    """

    chain: Chain
    model: str
    at: Instant
    ordered: str | None
    served: str
    deployment: str | None = None


Method: TypeAlias = Literal[
    "by the solver", "list by list", "somebody shows it", "by counting", "nothing to ask", "not so"
]
"""How something is known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One property of one model (or of none in particular): whether it holds, and how that is known.

    `deployments` are those it is about; none: it is about whatever is served anywhere.
    """

    property: str
    model: str
    holds: bool
    said: str
    files: tuple[str, ...] = ()
    case: Case | None = None
    noted: bool = False
    """Whether it is said aloud though it holds."""
    deployments: tuple[str, ...] = ()
    known: Method = "by the solver"

    def method(self) -> Method:
        """Say how it is known, or that it is not so."""
        return self.known if self.holds else "not so"

    def about(self) -> str:
        """Name the model, and where it is served."""
        return named(self.model, self.deployments) if self.model else "all models"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many requests were asked by the second method, who differs, and what was left out."""

    model: str
    deployments: tuple[str, ...]
    asked: int
    differing: tuple[tuple[Chain, Instant], ...]
    left_out: str | None


@dataclass
class Proof:
    """All findings; `texts` are the questions by file name; `counted` is the second method.

    `partly`: the orders asked about, where they were not all.
    """

    findings: list[Finding] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    counted: list[Counted] = field(default_factory=list)
    partly: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether every property holds of every model, by both methods."""
        return all(item.holds for item in self.findings) and not any(
            item.differing for item in self.counted
        )

    def keep(self, name: str, *texts: str) -> tuple[str, ...]:
        """Keep questions under a name; return the names of the files.

        What no file is called so by everybody is told apart by its digest: `a/b` and `a-b` are two.
        """
        plain = "".join(char if char in _PLAIN else "-" for char in name)[:LONGEST]
        plain = plain if plain == name else f"{plain}-{digest(name)[7:15]}"
        numbers = [f".{place}" for place in range(1, len(texts) + 1)] if len(texts) > 1 else [""]
        files = tuple(f"{plain}{number}.smt2" for number in numbers[: len(texts)])
        self.texts |= zip(files, texts, strict=True)
        return files

    def take(self, part: "Proof") -> None:
        """Add what another came to."""
        self.findings += part.findings
        self.texts |= part.texts
        self.counted += part.counted


def named(model: str, deployments: Sequence[str]) -> str:
    """Name a model, and at which deployments."""
    return f"{model} at {', '.join(deployments)}" if deployments else model
