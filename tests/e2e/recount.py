"""Computes a drill's scorecard anew from drill.jsonl and expected.csv, as docs/drill.md tells how.

A stranger's script: the standard library and nothing of Writ. `python -I recount.py JOURNAL ROWS`
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Line = Mapping[str, Any]
Lines = Mapping[str, list[Line]]
Rows = Mapping[tuple[str, str, str], tuple[str, str]]

SERVED = {"permit", "substitute"}


def utc(at: str) -> str:
    """Write an instant of expected.csv as the journal writes it."""
    return datetime.fromisoformat(at).astimezone(UTC).isoformat().replace("+00:00", "Z")


def read(journal: str, expected: str) -> tuple[Lines, Rows]:
    """Return the journal's lines by type, and outcome and end user by case, model and instant."""
    lines: dict[str, list[Line]] = {}
    for text in Path(journal).read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        lines.setdefault(line["type"], []).append(line)
    with Path(expected).open(encoding="utf-8", newline="") as file:
        rows = {
            (row["case"], row["model"], utc(row["at"])): (row["outcome"], row["end_user"])
            for row in csv.DictReader(file)
        }
    return lines, rows


def overlap(change: Line, request: Line) -> bool:
    """Whether a request was under way while this changed, for whom it changed."""
    mine = change["party"] in (None, request["party"])
    return (
        mine and change["from_ms"] <= request["ended_ms"] and request["sent_ms"] <= change["to_ms"]
    )


def slowest(returns: Iterable[Line]) -> float:
    """How long the slowest took from the fact to being served."""
    return float(max(round(line["served_ms"] - line["from_ms"], 3) for line in returns))


def fits(answer: str, outcome: str, end_user: str) -> bool:
    """Whether an answer is one that an outcome allows."""
    if outcome == "deny":
        return answer in ("deny", "refused")
    if outcome == "verify":
        return answer == "verify" or (answer == "refused" and end_user != "")
    return answer == outcome


def count_requests(lines: Lines, rows: Rows, card: Counter[str]) -> None:
    """Hold every request against its rows, and every refusal against its receipt."""
    receipts = {line["request"]: line["outcome"] for line in lines.get("receipt", [])}
    for request in lines["request"]:
        over = [change for change in lines["change"] if overlap(change, request)]
        instants = {request["at"]}.union(*({c["from_at"], c["to_at"]} for c in over))
        may = [
            rows[key] for at in instants if (key := (request["case"], request["model"], at)) in rows
        ]
        words = {outcome for outcome, _ in may}
        card["requests"] += 1
        card["in_transition"] += bool(over)
        card["flags_agree"] += bool(over) == request["in_transition"]
        right = any(fits(request["answer"], outcome, user) for outcome, user in may)
        if request["answer"] in ("deny", "verify", "refused"):
            card["receipts_checked"] += 1
            right = right and receipts.get(request["number"]) in words
        if not right:
            card["wrong_outcomes"] += 1
            card["wrongly_served"] += request["answer"] in SERVED
            barred = words == {"permit"} if request["answer"] in SERVED else words <= SERVED
            card["wrongly_barred"] += barred
            card["unaffected_lost"] += not request["touched"]


def count_streams(lines: Lines, card: Counter[str]) -> None:
    """See what became of streams that were open over a change."""
    for watch in lines.get("watch", []):
        if watch["expected"] == watch["fate"]:
            card["streams_" + watch["fate"]] += 1
            continue
        card["wrong_outcomes"] += 1
        card["wrongly_served"] += watch["fate"] == "spared"
        card["wrongly_barred"] += watch["expected"] == "spared"
        card["unaffected_lost"] += watch["expected"] == "spared" and not watch["touched"]


def recount(journal: str, expected: str) -> Line:
    """Return the card."""
    lines, rows = read(journal, expected)
    card = Counter[str]()
    count_requests(lines, rows, card)
    count_streams(lines, card)
    activated = [c for c in lines["change"] if c["what"] in ("activated", "activated_ahead")]
    tries = Counter(line["how"] for line in lines.get("attempt", []))
    digests = {line["when"]: line["rules_digest"] for line in lines["digest"]}
    names = (
        "requests", "in_transition", "flags_agree", "wrong_outcomes", "wrongly_served",
        "wrongly_barred", "unaffected_lost", "streams_cut", "streams_spared", "receipts_checked",
    )  # fmt: skip
    return {
        **{name: card[name] for name in names},
        "probes": len({request["party"] for request in lines["request"]}),
        "restored": {"after", "remaining"} <= set(digests) and len(set(digests.values())) == 1,
        "in_force_ms": round(max(c["to_ms"] - c["from_ms"] for c in activated), 3),
        "time_to_return_ms": slowest(lines["return"]),
        "wallet_return_ms": slowest(r for r in lines["return"] if r["way"] == "wallet"),
        "employer_return_ms": slowest(r for r in lines["return"] if r["way"] == "employer"),
        "links_lent": sum(tries[how] for how in ("lent", "told")),
        "links_stolen": tries["stolen"],
        "half_shown": tries["half"],
        "links_opened": sum(line["answer"] in SERVED for line in lines.get("attempt", [])),
        "phases": Counter(request["phase"] for request in lines["request"]),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(recount(*sys.argv[1:])) + "\n")
