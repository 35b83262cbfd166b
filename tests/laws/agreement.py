"""The two writings of the meaning, asked the same question.

1. The outcome, who serves, and the reasons of everything but a plain permit must be the same.
2. `would_settle` and `rules_digest` are the compiled one's alone; the first is not looked for here
   (tests/laws/test_settle.py does), which halves what a million questions take.
"""

from dataclasses import dataclass
from random import Random

from tests.worlds.chains import chain, instant
from tests.worlds.lawbooks import EXEMPT, MODELS, lawbook, placed, pool
from writ.clock import Instant
from writ.law.compiled.decide import decide_compiled
from writ.law.compiled.places import Places
from writ.law.literal.decide import decide as decide_literally
from writ.model.catalogue import Deployment
from writ.model.decision import Decision, Reason
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain

Asked = tuple[Chain, str, Instant, Deployment | None]
Said = tuple[str, str, str | None, tuple[Reason, ...], Instant]

ASKED = (*MODELS, MODELS[0].upper(), EXEMPT, "elm")


def said(decision: Decision) -> Said:
    """What both must say (rule 1)."""
    permitted = decision.outcome == Outcome.PERMIT
    reasons = () if permitted else decision.reasons
    return decision.outcome.word, decision.model, decision.served_by, reasons, decision.at


@dataclass(frozen=True, slots=True)
class Question:
    """A lawbook, and chains with instants to ask it about."""

    book: Lawbook
    asked: tuple[tuple[Chain, Instant], ...]
    deployment: Deployment | None = None


def question(random: Random) -> Question:
    """Draw a lawbook, three chains, and an instant for each."""
    book = lawbook(random, pool(random))
    chains = [chain(random) for _ in range(3)]
    at = tuple((asked, instant(random, book, asked)) for asked in chains)
    places = (None, *book.catalogue.deployments.values())
    return Question(placed(random, book), at, places[max(0, random.randint(-4, len(places) - 1))])


def questions(put: Question) -> list[Asked]:
    """Return every chain, model and instant, in the order of the answers."""
    return [(asked, model, at, put.deployment) for asked, at in put.asked for model in ASKED]


def literally(put: Question) -> list[Said]:
    """Answer for every chain and model by counting out worlds."""
    return [said(decide_literally(put.book, *asked)) for asked in questions(put)]


def compiled(put: Question) -> list[Said]:
    """Answer for every chain and model through the tables."""
    tables = Places(put.book).at(put.deployment)
    return [said(decide_compiled(tables, *asked[:3], settling=False)) for asked in questions(put)]
