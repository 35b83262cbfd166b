"""Questions about orders, answered from their explanation alone.

The answers were written down from what `writ order explain` prints, before any of them was compared
with a decision, and none was changed since. Who answered the first two had written the command; who
answered the last two had seen nothing of Writ but the explanations, the facts and the questions.

1. `june.jsonl`: the answerer had not opened the order files, but had seen the case's table; each
   answer has what it rests on.
2. `nationals.jsonl`: drawn at random from that folder's `expected.csv` without the outcomes; the
   answerer had seen neither the order files nor the table.
3. `ownership.jsonl` and `everheld.jsonl`: drawn in the same way, evenly over the outcomes; each
   answer has what it rests on. Which company is on which annex is not told by an explanation, and
   was guessed from the facts.
"""

import json
from pathlib import Path

import pytest

from tests.worlds.warm import writ

HERE = Path(__file__).parent
ORDERS = HERE.parents[2] / "orders"
ENOUGH = 28
FOLDERS = {
    "everheld": "ever-held-citizenship",
    "june": "june-2026",
    "nationals": "nationals-or-residents",
    "ownership": "entity-ownership",
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_reader_of_the_explanation_knows_what_is_decided(name: str, tmp_path: Path) -> None:
    """At least 28 of 30 answers are those of `writ decide`."""
    lines = (HERE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(json.dumps(item["request"]) for item in questions))
    run = writ("decide", "--orders", ORDERS / FOLDERS[name], "--batch", batch)
    assert (0, "") == (run.returncode, run.stderr)
    decided = [json.loads(line)["outcome"] for line in run.stdout.splitlines()]
    wrong = [
        f"{item['request']}: answered {item['answer']}, decided {outcome}"
        for item, outcome in zip(questions, decided, strict=True)
        if item["answer"] != outcome
    ]
    assert 30 == len(questions) == len({json.dumps(item["request"]) for item in questions})
    assert len(questions) - len(wrong) >= ENOUGH, wrong


def test_every_outcome_is_asked_for() -> None:
    """The June questions come to all four."""
    lines = (HERE / "june.jsonl").read_text(encoding="utf-8").splitlines()
    answers = {json.loads(line)["answer"] for line in lines}
    assert {"permit", "substitute", "verify", "deny"} == answers
