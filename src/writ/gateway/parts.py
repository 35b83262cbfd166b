"""What every request of one gateway shares."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from writ.gateway.assessing import Assessing
from writ.gateway.counters import Counters
from writ.gateway.flights import Flights
from writ.gateway.gate import Gate
from writ.gateway.invite import Inviter
from writ.gateway.limits import Limits
from writ.gateway.receipts import Receipts
from writ.gateway.upstream import Upstream

EVERY = "*"


@dataclass(slots=True)
class Parts:
    """One gateway's parts, put together once; `record` is the address of the operator's public record."""

    gate: Gate
    limits: Limits
    upstreams: Sequence[Upstream]
    receipts: Receipts
    record: str = ""
    inviter: Inviter = field(default_factory=Inviter)
    counters: Counters = field(default_factory=Counters)
    flights: Flights = field(default_factory=Flights)
    assessing: Assessing = field(init=False)

    def __post_init__(self) -> None:
        self.assessing = Assessing(self.gate)

    def upstream(self, dialect: str, model: str) -> Upstream | None:
        """Return the first upstream that speaks a dialect and serves a canonical model."""
        for upstream in self.upstreams:
            if dialect in upstream.dialects and upstream.models & {model, EVERY}:
                return upstream
        return None
