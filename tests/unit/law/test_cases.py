"""Reading and writing case files."""

import pytest

from tests.unit.law.conftest import CATALOGUE
from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.law.cases import Case, Known, Wanted, WantedSettling, read_cases, write_case
from writ.law.document import Place, read_yaml
from writ.law.folder import read_sources
from writ.law.reading import Reader
from writ.law.subjects import read_subject
from writ.model.decision import Reason
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject, Value

AT = parse_instant("2026-06-12T21:21:00Z")
PEOPLE = {
    "zoe": Subject("zoe", "person", ("acme", "other")),
    "acme-key": Subject("acme-key", "service", ("acme",)),
    "acme": Subject("acme", "organisation"),
}
HEAD = """
people: {ann: {citizenships: [US]}, ben: {id: "b 1"}}
organisations: {gov: {}}
services: [key]
instants: {then: 2026-06-12T21:21:00Z}
cases:
"""


def read(text: str) -> tuple[Case, ...]:
    """Read a case file against the room's catalogue and `PEOPLE`."""
    reader = Reader()
    known = Known(read_sources({"catalogue.yaml": CATALOGUE}).catalogue, PEOPLE)
    cases = read_cases(reader, read_yaml(text.encode(), "x", reader.faults), known)
    reader.done()
    return cases


def one(rest: str) -> Case:
    """Read the only case, which asks for Fable 5 `then`."""
    [case] = read(HEAD + "  - {case: one, model: fable-5, at: then, expect: permit, " + rest + "}")
    return case


def faults(text: str) -> list[str]:
    """Return what is wrong with a file."""
    with pytest.raises(InvalidInput) as raised:
        read(text)
    return str(raised.value).splitlines()


ANN = Subject("ann", "person", (), (Fact("citizenships", (Value(("US", "")),), "at_least", 4, "scenario", "scenario", AT),))  # fmt: skip
GOV = Subject("gov", "organisation")


@pytest.mark.parametrize(
    ("who", "chain"),
    [
        ("requester: ann", Chain(ANN)),
        ("requester: ann, organisation: gov", Chain(ANN, GOV)),
        ("organisation: gov, end_user: ann", Chain(Subject("service-key", "service", ("gov",)), GOV, ANN)),
        ("requester: gov", Chain(GOV)),
        ("requester: key, end_user: ann", Chain(Subject("key", "service"), None, ANN)),
        ("requester: acme-key", Chain(PEOPLE["acme-key"], PEOPLE["acme"])),
        ("requester: ben", Chain(Subject("b 1", "person"))),
        ("requester: zoe", Reason("ambiguous_organisation")),
    ],
)  # fmt: skip
def test_who_asks_through_which_key(who: str, chain: Chain | Reason) -> None:
    """Names become the chain that a request with such a key stands on, facts dated by the case."""
    assert chain == one(who).chain


def test_facts_in_full_keep_their_dates() -> None:
    """`facts` beside the facts in short are those of a subject file."""
    [case] = read("""
people:
  ann:
    residence: [FR]
    facts: [{attribute: citizenships, value: [US], completeness: exhaustive, assurance: A2, method: passport, issuer: idv, verified_at: "2026-01-01T00:00:00Z"}]
cases: [{case: one, requester: ann, model: fable, at: "2026-06-12T21:21:00Z", expect: verify}]
""")
    assert isinstance(case.chain, Chain)
    assert [("residence", AT), ("citizenships", parse_instant("2026-01-01T00:00:00Z"))] == [
        (fact.attribute, fact.verified_at) for fact in case.chain.requester.facts
    ]


def test_what_a_case_expects() -> None:
    """Everything that can be expected is read; names of models become canonical."""
    case = one(
        "requester: ann, served_by: fable, why: so, because: [{order: o, version: 2, rule: r, link:"
        " end_user, verdict: barred}, {}], settled_by: [{link: requester, attribute: residence},"
        " {link: end_user, attribute: citizenships, values: [US], completeness: exhaustive}]"
    )
    assert (
        "one",
        Place("x", 7, 5),
        "so",
        Wanted(
            Outcome.PERMIT,
            "fable-5",
            (
                {"order": "o", "version": 2, "rule": "r", "link": "end_user", "verdict": "barred"},
                {},
            ),
            (
                WantedSettling("requester", "residence"),
                WantedSettling(
                    "end_user", "citizenships", frozenset({Value(("US", ""))}), "exhaustive"
                ),
            ),
        ),
    ) == (case.name, case.place, case.why, case.wanted)


def test_an_unknown_model_may_be_what_is_expected() -> None:
    """Whoever expects the verdict may ask for a model that nobody has."""
    text = HEAD + (
        "  - {case: one, requester: ann, model: fable-6, at: then, expect: deny,"
        " because: [{verdict: unknown_model}]}"
    )
    assert ["fable-6"] == [case.model for case in read(text)]


ROW = "  - {case: CASE, requester: ann, model: fable-5, at: then, expect: permit}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cases: []", ["x:1:8: must name at least one"]),
        ("title: 7\norders: true\ncases: 1", ["x:1:8: must be text, not `7`", "x:2:9: must be text, not `true`", "x:3:8: must be a list"]),
        (HEAD + "  - one", ["x:7:5: must be a mapping of keys to values"]),
        (HEAD + ROW + ROW, ["x:8:12: the case `CASE` stands twice"]),
        (HEAD + ROW.replace("requester: ann, ", ""), ["x:7:5: write `requester`, `organisation` or both: who asks?"]),
        (HEAD + ROW.replace(": ann", ": anna"), ["x:7:29: nobody here or in subjects.jsonl is called `anna`; did you mean `ann`?"]),
        (HEAD + ROW.replace(": ann", ": ' '"), ["x:7:29: ` ` has spaces at an end or characters nobody can see", "x:7:29: is blank"]),
        (HEAD + ROW.replace("requester", "organisation"), ["x:7:32: `ann` is of kind `person`"]),
        (HEAD + ROW.replace(": ann", ": ann, end_user: gov"), ["x:7:44: `gov` is of kind `organisation`"]),
        (HEAD + ROW.replace("fable-5", "fible"), ["x:7:41: unknown model `fible`; did you mean `fable`?"]),
        (HEAD + ROW.replace("permit", "permit, served_by: opus"), ["x:7:87: unknown model `opus`; did you mean `opus-4-8`?"]),
        (HEAD + ROW.replace("then", "the"), ["x:7:54: `the` is not an instant; write 2026-06-12T17:21:00-04:00"]),
        (HEAD + ROW.replace("permit", "permits"), ["x:7:68: `permits` is none of `permit`, `substitute`, `verify`, `deny`"]),
        (HEAD + ROW.replace("permit", "permit, because: [{link: user}]"), ["x:7:93: `user` is none of `requester`, `organisation`, `end_user`"]),
        (HEAD + ROW.replace("permit", "permit, settled_by: [{link: requester, attribute: colour, values: [red]}]"), ["x:7:118: unknown attribute `colour`"]),
        ("people: {ann: {}, zoe: {}}\norganisations: {ann: {}}\nservices: [ann]\ncases:\n" + ROW.replace("then", "2026-06-12T21:21:00Z"),
         ["x:1:19: `zoe` is also in subjects.jsonl; take another name", "x:2:17: `ann` is named twice", "x:3:12: `ann` is named twice"]),
        ("people: {ann: {incorporated_in: [US], facts: {}}}\ncases:\n" + ROW.replace("then", "2026-06-12T21:21:00Z"),
         ["x:1:33: `incorporated_in` is no attribute of a subject of kind `person`", "x:1:46: must be a list"]),
    ],
)  # fmt: skip
def test_faults_have_their_places(text: str, said: list[str]) -> None:
    """Whatever cannot be read is said, all at once, each at its place."""
    assert said == faults(text)


WANTED = Wanted(
    Outcome.DENY,
    "opus-4-8",
    ({"order": "o", "version": 1, "verdict": "barred"},),
    (
        WantedSettling("requester", "residence"),
        WantedSettling("end_user", "citizenships", frozenset({Value(("US", ""))}), "exhaustive"),
    ),
)


def test_a_case_written_down_is_the_same_when_read_back() -> None:
    """Subjects keep their ids and all their facts, even two of one id that are not alike."""
    subject, _ = read_subject(
        {
            "id": "no: 1",
            "kind": "person",
            "facts": [
                {
                    "attribute": "citizenships",
                    "value": ["FR", {"country": "GB", "class": "GBN", "since": "2020-01-01T00:00:00Z"}],
                    "completeness": "exhaustive",
                    "assurance": "A1",
                    "method": "passport",
                    "issuer": "idv",
                    "verified_at": "2026-06-01T00:00:00.000001Z",
                    "expires_at": "2027-01-01T00:00:00Z",
                }
            ],
        }
    )  # fmt: skip
    for chain, why in (
        (Chain(subject, GOV, Subject("no: 1", "person")), "why"),
        (Chain(Subject("requester", "service"), None, subject), ""),
    ):
        wanted = WANTED if why else Wanted(Outcome.DENY)
        case = Case('odd "name"', Place("x", 6, 5), chain, "fable", AT, wanted, why)
        [back] = read(write_case("a: title", case).decode())
        assert (case.chain, case.name, case.model, case.at, case.wanted, case.why) == (
            back.chain, back.name, back.model, back.at, back.wanted, back.why,
        )  # fmt: skip


def test_a_case_says_where_it_is_asked() -> None:
    """The deployment is written down; a catalogue that has none of the name refuses it."""
    chain = Chain(Subject("requester", "service"))
    case = Case("x", Place("x"), chain, "fable", AT, Wanted(Outcome.DENY), "", "eu")
    with pytest.raises(InvalidInput, match="`eu`"):
        read(write_case("x", case).decode())


def test_a_case_without_a_chain_is_not_written() -> None:
    """There would be nobody to write down."""
    case = Case("x", Place("x"), Reason("bad_input"), "fable", AT, Wanted(Outcome.DENY))
    with pytest.raises(TypeError):
        write_case("x", case)


def test_everybody_in_a_file_of_cases_may_own_each_other() -> None:
    """Owners stand by name like everybody else, dated as the case is."""
    text = """
people: {ann: {}}
organisations: {gov: {owners: {exhaustive: [{owner: ann, share: "100"}]}}}
cases:
  - {case: one, organisation: gov, model: fable-5, at: 2026-06-12T21:21:00Z, expect: permit}
"""
    [case] = read(text)
    assert isinstance(case.chain, Chain)
    assert case.chain.organisation is not None
    related = case.chain.organisation.related
    assert {"ann", "gov", *PEOPLE} == set(related)
    assert [AT] == [fact.verified_at for fact in related["gov"].facts]
    nested = text.replace("}}\ncases", ", related: {people: {ben: {}}}}}\ncases")
    assert ["x:3:75: in a file of cases everybody stands by name; no `related`"] == faults(nested)
