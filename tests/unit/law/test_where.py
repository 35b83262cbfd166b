"""Which serving entities and regions a rule covers."""

from collections.abc import Callable

import pytest

from tests.unit.law.conftest import CATALOGUE, Write
from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.law.check import failed_scenarios
from writ.law.compiled.book import Compiled
from writ.law.compiled.decide import decide, outcomes
from writ.law.compiled.places import Places, deployment_named
from writ.law.contradiction import meetings
from writ.law.difference_words import book_words
from writ.law.digest import rules_digest
from writ.law.explain.reading import explain, text
from writ.law.folder import Checked, check_sources
from writ.law.literal.decide import decide as decide_literally
from writ.law.literal.decide import served_at
from writ.law.snapshot import snapshot
from writ.model.catalogue import Deployment
from writ.model.decision import Decision
from writ.model.order import Where
from writ.model.subject import Chain, Subject
from writ.point.view import read_view

DEPLOYED = (
    CATALOGUE
    + b"""deployments:
  us: {entity: acme-ai, region: US-OR, points: [gateway-1]}
  eu: {entity: acme-ireland, region: IE, points: [gateway-2, gateway-3]}
"""
)
AT = parse_instant("2026-07-01T00:00:00Z")
NOBODY = Chain(Subject("p", "person"))


def checked(order: bytes, where: str = "", catalogue: bytes = DEPLOYED) -> Checked:
    """Read one order whose rule covers what is said."""
    told = order + (f"    where: {where}\n".encode() if where else b"")
    return check_sources({"catalogue.yaml": catalogue, "x.yaml": told})


@pytest.mark.parametrize(
    ("entities", "regions", "region", "covers"),
    [
        ((), ("US",), "US-OR", True),
        ((), ("US-OR",), "US-OR", True),
        ((), ("US-OR",), "US", True),
        ((), ("US-OR",), "US-CA", False),
        ((), ("IE", "FR"), "IE", True),
        ((), ("IE",), "US", False),
        (("acme",), (), "US", True),
        (("other",), (), "US", False),
        (("acme",), ("IE",), "US", False),
        (("acme", "other"), ("US",), "US", True),
    ],
)
def test_what_is_covered(
    entities: tuple[str, ...],
    regions: tuple[str, ...],
    region: str,
    covers: bool,  # noqa: FBT001  a parameter of the table
) -> None:
    """Entity and region must both be meant; of a country, any part may be."""
    where = Where(frozenset(entities), frozenset(regions))
    assert covers == where.covers(Deployment("d", "acme", region))


def test_what_is_covered_literally(write: Write) -> None:
    """The other meaning leaves out the rules of other entities, too, and none that say no place."""
    order = write().replace(
        b"models: [fable-5]", b"models: [fable-5]\n    where: {entities: [acme-ai]}"
    )
    book = checked(order).book
    left = [served_at(book, book.catalogue.deployments[name]) for name in ("us", "eu")]
    assert [1, 0] == [len(law.versions[0].rules) for law in left]
    everywhere = checked(write()).book
    assert everywhere == served_at(everywhere, book.catalogue.deployments["eu"])


@pytest.mark.parametrize("how", [decide, decide_literally], ids=["compiled", "literal"])
def test_a_decision_at_a_deployment(write: Write, how: Callable[..., Decision]) -> None:
    """There, a rule that covers it asks; elsewhere it does not; where none is told, it does."""
    book = checked(write(), "{regions: [eu]}").book
    deployed = book.catalogue.deployments
    asked = [
        how(book, NOBODY, "fable-5", AT, where).outcome.word
        for where in (deployed["eu"], deployed["us"], None)
    ]
    assert ["verify", "permit", "verify"] == asked


def test_a_group_that_the_folder_has(write: Write) -> None:
    """Its members are meant, and the version rests on it."""
    groups = b"groups: {ours: {title: T, cites: [c], members: [IE, FR]}}"
    order = write() + b"    where: {regions: [ours]}\n"
    found = check_sources({"catalogue.yaml": DEPLOYED, "groups.yaml": groups, "x.yaml": order})
    [placed] = found.orders
    assert ["ours"] == list(placed.rests_on)
    assert placed.version.rules[0].where == Where(regions=frozenset({"IE", "FR"}))


def test_an_entity(write: Write) -> None:
    """The rule is about what that company serves, wherever."""
    book = checked(write(), "{entities: [acme-ai]}").book
    asked = [
        decide(book, NOBODY, "fable-5", AT, item).outcome.word
        for item in book.catalogue.deployments.values()
    ]
    assert ["verify", "permit"] == asked


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("{}", "must have `entities`, `regions` or both"),
        ("{entities: [acme-irland]}", "is of `acme-irland`; did you mean `acme-ireland`?"),
        ("{regions: [UK]}", "write `GB`"),
        ("{regions: [IE], place: here}", "unknown key `place`"),
    ],
)
def test_faults(write: Write, where: str, said: str) -> None:
    """What covers nothing by mistake is refused."""
    with pytest.raises(InvalidInput, match=r"x\.yaml:\d+:") as caught:
        checked(write(), where)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [(DEPLOYED, "covers no deployment"), (CATALOGUE, "the catalogue has no deployments")],
)
def test_a_rule_that_covers_nothing_is_noted(write: Write, catalogue: bytes, said: str) -> None:
    """It may be meant, and it counts where nobody says where."""
    notes = checked(write(), "{regions: [JP]}", catalogue).notes
    assert [True] == [said in note.message for note in notes]


def test_a_point_belongs_to_one_deployment() -> None:
    """Twice in one is once; in two it is a fault, and so is an odd name."""
    twice = b"deployments: {a b: {entity: x, region: US, points: [g, g]}, c: {entity: x, region: FR, points: [g]}}"
    with pytest.raises(InvalidInput) as caught:
        check_sources({"catalogue.yaml": CATALOGUE + twice})
    assert ["`a b` is no name for a deployment", "`g` belongs to `a b` already"] == [
        fault.message for fault in caught.value.faults
    ]


def test_deployments_by_name(write: Write) -> None:
    """One that is not there is bad input; those that the same rules cover share their tables."""
    places = Places(checked(write()).book)
    assert places.named("us") is places.named("eu") is places.named(None)
    apart = Places(checked(write(), "{regions: [IE]}").book)
    assert apart.named("eu") is apart.named(None) is not apart.named("us")
    with pytest.raises(
        InvalidInput, match="no deployment `uss` in the catalogue; did you mean `us`"
    ):
        deployment_named(places.book, "uss")


def test_the_digest_covers_it_and_the_snapshot_keeps_its_form(write: Write) -> None:
    """A law that says nothing of places has the bytes it had; the digest is the whole law's."""
    plain, placed = checked(write(), "", CATALOGUE).book, checked(write(), "{regions: [IE]}").book
    assert rules_digest(plain, AT) != rules_digest(placed, AT)
    assert b"deployments" not in snapshot(plain, 1, None, 1)
    assert b'"deployments":{"eu":{"entity":"acme-ireland","points":["gateway-2"' in snapshot(
        placed, 1, None, 1
    )
    assert read_view(snapshot(placed, 1, None, 1)).epoch == 1
    us, eu = (Compiled(placed, item) for item in placed.catalogue.deployments.values())
    assert us.digest(1) == eu.digest(1) == rules_digest(placed, AT)


def test_rules_of_different_places_do_not_meet(write: Write) -> None:
    """Where no deployment obeys both, there is nothing to tell."""

    def met(first: bytes, second: bytes) -> int:
        files = {
            "catalogue.yaml": DEPLOYED,
            "x.yaml": write() + b"    where: " + first + b"\n",
            "y.yaml": write(order="other") + b"    where: " + second + b"\n",
        }
        return len(list(meetings(Compiled(check_sources(files).book))))

    assert (0, 1) == (
        met(b"{regions: [US]}", b"{regions: [IE]}"),
        met(b"{regions: [US]}", b"{entities: [acme-ai]}"),
    )


def test_it_is_said_in_words(write: Write) -> None:
    """Explanations and differences name the places."""
    before, after = (
        checked(write()).book,
        checked(write(), "{entities: [acme-ireland], regions: [IE]}").book,
    )
    assert [
        "order sample version 1: rule only-us, where: served by acme-ireland in IE, was everywhere"
    ] == list(book_words(before, after))
    said = " ".join(text(explain(after, after.versions)).split())
    assert "Only what is served by acme-ireland in IE: of the deployments, `eu`." in said
    assert "`us`: served by acme-ai in US-OR, enforcement points: gateway-1" in said
    empty = checked(write(), "{regions: [JP]}").book
    assert "none of the deployments is." in " ".join(text(explain(empty, empty.versions)).split())
    fewer = check_sources({"catalogue.yaml": CATALOGUE, "x.yaml": write()}).book
    assert (
        "deployment eu goes: “served by acme-ireland in IE, enforcement points: gateway-2, gateway-3”"
        in list(book_words(before, fewer))
    )


def test_scenarios_are_asked_at_a_deployment(write: Write) -> None:
    """One that the catalogue does not have is a fault."""
    told = (
        write()
        + b"    where: {regions: [IE]}\nscenarios:\n"
        + b"".join(
            b"  - {name: n%d, at: effective, model: fable-5, person: {}, deployment: %s, expect: %s}\n"
            % item
            for item in ((1, b"us", b"permit"), (2, b"eu", b"verify"))
        )
    )
    assert [] == list(failed_scenarios(checked(told), outcomes))
    assert ["n1 asks fable-5 at eu at 2026-06-12T21:21:00Z: expected permit, got verify"] == [
        fault.message
        for fault in failed_scenarios(
            checked(told.replace(b"deployment: us", b"deployment: eu")), outcomes
        )
    ]
    with pytest.raises(InvalidInput, match="no deployment `uk` in the catalogue"):
        checked(told.replace(b"deployment: us", b"deployment: uk"))
