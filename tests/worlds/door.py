"""A portal and the counter it asks, over a real deployment, in one process and without sockets."""

import asyncio
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx2
import msgspec

from tests.worlds.deployment import CATALOGUE, LETTER
from tests.worlds.office import Office, office
from tests.worlds.provider import NOW, Provider
from writ.clock import wall
from writ.model.config import Config, read_config
from writ.model.subject import Subject
from writ.people.keys import Wanted
from writ.people.oidc.client import open_client
from writ.people.oidc.method import Oidc
from writ.people.oidc.providers import Provider as Registered
from writ.people.oidc.published import Published
from writ.people.oidc.sign_in import SignIn
from writ.people.signals.receivers import JWKS
from writ.portal.app import portal_app
from writ.portal.attempts import Ways
from writ.portal.counter import Counter
from writ.portal.door import Admission
from writ.portal.logins import Logins
from writ.portal.scim.service import scim
from writ.portal.server import ways_of
from writ.portal.signals import open_hearing, signal_routes
from writ.portal.streams import stream_routes
from writ.portal.waiting import open_entrance
from writ.serve.counter import counter_app
from writ.serve.passes import Passes
from writ.serve.site import Site, open_site
from writ.signing.invitation import LIFETIME, Invitation, question_named
from writ.signing.keys import KeyPair
from writ.signing.secret import read_secret

ADDRESS = "https://verify.example.org"
RESIDENTS = """
order: fr-2026-06
version: 1
kind: restriction
title: Residents of France only
authority:
  name: A ministry
  jurisdiction: FR
  instrument: letter
  cites: [an article]
  document: sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
  authenticated: {by: counsel, how: called back, at: 2026-06-01T00:00:00Z}
received: 2026-06-01T00:00:00Z
effective: 2026-06-01T00:00:00Z
comply_by: null
until: null
disclosure: full
notice: {en: For residents of France.}
clauses: {c1: Residents of France may use it.}
rules:
  - id: residents
    clauses: [c1]
    models: [saga-5]
    only: {person: {resident_in: [FR]}}
    standing: natural_person
    evidence: {to_serve: A0, to_bar: A2, max_age: 365d}
scenarios:
  - {name: a resident, at: effective, model: saga-5, person: {residence: [FR]}, expect: permit}
"""
"""An order that is content with somebody's own word."""


@dataclass
class Door:
    """Answers one browser at a time; `site` is the deployment behind it."""

    office: Office
    site: Site
    loop: asyncio.AbstractEventLoop
    counter: Any
    config: Config
    way: Counter
    ways: Ways
    logins: Logins
    passes: Passes
    app: Any = None
    entrance: Any = None
    cookies: dict[str, str] = field(default_factory=dict)

    def restart(self) -> None:
        """Put the portal together, as a process that starts does."""
        portal = self.config.portal
        assert portal is not None
        if self.entrance is not None:
            self.entrance.line.close()
        signals = self.config.signals
        routes = [scim(portal, self.way)]
        routes += signal_routes(portal, open_hearing(signals, self.way)) if signals else []
        if self.config.receivers is not None:
            routes += stream_routes(portal, self.way, self.config.folder / JWKS)
        self.entrance = open_entrance(portal, self.config.folder)
        admission = Admission(self.entrance, self.logins)
        self.app = portal_app(portal, self.ways, self.way, admission, routes)

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Send one request to the portal, as a browser with cookies does."""
        return self.send(method, f"/verify{path}", **more)

    def send(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Send one request to whatever is under the portal's address."""
        return self.loop.run_until_complete(self._send(self.app, method, path, more))

    def scim(self, method: str, path: str, token: str = "", **more: Any) -> httpx2.Response:
        """Send one request to SCIM, as an employer's system does."""
        headers = {"authorization": f"Bearer {token}", **more.pop("headers", {})}
        sent = {"headers": headers, **more}
        return self.loop.run_until_complete(self._send(self.app, method, f"/scim/v2{path}", sent))

    def post(self, path: str, **fields: str) -> httpx2.Response:
        """Send a form of this visit's."""
        return self.ask("POST", path, data={"form": self.form(), **fields})

    def form(self) -> str:
        """The visit's own word, from its page."""
        page = self.ask("GET", "/question").text
        found = re.search(r'name="form" value="([^"]+)"', page)
        assert found, page
        return found[1]

    def enter(self, key: str, token: str = "") -> httpx2.Response:
        """Show a key."""
        return self.ask("POST", "/account", data={"key": key, "t": token})

    def at_the_counter(self, path: str, body: object) -> httpx2.Response:
        """Ask the counter directly, as only the portal's process can."""
        return self.loop.run_until_complete(self._send(self.counter, "POST", path, {"json": body}))

    def key(self, requester: str) -> str:
        """Make an API key."""
        [(_, text)] = self.site.registry.keys.create([Wanted(requester)])
        return text

    def invitation(self, account: str, model: str = "fable-5", **changes: object) -> str:
        """A link's token, as a gateway mints it."""
        registry, site = self.site.registry, self.site
        compiled = site.desk.current().law()
        segment = [item for item in compiled.book.boundaries() if item <= site.clock.now()]
        digest = msgspec.json.decode(compiled.snapshot)["segments"][len(segment)]["rules_digest"]
        made = Invitation(
            bytes.fromhex(registry.books.alias(account)),
            question_named(model, digest),
            uuid.uuid4(),
            int(wall()) + LIFETIME,
        )
        secret = read_secret(site.config.invitations, may_make=True)
        return replace(made, **changes).sealed(secret)  # type: ignore[arg-type]  # as a test has it

    async def _send(
        self, app: Any, method: str, path: str, more: Mapping[str, Any]
    ) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS) as http:
            headers = {"cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
            headers |= more.get("headers", {})
            rest = {name: item for name, item in more.items() if name != "headers"}
            response = await http.request(method, path, headers=headers, **rest)
        for value in response.headers.get_list("set-cookie"):
            name, _, text = value.partition("=")
            self.cookies[name] = text.partition(";")[0]
        return response


def _configure(made: Office, section: str, signals: str) -> None:
    """Write more of `writ.toml`, and what it names."""
    if signals:
        (made.folder / "signals.toml").write_text(signals)
        section += "[signals]\n"
    with made.config.open("a") as file:
        file.write(section)
    if "[receivers]" in section:
        assert 0 == made.writ("signals", "key").exit_code


@contextmanager
def opened_door(  # noqa: PLR0913 - each is one section of a deployment
    folder: Path,
    signals: str = "",
    *,
    portal: str = "",
    more: Mapping[str, int] = MappingProxyType({}),
    section: str = "",
    providers: Sequence[tuple[Registered, Provider]] = (),
) -> Iterator[Door]:
    """A deployment with the letter in force, Alice, Bob, and Acme with its service.

    `signals` is the file of who may send some, `portal` more of that section; `more` are further
    methods with their caps, and `section` is what they need in `writ.toml`; `providers` are at whom
    visitors sign in (`oidc`).
    """
    made = office(folder, portal=True, more=more)
    _configure(made, portal + section, signals)
    residents = folder / "fr-2026-06.v1.yaml"
    residents.write_text(RESIDENTS)
    made.obey(CATALOGUE, LETTER, residents)
    people = [Subject(name, "person") for name in ("alice", "bob")]
    made.enrol(*people, Subject("acme", "organisation"), Subject("bot", "service", ("acme",)))
    config = read_config(made.config)
    assert config.portal is not None
    loop = asyncio.new_event_loop()
    with open_site(config) as site:
        there = [(Published(row, provider), provider) for row, provider in providers]
        passes = Passes(site.registry, site.clock, [item for item, _ in there], now=lambda: NOW)
        behind = counter_app(site, passes)
        counter = Counter(config.portal_socket)
        counter._http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=behind), base_url="http://writ"
        )
        logins = Logins(_sign_ins(there, "sign-in"), counter)
        method = Oidc(_sign_ins(there, "with"), site.clock, lambda: NOW)
        ways = _with_oidc(config, method) if there else ways_of(config)
        door = Door(made, site, loop, behind, config, counter, ways, logins, passes)
        door.restart()
        yield door
        door.entrance.line.close()
    loop.close()


def _with_oidc(config: Config, method: Oidc) -> Ways:
    """Return the ways of a deployment, and sign-ins."""
    ways = ways_of(config)
    pair = KeyPair.load(config.method_key("oidc"))
    return Ways({**ways.methods, "oidc": method}, {**ways.keys, "oidc": pair})


def _sign_ins(there: Sequence[tuple[Published, Provider]], leg: str) -> dict[str, SignIn]:
    """Return sign-ins whose answers come back to a leg of the portal."""
    return {
        item.provider.id: SignIn(
            item,
            open_client(item.provider),
            provider,
            f"{ADDRESS}/verify/{leg}/{item.provider.id}",
            lambda: NOW,
        )
        for item, provider in there
    }
