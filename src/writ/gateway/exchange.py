"""One request from whole to answered.

1. Route, credential, model: what is wrong with the request itself is said first, in the
   provider's envelope (see `writ.gateway.question`).
2. The decision (see `writ.gateway.ruling`).
3. The call to the upstream: the caller's bytes, but for the name of a substitute.
4. The answer (see `writ.gateway.reply`), checked again at its first byte and before each piece: a
   caller who is no longer allowed gets nothing more but the error.
5. Where the answer rests on what was said of an end user, and what that was judged by is no longer
   as it was, it is asked about anew. Nothing passes until it is known what it comes to now.
"""

from collections.abc import Callable
from functools import partial

from writ.clock import Instant
from writ.gateway import refusal as refuse
from writ.gateway.fields import Fields, request_fields
from writ.gateway.gate import Ask, Undecided, Unresolved, Word
from writ.gateway.parts import Parts
from writ.gateway.question import Question, read_question, usable, word_for
from writ.gateway.refusal import Refusal
from writ.gateway.relay import Overlong, is_encoded, is_stream
from writ.gateway.reply import Caller, Reply
from writ.gateway.request import Malformed, Request
from writ.gateway.routes import Kind, find
from writ.gateway.ruling import Ruling
from writ.gateway.upstream import Call, Upstream
from writ.point.board import Said

_REDIRECTIONS = range(300, 400)


class Exchange:
    """A request, its decision, its call and its answer; a `Flight` while the upstream works."""

    def __init__(
        self, caller: Caller, parts: Parts, request: Request, fault: Malformed | None = None
    ) -> None:
        self.request = request
        self.begun = False
        self._caller = caller
        self._parts = parts
        self._fault = fault
        self._reply = Reply(caller, parts, request)
        self._question: Question | None = None
        self._decided: Ruling | None = None
        self._call: Call | None = None
        self._word: Word | None = None  # that says more than a name
        self._waiting: list[Callable[[], None]] | None = None  # what comes meanwhile (rule 5)

    # -- 1 and 2 -----------------------------------------------------------------------------

    def begin(self) -> None:
        """Start working on the request."""
        self.begun = True
        self._do(self._start)

    def _do(self, step: Callable[[], None]) -> None:
        """Take a step; what is wrong with the request, or cannot be decided, is said."""
        try:
            step()
        except Malformed as fault:
            self.say(refuse.malformed(fault))
        except Undecided:
            self.say(refuse.undecided())

    def _start(self) -> None:
        if self._fault is not None:
            raise self._fault
        request, gate, reply = self.request, self._parts.gate, self._reply
        route = find(request)
        reply.dialect, reply.kind = route.dialect, route.kind
        question = self._question = read_question(request, route, gate)
        if route.kind is Kind.MODELS:
            reply.list(route, usable(gate, Ask(question.key, None), route.dialect))
            return
        ruling = self._decided = Ruling(self._parts, request, question, self)
        try:
            word = word_for(question, request, gate)
        except Unresolved:
            ruling.refuse_unresolved("assertion", asserted=True)
            return
        if word is not None and word.said.says:
            self._parts.assessing.assess(word, partial(self._assessed, ruling, word))
            return
        if word is not None:
            ruling.identified(word.ask())
        ruling.decide()

    def _assessed(self, ruling: Ruling, word: Word, said: Said | None) -> None:
        """Go on once it is known what a word comes to (None: it is refused)."""
        if self.over:
            return
        if said is None:
            ruling.refuse_unresolved("assertion", asserted=True)
            return
        self._word = word
        ruling.identified(word.ask(said))
        self._do(ruling.decide)

    @property
    def _ruling(self) -> Ruling:
        if self._decided is None:
            raise AssertionError("nobody was identified")
        return self._decided

    # -- 3: from the ruling ------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether the answer is over."""
        return self._reply.over

    def say(self, answer: Refusal) -> None:
        """Refuse."""
        self._reply.say(answer)

    def serve(self) -> None:
        """Send the request to an upstream."""
        parts, ruling, question = self._parts, self._ruling, self._question
        if question is not None and question.route.kind is Kind.MODEL:
            self._reply.list(question.route, ())
            return
        upstream = parts.upstream(self._reply.dialect, ruling.serving)
        if upstream is None:
            self.on_failure(502, "no model server is configured for this model")
            return
        parts.flights.add(self)
        self._call = upstream.send(self._head(upstream, len(ruling.body)), ruling.body, self)
        if self._caller.paused:
            self._call.pause()

    def _head(self, upstream: Upstream, length: int) -> bytes:
        request = self.request
        credential = b""
        if upstream.key and self._reply.dialect == "anthropic":
            credential = b"x-api-key: " + upstream.key + b"\r\n"
        elif upstream.key:
            credential = b"authorization: Bearer " + upstream.key + b"\r\n"
        stream = self._question is not None and self._question.peek.stream
        return b"".join(
            (
                b"POST " + upstream.prefix + request.path + request.query + b" HTTP/1.1\r\n",
                b"host: " + upstream.authority + b"\r\n",
                request_fields(request.fields, stream=stream),
                credential,
                b"content-length: %d\r\n\r\n" % length,
            )
        )

    # -- 4: from the call --------------------------------------------------------------------

    def on_head(self, status: int, fields: Fields) -> None:
        """Take the head of the upstream's answer; a redirection would lead clients past us."""
        if self._waits(partial(self.on_head, status, fields)):
            return
        if any(name == b"location" for name, _ in fields) and status in _REDIRECTIONS:
            self._drop_call()
            self.on_failure(502, "the model server redirected the request")
            return
        if is_stream(fields):
            if not self._ruling.allowed():
                self.cut()
                return
            if is_encoded(fields):
                self._drop_call()
                self.on_failure(502, "the model server compressed an event stream")
                return
        self._reply.pass_on(status, fields, self._ruling.extra)

    def on_data(self, data: bytes) -> None:
        """Take a piece of the upstream's answer."""
        relay = self._reply.relay
        if self._waits(partial(self.on_data, data)) or relay is None:
            return
        if relay.passes(len(data)) and not self._ruling.allowed():
            self.cut()
            return
        try:
            relay.data(data)
        except Overlong:
            self._drop_call()
            self.on_failure(502, "the model server sent an event without end")

    def on_end(self) -> None:
        """Take note that the upstream's answer is whole."""
        if self._waits(self.on_end):
            return
        self._call = None
        relay = self._reply.relay
        if relay is None:
            return
        if not relay.begun and not self._ruling.allowed():
            self.cut()
            return
        self._reply.whole(relay)

    def on_failure(self, status: int, why: str) -> None:
        """Say that the upstream failed."""
        self._call = None
        self._parts.counters.upstream_failures += 1
        self._reply.fail(refuse.upstream_failed(status, why))

    # -- 4: from the flights -----------------------------------------------------------------

    @property
    def draining_until(self) -> float:
        """Until when an order lets the answer go on (elapsed seconds); 0 where none needs to."""
        return self._ruling.draining_until

    def good_until(self) -> Instant:
        """Return the legal instant until which the last check holds."""
        return self._ruling.good_until()

    def check(self) -> bool:
        """Cut the answer if its caller is no longer allowed."""
        if self.over or self._waiting is not None or self._asks_anew() or self._ruling.allowed():
            return False
        self.cut()
        return True

    def cut(self) -> None:
        """End the answer because its caller is no longer allowed."""
        self._drop_call()
        self._parts.flights.remove(self)
        self._parts.counters.cut += 1
        begun = self._reply.taken_back()
        if begun is None:
            self._ruling.decide_anew()
        else:
            self._ruling.cut(partial(self._reply.break_off, begun))

    # -- 5 -----------------------------------------------------------------------------------

    def _asks_anew(self) -> bool:
        """Ask what the word comes to now, if that is not known any more."""
        word = self._word
        if word is None or not self._ruling.outdated:
            return False
        self._waiting = []
        if self._call is not None:
            self._call.pause()
        self._parts.assessing.assess_anew(word, partial(self._go_on, word))
        return True

    def _go_on(self, word: Word, said: Said | None) -> None:
        """Go on with what a word comes to now; None: without it."""
        waiting, self._waiting = self._waiting or [], None
        if self.over:
            return
        if said is None:
            self._word = None
        else:
            self._ruling.identified(word.ask(said))
        if not self._ruling.allowed():
            self.cut()
            return
        self._parts.flights.add(self)
        self.resume()
        for event in waiting:
            if self._call is not None:
                event()

    def _waits(self, event: Callable[[], None]) -> bool:
        """Whether nothing passes at present; then `event` comes after."""
        if self._waiting is None:
            return False
        self._waiting.append(event)
        return True

    # -- ends --------------------------------------------------------------------------------

    def abandon(self) -> None:
        """The caller is gone."""
        if not self._reply.over:
            self._reply.over = True
            self._drop_call()
            self.close()

    def close(self) -> None:
        """The answer is over; the ruling is let go, so that both are freed at once."""
        self._parts.flights.remove(self)
        ruling, self._decided = self._decided, None
        if ruling is not None:
            ruling.close()

    def pause(self) -> None:
        """The caller reads too slowly."""
        if self._call is not None:
            self._call.pause()

    def resume(self) -> None:
        """Read on, unless the caller is slow or nothing passes at present."""
        if self._call is not None and self._waiting is None and not self._caller.paused:
            self._call.resume()

    @property
    def called(self) -> bool:
        """Whether an upstream is at work."""
        return self._call is not None

    def _drop_call(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call.cancel()
