"""The coverage register: what it says, what it may not say, and what is claimed with it."""

import json
from pathlib import Path

import jsonschema
import pytest

from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.law.document import read_yaml
from writ.study.coverage import (
    KINDS,
    NO_REGISTER,
    Coverage,
    held_against,
    look,
    read_register,
    schema,
)

AT = parse_instant("2026-11-27T00:00:00Z")
REGISTER = """\
review_every: 30d
paths:
  - {id: api, kind: gateway, what: the public API, enforced_by: gateway-1, owner: platform, reviewed: 2026-11-20}
  - {id: lab, kind: notebook, what: notebooks, enforced_by: uncovered, owner: research, reviewed: 2026-11-20}
  - {id: eu, kind: gateway, what: the European API, enforced_by: gateway-9, owner: platform, reviewed: 2026-10-01}
absent:
  - {kind: reseller, says: head of sales, reviewed: 2026-10-01}
"""


def told(text: str, *points: str) -> Coverage:
    """Hold a register against registered points."""
    return held_against(read_register(text.encode()), points, AT)


def test_every_claim_says_what_is_not_covered() -> None:
    """Uncovered paths with their owners, a point that is not registered, kinds unsaid, old reviews."""
    found = told(REGISTER, "gateway-1")

    assert (
        "2 of 3 paths uncovered: lab (owner research), eu (owner platform, its enforcement point"
        " `gateway-9` is not registered); the register says nothing of other gateway, staff tool,"
        " evaluation harness, direct upstream, weight store; not reviewed in the last 30 days: eu, reseller"
    ) == found.sentence()
    assert ("uncovered", "research") == (found.gaps[0].why, found.gaps[0].owner)


def test_a_register_that_covers_everything_says_so() -> None:
    """In few words."""
    text = "paths:\n" + "".join(
        f"  - {{id: p{place}, kind: {kind}, what: it, enforced_by: g, owner: o, reviewed: 2026-11-20}}\n"
        for place, kind in enumerate(KINDS)
    )

    assert "all 8 paths of the coverage register covered" == told(text, "g").sentence()


def test_a_review_that_is_to_come_is_none() -> None:
    """A day after tomorrow would keep a path from ever being looked at again."""
    text = (
        "paths:\n"
        "  - {id: now, kind: gateway, what: it, enforced_by: g, owner: o, reviewed: 2026-11-28}\n"
        "  - {id: later, kind: gateway, what: it, enforced_by: g, owner: o, reviewed: 2036-11-29}\n"
    )

    assert ("later",) == told(text, "g").stale


def test_a_register_without_paths_covers_nothing() -> None:
    """It is not said to cover all of none."""
    assert told("paths: []\n").sentence().startswith("the coverage register has no paths; the reg")


def test_without_a_register_nothing_is_known(tmp_path: Path) -> None:
    """No file, a file that cannot be read and one with faults all leave the other paths unknown."""
    path = tmp_path / "coverage.yaml"
    assert NO_REGISTER == look(path, [], AT)
    assert "no coverage register: paths outside gateways unknown" == NO_REGISTER.sentence()
    assert None is NO_REGISTER.plain()["paths"]
    path.write_text("paths: 3\n")
    found = look(path, [], AT)
    assert (
        "the coverage register cannot be read: paths outside gateways unknown"
        f" ({path}:1:8: must be a list)"
    ) == found.sentence()
    assert "Is a directory" in look(tmp_path, [], AT).sentence()
    path.write_text(REGISTER)
    assert told(REGISTER, "gateway-1") == look(path, ["gateway-1"], AT)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: notebook", "kind: notepad", "coverage.yaml:4:21: `notepad` is none of `gateway`"),
        ("id: eu", "id: api", "coverage.yaml:5:5: `api` is the id of another path already"),
        ("reviewed: 2026-10-01}\nabsent", "reviewed: June}\nabsent", "`June` is not a day; write"),
        ("reviewed: 2026-10-01}\nabsent", "reviewed: 20261001}\nabsent", "must be text, not"),
        ("2026-10-01}\nabsent", "2026-13-01}\nabsent", "`2026-13-01` is not a day"),
        ("kind: reseller", "kind: notebook", "there is a path of kind `notebook`; take one"),
        ("owner: research, ", "", "coverage.yaml:4:5: `owner` is missing"),
        ("owner: research", "ownr: research", "unknown key `ownr`; did you mean `owner`?"),
        ("30d", "1h", "coverage.yaml:1:15: must be a day at least and 3660 at most, such as"),
        ("30d", "999999999d", "must be a day at least and 3660 at most"),
        ("30d", "often", "`often` is not a duration"),
    ],
)
def test_a_fault_is_told_with_its_place(old: str, new: str, said: str) -> None:
    """And with what to do about it."""
    with pytest.raises(InvalidInput) as caught:
        told(REGISTER.replace(old, new))
    assert said in str(caught.value)


def test_the_schema_takes_what_the_reader_takes() -> None:
    """And not what it does not."""
    validator = jsonschema.Draft202012Validator(json.loads(schema()))
    good = read_yaml(REGISTER.encode(), "coverage.yaml").plain()
    validator.validate(good)
    for old, new in (("notebook,", "notepad,"), ("owner: research, ", ""), ("2026-11-20", "June")):
        bad = read_yaml(REGISTER.replace(old, new).encode(), "coverage.yaml").plain()
        assert not validator.is_valid(bad)
