"""The logs of a deployment, with the keys that sign them.

1. A log has keys of its own, made where there are none; who verifies it later is given them once,
   by other means. No key signs two logs (c2sp.org/tlog-policy names logs by their keys).
2. Receipts are taken over while the deployment serves, and files that are in the log whole are
   removed; what fails is logged and tried again: the gateways' files are the evidence until then.
3. The cover log is published when an entry of it is due, and again when it was signed and could not
   be; a seal does not stop that, for it says nothing (`writ.ledger.cover`).
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from writ.clock import Clock
from writ.errors import Refused, WritError
from writ.ledger.cover import Cover
from writ.ledger.decisions import Decisions
from writ.ledger.folder import Folder
from writ.ledger.log import COVER, DECISIONS, GOVERNANCE, Log, Proved, Sign
from writ.model.config import Config
from writ.signing.cosignature import POST_QUANTUM, PostQuantumPair, cosign_post_quantum
from writ.signing.keys import KeyPair
from writ.signing.note import PLAIN, Note, sign_note, write_vkey
from writ.store.database import Store

NAMES = (GOVERNANCE, DECISIONS, COVER)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The logs; `vkeys` are those that verify each, `folders` where each is published."""

    governance: Log
    decisions: Decisions
    cover: Cover
    vkeys: dict[str, tuple[str, ...]]
    folders: dict[str, Folder]

    def log(self, name: str) -> Log:
        """Return a log by its name."""
        logs = {GOVERNANCE: self.governance, DECISIONS: self.decisions.log, COVER: self.cover.log}
        if name not in logs:
            raise Refused(f"there is no log `{name}`; there are {', '.join(NAMES)}")
        return logs[name]

    def sign(self, name: str) -> Note:
        """Return a checkpoint over everything so far."""
        if name == DECISIONS:
            return self.decisions.sign()
        if name == COVER:
            self.cover.tick()
        return self.log(name).sign()

    def sign_shown(self, name: str) -> Note:
        """Return a checkpoint over everything so far, with the cosignatures it got since it was shown."""
        note, shown = self.sign(name), self.folders[name].checkpoint()
        return shown if shown is not None and shown.text == note.text else note

    def publish(self, name: str) -> tuple[Note, int]:
        """Sign a checkpoint and publish up to it; returns it and how many files were written."""
        note = self.sign(name)
        return note, self.log(name).publish(self.folders[name], note)

    def prove(self, name: str, entry: str) -> Proved:
        """Return an entry with its proof, by its number or, of a decision, by its id."""
        log, shown = self.log(name), self.folders[name].checkpoint()
        if entry.isdecimal():
            return log.prove(int(entry), shown)
        if name != DECISIONS:
            raise Refused("an event is named by its number, from 1")
        return self.decisions.prove(entry, shown)

    async def keep(self, every: float) -> None:
        """Take receipts over until cancelled (rule 2)."""
        while True:
            await asyncio.sleep(every)
            try:
                await asyncio.to_thread(self.decisions.keep_up)
            except WritError as error:
                structlog.get_logger().error("receipts not taken over", why=str(error))

    async def keep_cover(self, every: float) -> None:
        """Publish the cover log at its pace until cancelled (rule 3)."""
        while True:
            try:
                await asyncio.to_thread(self._cover)
            except WritError as error:
                structlog.get_logger().error("cover log not published", why=str(error))
            await asyncio.sleep(every)

    def _cover(self) -> None:
        shown, last = self.folders[COVER].checkpoint(), self.cover.log.last()
        if self.cover.due() or last is None or shown is None or shown.text != last.text:
            self.publish(COVER)


def open_ledger(config: Config, store: Store, clock: Clock) -> Ledger:
    """Put the logs of a deployment together (rule 1)."""
    name = config.log_origin or f"writ/{config.pin.removeprefix('sha256:')[:16]}"
    logs: dict[str, Log] = {}
    vkeys: dict[str, tuple[str, ...]] = {}
    for kind in NAMES:
        origin = f"{name}/{kind}"
        signers = list(_signers(config, kind, origin))
        vkeys[kind] = tuple(vkey for vkey, _ in signers)
        logs[kind] = Log(store, origin, (sign for _, sign in signers), clock, kind)
    return Ledger(
        logs[GOVERNANCE],
        Decisions(config.folder / "receipts", logs[DECISIONS]),
        Cover(logs[COVER], logs[GOVERNANCE], clock, config.log_cover),
        vkeys,
        {kind: Folder(config.log_folder / kind) for kind in NAMES},
    )


def _signers(config: Config, kind: str, origin: str) -> list[tuple[str, Sign]]:
    path = config.folder / f"log-{kind}.key"
    if not path.exists():
        KeyPair.generate().save(path)
    pair = KeyPair.load(path)
    found: list[tuple[str, Sign]] = [
        (write_vkey(origin, PLAIN, pair.public), lambda text, _: sign_note(text, origin, pair))
    ]
    if config.log_post_quantum:
        second = _post_quantum(config.folder / f"log-{kind}-ml-dsa-44.key")
        found.append(
            (
                write_vkey(origin, POST_QUANTUM, second.public),
                lambda text, at: cosign_post_quantum(text, origin, second, at),
            )
        )
    return found


def _post_quantum(path: Path) -> PostQuantumPair:
    if not path.exists():
        PostQuantumPair.generate().save(path)
    return PostQuantumPair.load(path)
