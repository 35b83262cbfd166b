"""Tables that people open in a spreadsheet: no cell is a formula, no line feed ends a row that goes on."""

import csv
import io
from dataclasses import replace

import pytest

from tests.worlds.evidence import Evidence
from writ.ledger.cells import cell
from writ.ledger.evidence.events import Event
from writ.ledger.evidence.pack import open_pack
from writ.ledger.evidence.table import table


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_a_spreadsheet_takes_for_a_formula_begins_with_an_apostrophe(first: str) -> None:
    """A line feed before the sign too: some programs pass over it."""
    assert f"'{first}=1+1" == cell(f"{first}=1+1")
    assert f"a{first}1" == cell(f"a{first}1")


def test_a_cell_with_a_line_feed_is_one_cell(world: Evidence, pack: bytes) -> None:
    """Rows end as RFC 4180 says, and what is in a cell stays in it."""
    contents = open_pack(pack, world.policy).contents
    odd = Event(1, "two\nlines", {"by": "\n=1+1", "at": 0})
    data = table(replace(contents, events=(odd,), receipts=None)).decode()
    assert 2 == data.count("\r\n")
    [row] = csv.DictReader(io.StringIO(data, newline=""), strict=True)
    assert ("two\nlines", "'\n=1+1") == (row["kind"], row["by"])
