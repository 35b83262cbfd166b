"""The two writings of the meaning, asked the same question.

1. The outcome, who serves, and the reasons of everything but a plain permit must be the same.
2. `would_settle` and `rules_digest` are the compiled one's alone.
"""

from random import Random

from tests.worlds.chains import chain, instant
from tests.worlds.lawbooks import EXEMPT, MODELS, lawbook, pool
from writ.clock import Instant
from writ.law.compiled.decide import decide as decide_compiled
from writ.law.literal.decide import decide as decide_literally
from writ.model.decision import Decision, Reason
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain

Said = tuple[str, str, str | None, tuple[Reason, ...], Instant]

ASKED = (*MODELS, MODELS[0].upper(), EXEMPT, "elm")


def said(decision: Decision) -> Said:
    """What both must say (rule 1)."""
    permitted = decision.outcome == Outcome.PERMIT
    reasons = () if permitted else decision.reasons
    return decision.outcome.word, decision.model, decision.served_by, reasons, decision.at


def question(random: Random) -> tuple[Lawbook, Chain, Instant]:
    """Draw a lawbook, a chain and an instant."""
    book = lawbook(random, pool(random))
    asked = chain(random)
    return book, asked, instant(random, book, asked)


def literally(book: Lawbook, asked: Chain, at: Instant) -> list[Said]:
    """Answer for every model by counting out worlds."""
    return [said(decide_literally(book, asked, model, at)) for model in ASKED]


def compiled(book: Lawbook, asked: Chain, at: Instant) -> list[Said]:
    """Answer for every model through the tables."""
    return [said(decide_compiled(book, asked, model, at)) for model in ASKED]
