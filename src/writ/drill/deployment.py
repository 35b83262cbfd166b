"""A whole deployment for one drill, in a folder of its own, and gone afterwards.

1. Everything is real: `writ serve` with its gateway, a store on disk, three people with keys of
   their own, a key for each verification method, a model server behind it all.
2. Every key is made for this drill, and the trust document says that it is one: it is refused
   outside a drill, as earnest ones are inside.
3. Legal time is a file that stands still until the drill steps it.
4. The portal asks wallets for what an issuer of this drill's own vouches for, and answers employers.
"""

import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from writ.canonical import digest_bytes
from writ.clock import DrillClock, Instant
from writ.drill.control import Control
from writ.drill.issuer import Issuer
from writ.drill.process import running
from writ.errors import Failed
from writ.model.subject import Fact
from writ.people.employers.determination import METHOD as EMPLOYER
from writ.people.statement import OPERATOR, OPERATOR_CAP
from writ.serve.site import ONLINE_KEY, OPERATOR_KEY
from writ.signing.keys import KeyPair
from writ.signing.trust import GATES, Method, Person, Role, Trust, read_trust, write_trust

WALLET = "wallet"
SUBMITTER, SIGNERS = "ada", ("ben", "eve")
RECORD = "https://example.org/record"

_CONFIG = """\
[data]
folder = "data"
[gateway]
listen = "127.0.0.1:0"
name = "gateway-1"
[admin]
listen = "127.0.0.1:0"
[portal]
listen = "127.0.0.1:{portal}"
address = "http://127.0.0.1:{portal}"
[wallet]
[trust]
pin = "{pin}"
file = "trust.json"
[[upstream]]
name = "main"
address = "http://127.0.0.1:{port}"
dialects = ["openai", "anthropic"]
models = ["*"]
[record]
address = "{record}"
[drill]
clock = "clock"
"""


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a drill holds in its hands; keys by person and by verification method."""

    folder: Path
    gateway: str
    portal: str
    clock: DrillClock
    control: Control
    trust: Trust
    people: Mapping[str, KeyPair]
    methods: Mapping[str, KeyPair]
    issuer: Issuer

    @property
    def receipts(self) -> Path:
        """The folder of the gateway's receipts."""
        return self.folder / "data" / "receipts"


@asynccontextmanager
async def deployed(
    folder: Path, facts: Iterable[Fact], start: Instant, logs: Path
) -> AsyncIterator[Deployment]:
    """Set a deployment up in an empty folder and serve from it; `facts` say which methods exist."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    people = {name: KeyPair.generate() for name in (SUBMITTER, *SIGNERS)}
    names = {EMPLOYER, WALLET, *(method_of(fact) for fact in facts)}
    methods = {name: KeyPair.generate() for name in sorted(names)}
    online, operator = KeyPair.generate(), KeyPair.generate()
    online.save(data / ONLINE_KEY)
    operator.save(data / OPERATOR_KEY)
    methods[OPERATOR] = operator
    (data / "methods").mkdir(mode=0o700)
    for name in (EMPLOYER, WALLET):
        methods[name].save(data / "methods" / f"{name}.key")
    issuer = Issuer()
    issuer.lay(folder)
    document = write_trust(_trust(people, methods, online))
    pin = digest_bytes(document)
    (folder / "trust.json").write_bytes(document)
    clock = DrillClock(folder / "clock", start)
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(
            running("the upstream", ["-m", "writ.drill.upstream"], logs / "upstream.log")
        )
        config = folder / "writ.toml"
        portal = _free_port()
        filled = {"pin": pin, "port": upstream["port"], "record": RECORD, "portal": portal}
        config.write_text(_CONFIG.format(**filled))
        command = ["-m", "writ", "serve", "--config", str(config)]
        ready = await stack.enter_async_context(running("writ serve", command, logs / "serve.log"))
        control = await stack.enter_async_context(Control(data / "control.sock"))
        yield Deployment(
            folder,
            _address(ready),
            f"http://127.0.0.1:{portal}",
            clock,
            control,
            read_trust(document, pin, drill=True),
            people,
            methods,
            issuer,
        )


def method_of(fact: Fact) -> str:
    """Name the method whose key signs a fact: its own, or that of an operator for what was typed.

    An operator's word for more than it is good for is signed by a key of the drill instead.
    """
    if fact.method == OPERATOR and fact.assurance > OPERATOR_CAP:
        return "drill"
    return fact.method


def _trust(people: Mapping[str, KeyPair], methods: Mapping[str, KeyPair], online: KeyPair) -> Trust:
    submits: frozenset[Role] = frozenset({"submit"})
    signs: frozenset[Role] = frozenset({"sign", "hold"})
    return Trust(
        {
            name: Person(name, name, (pair.public,), submits if name == SUBMITTER else signs)
            for name, pair in people.items()
        },
        {
            name: Method(name, pair.public, OPERATOR_CAP if name == OPERATOR else 4)
            for name, pair in methods.items()
        },
        online.public,
        drill=True,
        gates=GATES - {"annexes"},
    )


def _free_port() -> int:
    """Return a port for the portal, whose address has to be known before it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _address(ready: Mapping[str, object]) -> str:
    gateway = ready.get("gateway")
    if not isinstance(gateway, str):
        raise Failed("the ready line of `writ serve` names no gateway")
    return gateway
