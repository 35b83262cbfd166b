"""The gateways that must obey, what each has applied, and when an epoch is in force.

1. A gateway is registered by the configuration, or by greeting once.
2. An epoch is in force when every registered gateway has acknowledged it (or a later one), or
   every lease it had for an older epoch has lapsed: then it refuses whatever the orders control.
   Leases for the new epoch are renewed meanwhile, and are of no use before it is applied.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from writ.clock import elapsed
from writ.desk.leases import Leases


@dataclass(slots=True)
class Member:
    """One gateway as the control process sees it; `wanting` is why it declined, if it did."""

    name: str
    connected: bool = False
    epoch: int = 0
    cut: int = 0
    applied_at: float = 0.0
    wanting: str = ""


@dataclass(frozen=True, slots=True)
class InForce:
    """How an epoch came into force; milliseconds since it was activated."""

    epoch: int
    in_force_ms: float
    acknowledged: dict[str, float]
    lapsed: tuple[str, ...]
    streams_cut: int


class Fleet:
    """Rule 1; lives on the event loop of the feed."""

    def __init__(self, names: Iterable[str], leases: Leases) -> None:
        self._leases = leases
        self._members = {name: Member(name) for name in names}
        for name in self._members:
            leases.presume(name)
        self._changed = asyncio.Condition()

    def members(self) -> tuple[Member, ...]:
        """Every registered gateway, by name."""
        return tuple(self._members[name] for name in sorted(self._members))

    def member(self, name: str) -> Member:
        """Return a gateway's entry, registering it on first sight."""
        if name not in self._members:
            self._members[name] = Member(name)
        return self._members[name]

    async def tell(self) -> None:
        """Wake whoever waits for the fleet."""
        async with self._changed:
            self._changed.notify_all()

    async def in_force(self, epoch: int, since: float) -> InForce:
        """Wait for rule 2; `since` is the elapsed instant at which it was activated."""
        while waiting := [item for item in self._members.values() if not self._done(item, epoch)]:
            patience = min(self._leases.lapses(item.name, epoch) for item in waiting) - elapsed()
            await self.until(
                lambda: all(self._done(item, epoch) for item in self._members.values()),
                max(patience, 0.0) + 0.001,
            )
        reached = [item for item in self._members.values() if item.epoch >= epoch]
        acknowledged = {item.name: (item.applied_at - since) * 1000 for item in reached}
        lapsed = tuple(sorted(set(self._members) - set(acknowledged)))
        return InForce(
            epoch,
            (elapsed() - since) * 1000 if lapsed else max(acknowledged.values(), default=0.0),
            acknowledged,
            lapsed,
            sum(item.cut for item in reached),
        )

    def _done(self, member: Member, epoch: int) -> bool:
        return member.epoch >= epoch or self._leases.lapses(member.name, epoch) <= elapsed()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition on the fleet holds; False when it took too long."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            return False
        return True
