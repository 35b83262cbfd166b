"""`writ drilled`: a drill's scorecard on record at a deployment."""

import json
from pathlib import Path

import pytest

from tests.worlds.office import office
from writ.errors import InvalidInput

CARD = {"at": "2026-01-05T10:00:00Z", "right": False, "requests": 7, "wrong_outcomes": 1}


def test_a_drill_is_put_on_record(tmp_path: Path) -> None:
    """Its figures and its digest are signed; the same scorecard is taken once, an odd file not."""
    desk = office(tmp_path)
    card = tmp_path / "scorecard.json"
    card.write_text(json.dumps(CARD | {"in_force_ms": 612.4, "phases": []}))
    said = desk.writ("drilled", card, "--key", desk.key("eve")).stdout
    assert "recorded, as eve: not everything came out right\n" == said
    assert "recorded before" in desk.fails("drilled", card, "--key", desk.key("ada"))
    card.write_text(json.dumps(CARD | {"right": True, "in_force_ms": None}))
    again = desk.json("drilled", card, "--key", desk.key("ada"))
    assert ("ada", True, None) == (again["by"], again["right"], again["in_force_ms"])
    card.write_text("[]")
    with pytest.raises(InvalidInput, match="is no scorecard of a drill"):
        desk.writ("drilled", card, "--key", desk.key("ada"))
