"""A deployment made and asked within this process: the folder, the keys, and the commands.

What `tests.worlds.deployment` does with processes, for tests that ask a deployment many things.
`ada` submits, `ben` and `eve` sign and hold, `idv` verifies people (A3).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog
from typer.testing import CliRunner, Result

from tests.worlds.stores import lay_store
from writ.canonical import digest_bytes
from writ.cli.main import app
from writ.errors import WritError
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.people.statement import attest
from writ.serve.site import ONLINE_KEY, OPERATOR_KEY, open_site
from writ.signing.keys import KeyPair
from writ.signing.trust import Gate, Method, Person, Role, Trust, write_trust

MAY: dict[str, frozenset[Role]] = {
    "ada": frozenset({"submit"}),
    "ben": frozenset({"sign", "hold"}),
    "eve": frozenset({"sign", "hold"}),
}


@dataclass(frozen=True)
class Office:
    """A folder with `writ.toml`, trust and keys; nobody serves it."""

    folder: Path
    idv: KeyPair

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.folder / "writ.toml"

    def key(self, name: str) -> str:
        """Return somebody's key file."""
        return str(self.folder / f"{name}.key")

    def writ(self, *words: str | Path) -> Result:
        """Run a command; an error is raised as it is."""
        try:
            return CliRunner().invoke(
                app,
                [str(word) for word in words],
                env={"WRIT_CONFIG": str(self.config)},
                catch_exceptions=False,
            )
        finally:
            structlog.reset_defaults()  # a command writes its log to its own standard error

    def json(self, *words: str | Path) -> dict[str, Any]:
        """Run a command with `--json` and return what it says."""
        ran = self.writ(*words, "--json")
        assert 0 == ran.exit_code, ran.output
        said: dict[str, Any] = json.loads(ran.stdout)
        return said

    def fails(self, *words: str | Path) -> str:
        """Run a command that is refused, and return why."""
        try:
            ran = self.writ(*words)
        except WritError as error:
            return str(error)
        raise AssertionError(f"done: {ran.output}")

    def obey(self, *files: Path, by: str = "ada") -> None:
        """Submit files, have two sign, activate."""
        self.writ("submit", *files, "--key", self.key(by))
        for name in ("ben", "eve"):
            self.writ("sign", "--key", self.key(name), "--yes")
        assert 0 == self.writ("activate").exit_code

    def enrol(self, *subjects: Subject) -> None:
        """Put subjects on the books with their facts, attested by `idv`."""
        lines = [attest(item.id, fact, self.idv).json() for item in subjects for fact in item.facts]
        with open_site(read_config(self.config)) as site:
            site.registry.subjects.add(subjects)
            site.registry.facts.take_in(b"\n".join(lines), None, skip_bad=False)


def office(
    folder: Path,
    gates: frozenset[Gate] = frozenset(),
    *,
    portal: bool = False,
    more: Mapping[str, int] = MappingProxyType({}),
) -> Office:
    """Set a deployment up in a folder; with a portal, `rae` and `sam` look at papers (A3).

    `more` are further methods that the portal carries out, and how far they are believed.
    """
    data = folder / "data"
    data.mkdir()
    lay_store(data / "writ.sqlite")
    online, operator, idv = (KeyPair.generate() for _ in range(3))
    online.save(data / ONLINE_KEY)
    operator.save(data / OPERATOR_KEY)
    people = {}
    reviewers = dict.fromkeys(("rae", "sam") if portal else (), frozenset[Role]({"review"}))
    for name, may in (MAY | reviewers).items():
        pair = KeyPair.generate()
        pair.save(folder / f"{name}.key")
        people[name] = Person(name, name, (pair.public,), may)
    methods = {
        "operator": Method("operator", operator.public, 1),
        "idv": Method("idv", idv.public, 3),
    }
    own = (
        {"review": 3, "declaration": 0, "persona": 2, "veriff": 2, "employer": 2, **more}
        if portal
        else {}
    )
    for name, cap in own.items():
        pair = KeyPair.generate()
        (data / "methods").mkdir(exist_ok=True)
        pair.save(data / "methods" / f"{name}.key")
        methods[name] = Method(name, pair.public, cap)
    document = write_trust(Trust(people, methods, online.public, gates=gates))
    (folder / "trust.json").write_bytes(document)
    section = '[portal]\naddress = "https://verify.example.org"\n' if portal else ""
    (folder / "writ.toml").write_text(f'[trust]\npin = "{digest_bytes(document)}"\n{section}')
    return Office(folder, idv)
