"""Whom an order affects at an instant, one by one: who gets less because of it.

1. A person is judged as they ask by themselves, once for each organisation they act for; an
   organisation as it asks for nobody in particular. A service account stands for its organisation.
   Who has no key and is named by organisations is judged as those name them, and is affected where
   their own link is among the reasons: how an organisation stands is not theirs to be told.
2. Somebody is affected with a model that the order's version names if they may not use it as it is,
   and a rule of the order is among the reasons. The strictest counts where they act for several.
3. Who cannot be proved right is not judged, and is counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from writ.clock import Instant
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide_compiled
from writ.model.decision import Decision, Reason
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject
from writ.people.attestations import Known


@dataclass(frozen=True, slots=True)
class Affected:
    """How somebody fares with a model; `by` is who serves instead."""

    subject: Subject
    model: str
    outcome: Outcome
    by: str | None = None


class People:
    """Everybody on the books, asked about one law; `unjudged` are ids (rule 3).

    `named` are those who have no key, with the organisations that name them.
    """

    def __init__(
        self,
        compiled: Compiled,
        everybody: Mapping[str, Known],
        named: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        proved = {name: item.subject for name, item in everybody.items() if not item.broken}
        self.unjudged = tuple(sorted(everybody.keys() - proved.keys()))
        self.compiled = compiled
        self._named = named or {}
        self._subjects = {
            name: replace(subject, related=proved) if compiled.follows else subject
            for name, subject in sorted(proved.items())
            if subject.kind != "service"
        }

    def subjects(self) -> tuple[Subject, ...]:
        """Return all people and organisations, by id."""
        return tuple(self._subjects.values())

    def affected(self, order: str, at: Instant) -> Iterator[Affected]:
        """Give whom an order affects at an instant, by id and model (rule 2)."""
        models = models_of(self.compiled, order, at)
        for subject in self._subjects.values() if models else ():
            for model in models:
                found = self._because_of(order, subject, model, at)
                if found is not None:
                    yield Affected(subject, model, found.outcome, found.served_by)

    def concerns(self, subject: Subject, reason: Reason) -> bool:
        """Whether a reason is one of somebody's own (rule 1)."""
        return subject.id not in self._named or reason.link == "end_user"

    def permitted(self, name: str, model: str, at: Instant) -> bool:
        """Whether somebody of this id may use a model as it is, whatever order there is."""
        subject = self._subjects.get(name)
        found = [] if subject is None else list(self._decisions(subject, model, at))
        return bool(found) and all(decision.outcome is Outcome.PERMIT for decision in found)

    def _because_of(self, order: str, subject: Subject, model: str, at: Instant) -> Decision | None:
        return max(
            (
                decision
                for decision in self._decisions(subject, model, at)
                if decision.outcome is not Outcome.PERMIT
                and any(
                    reason.order == order and self.concerns(subject, reason)
                    for reason in decision.reasons
                )
            ),
            key=lambda decision: decision.outcome,
            default=None,
        )

    def _decisions(self, subject: Subject, model: str, at: Instant) -> Iterator[Decision]:
        for chain in self.chains(subject):
            yield decide_compiled(self.compiled, chain, model, at, settling=False)

    def chains(self, subject: Subject) -> Iterator[Chain]:
        """Give the chains that somebody is judged in (rule 1)."""
        if subject.id in self._named:
            for company in self._known(self._named[subject.id]):
                yield Chain(Subject("", "service", (company.id,)), company, subject)
        else:
            companies = self._known(subject.acts_for)
            yield from (Chain(subject, company) for company in companies or (None,))

    def _known(self, names: Iterable[str]) -> list[Subject]:
        return [self._subjects[name] for name in names if name in self._subjects]


def models_of(compiled: Compiled, order: str, at: Instant) -> tuple[str, ...]:
    """Return the models that the rules of an order speak of at an instant."""
    rules = (item.rule for item in compiled.book.rules_at(at) if item.version.order == order)
    return tuple(sorted({model for rule in rules for model in rule.models}))
