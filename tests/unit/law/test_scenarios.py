import pytest

from tests.unit.law.conftest import Write
from writ.clock import parse_instant
from writ.law.folder import read_sources
from writ.model.order import Scenario
from writ.model.subject import Chain, Completeness, Fact, Subject, Value

EFFECTIVE = parse_instant("2026-06-12T17:21:00-04:00")


def read(write: Write, catalogue: bytes, scenario: str) -> Scenario:
    """Read one scenario beside a sample order."""
    data = write(until="2026-07-01T00:00:00Z") + f"scenarios: [{scenario}]".encode()
    return read_sources({"catalogue.yaml": catalogue, "x.yaml": data}).versions[0].scenarios[0]


PERSON, ACME = Subject("person", "person"), Subject("organisation", "organisation")
SERVICE = Subject("service-key", "service", ("organisation",))
ACTING = Subject("person", "person", ("organisation",))


@pytest.mark.parametrize(
    ("who", "chain"),
    [
        ("person: {}", Chain(PERSON)),
        ("person: {}, end_user: {}", Chain(PERSON, None, Subject("end_user", "person"))),
        ("organisation: {}", Chain(SERVICE, ACME)),
        ("organisation: {}, end_user: {}", Chain(SERVICE, ACME, Subject("end_user", "person"))),
        ("organisation: {}, person: {}", Chain(SERVICE, ACME, PERSON)),
        ("organisation: {}, person: {}, requester: service", Chain(SERVICE, ACME, PERSON)),
        ("organisation: {}, person: {}, requester: person", Chain(ACTING, ACME)),
        (
            "organisation: {id: x-co}, person: {id: ann}",
            Chain(
                Subject("service-key", "service", ("x-co",)),
                Subject("x-co", "organisation"),
                Subject("ann", "person"),
            ),
        ),
    ],
)
def test_who_asks(write: Write, catalogue: bytes, who: str, chain: Chain) -> None:
    """The subjects of a scenario become a chain."""
    scenario = f"{{name: n, at: effective, model: fable, {who}, expect: permit}}"
    assert chain == read(write, catalogue, scenario).chain


@pytest.mark.parametrize(
    ("written", "fact"),
    [
        ("[US]", ("at_least", 4, ("US",))),
        ("{at_least: [US, FR]}", ("at_least", 4, ("US", "FR"))),
        ("{exhaustive: []}", ("exhaustive", 4, ())),
        ("{exhaustive: [FR], assurance: A1}", ("exhaustive", 1, ("FR",))),
    ],
)
def test_facts_in_short(
    write: Write, catalogue: bytes, written: str, fact: tuple[Completeness, int, tuple[str, ...]]
) -> None:
    """A list is `at_least` at A4, verified at the scenario's instant."""
    scenario = (
        f"{{name: n, at: 2026-06-13T00:00:00Z, model: fable-5,"
        f" person: {{citizenships: {written}}}, expect: permit}}"
    )
    read_back = read(write, catalogue, scenario)
    completeness, assurance, codes = fact
    values = tuple(Value((code, "")) for code in codes)
    want = Fact(
        "citizenships",
        values,
        completeness,
        assurance,
        "scenario",
        "scenario",
        read_back.at,
    )
    assert (want,) == read_back.chain.requester.facts


@pytest.mark.parametrize(
    ("at", "instant"),
    [
        ("effective", EFFECTIVE),
        ("until", parse_instant("2026-07-01T00:00:00Z")),
        ("2026-06-13T00:00:00Z", parse_instant("2026-06-13T00:00:00Z")),
    ],
)
def test_when(write: Write, catalogue: bytes, at: str, instant: int) -> None:
    """A scenario's instant may be one of the order's own."""
    scenario = f"{{name: n, at: {at}, model: fable-5, person: {{}}, expect: permit}}"
    assert instant == read(write, catalogue, scenario).at
