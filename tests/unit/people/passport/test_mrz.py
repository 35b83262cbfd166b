from dataclasses import replace

import pytest

from tests.worlds.passports import Booklet, dg1
from writ.errors import Refused
from writ.model.subject import Value
from writ.people.passport.mrz import read_dg1
from writ.people.passport.nationality import Shown, country_of, shown

OWN = Booklet("FRA", "FRA", last_day="991231")


def test_three_shapes_say_the_same() -> None:
    """A passport, a card of two lines and one of three give issuer, nationality, number, last day."""
    zones = [read_dg1(dg1(text)) for text in (OWN.passport(), OWN.card(2), OWN.card(3))]
    assert [("FRA", "FRA", "C01X00T47")] * 3 == [
        (zone.issuer, zone.nationality, zone.number) for zone in zones
    ]
    assert {4_102_444_800.0} == {zone.ends for zone in zones}
    assert "C01X00T47" not in repr(zones)


def test_a_long_number_goes_on_in_the_optional_data() -> None:
    """On a card, what does not fit stands behind, with its check digit."""
    long = replace(OWN, number="AB1234567890123")
    numbers = {read_dg1(dg1(text)).number for text in (long.card(2), long.card(3))}
    assert {"AB1234567890123"} == numbers


def test_the_standard_s_own_example_is_read() -> None:
    """The specimen of part 4, appendix B, with its check digits."""
    first = "P<UTOERIKSSON<<ANNA<MARIA".ljust(44, "<")
    second = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
    zone = read_dg1(dg1(first + second))
    assert ("UTO", "L898902C3", 1_334_534_400.0) == (
        zone.issuer,
        zone.number,
        zone.ends,
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (dg1(OWN.passport(), 0x75), "DG1 is another file of the chip"),
        (dg1(OWN.passport()[:-1]), "no machine readable zone in one of the three shapes"),
        (dg1(OWN.passport().lower()), "no machine readable zone in one of the three shapes"),
        (dg1("V" + OWN.passport()[1:]), "a visa shows no citizenship"),
        (dg1(OWN.passport().replace("C01X00T47", "C01X00T48")), "a check digit of DG1 is wrong"),
        (dg1(OWN.passport().replace("991231", "991230")), "a check digit of DG1 is wrong"),
        (dg1(replace(OWN, last_day="991331").passport()), "does not say until when it is valid"),
        (dg1(replace(OWN, last_day="<<<<<<").passport()), "does not say until when it is valid"),
        (dg1(OWN.passport() + "<" * 200), "DG1 is larger than 200 bytes"),
        (b"\x61\x02\x5f\x1f", "DG1 is not DER"),
    ],
)
def test_what_is_no_zone_is_refused(data: bytes, message: str) -> None:
    """Another file, another length, other letters, a visa, a wrong digit, no last day."""
    with pytest.raises(Refused, match=message):
        read_dg1(data)


@pytest.mark.parametrize(
    ("issuer", "nationality", "attribute", "parts"),
    [
        ("D", "D", "citizenships", ("DE", "")),
        ("USA", "USA", "citizenships", ("US", "")),
        ("RKS", "RKS", "citizenships", ("XK", "")),
        ("ROM", "ROM", "citizenships", ("RO", "")),
        ("GBR", "GBR", "citizenships", ("GB", "GBR")),
        ("GBR", "GBN", "citizenships", ("GB", "GBN")),
        ("GBD", "GBD", "citizenships", ("GB", "GBD")),
        ("GBR", "GBO", "citizenships", ("GB", "GBO")),
        ("GBR", "GBP", "citizenships", ("GB", "GBP")),
        ("GBR", "GBS", "citizenships", ("GB", "GBS")),
        ("FRA", "XXA", "protection", ("stateless", "FR")),
        ("USA", "XXB", "protection", ("refugee", "US")),
        ("D", "XXC", "protection", ("other", "DE")),
    ],
)
def test_codes_mean_what_orders_mean(
    issuer: str, nationality: str, attribute: str, parts: tuple[str, str]
) -> None:
    """ISO's codes and the others are one country with its class, or what the state grants."""
    assert Shown(attribute, Value(parts)) == shown(issuer, nationality)


@pytest.mark.parametrize(
    ("issuer", "nationality", "message"),
    [
        ("EUE", "EUE", "no nationality of a country"),
        ("UNO", "UNO", "no nationality of a country"),
        ("XOM", "XOM", "no nationality of a country"),
        ("FRA", "XXX", "no nationality of a country"),
        ("EUE", "XXB", "no nationality of a country"),
        ("FRA", "DZA", "another state than issued it"),
        ("UNO", "FRA", "no nationality of a country"),
        ("US", "US", "a code that is not known here"),
        ("SUN", "SUN", "a code that is not known here"),
        ("D", "", "a code that is not known here"),
        ("UTO", "UTO", "a specimen; show your own"),
    ],
)
def test_codes_that_show_nothing_are_refused(issuer: str, nationality: str, message: str) -> None:
    """Organisations, other states' nationals, two letters, states that are gone, specimens."""
    with pytest.raises(Refused, match=message):
        shown(issuer, nationality)


def test_the_issuer_of_a_class_is_its_country() -> None:
    """A document issued in the name of a class of British nationality is the United Kingdom's."""
    assert ["GB", "GB", "DE", "XK"] == [country_of(code) for code in ("GBR", "GBD", "D", "RKS")]
