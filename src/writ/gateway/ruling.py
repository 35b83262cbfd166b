"""The decision on one question, made again whenever it may have changed.

1. A refusal is on disk before it is said; so is a substitution before it is served. What cannot be
   written down is not decided.
2. A caller who is no longer allowed is decided on anew: before the answer began a second permit may
   still be served, afterwards it is cut.
3. A drain goes on while all rules that stand against the answer let it.
4. A refusal about another person leaves when its time has come, not when it was decided.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from writ.clock import FOREVER, SECOND, Instant, elapsed
from writ.gateway import refusal as refuse
from writ.gateway.gate import Ask, Judgement, Undecided, Unresolved
from writ.gateway.parts import Parts
from writ.gateway.peek import splice
from writ.gateway.question import Question
from writ.gateway.receipts import CUT
from writ.gateway.refusal import Refusal
from writ.gateway.request import Malformed, Request
from writ.model.outcome import Outcome


class Answering(Protocol):
    """Who does what a decision says."""

    @property
    def over(self) -> bool:
        """Whether the answer is over: nothing is done any more."""

    def serve(self) -> None:
        """Serve the model that answers."""

    def say(self, answer: Refusal) -> None:
        """Refuse."""


_TICK = 0.001
"""Seconds; the loop counts whole ones of them, cut off, and would answer that much too soon."""


class Ruling:
    """One question's decision; `serving` is the canonical model that answers.

    `extra` are fields that an answer wears, `body` what the upstream is sent, with a substitute's
    name in it.
    """

    __slots__ = (
        "_answering", "_ask", "_judgement", "_loop", "_parts", "_question", "_request", "_since", "body",
        "draining_until", "extra", "serving",
    )  # fmt: skip

    def __init__(
        self, parts: Parts, request: Request, question: Question, answering: Answering
    ) -> None:
        self.serving = question.model
        self.extra = b""
        self.body = request.body
        self.draining_until = 0.0
        self._parts = parts
        self._request = request
        self._question = question
        self._answering = answering
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._ask = Ask(question.key, None)
        self._judgement: Judgement | None = None  # of a permit that a receipt is owed for

    def identified(self, ask: Ask) -> None:
        """Decide about this key and end user from now on."""
        self._ask = ask

    @property
    def _asked(self) -> str:
        return self._question.model

    @property
    def _asserted(self) -> bool:
        return self._ask.end_user is not None

    @property
    def outdated(self) -> bool:
        """Whether what was said of an end user no longer counts: what it was judged by changed."""
        said = self._ask.said
        return said is not None and not self._parts.gate.board.stands(said)

    def decide(self) -> None:
        """Decide, and have done what the decision says."""
        gate = self._parts.gate
        model = gate.view.models.get(self._asked)
        if model is None:  # a new catalogue came in between
            raise Malformed(404, "model_not_found", "no such model")
        if not model.controlled:
            self._serve_counted(exempt=True)
            return
        try:
            judgement = gate.judge(self._ask, self._asked)
        except Unresolved:
            self.refuse_unresolved("unresolved", asserted=self._asserted)
            return
        outcome = judgement.verdict.outcome
        if outcome is Outcome.PERMIT:
            self._permit(judgement)
        elif outcome is Outcome.SUBSTITUTE:
            self._substitute(judgement)
        else:
            self._refuse(judgement)

    def decide_anew(self) -> None:
        """Refuse what was permitted before; a second permit may still be served (rule 2)."""
        self.serving, self.extra, self.body = self._asked, b"", self._request.body
        try:
            self.decide()
        except Malformed as fault:
            self._answering.say(refuse.malformed(fault))
        except Undecided:
            self._answering.say(refuse.undecided())

    def refuse_unresolved(self, why: str, *, asserted: bool) -> None:
        """Refuse somebody of whom it cannot be told who they are."""
        decision = refuse.new_decision()
        answer = refuse.unresolved(decision, asserted=asserted)
        done = self._recorded(lambda: self._say(answer))
        self._parts.receipts.errored(decision, self._asked, why, done)

    def allowed(self) -> bool:
        """Whether what is served may still be."""
        if self._parts.gate.allows(self._ask, self.serving):
            self.draining_until = 0.0
            return True
        return self._drains()

    def good_until(self) -> Instant:
        """Return the legal instant until which the last check holds."""
        view = self._parts.gate.board.view
        model = None if view is None else view.models.get(self.serving)
        if model is not None and not model.controlled:
            return FOREVER
        return self._parts.gate.good_until(self._ask)

    def cut(self, end: Callable[[Refusal], None]) -> None:
        """Write down that an answer is cut; `end` is told why, unless it is over by then."""
        decision = refuse.new_decision()
        receipts = self._parts.receipts

        def ending(answer: Refusal) -> Callable[[bool], None]:
            def done(_written: bool) -> None:  # noqa: FBT001  written or not, nothing more is sent
                if not self._answering.over:
                    end(answer)

            return done

        try:
            judgement = self._parts.gate.judge(self._ask, self._asked)
        except Undecided:
            end(refuse.undecided())
        except Unresolved:
            answer = refuse.unresolved(decision, asserted=self._asserted)
            receipts.errored(decision, self._asked, CUT, ending(answer))
        else:
            answer = self._refusal(judgement, decision)
            receipts.decided(CUT, decision, judgement, ending(answer))

    def close(self) -> None:
        """The answer is over; what a permit's receipt still lacks is written."""
        if self._judgement is not None:
            self._parts.receipts.ended(self._ask, self._asked, self._judgement)
            self._judgement = None

    def _permit(self, judgement: Judgement) -> None:
        if not judgement.verdict.ruled:
            self._serve_counted(exempt=False)
            return
        if self._question.peek.model == "":  # a listing uses no model
            self._answering.serve()
            return
        receipts = self._parts.receipts
        if receipts.begun(self._ask, self._asked, judgement):
            self._judgement = judgement
            self._answering.serve()
            return

        def serve() -> None:
            self._judgement = judgement
            self._serve_later()

        receipts.permitted(self._ask, self._asked, judgement, self._recorded(serve))

    def _serve_counted(self, *, exempt: bool) -> None:
        """Serve a model that no rule names; it is counted, unless this is a listing."""
        receipts = self._parts.receipts
        listing = self._question.peek.model == ""
        if not (listing or exempt or receipts.working):
            receipts.counted_once(self._asked, self._recorded(self._serve_later))
            return
        if not listing:
            receipts.counted(self._asked)
        self._answering.serve()

    def _substitute(self, judgement: Judgement) -> None:
        verdict, question = judgement.verdict, self._question
        self.serving = verdict.served_by or self._asked
        if question.peek.model:
            self.body = splice(self._request.body, self.serving)
        told = refuse.rules_told(verdict, asserted=self._asserted)
        self.extra = b"x-writ-requested-model: " + question.name.encode() + b"\r\n"
        if told:
            self.extra += b"x-writ-rule: " + told.encode() + b"\r\n"
        decision = refuse.new_decision()
        link = self._parts.inviter.link(self._ask.key, judgement, decision)
        if link and refuse.may_verify(verdict, asserted=self._asserted):
            self.extra += b"x-writ-verify-uri: " + link.encode() + b"\r\n"
        done = self._recorded(self._serve_later)
        self._parts.receipts.decided("substitution", decision, judgement, done)

    def _refuse(self, judgement: Judgement) -> None:
        decision = refuse.new_decision()
        answer = self._refusal(judgement, decision)
        done = self._recorded(lambda: self._say(answer))
        self._parts.receipts.decided("refusal", decision, judgement, done)

    def _refusal(self, judgement: Judgement, decision: str) -> Refusal:
        links = refuse.Links(
            self._parts.record,
            self._parts.inviter.link(self._ask.key, judgement, decision),
        )
        return refuse.of_verdict(judgement.verdict, decision, links, asserted=self._asserted)

    def _recorded(self, then: Callable[[], None]) -> Callable[[bool], None]:
        """Return what hears of a receipt: go on once it is on disk (rule 1)."""

        def done(written: bool) -> None:  # noqa: FBT001  the receipts' callback has one argument
            if self._answering.over:
                return
            if written:
                then()
            else:
                self._answering.say(refuse.undecided())

        return done

    def _say(self, answer: Refusal) -> None:
        """Refuse, at once or when the time has come (rule 4)."""

        def say() -> None:
            if not self._answering.over:
                self._answering.say(answer)

        if answer.after:
            self._loop.call_at(self._since + answer.after + _TICK, say)
        else:
            say()

    def _serve_later(self) -> None:
        """Serve after a receipt was written, which took a while: look once more."""
        if self._parts.gate.allows(self._ask, self.serving):
            self._answering.serve()
        else:
            self.decide_anew()

    def _drains(self) -> bool:
        """Rule 3; asked each time: a drain ends with the key, the lease and with a rule that cuts."""
        try:
            against = self._parts.gate.judge(self._ask, self.serving).verdict.against
        except (Undecided, Unresolved):
            return False
        drain = min((item.rule.drain for item in against), default=0)
        if drain <= 0:
            return False
        now = elapsed()
        self.draining_until = min(self.draining_until or FOREVER, now + drain / SECOND)
        return now < self.draining_until
