"""The drill itself: legal time steps from instant to instant, and everything is asked at each.

At each step:
1. Versions that count from this very instant are submitted, proved, simulated and signed; then
   streams are opened that the step must cut or spare.
2. The versions are activated and the clock is stepped in the same moment. Otherwise only the clock
   is stepped.
3. The streams are watched. Facts that arrive on this day arrive, and whoever they let back in asks
   with the same key until served.
4. One of those shows a citizenship from a wallet, at the portal, and keeps another one back. The
   same wallet then answers a link of somebody else's, who must get nothing by that.
5. Another one's employer says over SCIM, with a token of its own, that they work there.
6. Versions received by now that take effect later are submitted, signed and activated ahead.
7. Every row of this instant is asked; a crowd asks all the while.
At the end the refusals are held against the gateway's receipts.
"""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from writ.clock import Instant, elapsed, format_instant
from writ.drill.attempts import Attempts
from writ.drill.deployment import WALLET, Deployment
from writ.drill.employer import registered
from writ.drill.enrolment import Late, bring
from writ.drill.folder import CaseFolder
from writ.drill.governance import activate, digest_in_force, propose
from writ.drill.population import Party
from writ.drill.record import (
    Change,
    Digest,
    Journal,
    Receipt,
    Report,
    Return,
    Signed,
    Way,
    What,
    requests,
)
from writ.drill.reports import Made
from writ.drill.schedule import Schedule, Step, label
from writ.drill.streams import Open, open_streams, watch
from writ.drill.telling import Telling
from writ.drill.traffic import Ask, Traffic
from writ.drill.visitor import Purse
from writ.model.order import OrderVersion
from writ.model.outcome import Outcome
from writ.model.subject import Fact

RETURN_SECONDS = 10.0
HIDDEN = "DE"
"""The citizenship that a wallet keeps back, beside the one that it shows."""


@dataclass(frozen=True, slots=True)
class Returning:
    """A party kept out for want of facts that arrive at `at`; `model` lets it in from then on.

    `borrower` is somebody else who is kept out, follows the party's link, and has the party's wallet
    answer one. `shy` is somebody who has shown one citizenship, which does not do, and shows it again.
    """

    party: Party
    model: str
    at: Instant
    late: tuple[Late, ...]
    borrower: Party | None = None
    shy: tuple[Party, str] | None = None

    @property
    def way(self) -> Way:
        """How it arrives: from a wallet where it is one citizenship of the requester's that one shows.

        By the employer, where it is that somebody works there; else as facts that are imported.
        """
        facts = [fact for late in self.late for fact in late.facts]
        if [(fact.attribute, _one(fact)) for fact in facts] == [("employer", True)]:
            return "employer"
        subjects = {late.subject for late in self.late}
        if subjects == {self.party.names.requester} and all(
            _one(fact) and (fact.method, fact.attribute) == (WALLET, "citizenships")
            for fact in facts
        ):
            return "wallet"
        return "facts"


def _one(fact: Fact) -> bool:
    return fact.completeness == "at_least" and len(fact.values) == 1


@dataclass
class Story:
    """One drill over an enrolled deployment."""

    folder: CaseFolder
    schedule: Schedule
    site: Deployment
    traffic: Traffic
    parties: Sequence[Party]
    returning: Sequence[Returning]
    telling: Telling
    _files: dict[str, bytes] = field(default_factory=dict)
    _changes: int = 0

    @property
    def attempts(self) -> Attempts:
        """What people try who are not to be served by it."""
        return Attempts(self.site, self.traffic, self.telling)

    @property
    def journal(self) -> Journal:
        """Where everything is written down."""
        return self.traffic.journal

    async def run(self) -> None:
        """Play the whole drill."""
        cases = {party.case: party for party in self.parties if party.is_case}
        away = {item.party.number for item in self.returning}
        crowd = [item for item in self.parties if not item.is_case and item.number not in away]
        await self._digest("before")
        gc.freeze()  # what was set up stays; going through it again would delay what is measured
        asking = asyncio.create_task(self.traffic.crowd(crowd))
        try:
            previous: Step | None = None
            for number, step in enumerate(self.schedule.steps):
                await self._step(cases, previous, step)
                share = crowd[number :: len(self.schedule.steps)]
                await self.traffic.everybody(share, step.at)
                previous = step
        finally:
            await stopped(asking)
        await self._digest("after")
        self._remaining()
        self._receipts()

    async def stand(self, versions: Sequence[OrderVersion]) -> None:
        """Put in force what stands before the first instant (nothing but a catalogue, perhaps)."""
        names = ", ".join(map(label, versions)) or "no order"
        proposed = await propose(self.site, self._changes_for(versions))
        self._reported(names, proposed.made)
        done = await activate(self.site, proposed.proposal)
        self.telling.say(f"epoch {done.epoch} in force: {names}")

    async def _step(self, cases: Mapping[str, Party], previous: Step | None, step: Step) -> None:
        if previous is not None:
            proposal = await self._signed(step.at_once) if step.at_once else None
            streams = await open_streams(self.traffic, cases, previous.at, step.at)
            await self._move(previous, step, streams, proposal)
        if step.ahead:
            await self._ahead(step)
        asked = await self.traffic.cases(cases, step.at)
        await self.traffic.together(
            [(item.party, item.model) for item in self.returning], "returning"
        )
        self.telling.asked(step, asked)

    async def _move(
        self, previous: Step, step: Step, streams: Sequence[Open], proposal: str | None
    ) -> None:
        """Step the clock, activating what counts from this instant (rule 2)."""
        coming = [item for item in self.returning if item.at == step.at]
        pressing = asyncio.create_task(self.traffic.press(self._turned_away(previous, step)))
        since = elapsed()
        own = {item.party.number: self.traffic.begin(since, item.party.number) for item in coming}
        begun = self.traffic.begin(since)
        if proposal is None:
            self.site.clock.step(step.at)
            until = elapsed()
        else:
            activating = asyncio.create_task(activate(self.site, proposal))
            await asyncio.sleep(0)  # the call leaves before the clock moves
            self.site.clock.step(step.at)
            until = (await activating).acknowledged
        change = self._change(previous, step, (since, until))
        self.traffic.end(begun, change)
        self.telling.changed(change)
        self.telling.watched(await watch(self.traffic, streams, change))
        await stopped(pressing)
        for item in coming:
            arrived = await self._return(item)
            change = self._change(previous, step, (since, arrived), item)
            self.traffic.end(own[item.party.number], change)

    def _turned_away(self, previous: Step, step: Step) -> list[Ask]:
        """Return who is served before a step and must not be after it, as their cases."""
        served = (Outcome.PERMIT, Outcome.SUBSTITUTE)
        rows = self.folder.expected.rows
        return [
            (party, model)
            for party in self.parties
            if party.is_case
            for model in self.folder.book.catalogue.models
            if rows.get((party.case, model, previous.at)) in served
            and rows.get((party.case, model, step.at)) in (Outcome.DENY, Outcome.VERIFY)
        ]

    async def _return(self, item: Returning) -> float:
        """Have somebody's facts arrive, and ask with the same key until served."""
        if item.way == "wallet":
            return await self._from_wallet(item)
        if item.way == "employer":
            return await self._from_employer(item)
        begun = elapsed()
        for late in item.late:
            await bring(self.site, late)
        return await self._served(item, begun)

    async def _served(self, item: Returning, begun: float) -> float:
        """Ask with the same key until served; return when."""
        known = elapsed()
        while elapsed() - begun < RETURN_SECONDS:
            request = await self.traffic.ask(item.party, item.model, "returning")
            if request.answer == "permit":
                back = Return(
                    party=item.party.number,
                    case=item.party.case,
                    model=item.model,
                    way=item.way,
                    from_ms=self.traffic.ms(begun),
                    served_ms=request.ended_ms,
                )
                self.journal.write(back)
                self.telling.returned(back)
                return self.traffic.zero + request.ended_ms / 1000
        return known

    async def _from_wallet(self, item: Returning) -> float:
        """Have somebody follow the link of a refusal and show what is in a wallet (rule 4)."""
        shown = item.late[0].facts[0].values[0].parts[0]
        purse = Purse(self.site.issuer, (HIDDEN, shown))
        if item.borrower is not None:
            await self.attempts.stolen(item.borrower, item.party, item.model)
        async with self.attempts.visitor(item.party) as visitor:
            address = await purse.present(visitor.http, await visitor.link(item.model), 1)
            begun = elapsed()
            await visitor.follow(address)
        served = await self._served(item, begun)
        if item.borrower is not None:
            await self.attempts.lent(item.borrower, item.model, purse)
        if item.shy is not None:
            await self.attempts.half(item.shy[0], item.model, (item.shy[1], shown))
        return served

    async def _from_employer(self, item: Returning) -> float:
        """Have somebody's employer say over SCIM that they work there (rule 5)."""
        [late] = item.late
        [fact] = late.facts
        employer = await registered(self.site, late.subject, fact)
        begun = elapsed()
        await employer.determine(late.subject, fact)
        return await self._served(item, begun)

    async def _ahead(self, step: Step) -> None:
        """Activate what will take effect later: nothing may come of it yet (rule 6)."""
        proposal = await self._signed(step.ahead)
        begun = self.traffic.begin(elapsed())
        done = await activate(self.site, proposal)
        at = format_instant(step.at)
        self._changes += 1
        change = Change(
            number=self._changes,
            what="activated_ahead",
            name=", ".join(map(label, step.ahead)),
            from_at=at,
            to_at=at,
            from_ms=self.traffic.ms(done.called),
            to_ms=self.traffic.ms(done.acknowledged),
            phase=step.phase,
        )
        self.traffic.end(begun, change)
        self.telling.changed(change)

    async def _signed(self, versions: Sequence[OrderVersion]) -> str:
        """Have versions submitted and signed; return the proposal."""
        begun = elapsed()
        name = ", ".join(map(label, versions))
        proposed = await propose(self.site, self._changes_for(versions))
        self._reported(name, proposed.made)
        signed = Signed(
            name=name,
            from_ms=self.traffic.ms(begun),
            to_ms=self.traffic.ms(elapsed()),
        )
        self.journal.write(signed)
        self.telling.signed(signed)
        return proposed.proposal

    def _reported(self, name: str, made: Sequence[Made]) -> None:
        """Write down which reports were made."""
        for item in made:
            report = Report(
                kind=item.kind,
                name=name,
                verdict=item.verdict,
                met=item.met,
                from_ms=self.traffic.ms(item.since),
                to_ms=self.traffic.ms(item.until),
            )
            self.journal.write(report)
            self.telling.reported(report)

    def _change(
        self,
        previous: Step,
        step: Step,
        span: tuple[float, float],
        returning: Returning | None = None,
    ) -> Change:
        self._changes += 1
        names = ", ".join(map(label, step.at_once))
        what: What = "fact" if returning else "activated" if names else "clock"
        return Change(
            number=self._changes,
            what=what,
            name=returning.party.case if returning else names,
            from_at=format_instant(previous.at),
            to_at=format_instant(step.at),
            from_ms=self.traffic.ms(span[0]),
            to_ms=self.traffic.ms(span[1]),
            phase=step.phase,
            party=returning.party.number if returning else None,
        )

    def _changes_for(self, versions: Sequence[OrderVersion]) -> dict[str, bytes]:
        """Return the files that these versions bring, besides those that are there."""
        wanted = self.folder.files_of(versions)
        fresh = {name: data for name, data in wanted.items() if name not in self._files}
        self._files |= fresh
        return fresh

    async def _digest(self, when: str) -> None:
        digest = await digest_in_force(self.site)
        first, last = self.folder.expected.instants[0], self.folder.expected.instants[-1]
        standing = set(map(label, self.folder.remaining(first)))
        remaining = set(map(label, self.folder.remaining(last)))
        if when == "after":
            self.journal.write(Digest(when="after", rules_digest=digest))
        elif standing == remaining:
            self.journal.write(Digest(when="before", rules_digest=digest))

    def _remaining(self) -> None:
        last = self.folder.expected.instants[-1]
        digest = self.folder.digest_of(self.folder.remaining(last), last)
        self.journal.write(Digest(when="remaining", rules_digest=digest))

    def _receipts(self) -> None:
        """Find the receipt of every refusal, by its decision id."""
        outcomes: dict[str, str | None] = {}
        for path in sorted(self.site.receipts.glob("*.jsonl")):
            for line in path.read_bytes().splitlines():
                read = _receipt.decode(line)
                if read.id is not None:
                    outcomes[read.id] = read.outcome
        for request in requests(self.journal.lines):
            if request.answer in ("deny", "verify", "refused"):
                outcome = outcomes.get(request.decision or "")
                self.journal.write(Receipt(request=request.number, outcome=outcome))


async def stopped(task: asyncio.Task[None]) -> None:
    """Stop a task; what went wrong in it is raised."""
    task.cancel()
    # Not `await task`: our own cancelling would be taken for the task's.
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


class _Receipt(msgspec.Struct):
    id: str | None = None
    outcome: str | None = None


_receipt = msgspec.json.Decoder(_Receipt)
