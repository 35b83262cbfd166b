"""Proof that two people decided what the rows of a list mean.

1. The statement's subject is the annex, by the digest that a snapshot names it by. Its predicate
   has the list and the directory by digest, every row's decision, whether subsidiaries are in,
   and the trust document: the same canonical bytes for whoever decides the same.
2. Each who confirms may sign, and signs once; two different people at least.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from writ.canonical import Plain
from writ.errors import Refused
from writ.signing.dsse import Envelope, sign, verify
from writ.signing.form import Form
from writ.signing.keys import KeyPair
from writ.signing.statement import PAYLOAD_TYPE, read_statement, write_statement
from writ.signing.trust import LEAST_SIGNERS, Trust

PREDICATE = "urn:writ:annex:1"
SUBJECT = "annex"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a list was decided to mean; `decisions` are ids by row, `annex` the digest of all."""

    annex: str
    listing: str
    directory: str
    subsidiaries: Literal["in", "out"]
    decisions: Mapping[int, Sequence[str]]

    @property
    def named(self) -> frozenset[str]:
        """Whom rows mean; everybody else on the annex is there as a subsidiary."""
        return frozenset(name for ids in self.decisions.values() for name in ids)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What was decided, and by whom; `people` are ids, sorted."""

    decided: Decided
    people: tuple[str, ...]


class _Predicate(Form, frozen=True):
    names: str
    directory: str
    subsidiaries: Literal["in", "out"]
    decisions: dict[str, list[str]]
    trust: str


def write_decided(decided: Decided, trust: Trust) -> bytes:
    """Write the statement that everybody who confirms signs."""
    predicate: dict[str, Plain] = {
        "names": decided.listing,
        "directory": decided.directory,
        "subsidiaries": decided.subsidiaries,
        "decisions": {str(row): sorted(ids) for row, ids in decided.decisions.items()},
        "trust": trust.digest,
    }
    return write_statement(SUBJECT, decided.annex, PREDICATE, predicate)


def confirm(
    decided: Decided, trust: Trust, pair: KeyPair, before: Envelope | None = None
) -> Envelope:
    """Sign what was decided, beside who signed `before`; other decisions than theirs are Refused."""
    person = trust.allowed(trust.owner(pair.public).id, "sign").id
    statement = write_decided(decided, trust)
    if before is None:
        return sign(statement, PAYLOAD_TYPE, [pair])
    if person in read_confirmed(before, trust).people:
        raise Refused(f"`{person}` confirmed this already; another person does")
    if before.payload != statement:
        raise Refused(
            "what was confirmed before was decided otherwise, or of other files; agree first"
        )
    return before.add(pair)


def read_confirmed(envelope: Envelope, trust: Trust) -> Confirmed:
    """Return what was decided and by whom, proved from the signatures; perhaps by one so far."""
    proved = verify(envelope, trust.publics("sign"), PAYLOAD_TYPE)
    annex, predicate = read_statement(proved.payload, PREDICATE, _Predicate)
    if predicate.trust != trust.digest:
        raise Refused("the decisions were confirmed under another trust document")
    people = sorted(trust.owner(key).id for key in proved.keys)
    if len(set(people)) != len(people):
        raise Refused("one person confirmed with two keys; each confirms once")
    decided = Decided(
        annex,
        predicate.names,
        predicate.directory,
        predicate.subsidiaries,
        {_row(text): ids for text, ids in predicate.decisions.items()},
    )
    return Confirmed(decided, tuple(people))


def check_confirmed(confirmed: Confirmed) -> Decided:
    """Return what was decided, proved to be confirmed by people enough (rule 2)."""
    if len(confirmed.people) < LEAST_SIGNERS:
        raise Refused(
            f"{len(confirmed.people)} of {LEAST_SIGNERS} people confirmed this;"
            " another does with `writ annex confirm`"
        )
    return confirmed.decided


def _row(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Refused(f"`{text}` is no number of a row")
    return int(text)
