"""What a request asks for: a model, by an API, with a key and perhaps for an end user.

1. What is wrong with the request itself is Malformed; an end user who cannot be told from what is
   asserted is Unresolved.
2. A word about an end user is not used up where nothing can be decided: Undecided comes first.
3. Models are listed to a key that may use them under the rules in force; without a lease, those
   that are exempt.
"""

from typing import NamedTuple

from writ.gateway.credential import digest_of_key
from writ.gateway.fields import END_USER
from writ.gateway.gate import Ask, Gate, Undecided, Unresolved, Word
from writ.gateway.peek import Peek, peek
from writ.gateway.request import Malformed, Request
from writ.gateway.routes import Dialect, Kind, Route
from writ.model.outcome import Outcome
from writ.point import seam

_NOT_READ = Peek("", stream=False)


class Question(NamedTuple):
    """Rule 1; `model` is the canonical name, empty where models are listed."""

    route: Route
    key: seam.Key
    model: str = ""
    peek: Peek = _NOT_READ

    @property
    def name(self) -> str:
        """The model as the caller wrote it."""
        return self.peek.model or self.route.model or ""


def read_question(request: Request, route: Route, gate: Gate) -> Question:
    """Read what a request asks for, once its route is known."""
    view = gate.view
    key = gate.board.key(digest_of_key(request))
    if key is None:
        raise Malformed(401, "invalid_api_key", "this API key is not valid")
    if route.kind is Kind.MODELS:
        return Question(route, key)
    read = peek(request) if route.model is None else _NOT_READ
    canonical = view.names.get(read.model if route.model is None else route.model)
    if canonical is None:
        raise Malformed(404, "model_not_found", "no such model")
    if route.dialect not in view.models[canonical].dialects:
        raise Malformed(404, "model_not_found", "no such model in this API")
    return Question(route, key, canonical, read)


def word_for(question: Question, request: Request, gate: Gate) -> Word | None:
    """Prove the word about an end user that comes with the request, if one does."""
    tokens = request.values(END_USER)
    if not tokens:
        return None
    if not gate.live and gate.view.models[question.model].controlled:  # 2
        raise Undecided
    return gate.word(question.key, tokens)


def usable(gate: Gate, ask: Ask, dialect: Dialect) -> tuple[str, ...]:
    """Return every name of every model that a key may use by an API (rule 3)."""
    return tuple(
        name
        for canonical, model in gate.view.models.items()
        if dialect in model.dialects and _lists(gate, ask, canonical)
        for name in (canonical, *sorted(model.aliases))
    )


def _lists(gate: Gate, ask: Ask, model: str) -> bool:
    if gate.allows(ask, model):
        return True
    try:
        return gate.judge(ask, model).verdict.outcome is Outcome.SUBSTITUTE
    except (Undecided, Unresolved):
        return False
