"""The version of an order that a petition proposes: the last one, with one exception more.

1. What the authority has not given yet is left out: the instrument, its document and authentication,
   when it was received. Which clause says so, citing what, and from when, are questions to it.
2. Who is excepted stands in an annex of ids, and nowhere else: its rows are in no scenario.
3. The scenarios say that somebody whom nobody knows gets what they got.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from writ.canonical import Plain
from writ.clock import Instant, format_instant
from writ.law.flow import flow
from writ.model.order import OrderVersion, Rule
from writ.model.outcome import Outcome
from writ.model.subject import Subject

KEY = "id"
PROPOSED = "PROPOSED, not granted"
_STEM = "petition"
_NOT_GIVEN = ("instrument", "document", "authenticated")
_LEFT_OUT = ("received", "annex_change")
_HEAD = f"""\
# {PROPOSED}. This file permits nobody: the authority has to grant it, and two people to sign the
# version that says so, with what it answers to the questions below.
"""
_Source = dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Amendment:
    """The proposed files by name and bytes; `annex` is what the order calls the list."""

    version: int
    clause: str
    annex: str
    file: str
    data: bytes
    annex_file: str
    annex_data: bytes


def amendment(
    base: OrderVersion,
    rules: tuple[Rule, ...],
    models: tuple[str, ...],
    asked: tuple[tuple[Subject, ...], Instant],
    strangers: Mapping[str, Outcome],
) -> Amendment:
    """Write the proposed version and its annex; `strangers` are the scenarios' (rule 3)."""
    who, at = asked
    clause, annex = _free(base.clauses), _free(base.annexes)
    stem = f"{base.order}.v{base.version + 1}"
    source = _amended(base, at, strangers)
    source["clauses"] = {
        **_mapping(source["clauses"]),
        clause: f"{PROPOSED}: those listed in the annex {annex} are exempt on {', '.join(models)}.",
    }
    taken = {item.id for item in base.exemptions}
    exceptions = list(_items(source.get("exceptions")))
    for rule in rules:
        name = _free(taken)
        taken.add(name)
        exceptions.append(
            {
                "id": name,
                "to": rule.id,
                "clauses": [clause],
                "models": sorted(rule.models & set(models)),
                "who": _who(who, annex),
            }
        )
    source["exceptions"] = exceptions
    file = f"{stem}.{annex}.csv"
    source["annexes"] = {**_mapping(source.get("annexes")), annex: {"file": file, "key": KEY}}
    source["questions"] = [*_items(source.get("questions")), *_questions(source, clause, at)]
    rows = "".join(f"{line}\n" for line in (KEY, *(_cell(item.id) for item in who)))
    text = _HEAD + _written(source)
    return Amendment(
        base.version + 1, clause, annex, f"{stem}.yaml", text.encode(), file, rows.encode()
    )


def _amended(base: OrderVersion, at: Instant, strangers: Mapping[str, Outcome]) -> _Source:
    """Repeat the version, but for what is new and what nobody has given (rule 1)."""
    source: _Source = {
        key: value for key, value in _mapping(base.source).items() if key not in _LEFT_OUT
    }
    authority = _mapping(source["authority"])
    scenarios: list[Plain] = [
        {
            "name": f"somebody we know nothing about asks for {model}, and no list names them",
            "at": "effective",
            "model": model,
            "person": {},
            "expect": outcome.word,
        }
        for model, outcome in strangers.items()
    ]
    return source | {
        "version": base.version + 1,
        "title": f"{PROPOSED}: {base.title}",
        "authority": {key: item for key, item in authority.items() if key not in _NOT_GIVEN},
        "effective": format_instant(at),
        "scenarios": scenarios,
    }


def _questions(source: _Source, clause: str, at: Instant) -> list[Plain]:
    to = _mapping(source["authority"])["name"]
    taken = {str(_mapping(item)["id"]) for item in _items(source.get("questions"))}
    found: list[Plain] = []
    for question in (
        "In which words, under which clause, and citing what, is the exception granted?",
        "From which instant, and until when, does it hold?",
    ):
        name = _free(taken)
        taken.add(name)
        found.append(
            {
                "id": name,
                "clause": clause,
                "question": question,
                "asked_at": format_instant(at),
                "to": to,
            }
        )
    return found


def _who(who: Iterable[Subject], annex: str) -> Plain:
    words = {"person": "person_in", "organisation": "organisation_in"}
    asked: list[Plain] = [{words[kind]: annex} for kind in sorted({item.kind for item in who})]
    return asked[0] if len(asked) == 1 else {"any": asked}


def _free(taken: Iterable[str]) -> str:
    """Return a name that is not taken."""
    known = set(taken)
    names = (_STEM if number == 1 else f"{_STEM}-{number}" for number in count(1))
    return next(name for name in names if name not in known)


def _mapping(value: object) -> _Source:
    return dict(value) if isinstance(value, Mapping) else {}


def _items(value: object) -> list[Plain]:
    return list(value) if isinstance(value, list | tuple) else []


def _cell(text: str) -> str:
    """Write one cell of CSV."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",') else text


def _written(source: _Source) -> str:
    """Write an order with a line for every item of a list, clause and annex."""
    lines = list[str]()
    for key, value in source.items():
        if isinstance(value, list) and value:
            lines += [f"{key}:", *(f"  - {flow(item)}" for item in value)]
        elif key in {"clauses", "annexes", "authority"}:
            lines.append(f"{key}:")
            lines += [f"  {flow(name)}: {flow(item)}" for name, item in _mapping(value).items()]
        else:
            lines.append(f"{key}: {flow(value)}")
    return "".join(f"{line}\n" for line in lines)
