import pytest

from writ.law.countries import (
    countries,
    nationality_classes,
    other_codes,
    read_countries,
    read_country,
    read_place,
    read_places,
)
from writ.law.document import read_plain
from writ.law.reading import Reader

UNKNOWN = "`{}` is no country known here; write its two-letter ISO 3166-1 code"


def test_every_country_has_one_code() -> None:
    """ISO's 249 and Kosovo, each with an alpha-3 code and a name of its own."""
    rows = countries().values()
    assert (250, 250, 250) == tuple(
        len(set(column))
        for column in zip(*((row.code, row.alpha3, row.name) for row in rows), strict=True)
    )


def test_no_other_code_is_a_country_code() -> None:
    """A code that stands for another, or for no country, is never itself accepted."""
    assert set() == set(other_codes()) & set(countries())


def test_other_codes_point_to_countries() -> None:
    """Every country that another code stands for is in the table."""
    assert set() == {code.country for code in other_codes().values()} - {"", *countries()}


def test_classes_are_the_codes_of_passports_and_two_words() -> None:
    """The classes of British nationality are told apart as passports do."""
    assert {
        "citizen",
        "national",
        "GBR",
        "GBD",
        "GBN",
        "GBO",
        "GBP",
        "GBS",
    } == nationality_classes()


def test_norway_is_a_country() -> None:
    """`NO` is text, and Norway."""
    reader = Reader()
    assert ("NO", []) == (read_country(reader, read_plain("NO")), reader.faults)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("USA", "`USA` is not how a country is written; write `US`"),
        ("us", "`us` is not how a country is written; write `US`"),
        ("Norway", "`Norway` is not how a country is written; write `NO`"),
        ("UK", "`UK` is the United Kingdom as many write it; write `GB`"),
        ("GBN", "`GBN` is British national (overseas); write `GB` with the class `GBN`"),
        ("D", "`D` is Germany as German passports write it; write `DE`"),
        ("XXA", "`XXA` is a stateless person under the 1954 Convention, which is no country"),
        ("QQ", UNKNOWN.format("QQ")),
        (
            "Germny",
            UNKNOWN.format("Germny") + "; did you mean `DE`, Germany?",
        ),
    ],
)
def test_other_spellings_are_refused_with_the_right_one(text: str, advice: str) -> None:
    """Two spellings of one country can never miss each other."""
    reader = Reader()
    read = read_country(reader, read_plain(text))
    assert ("", [advice]) == (read, [fault.message for fault in reader.faults])


@pytest.mark.parametrize(
    ("text", "place", "faults"),
    [
        ("US-CA", ("US", "US-CA"), []),
        ("FR", ("FR", ""), []),
        ("QQ-1", ("", ""), [f"`QQ-1` is no region: {UNKNOWN.format('QQ')}"]),
        ("UK-ENG", ("", ""), ["`UK-ENG` is no region: `UK` is the United Kingdom as many write it; write `GB`"]),
        ("ua-43", ("", ""), ["`ua-43` is no country's code; write `UA-43`"]),
        ("US-toolong", ("", ""), [UNKNOWN.format("US-toolong")]),
    ],
)  # fmt: skip
def test_a_region_lies_in_its_country(text: str, place: tuple[str, str], faults: list[str]) -> None:
    """A place is a country and perhaps a region of it; another country's region is none."""
    reader = Reader()
    assert (place, faults) == (
        read_place(reader, read_plain(text)),
        [fault.message for fault in reader.faults],
    )


def test_a_missing_place_is_no_place() -> None:
    """Where nothing stands, the fault is the reader's that nothing stands there."""
    assert ("", "") == read_place(Reader(), None)


GROUPS = {"ours": ("FR", "UA-43"), "none": ()}


def test_places_may_be_regions() -> None:
    """A list of places has countries, regions, and groups of both."""
    reader = Reader()
    read = read_places(reader, read_plain(["US", "US-CA", "ours", "none", "QQ"]), GROUPS)
    assert ((("US", ""), ("US", "US-CA"), ("FR", ""), ("UA", "UA-43")), 2) == (
        read,
        len(reader.faults),
    )


def test_a_list_of_countries_has_no_region() -> None:
    """Nobody is a national of a region, whether it stands there or a group has it."""
    reader = Reader()
    read = read_countries(reader, read_plain(["US", "US-CA", "ours", "QQ", "ua-43"]), GROUPS)
    assert (("US", "FR"), [
        "[1]: `US-CA` is a region; countries alone are asked for here",
        "[2]: `UA-43` is a region; countries alone are asked for here",
        f"[3]: {UNKNOWN.format('QQ')}",
        "[4]: `ua-43` is no country's code; write `UA-43`",
    ]) == (read, [fault.message for fault in reader.faults])  # fmt: skip


def test_a_region_is_no_nationality() -> None:
    """A fact that gives one as a country is told which country to write."""
    reader = Reader()
    assert "" == read_country(reader, read_plain("US-CA"))
    assert ["`US-CA` is no country's code; write `US`"] == [f.message for f in reader.faults]
