from pathlib import Path

import pytest

from writ.canonical import digest_bytes
from writ.clock import DrillClock, parse_instant
from writ.errors import Failed, Refused
from writ.model.config import read_config
from writ.serve.site import ONLINE_KEY, load_key, open_site
from writ.signing.keys import KeyPair
from writ.signing.trust import Person, Role, Trust, write_trust
from writ.store.marks import raise_mark

CLOCK = '[drill]\nclock = "clock"\n'


def written(folder: Path, settings: str = "", *, drill: bool = False) -> Path:
    """Write a deployment's files, its trust document one for drills or in earnest."""
    may: dict[str, Role] = {"ada": "submit", "ben": "sign", "eve": "sign"}
    people = {
        name: Person(name, name, (KeyPair.generate().public,), frozenset({role}))
        for name, role in may.items()
    }
    document = write_trust(Trust(people, {}, KeyPair.generate().public, drill=drill))
    (folder / "data").mkdir()
    (folder / "trust.json").write_bytes(document)
    config = folder / "writ.toml"
    config.write_text(f'[trust]\npin = "{digest_bytes(document)}"\n{settings}')
    return config


def test_a_drills_clock_is_refused_in_earnest(tmp_path: Path) -> None:
    """Legal time is only compressed where the trust document says that it is a drill."""
    config = read_config(written(tmp_path, CLOCK))
    DrillClock(tmp_path / "clock", 1)
    with pytest.raises(Refused, match="the trust document is for earnest, and this is not"):
        open_site(config).__enter__()


def test_drill_keys_are_refused_outside_a_drill(tmp_path: Path) -> None:
    """A drill's trust document opens nothing without a drill's clock."""
    config = read_config(written(tmp_path, drill=True))
    with pytest.raises(Refused, match="the trust document is for a drill, and this is not"):
        open_site(config).__enter__()


def test_a_drill_tells_the_drills_time(tmp_path: Path) -> None:
    """In a drill, legal time is what the shared file says."""
    config = read_config(written(tmp_path, CLOCK, drill=True))
    start = parse_instant("2026-06-12T17:00:00-04:00")
    DrillClock(tmp_path / "clock", start)
    with open_site(config) as site:
        assert start == site.clock.now() == site.desk.status().at


def test_a_missing_drill_clock_is_a_failure(tmp_path: Path) -> None:
    """Without its clock a drill does not fall back to the wall's."""
    config = read_config(written(tmp_path, CLOCK, drill=True))
    with pytest.raises(Failed, match="cannot use the drill's clock"):
        open_site(config).__enter__()


def test_legal_time_does_not_go_back_over_a_restart(tmp_path: Path) -> None:
    """What the store remembers of legal time holds, whatever the machine's clock says then."""
    config = read_config(written(tmp_path))
    later = parse_instant("2126-01-01T00:00:00Z")
    with open_site(config) as site, site.store.unit() as connection:
        raise_mark(connection, later)
    with open_site(config) as site:
        assert later == site.clock.now()


def test_an_online_key_that_trust_does_not_name_is_refused(tmp_path: Path) -> None:
    """A swapped key file signs no lease."""
    path = tmp_path / ONLINE_KEY
    KeyPair.generate().save(path)
    with pytest.raises(Refused, match="is not the key that the trust document names"):
        load_key(path, KeyPair.generate().public)


def test_without_an_operator_method_nobody_types_facts_in(tmp_path: Path) -> None:
    """A trust document may leave the operator out; then all facts come signed."""
    wanted = pytest.raises(Refused, match="has no method `operator`; have facts signed")
    with open_site(read_config(written(tmp_path))) as site, wanted:
        site.operator()
