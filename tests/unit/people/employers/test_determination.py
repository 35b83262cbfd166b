import pytest

from tests.unit.people.employers.conftest import NOW, at, said
from writ.clock import parse_instant
from writ.errors import InvalidInput
from writ.model.subject import Fact, Value
from writ.people.employers.determination import (
    LONGEST,
    Said,
    check_fields,
    eligibility_field,
    read_determination,
    same,
    write_determination,
)
from writ.people.statement import Attestation

EVERYTHING = {
    "citizenships": ("FR", "DE"),
    "former_citizenships": ("CA",),
    "permanent_residences": (),
    "protection": ("refugee:US",),
    "complete": ("citizenships", "permanent_residences"),
    "employment": "employee",
    "expires_at": "2026-12-01T00:00:00Z",
}


def _faults(words: Said) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_determination(words, "acme", NOW)
    return [fault.message for fault in caught.value.faults]


def test_a_determination_is_facts_of_one_instant() -> None:
    """What was determined is a fact for each attribute, by the employer, none of them graded."""
    found = read_determination(said(**EVERYTHING), "acme", NOW)
    span = (at("19T00:00:00"), parse_instant("2026-12-01T00:00:00Z"))

    def fact(attribute: str, complete: str, *parts: tuple[str, ...]) -> Fact:
        values = tuple(Value(item) for item in parts)
        return Fact(attribute, values, complete, 0, "employer", "acme", *span)  # type: ignore[arg-type]

    expected = (
        fact("citizenships", "exhaustive", ("FR", ""), ("DE", "")),
        fact("former_citizenships", "at_least", ("CA", "")),
        fact("permanent_residences", "exhaustive"),
        fact("protection", "at_least", ("refugee", "US")),
        fact("employer", "at_least", ("acme", "employee")),
    )
    assert expected == found.facts
    assert ("hr-7", at("19T00:00:00"), "document") == (found.by, found.at, found.basis)


def test_what_is_read_is_written_back() -> None:
    """What stands of a determination is written in the words in which it was said."""
    words = said(**EVERYTHING)
    found = read_determination(words, "acme", NOW)
    carried = []
    for fact in found.facts:
        graded, grade = found.graded(fact, 2)
        carried.append(Attestation(b"", "alice", graded, 2, "employer", b"", grade))  # type: ignore[arg-type]
    assert {2} == {item.fact.assurance for item in carried}
    assert ["document"] * 4 + ["personnel_record"] == [
        (item.grade or {})["value"] for item in carried
    ]
    written = write_determination(carried)
    expected = {name: getattr(words, name) for name in Said.__struct_fields__}
    assert expected == {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in (written or {}).items()
    }
    assert same(found, carried)
    assert not same(found, carried[:-1])
    assert not same(read_determination(said(), "acme", NOW), carried)


def test_nothing_stands_of_nothing() -> None:
    """Where nothing stands, nothing is written; a fact without an end or a grade is written as it is."""
    assert write_determination([]) is None
    fact = Fact("citizenships", (Value(("US", "")),), "at_least", 1, "employer", "acme", NOW)
    written = write_determination([Attestation(b"", "alice", fact, 1, "employer", b"")])
    assert written is not None
    assert ("", "", "") == (written["expires_at"], written["determined_by"], written["basis"])


def test_it_ends_within_a_year() -> None:
    """A determination without an end has one."""
    [fact] = read_determination(said(), "acme", NOW).facts
    assert at("19T00:00:00") + LONGEST == fact.expires_at


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"declaration": ""}, "declaration: write `no-employment-eligibility-data`"),
        ({"determined_by": " "}, "determined_by: say who determined it, in 100 characters"),
        ({"determined_by": "x" * 101}, "determined_by: say who"),
        ({"determined_by": "the I-9 desk"}, "determined_by: this looks like Form I-9"),
        ({"basis": "e-verify"}, "basis: this looks like Form I-9"),
        ({"basis": ""}, "basis: write one of document, statement, interview, counsel"),
        ({"determined_at": "yesterday"}, "determined_at: `yesterday` is not an instant"),
        ({"determined_at": "2026-06-20T00:06:00Z"}, "determined_at: this instant has not come"),
        ({"determined_at": "2025-06-01T00:00:00Z"}, "expires_at: it has ended already"),
        ({"expires_at": "2026-06-19T00:00:00Z"}, "expires_at: it ends within 366 days"),
        ({"expires_at": "2028-06-19T00:00:00Z"}, "expires_at: it ends within 366 days"),
        ({"citizenships": ("USA",)}, "citizenships: "),
        ({"protection": ("refugee",)}, "protection: "),
        ({"complete": ("age_over",)}, "complete: `age_over` is none of citizenships"),
        ({"employment": "friend"}, "employment: write one of employee, regular_employee"),
        ({"citizenships": (), "basis": ""}, "citizenships: nothing is determined"),
        (
            {"citizenships": (), "employment": "employee"},
            "basis: leave it out where there is only employment",
        ),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, object], expected: str) -> None:
    """Each thing that cannot be so is a fault that names its field and says what to do."""
    found = _faults(said(**changes))
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_all_faults_are_told_at_once() -> None:
    """Whoever corrects a determination is told everything."""
    words = said(declaration="", basis="", determined_by="")
    assert 3 == len(_faults(words))


def test_a_clock_may_be_a_little_ahead() -> None:
    """A determination of just now is taken though the employer's clock is minutes ahead."""
    words = said(determined_at="2026-06-20T00:04:00Z")
    assert at("20T00:04:00") == read_determination(words, "acme", NOW).at


def test_employment_alone_needs_no_basis() -> None:
    """That somebody works there is the employer's own to say."""
    words = said(citizenships=(), basis="", employment="contractor")
    [fact] = read_determination(words, "acme", NOW).facts
    assert (Value(("acme", "contractor")),) == fact.values


@pytest.mark.parametrize(
    "name",
    [
        "i9", "I-9", "formI9Status", "i_9_section_2", "eVerifyCaseNumber", "E-Verify",
        "employmentEligibilityVerification", "workAuthorizationExpiry", "work_authorisation",
        "alienRegistrationNumber", "USCISNumber", "listADocument", "ssn", "socialSecurityNumber",
        "urn:acme:scim:I9:1.0",
    ],
)  # fmt: skip
def test_eligibility_data_is_known_by_its_name(name: str) -> None:
    """However somebody writes Form I-9 or E-Verify, the field is refused by its name."""
    with pytest.raises(InvalidInput, match="looks like Form I-9 or E-Verify data"):
        check_fields(["userName", name])


def test_other_names_pass() -> None:
    """Names that only resemble them are nothing of the kind."""
    names = ["userName", "externalId", "iban9", "api9x", "assistant", "citizenships", "i18n", "9i"]
    assert eligibility_field(names) is None
    check_fields(names)
