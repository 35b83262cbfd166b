"""Tables that people open in a spreadsheet: no line feed ends a row that goes on."""

import csv
import io
from dataclasses import replace

from tests.worlds.evidence import Evidence
from writ.ledger.evidence.events import Event
from writ.ledger.evidence.pack import open_pack
from writ.ledger.evidence.table import table


def test_a_cell_with_a_line_feed_is_one_cell(world: Evidence, pack: bytes) -> None:
    """Rows end as RFC 4180 says, and what is in a cell stays in it."""
    contents = open_pack(pack, world.policy).contents
    odd = Event(1, "two\nlines", {"by": "\n=1+1", "at": 0})
    data = table(replace(contents, events=(odd,), receipts=None)).decode()
    assert 2 == data.count("\r\n")
    [row] = csv.DictReader(io.StringIO(data, newline=""), strict=True)
    assert ("two\nlines", "'\n=1+1") == (row["kind"], row["by"])
