"""`writ order exposure`, over receipts that a gateway left."""

import json
from pathlib import Path

from tests.worlds.deployment import CATALOGUE, LETTER, found

ORDER = "us-bis-2026-06-12"


def test_a_report_says_what_is_and_what_is_not_on_record(tmp_path: Path) -> None:
    """Pseudonyms and counts as text, CSV and JSON, and beside them what nobody recorded."""
    made = found(tmp_path)
    made.obey(CATALOGUE)
    early = tmp_path / "early.v1.yaml"
    early.write_text(LETTER.read_text().replace(f"order: {ORDER}", "order: early"))
    made.obey(early)
    made.obey(LETTER)
    receipts = made.data / "receipts"
    receipts.mkdir()
    row = {"kind": "permit", "who": ["ab12"], "model": "fable-5", "epoch": 2, "begun": 3}
    row |= {"from": "2026-06-20T00:00:00Z", "until": "2026-06-20T00:00:01Z"}
    gap = {"kind": "gap", "at": "2026-06-21T00:00:00Z"}
    lines = "".join(json.dumps(item) + "\n" for item in (row, gap))
    (receipts / "gateway-1.jsonl").write_text(lines)
    said = made.writ("order", "exposure", ORDER)
    assert "1 chain made 3 requests on record for fable-5, mythos-5" in said
    assert "ab12: fable-5, 3, 2026-06-20T00:00:00Z to 2026-06-20T00:00:01Z" in said
    assert "a gateway broke off before 2026-06-21T00:00:00Z" in said
    assert "by anything else; nothing was in force here until then, and gateways refused" in said
    table = made.run("order", "exposure", ORDER, "--csv")
    assert ["who,model,requests,first,last", "ab12,fable-5,3,2026-06-20T00:00:00Z"] == [
        line.rsplit(",2026-06-20T00:00:01Z")[0] for line in table.stdout.splitlines()
    ]
    assert "broke off" in table.stderr
    value = made.json("order", "exposure", ORDER)
    assert (3, [["ab12"]]) == (value["epoch"], [row["who"] for row in value["served"]])
    assert "never" not in made.fails(3, "order", "exposure", ORDER, "--csv", "--json")
    assert "no order `x` was ever in force" == made.fails(2, "order", "exposure", "x")
