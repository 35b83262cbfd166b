"""One request from whole to answered.

1. Route, credential, model: what is wrong with the request itself is said first, in the
   provider's envelope.
2. The decision. A refusal is on disk before it is said; so is a substitution before it is served.
3. The call to the upstream: the caller's bytes, but for the name of a substitute.
4. The answer, checked again at its first byte and before each piece: a caller who is no longer
   allowed gets nothing more but the error. Nothing reaches an answer that is over.
"""

from collections.abc import Callable
from typing import Protocol

from writ.clock import FOREVER, SECOND, Instant, elapsed
from writ.gateway import refusal as refuse
from writ.gateway.credential import digest_of_key
from writ.gateway.dialects import speak
from writ.gateway.fields import END_USER, Fields, own_answer, request_fields
from writ.gateway.gate import Ask, Judgement, Undecided, Unresolved
from writ.gateway.parts import Parts
from writ.gateway.peek import Peek, peek, splice
from writ.gateway.refusal import Refusal
from writ.gateway.relay import Overlong, Relay, is_encoded, is_stream
from writ.gateway.request import Malformed, Request
from writ.gateway.routes import Dialect, Kind, Route, dialect_of, find
from writ.gateway.upstream import Call, Upstream
from writ.model.outcome import Outcome
from writ.point import seam

_REDIRECTIONS = range(300, 400)


class Caller(Protocol):
    """The connection an exchange answers on."""

    paused: bool

    def write(self, data: bytes) -> None:
        """Send bytes of the present answer."""

    def keeps(self, exchange: "Exchange") -> bool:
        """Whether the connection stays open after this exchange."""

    def finished(self, *, keep: bool) -> None:
        """The answer is over, and with it the connection, unless it is to be kept."""


class Exchange:
    """A request, its decision, its call and its answer; a `Flight` while the upstream works."""

    def __init__(
        self, caller: Caller, parts: Parts, request: Request, fault: Malformed | None = None
    ) -> None:
        self.request = request
        self.begun = False
        self.over = False
        self.draining_until = 0.0
        self._caller = caller
        self._parts = parts
        self._fault = fault
        self._dialect: Dialect = dialect_of(request)
        self._route: Route | None = None
        self._ask: Ask | None = None
        self._serving = ""  # the canonical model that answers
        self._asked = ""  # the canonical model that was asked for
        self._peek = Peek("", stream=False)
        self._judgement: Judgement | None = None  # of a permit that a receipt is owed for
        self._extra = b""
        self._body = b""  # with a substitute's name in it
        self._call: Call | None = None
        self._relay: Relay | None = None

    # -- 1 -----------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start working on the request."""
        self.begun = True
        try:
            if self._fault is not None:
                raise self._fault
            self._start()
        except Malformed as fault:
            self._answer(refuse.malformed(fault))
        except Undecided:
            self._answer(refuse.undecided())

    def _start(self) -> None:
        request, gate = self.request, self._parts.gate
        route = self._route = find(request)
        self._dialect = route.dialect
        view = gate.view
        key = gate.board.key(digest_of_key(request))
        if key is None:
            raise Malformed(401, "invalid_api_key", "this API key is not valid")
        if route.kind is Kind.MODELS:
            self._list(Ask(key, None))
            return
        if route.model is None:
            self._peek = peek(request)
        name = self._peek.model if route.model is None else route.model
        canonical = view.names.get(name)
        if canonical is None:
            raise Malformed(404, "model_not_found", "no such model")
        if route.dialect not in view.models[canonical].dialects:
            raise Malformed(404, "model_not_found", "no such model in this API")
        self._asked = self._serving = canonical
        self._identify(key)

    def _identify(self, key: seam.Key) -> None:
        tokens = self.request.values(END_USER)
        self._ask = Ask(key, None)
        if not tokens:
            self._decide()
            return
        try:
            self._ask = Ask(key, self._parts.gate.end_user(key, tokens))
        except Unresolved:
            self._refuse_unresolved("assertion", asserted=True)
        else:
            self._decide()

    # -- 2 -----------------------------------------------------------------------------------

    @property
    def _chain(self) -> Ask:
        if self._ask is None:
            raise AssertionError("nobody was identified")
        return self._ask

    @property
    def _asserted(self) -> bool:
        return self._chain.end_user is not None

    def _decide(self) -> None:
        """Decide, and do what the decision says."""
        gate = self._parts.gate
        model = gate.view.models.get(self._asked)
        if model is None:  # a new catalogue came in between
            self._answer(refuse.malformed(Malformed(404, "model_not_found", "no such model")))
            return
        if not model.controlled:
            self._serve()
            return
        try:
            judgement = gate.judge(self._chain, self._asked)
        except Unresolved:
            self._refuse_unresolved("unresolved", asserted=self._asserted)
            return
        outcome = judgement.verdict.outcome
        if outcome is Outcome.PERMIT:
            self._permit(judgement)
        elif outcome is Outcome.SUBSTITUTE:
            self._substitute(judgement)
        else:
            self._refuse(judgement)

    def _permit(self, judgement: Judgement) -> None:
        if not judgement.verdict.ruled or self._peek.model == "":  # a listing uses no model
            self._serve()
            return
        self._judgement = judgement
        receipts = self._parts.receipts
        if receipts.begun(self._chain, self._asked, judgement):
            self._serve()
        else:
            receipts.flushed(self._recorded(self._serve_later))

    def _substitute(self, judgement: Judgement) -> None:
        self._serving = judgement.verdict.served_by or self._asked
        if self._peek.model:
            self._body = splice(self.request.body, self._serving)
        told = refuse.rules_told(judgement.verdict, asserted=self._asserted)
        name = self._peek.model or (self._route.model if self._route else "") or ""
        self._extra = b"x-writ-requested-model: " + name.encode() + b"\r\n"
        if told:
            self._extra += b"x-writ-rule: " + told.encode() + b"\r\n"
        decision = refuse.new_decision()
        link = self._parts.inviter.link(self._chain.key, judgement, decision)
        if link and refuse.may_verify(judgement.verdict, asserted=self._asserted):
            self._extra += b"x-writ-verify-uri: " + link.encode() + b"\r\n"
        self._parts.receipts.decided(
            "substitution", decision, judgement, self._recorded(self._serve_later)
        )

    def _refuse(self, judgement: Judgement) -> None:
        decision = refuse.new_decision()
        answer = self._refusal(judgement, decision)
        done = self._recorded(lambda: self._answer(answer))
        self._parts.receipts.decided("refusal", decision, judgement, done)

    def _refusal(self, judgement: Judgement, decision: str) -> Refusal:
        links = refuse.Links(
            self._parts.record_link,
            self._parts.inviter.link(self._chain.key, judgement, decision),
        )
        return refuse.of_verdict(judgement.verdict, decision, links, asserted=self._asserted)

    def _refuse_unresolved(self, why: str, *, asserted: bool) -> None:
        decision = refuse.new_decision()
        answer = refuse.unresolved(decision, asserted=asserted)
        done = self._recorded(lambda: self._answer(answer))
        self._parts.receipts.errored(decision, self._asked, why, done)

    def _recorded(self, then: Callable[[], None]) -> Callable[[bool], None]:
        """Return what hears of a receipt: go on once it is on disk, otherwise decide nothing."""

        def done(written: bool) -> None:  # noqa: FBT001  the receipts' callback has one argument
            if self.over:
                return
            if written:
                then()
            else:
                self._answer(refuse.undecided())

        return done

    def _list(self, ask: Ask) -> None:
        """List what this key may use under the rules in force; without a lease, what is exempt."""
        gate = self._parts.gate
        view = gate.view
        self._ask = ask
        names = [
            name
            for canonical, model in view.models.items()
            if self._dialect in model.dialects and self._lists(ask, canonical)
            for name in (canonical, *sorted(model.aliases))
        ]
        self._say(tuple(names))

    def _lists(self, ask: Ask, model: str) -> bool:
        gate = self._parts.gate
        if gate.allows(ask, model):
            return True
        try:
            return gate.judge(ask, model).verdict.outcome is Outcome.SUBSTITUTE
        except (Undecided, Unresolved):
            return False

    def _say(self, names: tuple[str, ...]) -> None:
        if self._route is None:
            raise AssertionError("nothing was asked for")
        body = speak.listing(self._route, names)
        extra = [("cache-control", "no-store")]
        keep = self._caller.keeps(self)
        self._parts.counters.outcomes["listed"] += 1
        self._finish(own_answer(200, extra, body, keep_alive=keep), keep=keep)

    # -- 3 -----------------------------------------------------------------------------------

    def _serve(self) -> None:
        """Send the request to an upstream."""
        parts = self._parts
        if self._route is not None and self._route.kind is Kind.MODEL:
            self._say(())
            return
        upstream = parts.upstream(self._dialect, self._serving)
        if upstream is None:
            self.on_failure(502, "no model server is configured for this model")
            return
        body = self.request.body if self._serving == self._asked else self._body
        parts.flights.add(self)
        self._call = upstream.send(self._head(upstream, len(body)), body, self)
        if self._caller.paused:
            self._call.pause()

    def _serve_later(self) -> None:
        """Serve after a receipt was written, which took a while: look once more."""
        if self._parts.gate.allows(self._chain, self._serving):
            self._serve()
        else:
            self._decide_anew()

    def _head(self, upstream: Upstream, length: int) -> bytes:
        request = self.request
        credential = b""
        if upstream.key and self._dialect == "anthropic":
            credential = b"x-api-key: " + upstream.key + b"\r\n"
        elif upstream.key:
            credential = b"authorization: Bearer " + upstream.key + b"\r\n"
        return b"".join(
            (
                b"POST " + upstream.prefix + request.path + request.query + b" HTTP/1.1\r\n",
                b"host: " + upstream.authority + b"\r\n",
                request_fields(request.fields, stream=self._peek.stream),
                credential,
                b"content-length: %d\r\n\r\n" % length,
            )
        )

    # -- 4: from the call --------------------------------------------------------------------

    def on_head(self, status: int, fields: Fields) -> None:
        """Take the head of the upstream's answer; a redirection would lead clients past us."""
        if any(name == b"location" for name, _ in fields) and status in _REDIRECTIONS:
            self._drop_call()
            self.on_failure(502, "the model server redirected the request")
            return
        if is_stream(fields):
            if not self._allowed():
                self.cut()
                return
            if is_encoded(fields):
                self._drop_call()
                self.on_failure(502, "the model server compressed an event stream")
                return
        chunked = self.request.version == "1.1"
        extra = self._extra
        if not self._caller.keeps(self):
            extra += b"connection: close\r\n"
        self._relay = Relay(self._caller.write, self._parts.limits, extra, chunked=chunked)
        self._relay.head(status, fields)

    def on_data(self, data: bytes) -> None:
        """Take a piece of the upstream's answer."""
        if self._relay is None:
            return
        if self._relay.passes(len(data)) and not self._allowed():
            self.cut()
            return
        try:
            self._relay.data(data)
        except Overlong:
            self._drop_call()
            self.on_failure(502, "the model server sent an event without end")

    def on_end(self) -> None:
        """Take note that the upstream's answer is whole."""
        self._call = None
        if self._relay is None:
            return
        if not self._relay.begun and not self._allowed():
            self.cut()
            return
        self._relay.end()
        self._parts.counters.outcomes["served"] += 1
        self._finish(b"", keep=self._caller.keeps(self))

    def on_failure(self, status: int, why: str) -> None:
        """Say that the upstream failed."""
        self._call = None
        self._parts.counters.upstream_failures += 1
        self._fail(refuse.upstream_failed(status, why))

    # -- 4: from the flights -----------------------------------------------------------------

    def good_until(self) -> Instant:
        """Return the legal instant until which the last check holds."""
        view = self._parts.gate.board.view
        model = None if view is None else view.models.get(self._serving)
        if model is not None and not model.controlled:
            return FOREVER
        return self._parts.gate.good_until(self._chain)

    def check(self) -> bool:
        """Cut the answer if its caller is no longer allowed."""
        if self.over or self._allowed():
            return False
        self.cut()
        return True

    def cut(self) -> None:
        """End the answer because its caller is no longer allowed."""
        self._drop_call()
        self._parts.flights.remove(self)
        self._parts.counters.cut += 1
        relay = self._relay
        if relay is None or not relay.begun:
            self._relay = None
            self._decide_anew()
            return
        self._relay = None
        self._record_cut(relay)

    def _record_cut(self, relay: Relay) -> None:
        decision = refuse.new_decision()
        receipts = self._parts.receipts

        def end(answer: Refusal) -> Callable[[bool], None]:
            def done(_written: bool) -> None:  # noqa: FBT001  written or not, nothing more is sent
                if not self.over:
                    self._end_begun(relay, answer)

            return done

        try:
            judgement = self._parts.gate.judge(self._chain, self._asked)
        except Undecided:
            self._end_begun(relay, refuse.undecided())
        except Unresolved:
            answer = refuse.unresolved(decision, asserted=self._asserted)
            receipts.errored(decision, self._asked, "cut", end(answer))
        else:
            answer = self._refusal(judgement, decision)
            receipts.decided("cut", decision, judgement, end(answer))

    def _decide_anew(self) -> None:
        """Refuse what was permitted before; a second permit may still be served."""
        self._serving, self._extra = self._asked, b""
        try:
            self._decide()
        except Malformed as fault:
            self._answer(refuse.malformed(fault))
        except Undecided:
            self._answer(refuse.undecided())

    def _allowed(self) -> bool:
        if self._parts.gate.allows(self._chain, self._serving):
            self.draining_until = 0.0
            return True
        return self._drains()

    def _drains(self) -> bool:
        """Whether all rules that stand against this now let what is under way go on a while.

        Asked anew each time: a drain ends with the key, with the lease and with a rule that cuts.
        """
        try:
            against = self._parts.gate.judge(self._chain, self._serving).verdict.against
        except (Undecided, Unresolved):
            return False
        drain = min((item.rule.drain for item in against), default=0)
        if drain <= 0:
            return False
        now = elapsed()
        self.draining_until = min(self.draining_until or FOREVER, now + drain / SECOND)
        return now < self.draining_until

    # -- ends --------------------------------------------------------------------------------

    def abandon(self) -> None:
        """The caller is gone."""
        if not self.over:
            self.over = True
            self._drop_call()
            self._close_books()

    def pause(self) -> None:
        """The caller reads too slowly."""
        if self._call is not None:
            self._call.pause()

    def resume(self) -> None:
        """The caller caught up."""
        if self._call is not None:
            self._call.resume()

    @property
    def called(self) -> bool:
        """Whether an upstream is at work."""
        return self._call is not None

    def _fail(self, answer: Refusal) -> None:
        relay, self._relay = self._relay, None
        if relay is None or not relay.begun:
            self._answer(answer)
        else:
            self._end_begun(relay, answer)

    def _end_begun(self, relay: Relay, answer: Refusal) -> None:
        """End what was begun: a stream by its error event, anything else by breaking off."""
        self._parts.counters.outcomes["broken_off"] += 1
        if relay.events is not None:
            kind = self._route.kind if self._route else Kind.CHAT
            relay.cut(speak.event(answer, kind, relay.events.count))
        self._finish(b"", keep=False)

    def _answer(self, answer: Refusal) -> None:
        keep = self._caller.keeps(self)
        self._parts.counters.outcomes[answer.code] += 1
        data = speak.answer(answer, self._dialect, keep_alive=keep)
        if self.request.method == "HEAD":  # RFC 9110 9.3.2: the head alone
            data = data[: data.index(b"\r\n\r\n") + 4]
        self._finish(data, keep=keep)

    def _finish(self, data: bytes, *, keep: bool) -> None:
        if self.over:
            return
        self.over = True
        if data:
            self._caller.write(data)
        self._close_books()
        self._caller.finished(keep=keep)

    def _drop_call(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call.cancel()

    def _close_books(self) -> None:
        self._parts.flights.remove(self)
        if self._judgement is not None:
            self._parts.receipts.ended(self._chain, self._asked, self._judgement)
            self._judgement = None
