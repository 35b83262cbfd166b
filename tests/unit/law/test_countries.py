import pytest

from writ.law.countries import (
    countries,
    nationality_classes,
    other_codes,
    read_countries,
    read_country,
    read_place,
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
            UNKNOWN.format("Germny") + "; did you mean `Germany`?",
        ),
    ],
)
def test_other_spellings_are_refused_with_the_right_one(text: str, advice: str) -> None:
    """Two spellings of one country can never miss each other."""
    reader = Reader()
    read = read_country(reader, read_plain(text))
    assert ("", [advice]) == (read, [fault.message for fault in reader.faults])


@pytest.mark.parametrize(
    ("text", "codes"),
    [("US-CA", ("US-CA", "US")), ("FR", ("FR",)), ("QQ-1", ()), ("US-toolong", ())],
)
def test_a_region_lies_in_its_country(text: str, codes: tuple[str, ...]) -> None:
    """A place in a region is a place in the country too."""
    assert codes == read_place(Reader(), read_plain(text))


def test_an_order_names_countries_only() -> None:
    """A region in an order is refused, since a fact may not know of it."""
    reader = Reader()
    read = read_countries(reader, read_plain(["US", "US-CA", "QQ"]))
    assert (("US",), 2) == (read, len(reader.faults))
