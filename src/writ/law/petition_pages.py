"""A petition written down: plain English for the authority, and tables.

1. The same petition gives the same bytes.
2. What people wrote stands in Markdown as they wrote it: none of it is taken for markup.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from writ.canonical import digest_bytes
from writ.cells import cell
from writ.clock import format_instant
from writ.law.petition import Petition, Standing
from writ.law.wording import counted

README = "README.md"
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&])")
_NOTHING = """\
> **Nothing in this folder permits anybody.** Whoever the order stops is stopped until the authority
> grants the exception and two people at the provider have signed the version of the order that says
> so. No programme of the provider overrides an order.
"""


def pages(found: Petition) -> dict[str, bytes]:
    """Return the files of the folder, by name."""
    proposal = found.proposal
    made = {
        README: _readme(found).encode(),
        "subjects.csv": _table(("id", "kind"), ((who.id, who.kind) for who in found.asked.who)),
        "evidence.csv": _table(
            (
                "id",
                "attribute",
                "asked_by",
                "completeness",
                "assurance",
                "verified_at",
                "expires_at",
            ),
            (
                (
                    who,
                    fact.attribute,
                    "; ".join(found.wanted[fact.attribute]),
                    fact.completeness,
                    f"A{fact.assurance}",
                    format_instant(fact.verified_at),
                    "" if fact.expires_at is None else format_instant(fact.expires_at),
                )
                for who, fact in found.evidence
            ),
        ),
        "outcomes.csv": _table(
            ("id", "model", "today", "because", "if_granted"),
            (
                (
                    item.subject,
                    item.model,
                    item.today.word,
                    "; ".join(reasons(item)),
                    item.granted.word,
                )
                for item in found.standings
            ),
        ),
        proposal.file: proposal.data,
        proposal.annex_file: proposal.annex_data,
    }
    return dict(sorted(made.items()))


def reasons(item: Standing) -> list[str]:
    """Say which rules and clauses stop somebody, on which link of a request."""
    return [
        f"{reason.verdict} by {reason.rule} ({', '.join(reason.clauses)}) as {reason.link}"
        if reason.rule
        else reason.verdict
        for reason in item.reasons
    ]


def _readme(found: Petition) -> str:
    base = found.base
    parts = [
        f"# Petition for an exception to {_safe(base.order)}, version {base.version}",
        _NOTHING.rstrip(),
        *_order(found),
        "## What stops them",
        *_rules(found),
        "## What is asked",
        _asked(found),
        "## Why",
        _quote(found.asked.why),
        "## Who, and what each gets by this order",
        _people(found),
        "## What evidence there is",
        _held(found),
        "## What is proposed",
        _proposed(found),
    ]
    return "\n\n".join(parts) + "\n"


def _order(found: Petition) -> Iterator[str]:
    base = found.base
    authority = base.source["authority"]
    known = dict(authority) if isinstance(authority, Mapping) else {}
    cites = known.get("cites") or ["nothing"]
    lines = [
        f"- Order: {_safe(base.order)}, version {base.version}, “{_safe(base.title)}”",
        f"- Authority: {_safe(known['name'])} ({_safe(known['jurisdiction'])})",
        f"- Instrument: {_safe(known.get('instrument', 'not said'))}",
        f"- Cites: {'; '.join(map(_safe, cites))}",
        f"- In force since {format_instant(base.effective)}",
        f"- Everything here is as of {format_instant(found.asked.at)}",
    ]
    yield "\n".join(lines)


def _rules(found: Petition) -> Iterator[str]:
    for rule in found.rules:
        models = ", ".join(map(_safe, sorted(rule.models)))
        lines = [f"Rule {_safe(rule.id)}, on {models}, carries out:", ""]
        lines += [f"- {_safe(name)}: {_safe(found.base.clauses[name])}" for name in rule.clauses]
        yield "\n".join(lines)


def _asked(found: Petition) -> str:
    kinds = Counter(who.kind for who in found.asked.who)
    who = " and ".join(counted(number, kind) for kind, number in sorted(kinds.items()))
    rules = ", ".join(_safe(rule.id) for rule in found.rules)
    models = ", ".join(map(_safe, found.models))
    return (
        f"That the {who} listed be exempt from {rules}, on {models}, and nobody else. An"
        " organisation that is listed is exempt itself: its staff and its users are not, unless they"
        " are listed too. Where a request stands on several, each is judged, and one that is not"
        " listed is judged as before."
    )


def _people(found: Petition) -> str:
    kinds = {who.id: who.kind for who in found.asked.who}
    rows = [
        (
            _safe(item.subject),
            kinds[item.subject],
            _safe(item.model),
            item.today.word,
            _safe("; ".join(reasons(item))),
            item.granted.word,
        )
        for item in found.standings
    ]
    head = ("id", "kind", "model", "today", "because", "if granted")
    lines = [head, ("---",) * len(head), *rows]
    told = (
        "`deny`: stopped. `substitute`: another model answers. `verify`: not known well enough yet;"
        " evidence alone may do. `permit`: served already. These are the outcomes of this order by"
        " itself, for requests of their own (made for whom each acts for, where that is one), as the"
        " provider's decision engine gives them."
    )
    return told + "\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in lines)


def _held(found: Petition) -> str:
    facts = Counter(who for who, _ in found.evidence)
    without = len(found.asked.who) - len(facts)
    return (
        f"`evidence.csv` has {counted(len(found.evidence), 'fact')} that the provider holds of them, of"
        f" what the rules above and the exceptions to them ask{_ground(found)}: which attribute, who"
        " asks for it, how completely, how well assured, from when and until when. Of"
        f" {without} of those listed it holds none. It has no values, no issuers and no numbers of"
        " documents; those are for the authority to ask for."
    )


def _ground(found: Petition) -> str:
    """Say on what the reasons rest, and of how many nothing of it is held."""
    lacking = []
    for name in found.asked.ground:
        having = {who for who, fact in found.evidence if fact.attribute == name}
        lacking.append(f"{_safe(name)}, held of {len(having)} of {len(found.asked.who)}")
    return f", and what the reasons rest on ({'; '.join(lacking)})" if lacking else ""


def _proposed(found: Petition) -> str:
    item = found.proposal
    whole = digest_bytes(item.data)
    lines = [
        f"- `{item.annex_file}`: the annex, {counted(len(found.asked.who), 'id')}, {found.digest}",
        f"- `{item.file}`: version {item.version} as it could read, {whole} as a file",
    ]
    told = (
        f"The words of clause {_safe(item.clause)}, what it cites, and from when to when it holds are"
        " questions to the authority; they stand in the file. It is left without instrument, document"
        " and authentication, for nobody has given any. In a copy of the provider's folder of orders,"
        " with both files beside the others, `writ order check` reads it."
    )
    return "\n".join(lines) + "\n\n" + told


def _quote(text: str) -> str:
    return "\n".join(f"> {_safe(line)}".rstrip() for line in text.strip().splitlines())


def _safe(text: object) -> str:
    """Write words so that Markdown shows them (rule 2)."""
    return _MARKUP.sub(r"\\\1", " ".join(str(text).split()))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(cell, row) for row in (head, *rows))
    return text.getvalue().encode()
