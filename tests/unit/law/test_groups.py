"""Groups of countries: who is a member when, and which instant an order and a definition mean."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.unit.law.conftest import Write
from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.law.folder import check_sources, read_groups_of, read_sources
from writ.law.groups import CountryGroup, shipped_groups
from writ.model.expression import Listed
from writ.model.order import Lawbook

LEFT = parse_instant("2020-02-01T00:00:00+01:00")
OWN = b"""
groups:
  greater-china:
    title: China with its special administrative regions, and Taiwan
    cites: [clause c1 of the letter]
    members: [CN, HK, MO, {country: TW, since: 2026-07-01T00:00:00Z, until: null}]
"""


def bar(write: Write, group: str, **words: object) -> bytes:
    """Return an order that bars the nationals of a group."""
    rule = f"bar: {{person: {{national_of: [{group}, RU]}}}}"
    return write(**words).replace(b"only: ear.us_person@1", rule.encode())


def named(book: Lawbook) -> set[str]:
    """Return the countries of the first rule."""
    asked = book.versions[0].rules[0].predicate.person
    assert isinstance(asked, Listed)
    return {code for code, _ in asked.patterns}


def said(files: Mapping[str, bytes]) -> list[str]:
    """Return the faults of a folder."""
    with pytest.raises(InvalidInput) as caught:
        read_sources(files)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("group", "at", "count"),
    [
        ("eu", parse_instant("1957-12-31T00:00:00Z"), 0),
        ("eu", parse_instant("1994-12-31T00:00:00Z"), 12),
        ("eu", LEFT - 1, 28),
        ("eu", LEFT, 27),
        ("eea", LEFT - 1, 31),
        ("eea", LEFT, 30),
        ("eea", None, 31),
    ],
)
def test_members_come_and_go(group: str, at: int | None, count: int) -> None:
    """The Union and the Economic Area had so many members at these instants."""
    assert count == len(shipped_groups()[group].at(at))


def test_who_is_in_the_area_and_not_in_the_union() -> None:
    """Iceland, Liechtenstein and Norway; Switzerland is in neither."""
    eu, eea = (set(shipped_groups()[name].at(LEFT)) for name in ("eu", "eea"))
    assert ({"IS", "LI", "NO"}, False) == (eea - eu, "CH" in eea)


def test_a_group_of_the_folder_is_explicit(write: Write, catalogue: bytes) -> None:
    """Hong Kong, Macau and Taiwan are with China where the order's own group says so, and when."""
    files = {"catalogue.yaml": catalogue, "groups.yaml": OWN, "x.yaml": bar(write, "greater-china")}
    later = bar(write, "greater-china", effective="2026-07-01T00:00:00Z")
    assert [{"CN", "HK", "MO", "RU"}, {"CN", "HK", "MO", "TW", "RU"}] == [
        named(read_sources(files)),
        named(read_sources(files | {"x.yaml": later})),
    ]


def test_china_alone_is_china_alone(write: Write, catalogue: bytes) -> None:
    """Nothing counts Hong Kong as China unless it is written."""
    files = {"catalogue.yaml": catalogue, "x.yaml": bar(write, "CN")}
    assert {"CN", "RU"} == named(read_sources(files))


def test_a_group_means_its_members_when_the_version_takes_effect(
    write: Write, catalogue: bytes
) -> None:
    """The same words mean the United Kingdom in an order of 2019, and not in one of 2026."""
    early = bar(write, "eu", effective="2019-01-01T00:00:00Z")
    files = {"catalogue.yaml": catalogue}
    assert [True, False] == [
        "GB" in named(read_sources(files | {"x.yaml": order}))
        for order in (early, bar(write, "eu"))
    ]


def test_a_version_rests_on_the_groups_that_it_names(write: Write, catalogue: bytes) -> None:
    """What a folder says of a group is part of each version that names it, and of no other."""
    files = {"catalogue.yaml": catalogue, "groups.yaml": OWN, "x.yaml": bar(write, "greater-china")}
    (with_it,) = check_sources(files).orders
    (without,) = check_sources(files | {"x.yaml": bar(write, "eu")}).orders
    (changed,) = check_sources(files | {"groups.yaml": OWN.replace(b"HK, ", b"")}).orders
    assert ({"greater-china"}, {}, True) == (
        set(with_it.rests_on),
        dict(without.rests_on),
        with_it.rests_on != changed.rests_on,
    )


def test_every_fault_of_a_file_of_groups(write: Write, catalogue: bytes) -> None:
    """Groups are read as strictly as orders, and all faults are reported together."""
    data = b"""groups:
  eu: {title: Ours, cites: [c], members: [FR]}
  us: {title: Ours, cites: [], members: []}
  ours: {title: Ours, cites: [c], members: [{country: QQ}, USA, {country: FR, since: 2026-01-01T00:00:00Z, until: 2026-01-01T00:00:00Z}], also: 1}
  soon: {title: Ours, cites: [c], members: [{country: FR, since: 2030-01-01T00:00:00Z}]}
"""
    files = {"catalogue.yaml": catalogue, "groups.yaml": data, "x.yaml": bar(write, "soon, oors")}
    assert [
        "groups.yaml:2:3: `eu` is a group that comes with Writ; take another name",
        (
            "groups.yaml:3:3: `us` is no name for a group of countries; use three or more small"
            " letters, digits and hyphens, and no country's code"
        ),
        "groups.yaml:3:28: must name at least one",
        "groups.yaml:3:41: must name at least one",
        "groups.yaml:4:55: `QQ` is no country known here; write its two-letter ISO 3166-1 code",
        "groups.yaml:4:60: `USA` is not how a country is written; write `US`",
        "groups.yaml:4:115: `until` is not after `since`",
        "groups.yaml:4:139: unknown key `also`",
        "x.yaml:14:34: the group `soon` has no members at that instant (clause c1)",
        (
            "x.yaml:14:40: `oors` is no country and no group of countries here; did you mean `ours`?"
            " (clause c1)"
        ),
    ] == said(files)


def test_the_digest_of_a_group_is_of_its_members() -> None:
    """A better title is the same group, in whatever order its members stand."""
    eu = shipped_groups()["eu"]
    same = CountryGroup("eu", "Europe", (), tuple(reversed(eu.members)))
    assert (True, False) == (
        eu.digest == same.digest,
        eu.digest == CountryGroup("eu", eu.title, eu.cites, eu.members[1:]).digest,
    )


@pytest.mark.parametrize(
    ("group", "count", "inside", "outside"),
    [
        ("ear-a1", 40, "MX", "CY"),
        ("ear-a2", 34, "BR", "RO"),
        ("ear-a3", 42, "MX", "ZA"),
        ("ear-a4", 45, "KZ", "IN"),
        ("ear-a5", 37, "KR", "IL"),
        ("ear-a6", 8, "IL", "KR"),
        ("ear-d1", 24, "KH", "UA"),
        ("ear-d2", 10, "IL", "CN"),
        ("ear-d3", 37, "TW", "KH"),
        ("ear-d4", 22, "CN", "TW"),
        ("ear-d5", 22, "NI", "KH"),
        ("ear-e1", 3, "SY", "CU"),
        ("ear-e2", 1, "CU", "IR"),
        ("itar-126-1-d1", 8, "MM", "RU"),
        ("itar-126-1", 24, "ET", "KH"),
        ("ofac-embargoed", 7, "UA-43", "SY"),
    ],
)
def test_groups_of_the_united_states(group: str, count: int, inside: str, outside: str) -> None:
    """So many members in June 2026, each with what is not certain about the list."""
    found = shipped_groups()[group]
    members = found.at(JUNE)
    assert (count, True, False) == (len(members), inside in members, outside in members)
    assert found.limits


JUNE = parse_instant("2026-06-12T17:21:00-04:00")


def test_what_contains_what() -> None:
    """Countries that support terrorism, and Cuba, are under an arms embargo; nobody is in A and D:5."""
    at = {name: set(group.at(JUNE)) for name, group in shipped_groups().items()}
    assert at["ear-e1"] | at["ear-e2"] <= at["ear-d5"] <= at["itar-126-1"]
    assert at["itar-126-1-d1"] <= at["ear-d5"]
    assert set() == (at["ear-a5"] | at["ear-a6"]) & at["ear-d5"]


def test_a_group_of_regions_names_places(write: Write, catalogue: bytes) -> None:
    """Whoever resides there is meant; nobody is a national of a region."""
    order = write().replace(
        b"only: ear.us_person@1", b"bar: {person: {resident_in: [ofac-embargoed]}}"
    )
    read = read_sources({"catalogue.yaml": catalogue, "x.yaml": order})
    asked = read.versions[0].rules[0].predicate.person
    assert isinstance(asked, Listed)
    assert {("UA", "UA-43"), ("IR", "*")} <= asked.patterns
    wrong = {"catalogue.yaml": catalogue, "x.yaml": bar(write, "ofac-embargoed")}
    assert ["`UA-43` is a region; countries alone are asked for here (clause c1)"] == [
        line.split(": ", 1)[1] for line in said(wrong) if "UA-43" in line
    ]


def test_before_its_members_are_known_a_group_is_refused(write: Write, catalogue: bytes) -> None:
    """An order of 2020 may not name a list that is known since 2026."""
    order = bar(write, "ear-d5", effective="2020-01-01T00:00:00Z")
    assert ["the group `ear-d5` has no members at that instant (clause c1)"] == [
        line.split(": ", 1)[1] for line in said({"catalogue.yaml": catalogue, "x.yaml": order})
    ]


def test_the_groups_of_a_folder_are_those_of_writ_and_its_own(tmp_path: Path) -> None:
    """Its own come last; a folder without any has those that come with Writ."""
    assert shipped_groups() == read_groups_of(tmp_path)
    (tmp_path / "groups.yaml").write_bytes(OWN)
    assert [*shipped_groups(), "greater-china"] == list(read_groups_of(tmp_path))
