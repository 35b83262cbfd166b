"""Thirty questions about the June 2026 orders, answered from their explanation alone.

The answers in `june.jsonl` were written down from what `writ order explain orders/june-2026` prints,
each with what it rests on, before any of them was put to `writ decide`; none was changed since.
Who answered had not opened the order files, but had written the command and seen the case's table.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
JUNE = ROOT / "orders" / "june-2026"
LINES = (Path(__file__).parent / "june.jsonl").read_text(encoding="utf-8").splitlines()
ENOUGH = 28


def test_a_reader_of_the_explanation_knows_what_is_decided(tmp_path: Path) -> None:
    """At least 28 of 30 answers are those of `writ decide`."""
    questions = [json.loads(line) for line in LINES]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(json.dumps(item["request"]) for item in questions))
    orders = ["--orders", str(JUNE), "--batch", str(batch)]
    command = [sys.executable, "-m", "writ", "decide", *orders]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (0, "") == (run.returncode, run.stderr)
    decided = [json.loads(line)["outcome"] for line in run.stdout.splitlines()]
    wrong = [
        f"{item['question']} answered {item['answer']}, decided {outcome}"
        for item, outcome in zip(questions, decided, strict=True)
        if item["answer"] != outcome
    ]
    assert len(questions) == 30
    assert len(questions) - len(wrong) >= ENOUGH, wrong


def test_no_two_questions_are_the_same() -> None:
    """Thirty different requests, of every outcome."""
    questions = [json.loads(line) for line in LINES]
    assert 30 == len({json.dumps(item["request"]) for item in questions})
    assert {"permit", "substitute", "verify", "deny"} == {item["answer"] for item in questions}
