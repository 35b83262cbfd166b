"""Results that stand on record beside orders: how epochs came into force, and what drills showed.

1. Each epoch is recorded once as in force: when every gateway had acknowledged it or could no longer
   decide. Which gateway did what, and how fast, is a document that the row names by digest; so is
   what no gateway covered, as the coverage register said at that moment. It is counted from the
   activation, or from the start of the server where that came later.
2. A drill runs elsewhere, with keys of its own. That it was made, and what it measured, is one
   person's own word about its scorecard, which they keep.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from writ.canonical import Plain, encode
from writ.clock import Clock, Instant, format_instant
from writ.desk.fleet import InForce
from writ.errors import Refused
from writ.signing.dsse import Envelope, read_envelope
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust
from writ.signing.word import Word, sign_word, verify_word
from writ.store.database import Connection, Store
from writ.store.documents import fetch, keep
from writ.store.events import append, read_events, read_payload

ARRIVED, DRILLED = "epoch.in_force", "drill.recorded"


class Drill(Form, frozen=True):
    """What a scorecard says: when it ended, whether all came out as written, what it measured."""

    at: Instant
    right: bool
    requests: int
    wrong_outcomes: int
    in_force_ms: int | None


@dataclass(frozen=True, slots=True)
class Results:
    """The results in one store."""

    store: Store
    trust: Trust
    clock: Clock

    def record_arrival(
        self, arrived: InForce, snapshot: str, coverage: Mapping[str, Plain]
    ) -> None:
        """Record that an epoch is in force, unless that stands already (rule 1)."""
        gateways: list[Plain] = [
            {"name": name, "acknowledged_ms": round(took)}
            for name, took in sorted(arrived.acknowledged.items())
        ]
        gateways += [{"name": name, "acknowledged_ms": None} for name in arrived.lapsed]
        with self.store.unit() as connection:
            if arrived.epoch in {row["epoch"] for row in _payloads(connection, ARRIVED)}:
                return
            payload: dict[str, Plain] = {
                "epoch": arrived.epoch,
                "snapshot": snapshot,
                "in_force_ms": round(arrived.in_force_ms),
                "acknowledged": len(arrived.acknowledged),
                "lapsed": len(arrived.lapsed),
                "streams_cut": arrived.streams_cut,
                "gateways": keep(connection, encode(gateways)),
                "coverage": keep(connection, encode(coverage)),
                "at": self.clock.now(),
            }
            append(connection, ARRIVED, payload)

    def record_drill(self, envelope: Envelope) -> Word[Drill]:
        """Record a drill (rule 2); one that is to come, or was recorded before, is Refused."""
        word = verify_word(envelope, DRILLED, Drill, self.trust)
        now = self.clock.now()
        if word.said.at > now:
            raise Refused(f"the drill ended at {format_instant(word.said.at)}, which is to come")
        with self.store.unit() as connection:
            if word.digest in {known.digest for known in self._drills(connection)}:
                raise Refused("this scorecard was recorded before")
            kept = keep(connection, envelope.json())
            append(connection, DRILLED, {"by": word.by, "envelope": kept, "at": now})
        return word

    def drills(self) -> list[Plain]:
        """Return the drills on record, oldest first, each proved."""
        with self.store.view() as connection:
            return [drill_plain(word) for word in self._drills(connection)]

    def arrivals(self) -> list[Plain]:
        """Return how each epoch came into force, the first one first."""
        with self.store.view() as connection:
            return [
                {**row, "at": format_instant(cast(Instant, row["at"]))}
                for row in _payloads(connection, ARRIVED)
            ]

    def _drills(self, connection: Connection) -> list[Word[Drill]]:
        return [
            verify_word(
                read_envelope(fetch(connection, str(row["envelope"]))), DRILLED, Drill, self.trust
            )
            for row in _payloads(connection, DRILLED)
        ]


def sign_drill(drill: Drill, scorecard: str, trust: Trust, pair: KeyPair) -> Envelope:
    """Sign what the scorecard with a digest says."""
    said: dict[str, Plain] = {
        "at": drill.at,
        "right": drill.right,
        "requests": drill.requests,
        "wrong_outcomes": drill.wrong_outcomes,
        "in_force_ms": drill.in_force_ms,
    }
    return sign_word(DRILLED, scorecard, said, trust, pair)


def drill_plain(word: Word[Drill]) -> dict[str, Plain]:
    """Write a drill as JSON values."""
    said = word.said
    return {
        "scorecard": word.digest,
        "by": word.by,
        "at": format_instant(said.at),
        "right": said.right,
        "requests": said.requests,
        "wrong_outcomes": said.wrong_outcomes,
        "in_force_ms": said.in_force_ms,
    }


def _payloads(connection: Connection, kind: str) -> list[dict[str, Plain]]:
    return [dict(read_payload(row)) for row in read_events(connection, 0, (kind,))]
