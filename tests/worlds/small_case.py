"""A small folder to drill: one order, imposed and rescinded, and four people.

`rows` may be changed before it is written, to see a drill fail.
"""

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

CATALOGUE = """\
provider: provider
models:
  fable-5: {aliases: [fable], controlled: true}
  opus-4-8: {controlled: true}
"""

HEAD = """\
order: us-test-1
version: {version}
kind: {kind}
title: a letter
authority:
  name: Bureau of Tests
  jurisdiction: US
  instrument: letter
  cites: ["15 CFR 744"]
  document: sha256:{zeros}
  authenticated: {{by: counsel, how: called back, at: {received}}}
received: {received}
effective: {effective}
until: null
disclosure: {disclosure}
notice: {{en: Not available at present.}}
clauses: {{c1: only people of the United States}}
"""

RULES = """\
rules:
  - id: only-us
    clauses: [c1]
    models: [fable-5]
    only: ear.us_person@1
    standing: natural_person
    evidence: {to_serve: A2, to_bar: A1, max_age: 365d}
    barred: deny
    undetermined: verify
    in_flight: cut
"""

LIFTS = "lifts: [c1]\n"

BEFORE, IMPOSED, SHOWN, LIFTED = (
    "2026-03-01T11:59:59Z",
    "2026-03-01T12:00:00Z",
    "2026-03-02T12:00:00Z",
    "2026-03-03T12:00:00Z",
)
VERIFIED = "2026-02-01T00:00:00Z"


def fact(attribute: str, values: list[str], completeness: str, at: str) -> dict[str, object]:
    """Return a fact as subjects.jsonl has it."""
    return {
        "attribute": attribute,
        "value": values,
        "completeness": completeness,
        "assurance": "A3",
        "method": "papers",
        "issuer": "counter",
        "verified_at": at,
    }


def french(at: str) -> list[dict[str, object]]:
    """Return all it takes to be known as a foreign person."""
    return [
        fact("citizenships", ["FR"], "exhaustive", at),
        fact("permanent_residences", [], "exhaustive", at),
        fact("protection", [], "exhaustive", at),
    ]


SUBJECTS: list[dict[str, object]] = [
    {"id": "provider", "kind": "organisation", "facts": []},
    {
        "id": "company",
        "kind": "organisation",
        "facts": [fact("incorporated_in", ["US"], "at_least", VERIFIED)],
    },
    {"id": "tool", "kind": "service", "acts_for": ["company"], "facts": []},
    {
        "id": "american",
        "kind": "person",
        "facts": [fact("citizenships", ["US"], "at_least", VERIFIED)],
    },
    {"id": "later", "kind": "person", "facts": [fact("citizenships", ["US"], "at_least", SHOWN)]},
    {"id": "french", "kind": "person", "facts": french(VERIFIED)},
]

CHAINS = {
    "american": ("american", "", ""),
    "later": ("later", "", ""),
    "french": ("french", "", ""),
    "company": ("tool", "company", ""),
    "company-names-american": ("tool", "company", "american"),
    "company-names-french": ("tool", "company", "french"),
}

# outcomes on fable-5 while the order stands, before and after evidence is shown
STANDS = {
    "american": ("permit", "permit"),
    "later": ("verify", "permit"),
    "french": ("deny", "deny"),
    "company": ("verify", "verify"),
    "company-names-american": ("permit", "permit"),
    "company-names-french": ("deny", "deny"),
}


@dataclass
class SmallCase:
    """The folder's rows by (case, model, instant), and how loud the order is."""

    disclosure: str = "existence"
    rows: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for case in CHAINS:
            for at in (BEFORE, IMPOSED, SHOWN, LIFTED):
                self.rows[case, "opus-4-8", at] = "permit"
                self.rows[case, "fable-5", at] = "permit"
            self.rows[case, "fable-5", IMPOSED], self.rows[case, "fable-5", SHOWN] = STANDS[case]

    def write(self, folder: Path) -> Path:
        """Write the folder and return it."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "catalogue.yaml").write_text(CATALOGUE)
        (folder / "v1.yaml").write_text(self._head(1, "restriction", IMPOSED) + RULES)
        (folder / "v2.yaml").write_text(self._head(2, "rescission", LIFTED) + LIFTS)
        lines = [msgspec.json.encode(subject).decode() for subject in SUBJECTS]
        (folder / "subjects.jsonl").write_text("\n".join(lines) + "\n")
        rows = [
            ",".join((case, *CHAINS[case], model, at, outcome))
            for (case, model, at), outcome in self.rows.items()
        ]
        head = "case,requester,organisation,end_user,model,at,outcome"
        (folder / "expected.csv").write_text("\n".join((head, *rows)) + "\n")
        return folder

    def _head(self, version: int, kind: str, effective: str) -> str:
        received = effective if version == 1 else SHOWN
        return HEAD.format(
            version=version,
            kind=kind,
            received=received,
            effective=effective,
            disclosure=self.disclosure,
            zeros="0" * 64,
        )
