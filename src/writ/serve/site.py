"""Everything of one deployment put together: trust, clock, store, registry, desk.

1. The trust document is the one whose digest `writ.toml` pins, and a drill's only in a drill.
2. Legal time never tells less than what the store remembers of it, and is remembered while open.
3. The keys that this process signs with are those that the trust document names.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from writ.clock import Clock, DrillClock, WallClock
from writ.desk.desk import Desk
from writ.desk.feed import Feed
from writ.desk.notices import Notices
from writ.errors import Failed, Refused
from writ.ledger.seals import Seals
from writ.model.config import Config
from writ.people.decided import METHOD as REVIEW
from writ.people.decided import Decided
from writ.people.employers.credentials import Credentials
from writ.people.employers.determination import METHOD as EMPLOYER
from writ.people.employers.personnel import Personnel
from writ.people.registry import Registry
from writ.people.retention import Retention
from writ.people.statement import OPERATOR
from writ.people.user_base import UserBases
from writ.serve.ledger import Ledger, open_ledger
from writ.serve.lock import locked
from writ.signing.keys import KeyPair
from writ.signing.trust import Trust, read_trust
from writ.store.database import Store, open_store


@dataclass(slots=True)
class Site:
    """An open deployment.

    `feed` is there while gateways are served, `building` is held by who builds the record,
    `existing` is how many orders it says to exist (None: it is not known to be written).
    """

    config: Config
    trust: Trust
    clock: Clock
    store: Store
    registry: Registry
    desk: Desk
    ledger: Ledger
    seals: Seals
    feed: Feed | None = None
    building: Lock = field(default_factory=Lock)
    existing: int | None = None

    async def settled(self) -> bool:
        """Wait for every change made so far; False where some gateway has not applied it yet."""
        return self.feed is None or await self.feed.settle()

    def operator(self) -> KeyPair:
        """Return the key that signs what an operator types in (rule 3)."""
        method = self.trust.methods.get(OPERATOR)
        if method is None:
            raise Refused(f"the trust document has no method `{OPERATOR}`; have facts signed")
        return load_key(self.config.folder / OPERATOR_KEY, method.public)

    def notices(self) -> Notices:
        """Return what writes notices, and says where the portal is, if there is one."""
        portal = self.config.portal
        address = "" if portal is None else portal.address
        return Notices(self.store, self.registry, self.clock, address)

    def retention(self) -> Retention:
        """Return what deletes facts that have ended, and what is kept beside them."""
        return Retention(self.registry, self.config.keep_ended)

    def decided(self) -> Decided:
        """Return what does what reviewers decide, with the key of their method if it is here."""
        method = self.trust.methods.get(REVIEW)
        path = self.config.method_key(REVIEW)
        pair = load_key(path, method.public) if method and path.exists() else None
        return Decided(self.registry, pair)

    def employers(self) -> Credentials:
        """Return how employers show who they are."""
        return Credentials(self.registry.books, self.trust)

    def personnel(self) -> Personnel:
        """Return what writes down employers' determinations; without their method it is Refused."""
        return Personnel(self.registry, self._employer())

    def user_bases(self) -> UserBases:
        """Return what writes down what organisations say of all their users; Refused likewise."""
        return UserBases(self.registry, self._employer())

    def _employer(self) -> KeyPair:
        method = self.trust.methods.get(EMPLOYER)
        path = self.config.method_key(EMPLOYER)
        if method is None or not path.exists():
            raise Refused(f"there is no key of the method `{EMPLOYER}` here; see docs/employers.md")
        return load_key(path, method.public)

    async def remember_time(self, every: float) -> None:
        """Keep the legal clock's mark up to date until cancelled (rule 2)."""
        while True:
            await asyncio.sleep(every)
            await asyncio.to_thread(self.desk.keep_mark)


OPERATOR_KEY = "operator.key"
ONLINE_KEY = "online.key"


@contextmanager
def open_site(config: Config) -> Iterator[Site]:
    """Open a deployment under its lock, and close it."""
    trust = load_trust(config)
    with locked(config.folder, config.lock):
        store = open_store(config.database)
        try:
            clock = _clock(config)
            registry = Registry(store, trust, clock, config.folder)
            desk = Desk(store, trust, clock)
            ledger, seals = open_ledger(config, store, clock), Seals(store, trust, clock)
            yield Site(config, trust, clock, store, registry, desk, ledger, seals)
        finally:
            store.close()


def load_trust(config: Config) -> Trust:
    """Read the trust document that the configuration pins (rule 1)."""
    if not config.pin:
        raise Refused(f"`{config.file}` pins no trust document; make one with `writ trust init`")
    try:
        data = config.trust_file.read_bytes()
    except OSError as error:
        raise Failed(f"cannot read `{config.trust_file}`: {error.strerror}") from None
    return read_trust(data, config.pin, drill=config.drill_clock is not None)


def load_key(path: Path, public: bytes) -> KeyPair:
    """Load a key of this process; one that the trust document does not name is Refused."""
    pair = KeyPair.load(path)
    if pair.public != public:
        raise Refused(f"`{path}` is not the key that the trust document names")
    return pair


def _clock(config: Config) -> Clock:
    if config.drill_clock is None:
        return WallClock()
    try:
        return DrillClock(config.drill_clock)
    except (OSError, ValueError) as error:
        raise Failed(f"cannot use the drill's clock `{config.drill_clock}`: {error}") from None
