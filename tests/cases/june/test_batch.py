"""`writ decide --batch` over the June case: every row, through the command."""

import csv
import json
from pathlib import Path

from tests.worlds.warm import writ

FOLDER = Path(__file__).parents[3] / "orders" / "june-2026"


def test_every_row_comes_out_as_written(tmp_path: Path) -> None:
    """The command decides every row of expected.csv as somebody wrote it down by hand."""
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    asked = [
        {
            "subject": row["requester"],
            "organisation": row["organisation"] or None,
            "end_user": row["end_user"] or None,
            "model": row["model"],
            "at": row["at"],
        }
        for row in rows
    ]
    batch = tmp_path / "cases.jsonl"
    batch.write_text("".join(json.dumps(line) + "\n" for line in asked))
    done = writ("decide", "--orders", FOLDER, "--batch", batch)
    decided = [json.loads(line) for line in done.stdout.splitlines()]
    assert (0, "") == (done.returncode, done.stderr)
    assert len(rows) == len(decided)
    wrong = [
        (row, said["outcome"])
        for row, said in zip(rows, decided, strict=True)
        if row["outcome"] != said["outcome"]
    ]
    assert [] == wrong
    substitutes = {said["served_by"] for said in decided if said["outcome"] == "substitute"}
    assert {"opus-4-8"} == substitutes
