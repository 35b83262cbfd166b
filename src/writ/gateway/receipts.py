"""What decisions leave: append-only files per gateway, written by a thread of its own.

1. A refusal, substitution or cut is on disk before its answer leaves; all that wait share one sync.
2. A permit on a model that a rule names is gathered per chain and model and written within a
   quarter of a second. Permits on other models are counted, and the counts are written each second.
   When too many wait, or the disk took nothing last, a permit waits for the disk like a refusal;
   only one on an exempt model waits for nothing.
3. What decided is there as a commitment only: a keyed hash of profiles, and of the word that said
   more than a name, under a key derived per receipt from a salt in a file of its own. Destroying
   the salt leaves the receipts and nothing to open them with. A permit names such a word among its
   evidence: by the digest of the signed token, which its `jti` and signature salt.
4. A receipt that could not be written makes its caller refuse, and is forgotten where its caller
   waited; what was served or cut all the same is written once there is room. A torn last line was never
   acknowledged: it is removed. Files that were not closed get a `gap` record. One process writes
   at a time; a second gateway of the same name does not start (`receipt_files`).
5. Never a prompt, never an attribute.
"""

import asyncio
import hashlib
import os
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import structlog

from writ.canonical import Plain, encode
from writ.clock import Clock, Instant, format_instant
from writ.errors import Failed
from writ.gateway.gate import Ask, Judgement
from writ.gateway.receipt_files import ReceiptFiles
from writ.model.outcome import Outcome

CUT = "cut"
"""An answer that was ended under way: the kind of its receipt, or the error of one without a judgement."""
FLUSH_SECONDS = 0.2
_CLOSED = b'"kind":"closed"'
_log = structlog.get_logger("writ.gateway.receipts")

Done = Callable[[bool], None]


@dataclass(slots=True)
class _Span:
    """A chain's use of a model within one flush; of counts, since when and until when."""

    start: Instant
    end: Instant
    begun: int = 0
    ended: int = 0


class _Use(NamedTuple):
    names: tuple[bytes, ...]
    model: str
    evidence: tuple[bytes, ...]
    epoch: int
    rules_digest: str


class _Line(NamedTuple):
    """A line to write, and who waits for it; `owed` even where it could not be written in time."""

    record: dict[str, Plain]
    done: Done | None
    owed: bool


class Receipts:
    """One gateway's receipts; every method is for the event loop, which never waits for the disk."""

    def __init__(self, folder: Path, name: str, clock: Clock, waiting: int, most: int) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.working = True
        self.written = 0
        self._clock = clock
        self._waiting = waiting
        self._salt = _salt(folder / f"{name}.salt")
        self._file = ReceiptFiles(folder, name, most)
        self._uses: dict[_Use, _Span] = {}
        self._counts: Counter[str] = Counter()
        self._counted_from = clock.now()
        self._batch: list[_Line] = []
        self._behind = 0
        self._wake = threading.Condition()
        self._stopping = False
        self._loop = asyncio.get_running_loop()
        kept = self._file.recover()
        self.gap = bool(kept) and _CLOSED not in kept
        if self.gap:
            self._submit({"kind": "gap", "at": format_instant(clock.now())}, None)
        self._submit({"kind": "opened", "at": format_instant(clock.now())}, None)
        self._thread = threading.Thread(target=self._run, name="receipts", daemon=True)
        self._thread.start()

    def decided(self, kind: str, decision: str, judgement: Judgement, done: Done) -> None:
        """Write a refusal, substitution or cut; `done` hears whether it is on disk (rule 1)."""
        verdict = judgement.verdict
        record: dict[str, Plain] = {
            "kind": kind,
            "id": decision,
            "model": judgement.model,
            "at": format_instant(judgement.at),
            "epoch": judgement.epoch,
            "rules_digest": judgement.rules_digest,
            "outcome": verdict.outcome.word,
            "served_by": verdict.served_by,
            "rules": _rules(judgement),
            "commitment": self._commit(decision, judgement),
        }
        self._submit(record, done, owed=kind == CUT)

    def errored(self, decision: str, model: str, why: str, done: Done) -> None:
        """Write a refusal that no rule made: the chain could not be resolved."""
        record: dict[str, Plain] = {
            "kind": "refusal",
            "id": decision,
            "at": format_instant(self._clock.now()),
            "outcome": Outcome.DENY.word,
            "model": model,
            "error": why,
        }
        self._submit(record, done, owed=why == CUT)

    def begun(self, ask: Ask, model: str, judgement: Judgement) -> bool:
        """Note a permit; False when the disk is behind: the caller waits, with `permitted` (rule 2)."""
        if self.working and self._behind + len(self._uses) < self._waiting:
            self._span(ask, model, judgement).begun += 1
            return True
        return False

    def permitted(self, ask: Ask, model: str, judgement: Judgement, done: Done) -> None:
        """Write a permit; `done` hears whether it is on disk."""
        now = self._clock.now()
        self._submit(_permit(_use(ask, model, judgement), _Span(now, now, begun=1)), done)

    def ended(self, ask: Ask, model: str, judgement: Judgement) -> None:
        """Note the end of an answer that was permitted."""
        self._span(ask, model, judgement).ended += 1

    def counted(self, model: str) -> None:
        """Note a permit on a model that no rule names."""
        if not self._counts:
            self._counted_from = self._clock.now()
        self._counts[model] += 1

    def counted_once(self, model: str, done: Done) -> None:
        """Write a permit on a model that no rule names; `done` hears whether it is on disk."""
        now = self._clock.now()
        self._submit(_counts({model: 1}, _Span(now, now)), done)

    def flush_counts(self) -> None:
        """Hand the counts to the writer; while the disk takes nothing they go on instead (rule 2)."""
        if self.working or not self._behind:
            self._submit_counts()

    def flush(self) -> None:
        """Hand what was gathered to the writer (rule 2)."""
        uses, self._uses = self._uses, {}
        for use, span in uses.items():
            self._submit(_permit(use, span), None)

    def close(self) -> None:
        """Write everything, note that this was on purpose, and stop."""
        self.flush()
        self._submit_counts()
        self._submit({"kind": "closed", "at": format_instant(self._clock.now())}, None)
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()
        self._file.close()

    def _span(self, ask: Ask, model: str, judgement: Judgement) -> _Span:
        now = self._clock.now()
        span = self._uses.setdefault(_use(ask, model, judgement), _Span(now, now))
        span.end = now
        return span

    def _commit(self, decision: str, judgement: Judgement) -> str:
        key = hashlib.blake2b(decision.encode(), key=self._salt, digest_size=32).digest()
        content: dict[str, Plain] = {
            "epoch": judgement.epoch,
            "profiles": [list(place) for place in judgement.links.places],
        }
        if judgement.word:
            content |= {"words": [word.hex() for word in judgement.word]}
        return hashlib.blake2b(encode(content), key=key, digest_size=32).hexdigest()

    def _submit(self, record: dict[str, Plain], done: Done | None, *, owed: bool = False) -> None:
        with self._wake:
            self._batch.append(_Line(record, done, owed or done is None))
            self._behind = len(self._batch)
            self._wake.notify()

    def _submit_counts(self) -> None:
        counts, self._counts = self._counts, Counter()
        if counts:
            self._submit(_counts(counts, _Span(self._counted_from, self._clock.now())), None)

    # -- the writer's thread -----------------------------------------------------------------

    def _run(self) -> None:
        unwritten: list[_Line] = []
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._batch or self._stopping, FLUSH_SECONDS)
                batch, self._batch = unwritten + self._batch, []
                stopping = self._stopping
            if batch:
                unwritten = self._write(batch)
            if stopping:
                return

    def _write(self, batch: Sequence[_Line]) -> list[_Line]:
        """Write a batch with one sync; return what is still owed of a batch that failed.

        Whoever hears of it finds what is behind as it is then.
        """
        data = b"".join(encode(line.record) + b"\n" for line in batch)
        waiting = [line.done for line in batch if line.done]
        try:
            self._file.append(data)
        except OSError as error:
            _log.error("receipts cannot be written", error=error.strerror)
            owed = [line._replace(done=None) for line in batch if line.owed]
            self._behind = len(owed)
            self._tell(waiting, written=False)
            return owed
        self.written += len(batch)
        self._behind = 0
        self._tell(waiting, written=True)
        return []

    def _tell(self, waiting: Sequence[Done], *, written: bool) -> None:
        def tell() -> None:
            self.working = written
            for done in waiting:
                self._loop.call_soon(done, written)  # what fails in one is no other's

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell)


def _salt(path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        salt = path.read_bytes()
        if len(salt) != hashlib.blake2b.MAX_KEY_SIZE // 2:
            raise Failed(f"`{path}` is not a salt of 32 bytes") from None
        return salt
    salt = secrets.token_bytes(32)
    os.write(descriptor, salt)
    os.fsync(descriptor)
    os.close(descriptor)
    return salt


def _rules(judgement: Judgement) -> list[Mapping[str, Plain]]:
    rules = [item.rule for item in judgement.verdict.against]
    named = {(rule.order, rule.version, rule.rule): rule for rule in rules}
    return [
        {"order": rule.order, "version": rule.version, "rule": rule.rule} for rule in named.values()
    ]


def _use(ask: Ask, model: str, judgement: Judgement) -> _Use:
    evidence = (*judgement.links.evidence, *judgement.word)
    return _Use(ask.names, model, evidence, judgement.epoch, judgement.rules_digest)


def _counts(permits: Mapping[str, int], span: _Span) -> dict[str, Plain]:
    return {
        "kind": "counts",
        "from": format_instant(span.start),
        "until": format_instant(span.end),
        "permits": dict(permits),
    }


def _permit(use: _Use, span: _Span) -> dict[str, Plain]:
    return {
        "kind": "permit",
        "who": [name.hex() for name in use.names],
        "model": use.model,
        "evidence": [item.hex() for item in use.evidence],
        "epoch": use.epoch,
        "rules_digest": use.rules_digest,
        "from": format_instant(span.start),
        "until": format_instant(span.end),
        "begun": span.begun,
        "ended": span.ended,
    }
