"""Types what docs/portal.md says, in a folder of its own, with reviews and a credential to type it about."""

import re
import shlex
from pathlib import Path

from tests.worlds.deployment import Deployment
from writ.model.config import read_config
from writ.model.subject import Subject
from writ.people.backing import Source
from writ.people.intake import sign_line
from writ.people.reviews import Wanted
from writ.serve.site import open_site
from writ.signing.keys import KeyPair

PAGE = (Path(__file__).parents[2] / "docs" / "portal.md").read_text()
CONFIG = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
KEYS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)[0]
[TRUST] = re.findall(r"to `writ trust init` add `(.*?)`\.", PAGE)
TYPED = re.findall(r"^\$ (writ .*)$", PAGE, re.MULTILINE)
REVIEW, ATTESTATION = "5f0c21d9aa", "ATTESTATION"


def type_line(deployment: Deployment, line: str) -> str:
    """Type a line of the page: `> FILE` and `$(cat FILE)` are what they are in a shell, and yes."""

    def content(match: re.Match[str]) -> str:
        return (deployment.folder / match[1]).read_text().strip()

    program, *words = shlex.split(re.sub(r"\$\(cat (\S+)\)", content, line))
    assert "writ" == program
    place = words.index(">") if ">" in words else len(words)
    done = deployment.run(*words[:place], stdin="y\n")
    assert 0 == done.returncode, done.stderr
    for file in words[place + 1 :]:
        (deployment.folder / file).write_text(done.stdout)
    return done.stdout


def set_up(folder: Path) -> Deployment:
    """Set a deployment up with the keys that the page makes and the words that it adds."""
    deployment = Deployment(folder)
    deployment.writ("init", ".", "--portal", "https://verify.example.org")
    for line in KEYS.strip().splitlines():
        type_line(deployment, line)
    for name in ("ada", "ben", "eve", "idv"):
        type_line(deployment, f"writ keygen --out {name}.key --person {name} > {name}.pub")
    own = [f'--person "$(cat {name}.pub):submit,sign"' for name in ("ada", "ben", "eve")]
    words = " ".join([*own, '--method "$(cat idv.pub):A3"', TRUST])
    type_line(deployment, f"writ trust init {words} --gates ''")
    return deployment


def test_the_section_is_the_one_that_init_writes(tmp_path: Path) -> None:
    """The page's [portal] is read as it is, and says what `writ init` says."""
    Deployment(tmp_path).writ("init", ".", "--portal", "https://verify.example.org")
    made = read_config(tmp_path / "writ.toml").portal
    (tmp_path / "page.toml").write_text(CONFIG)
    shown = read_config(tmp_path / "page.toml").portal
    assert made is not None
    assert shown is not None
    assert (shown.listen, shown.address) == (made.listen, made.address)
    assert ("verify@example.org", frozenset({"127.0.0.1"})) == (shown.contact, shown.proxies)


def test_the_page_can_be_typed(tmp_path: Path) -> None:
    """Two people decide, somebody is forgotten, and a lent credential's fact is taken back for good."""
    deployment = set_up(tmp_path)
    fact = {"attribute": "citizenships", "value": ["US"], "completeness": "at_least"}
    line = {
        **fact, "subject": "bob", "assurance": "A3", "method": "idv", "issuer": "idv",
        "verified_at": "2026-06-01T00:00:00Z",
    }  # fmt: skip
    with open_site(read_config(tmp_path / "writ.toml")) as site:
        registry = site.registry
        registry.subjects.add([Subject("alice", "person"), Subject("bob", "person")])
        opened = registry.reviews.open(Wanted("alice", "papers", "permanent-resident-card", [fact]))
        signed = sign_line(line, KeyPair.load(tmp_path / "idv.key"))
        registry.facts.take_in(signed, None, skip_bad=False)
        [carried] = registry.facts.carried("bob")
        registry.backing.attach([Source(carried.id, registry.backing.nullifier(b"card"), None)])
    printed = {
        line: type_line(
            deployment, line.replace(REVIEW, opened.id).replace(ATTESTATION, carried.id.hex())
        )
        for line in TYPED
    }
    said = list(printed.values())
    assert 6 == len(said)
    assert opened.id in said[0]
    assert ["another person has to agree", "accepted"] == [
        said[number].strip().rpartition(": ")[2] for number in (2, 3)
    ]
    assert [] == deployment.json("subject", "show", "bob")["facts"]
    assert "unknown subject `alice`" in deployment.fails(3, "subject", "show", "alice")
