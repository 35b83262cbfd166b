"""Companies that own one another, written briefly."""

from collections.abc import Mapping

from writ.clock import Instant
from writ.law.compiled.derived import Derivations
from writ.law.compiled.evidence import Question
from writ.law.literal.derived import Asking
from writ.law.literal.facts import Level
from writ.law.literal.possible import asked_of
from writ.law.literal.satisfy import Link
from writ.model.expression import Derived, Given, Group, Listed, OwnedBy, Predicate
from writ.model.subject import Completeness, Fact, Subject, Value
from writ.model.vocabulary import Kind

AT: Instant = 1_000
LISTED = Group("annex-a", frozenset({"evil-co", "evil-person"}), "sha256:0")
RUSSIAN = Listed("incorporated_in", "incorporated_in", frozenset({("RU", "*")}))
OWNED = OwnedBy("50", Predicate(Given("person_in", LISTED), Given("organisation_in", LISTED)))


def told(
    attribute: str,
    *values: tuple[str, ...],
    completeness: Completeness = "exhaustive",
    expires_at: Instant | None = None,
) -> Fact:
    """A fact of the greatest assurance."""
    return Fact(attribute, tuple(map(Value, values)), completeness, 4, "m", "i", 0, expires_at)


def company(
    name: str, owners: Mapping[str, str] | None = None, *more: Fact, open_list: bool = False
) -> Subject:
    """A company with all of its owners (None: nothing is known of them), or some."""
    known = (
        ()
        if owners is None
        else (
            told("owners", *owners.items(), completeness="at_least" if open_list else "exhaustive"),
        )
    )
    return Subject(name, "organisation", (), (*known, *more))


def among(subject: Subject, *others: Subject) -> Subject:
    """The subject with others that it is related to."""
    everybody = {item.id: item for item in others}
    return Subject(subject.id, subject.kind, subject.acts_for, subject.facts, everybody)


def answered(atom: Derived, subject: Subject, at: Instant = AT) -> bool | None:
    """What the compiled meaning says of an atom; None is open."""
    known = Derivations((atom,)).known(subject, Question(0, None), at)
    return True if known.yes else None if known.free else False


def answered_literally(atom: Derived, subject: Subject, at: Instant = AT) -> bool | None:
    """What the literal meaning says of it."""
    kind: Kind = subject.kind
    link = Link("organisation", kind, subject.id, subject.facts, None, subject.related)
    answers = Asking(link, Level(0, None), at, asked_of(at)).answers(atom)
    return answers == frozenset({True}) if len(answers) == 1 else None
