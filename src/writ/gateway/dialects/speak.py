"""Chooses the dialect: the same refusal, event or list in the form a route's clients know."""

from collections.abc import Sequence

from writ.gateway.dialects import anthropic, openai
from writ.gateway.fields import own_answer
from writ.gateway.refusal import Refusal
from writ.gateway.routes import Dialect, Kind, Route


def answer(refusal: Refusal, dialect: Dialect, *, keep_alive: bool) -> bytes:
    """Return a refusal as a whole HTTP answer."""
    body = anthropic.error(refusal) if dialect == "anthropic" else openai.error(refusal)
    return own_answer(refusal.status, refusal.headers, body, keep_alive=keep_alive)


def event(refusal: Refusal, kind: Kind, number: int) -> bytes:
    """Return a refusal as the event that ends a stream; `number` events went before it."""
    if kind is Kind.CHAT:
        return openai.chat_event(refusal)
    if kind is Kind.RESPONSES:
        return openai.response_event(refusal, number)
    return anthropic.event(refusal)


def listing(route: Route, names: Sequence[str]) -> bytes:
    """Return the body of a list of models, or of one entry where the route names one."""
    if route.model is not None:
        one = route.model
        return anthropic.model(one) if route.dialect == "anthropic" else openai.model(one)
    return anthropic.model_list(names) if route.dialect == "anthropic" else openai.model_list(names)
