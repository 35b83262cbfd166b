from pathlib import Path

import pytest

from tests.unit.law.conftest import Write
from writ.clock import DAY, SECOND, parse_instant
from writ.law.catalogue import read_catalogue
from writ.law.folder import check_sources, read_folder, read_order, read_sources
from writ.law.order import NOTICE
from writ.model.order import Effect, Evidence, InFlight, OrderVersion
from writ.model.outcome import Outcome

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"


def read(data: bytes, catalogue: bytes) -> OrderVersion:
    """Read one order that has no fault."""
    return read_sources({"catalogue.yaml": catalogue, "x.yaml": data}).versions[0]


def test_what_is_not_said_falls_on_the_careful_side(write: Write, catalogue: bytes) -> None:
    """Barred is denied, undetermined is asked to verify, streams are cut, nothing is disclosed."""
    version = read(write(), catalogue)
    rule = version.rules[0]
    assert (
        Effect(Outcome.DENY),
        Effect(Outcome.VERIFY),
        InFlight(),
        Evidence(2, 1),
        "none",
        NOTICE,
    ) == (
        rule.barred,
        rule.undetermined,
        rule.in_flight,
        rule.evidence,
        version.disclosure,
        version.notice,
    )


def test_everything_that_can_be_said_of_a_rule_is_read(write: Write, catalogue: bytes) -> None:
    """Substitutes by canonical name, risk in words, drains with their clause."""
    more = """{substitute: mythos-5}
    undetermined: {permit: "counsel, since the letter is open"}
    in_flight: {drain: 30s, clause: c1}"""
    data = write(barred=more).replace(b"to_bar: A1", b"to_bar: A1, max_age: 365d")
    rule = read(data.replace(b"[fable-5]", b"[fable]"), catalogue).rules[0]
    assert (
        frozenset({"fable-5"}),
        Effect(Outcome.SUBSTITUTE, "mythos-5"),
        Effect(Outcome.PERMIT, risk="counsel, since the letter is open"),
        InFlight(30 * SECOND, "c1"),
        Evidence(2, 1, 365 * DAY),
    ) == (rule.models, rule.barred, rule.undetermined, rule.in_flight, rule.evidence)


@pytest.mark.parametrize(("word", "outcome"), [("deny", Outcome.DENY), ("verify", Outcome.VERIFY)])
def test_undetermined_in_one_word(
    write: Write, catalogue: bytes, word: str, outcome: Outcome
) -> None:
    """The two words for the undetermined."""
    data = write(barred=f"deny\n    undetermined: {word}")
    assert Effect(outcome) == read(data, catalogue).rules[0].undetermined


def test_an_instrument_with_a_full_digest_needs_no_note(write: Write, catalogue: bytes) -> None:
    """A digest of 64 hex digits is taken as it is."""
    data = write().replace(b"jurisdiction: US", b"jurisdiction: US, document: sha256:" + b"0" * 64)
    assert () == check_sources({"catalogue.yaml": catalogue, "x.yaml": data}).notes


def test_the_first_letter_of_june() -> None:
    """An order file is read whole, instants and all."""
    version = read_folder(JUNE).versions[1]
    assert (
        "us-bis-2026-06-12",
        1,
        parse_instant("2026-06-12T17:21:00-04:00"),
        frozenset({"fable-5", "mythos-5"}),
        "ear.us_person@1",
    ) == (
        version.order,
        version.version,
        version.effective,
        version.rules[0].models,
        version.rules[0].predicate.name,
    )


def test_one_file_is_read_with_its_annexes_beside_it() -> None:
    """A single version can be read with a catalogue from anywhere."""
    catalogue = read_catalogue((JUNE / "catalogue.yaml").read_bytes())
    version = read_order(JUNE / "us-bis-2026-06-12.v2.yaml", catalogue)
    assert version == read_folder(JUNE).versions[2]
