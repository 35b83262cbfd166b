"""`writ decide --batch` over the June case, as an outsider would run it."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from tests.worlds.warm import writ

FOLDER = Path(__file__).parents[2] / "orders" / "june-2026"


def cases() -> Iterator[dict[str, str]]:
    """The rows of the table of expected outcomes."""
    with (FOLDER / "expected.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def test_every_expected_outcome_comes_out(tmp_path: Path) -> None:
    """Each line of the batch is answered in order, with the outcome the table says."""
    batch = tmp_path / "cases.jsonl"
    lines = [
        {
            "subject": case["requester"],
            "organisation": case["organisation"] or None,
            "end_user": case["end_user"] or None,
            "model": case["model"],
            "at": case["at"],
        }
        for case in cases()
    ]
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = writ("decide", "--orders", FOLDER, "--batch", batch, "--json")
    said = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [
        (case, answer["outcome"], answer["reasons"])
        for case, answer in zip(cases(), said, strict=True)
        if case["outcome"] != answer["outcome"] or case["model"] != answer["model"]
    ]
    assert ([], 0, "") == (wrong, done.returncode, done.stderr)
    assert len(said) > 4000
