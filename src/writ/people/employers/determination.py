"""What an employer determined about one of its people: what, by whom, when and on which basis.

1. A determination is made whole: whoever changes a part of it determines anew. It is about
   citizenships, permanent residences, protection, and employment with this very employer.
2. A list has what was found, and may be longer, unless `complete` names it.
3. `basis` is a code for what citizenships, residences and protection rest on; employment rests on
   the employer's own records.
4. The employer declares that nothing of Form I-9 or E-Verify was used, which the law keeps for
   itself (8 USC 1324a(b)(5)). A field that carries it is refused by its name, wherever it stands.
5. No determination says how far it is believed: that is registered for the employer.
6. It ends a year after it was made, or earlier.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from writ.canonical import Plain
from writ.clock import DAY, MINUTE, Instant, format_instant, parse_instant
from writ.errors import Fault, InvalidInput
from writ.law.subjects import ASSURANCES, read_fact
from writ.model.subject import Fact
from writ.model.vocabulary import RELATIONS
from writ.people.methods import Grade
from writ.people.statement import EMPLOYER, Attestation
from writ.signing.form import Form

METHOD = EMPLOYER
EMPLOYMENT = "employer"
"""The attribute that is about employment."""
DECLARATION = "no-employment-eligibility-data"
BASES = ("document", "statement", "interview", "counsel")
LISTS = ("citizenships", "former_citizenships", "permanent_residences", "protection")
RECORDS = "personnel_record"
LONGEST = 366 * DAY
AHEAD = 5 * MINUTE
"""How far an employer's clock may be ahead of ours."""
LONGEST_NAME = 100

_WORDS = re.compile(r"[A-Z]+[0-9]*(?![a-z])|[A-Z]?[a-z]+[0-9]*|[0-9]+")
_ELIGIBILITY_WORDS = {"i9", "ssn"}
_ELIGIBILITY = (
    "everify", "employmenteligib", "employmentauthori", "workauthori", "eligibletowork",
    "aliennumber", "alienregistration", "uscis", "socialsecurity", "listadocument",
    "listbdocument", "listcdocument",
)  # fmt: skip


class Said(Form, frozen=True):
    """A determination in the employer's words, as SCIM and files carry it."""

    declaration: str = ""
    determined_by: str = ""
    determined_at: str = ""
    basis: str = ""
    citizenships: tuple[str, ...] = ()
    former_citizenships: tuple[str, ...] = ()
    permanent_residences: tuple[str, ...] = ()
    protection: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()
    employment: str = ""
    expires_at: str = ""


@dataclass(frozen=True, slots=True)
class Determination:
    """A determination as it is understood; its facts have no assurance yet (rule 5)."""

    by: str
    at: Instant
    basis: str
    facts: tuple[Fact, ...]

    def graded(self, fact: Fact, assurance: int) -> tuple[Fact, Mapping[str, Plain]]:
        """Return a fact as it is attested, and what goes with it.

        What is registered for an employer speaks for the whole way from its records to here.
        """
        basis = RECORDS if fact.attribute == EMPLOYMENT else self.basis
        grade = Grade(assurance, assurance, assurance, assurance, METHOD, basis)
        return replace(fact, assurance=assurance), {**grade.plain(), "by": self.by}


def eligibility_field(names: Iterable[str]) -> str | None:
    """Return the first name that is of Form I-9 or E-Verify (rule 4)."""
    return next((name for name in names if _is_eligibility(name)), None)


def check_fields(names: Iterable[str]) -> None:
    """Refuse names of fields that carry what must not be used (rule 4)."""
    found = eligibility_field(names)
    if found is not None:
        raise InvalidInput(
            f"`{found}` looks like Form I-9 or E-Verify data, which is not for this; leave it out"
        )


def read_determination(said: Said, organisation: str, now: Instant) -> Determination:
    """Read a determination of an organisation; InvalidInput lists every fault."""
    reader = _Reader(said, organisation, now)
    found = reader.read()
    if reader.faults:
        raise InvalidInput([Fault("", 0, 0, message) for message in reader.faults])
    return found


def write_determination(carried: Sequence[Attestation]) -> dict[str, Plain] | None:
    """Write what still stands of a determination in the employer's words; None: nothing does."""
    if not carried:
        return None
    said: dict[str, Plain] = {"declaration": DECLARATION}
    complete: list[Plain] = []
    for item in carried:
        fact, grade = item.fact, item.grade or {}
        said["determined_by"] = str(grade.get("by", ""))
        said["determined_at"] = format_instant(fact.verified_at)
        said["expires_at"] = "" if fact.expires_at is None else format_instant(fact.expires_at)
        if fact.attribute == EMPLOYMENT:
            said["employment"] = fact.values[0].parts[1]
            continue
        said["basis"] = str(grade.get("value", ""))
        said[fact.attribute] = [_word(fact, value.parts) for value in fact.values]
        if fact.completeness == "exhaustive":
            complete.append(fact.attribute)
    return {**said, "complete": complete}


def same(determination: Determination, carried: Sequence[Attestation]) -> bool:
    """Whether a determination says what stands already."""
    there = {
        (replace(item.fact, assurance=0), str((item.grade or {}).get("value")))
        for item in carried
        if (item.grade or {}).get("by") == determination.by
    }
    said = {
        (fact, RECORDS if fact.attribute == EMPLOYMENT else determination.basis)
        for fact in determination.facts
    }
    return len(there) == len(carried) and there == said


class _Reader:
    def __init__(self, said: Said, organisation: str, now: Instant) -> None:
        self._said = said
        self._organisation = organisation
        self._now = now
        self.faults: list[str] = []

    def read(self) -> Determination:
        said = self._said
        if said.declaration != DECLARATION:
            self._fault(
                "declaration", f"write `{DECLARATION}`: nothing of Form I-9 or E-Verify was used"
            )
        by = said.determined_by
        if not by.strip() or not by.isprintable() or len(by) > LONGEST_NAME:
            self._fault("determined_by", f"say who determined it, in {LONGEST_NAME} characters")
        for name in ("determined_by", "basis"):
            if eligibility_field([getattr(said, name)]) is not None:
                self._fault(name, "this looks like Form I-9 or E-Verify; use nothing of the kind")
        at = self._at()
        ends = self._ends(at)
        lists = [name for name in LISTS if getattr(said, name) or name in said.complete]
        self._basis(lists)
        for name in said.complete:
            if name not in LISTS:
                self._fault("complete", f"`{name}` is none of {', '.join(LISTS)}")
        if not lists and not said.employment:
            self._fault("citizenships", "nothing is determined; say something about the person")
        facts = [*self._facts(lists, at, ends), *self._employment(at, ends)]
        return Determination(said.determined_by, at, said.basis, tuple(facts))

    def _at(self) -> Instant:
        at = self._instant("determined_at", self._said.determined_at)
        if at > self._now + AHEAD:
            self._fault("determined_at", "this instant has not come yet")
            return 0
        return at

    def _ends(self, at: Instant) -> Instant:
        if not self._said.expires_at:
            ends = at + LONGEST
        else:
            ends = self._instant("expires_at", self._said.expires_at)
        if not at:
            return ends  # that is a fault already
        if not at < ends <= at + LONGEST:
            self._fault("expires_at", "it ends within 366 days after it was determined")
        elif ends <= self._now:
            self._fault("expires_at", "it has ended already; determine anew")
        return ends

    def _basis(self, lists: Sequence[str]) -> None:
        basis = self._said.basis
        if lists and basis not in BASES and eligibility_field([basis]) is None:
            self._fault("basis", f"write one of {', '.join(BASES)}")
        if basis and not lists:
            self._fault("basis", "leave it out where there is only employment")

    def _facts(self, lists: Sequence[str], at: Instant, ends: Instant) -> Iterator[Fact]:
        for name in lists:
            complete = "exhaustive" if name in self._said.complete else "at_least"
            values: list[Plain] = [_plain(name, text) for text in getattr(self._said, name)]
            yield from self._fact(name, values, complete, (at, ends))

    def _employment(self, at: Instant, ends: Instant) -> Iterator[Fact]:
        relation = self._said.employment
        if relation and relation not in RELATIONS:
            self._fault("employment", f"write one of {', '.join(RELATIONS)}")
        elif relation:
            value: Plain = {"organisation": self._organisation, "relation": relation}
            yield from self._fact(EMPLOYMENT, [value], "at_least", (at, ends))

    def _fact(
        self, name: str, values: list[Plain], complete: str, span: tuple[Instant, Instant]
    ) -> Iterator[Fact]:
        """Have the vocabulary read a fact."""
        if span[0] >= span[1]:
            return  # that is a fault of its own
        fact = {
            "attribute": name,
            "value": values,
            "completeness": complete,
            "assurance": ASSURANCES[0],
            "method": METHOD,
            "issuer": self._organisation,
            "verified_at": format_instant(span[0]),
            "expires_at": format_instant(span[1]),
        }
        try:
            yield read_fact(fact)
        except InvalidInput as error:
            for fault in error.faults:
                self._fault(name, fault.message)

    def _instant(self, name: str, text: str) -> Instant:
        try:
            return parse_instant(text)
        except InvalidInput as error:
            self._fault(name, error.faults[0].message if error.faults else str(error))
            return 0

    def _fault(self, name: str, message: str) -> None:
        self.faults.append(f"{name}: {message}")


def _plain(name: str, text: str) -> Plain:
    """Write a value as facts have it: `refugee:US` is a status and who granted it."""
    if name != "protection":
        return text
    status, _, country = text.partition(":")
    return {"status": status, "granted_by": country}


def _word(fact: Fact, parts: Sequence[str]) -> str:
    return ":".join(parts) if fact.attribute == "protection" else parts[0]


def _is_eligibility(name: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(name)]
    pairs = {first + second for first, second in pairwise(words)}
    if _ELIGIBILITY_WORDS & {*words, *pairs}:
        return True
    whole = "".join(words)
    return any(part in whole for part in _ELIGIBILITY)
