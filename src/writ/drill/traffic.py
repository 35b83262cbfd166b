"""Who asks for what while a drill runs, and the journal of it.

1. Every row of an instant is asked once, by the case's own party, while legal time stands there.
2. A crowd of the other parties asks all the time, without a pause while something changes, and each
   of them at least once; nobody is asked about a model for which there is no row at the instant it
   is and the one that comes next.
3. APIs, whole or streamed, and the names of a model take turns, so that all of them are used.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import TypeAlias

from writ.clock import Instant, elapsed, format_instant
from writ.drill.folder import CaseFolder
from writ.drill.outward import SERVED
from writ.drill.population import Party, sample
from writ.drill.probe import APIS, Api, Credentials, Held, Question, Reply, Voice
from writ.drill.record import Change, Journal, Request, Source
from writ.drill.schedule import Schedule

Ask: TypeAlias = tuple[Party, str]

ABREAST = 12
"""Requests of cases under way at once."""

CROWD = 4
"""Parties of the crowd asking at once."""

PAUSE = 0.1
"""Seconds that each of them waits between two requests while nothing changes."""

_EVERY_THIRD = 3


@dataclass
class Traffic:
    """Asks, and writes down what came back."""

    folder: CaseFolder
    schedule: Schedule
    journal: Journal
    voice: Voice
    credentials: Mapping[int, Credentials]
    now: Callable[[], Instant]
    touched: frozenset[str]
    zero: float = field(default_factory=elapsed)

    def __post_init__(self) -> None:
        self._numbers = count(1)
        self._changes: list[Change | _Open] = []
        self._phases = {step.at: step.phase for step in self.schedule.steps}
        self._askable = _askable(self.folder)

    def ms(self, instant: float) -> float:
        """Return an elapsed instant as the journal writes it."""
        return round((instant - self.zero) * 1000, 3)

    def begin(self, since: float, party: int | None = None) -> "_Open":
        """Note that something begins to change; end it with `end`."""
        begun = _Open(self.ms(since), party)
        self._changes.append(begun)
        return begun

    def end(self, begun: "_Open", change: Change) -> Change:
        """Write a change down, now that it is over."""
        self._changes[self._changes.index(begun)] = change
        self.journal.write(change)
        return change

    async def ask(self, party: Party, model: str, source: Source) -> Request:
        """Make one request and write it down."""
        number = next(self._numbers)
        question = self._question(number, model)
        at = self.now()
        reply = await self.voice.ask(self.credentials[party.number], question)
        return self._write((number, party, source, at), question, reply)

    async def hold(self, party: Party, model: str) -> Held | None:
        """Open a stream and keep it; None where it was not served."""
        number = next(self._numbers)
        asked = self._question(number, model)
        question = Question(model, asked.asked_as, asked.api, stream=True)
        at = self.now()
        reply, held = await self.voice.hold(self.credentials[party.number], question)
        self._write((number, party, "stream", at), question, reply)
        return held

    async def cases(self, parties: Mapping[str, Party], at: Instant) -> int:
        """Ask every row of an instant once (rule 1); return how many."""
        rows = self.folder.expected.at[at]
        await self.together([(parties[case], model) for case, model in rows], "case")
        return len(rows)

    async def everybody(self, parties: Sequence[Party], at: Instant) -> None:
        """Have a share of the crowd ask once at an instant, each about one model."""
        asks = [
            (party, models[party.number % len(models)])
            for party in parties
            if (models := self._askable[at].get(party.case, ()))
        ]
        await self.together(asks, "crowd")

    async def together(self, asks: Sequence[Ask], source: Source) -> None:
        """Make requests, a few at a time."""
        waiting = iter(asks)

        async def worker() -> None:
            for party, model in waiting:
                await self.ask(party, model, source)

        async with asyncio.TaskGroup() as group:
            for _ in range(ABREAST):
                group.create_task(worker())

    async def crowd(self, parties: Sequence[Party]) -> None:
        """Have the crowd ask until cancelled (rule 2)."""
        turns = count()

        async def worker() -> None:
            while True:
                turn = next(turns)
                party = sample(parties, "who", turn)
                models = self._askable[self.now()].get(party.case, ())
                if models:
                    await self.ask(party, models[turn % len(models)], "crowd")
                changing = any(isinstance(change, _Open) for change in self._changes)
                await asyncio.sleep(0 if changing else PAUSE)

        async with asyncio.TaskGroup() as group:
            for _ in range(CROWD if parties else 0):
                group.create_task(worker())

    async def press(self, asks: Sequence[Ask]) -> None:
        """Ask for people who are about to be turned away until the first one is.

        This tells when a change is first felt.
        """
        for party, model in cycle(asks):
            request = await self.ask(party, model, "pressing")
            if request.answer not in SERVED:
                return

    def _question(self, number: int, model: str) -> Question:
        known = self.folder.book.catalogue.models[model]
        apis = [api for api in APIS if _dialect(api) in known.dialects]
        names = [model, *sorted(known.aliases)]
        return Question(
            model,
            names[number % len(names)],
            apis[number % len(apis)],
            stream=number // len(apis) % _EVERY_THIRD == 0,
        )

    def _write(
        self, who: tuple[int, Party, Source, Instant], question: Question, reply: Reply
    ) -> Request:
        number, party, source, at = who
        sent, ended = self.ms(reply.sent), self.ms(reply.ended)
        outcome = self.folder.expected.outcome(party.case, question.model, at)
        request = Request(
            number=number,
            party=party.number,
            case=party.case,
            source=source,
            model=question.model,
            asked_as=question.asked_as,
            dialect=question.dialect,
            api=question.api,
            stream=question.stream,
            at=format_instant(at),
            phase=self._phases[at],
            sent_ms=sent,
            ended_ms=ended,
            expected=[] if outcome is None else [outcome.word],
            answer=reply.answer,
            status=reply.status,
            code=reply.code,
            served_by=reply.served_by,
            decision=reply.decision,
            in_transition=any(
                change.party in (None, party.number)
                and change.from_ms <= ended
                and sent <= change.to_ms
                for change in self._changes
            ),
            touched=question.model in self.touched,
            note=reply.note,
        )
        self.journal.write(request)
        return request


@dataclass(eq=False)
class _Open:
    """A change that is not over yet."""

    from_ms: float
    party: int | None
    to_ms: float = float("inf")


def _dialect(api: Api) -> str:
    return "anthropic" if api == "messages" else "openai"


def _askable(folder: CaseFolder) -> dict[Instant, dict[str, tuple[str, ...]]]:
    """Return, for each instant and case, the models with a row then and at the next instant."""
    expected = folder.expected
    askable: dict[Instant, dict[str, tuple[str, ...]]] = {}
    for number, at in enumerate(expected.instants):
        following = expected.instants[min(number + 1, len(expected.instants) - 1)]
        cases: dict[str, list[str]] = {}
        for case, model in expected.at[at]:
            if expected.outcome(case, model, following) is not None:
                cases.setdefault(case, []).append(model)
        askable[at] = {case: tuple(models) for case, models in cases.items()}
    return askable
