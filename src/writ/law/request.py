"""A request for a decision, read from JSON: whom it stands on, which model, when.

1. Subjects are given inline, or by their id in the orders folder's `subjects.jsonl`.
2. The organisation is the one given, else the only one that the requester acts for; several are
   ambiguous, one that cannot be found is unknown. Both refuse.
3. An end user given by an id that nobody registered is a person without facts.
4. Everybody given, or in the folder's `subjects.jsonl`, is related to everybody: an organisation's
   standing may rest on its owners' facts.
5. JSON comes as UTF-8, with every key once; two different subjects of one id are bad input.
"""

import json
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from writ.clock import Instant, parse_instant
from writ.errors import Fault, InvalidInput
from writ.law.document import quoted
from writ.law.subjects import read_subject
from writ.model.decision import Reason
from writ.model.subject import Chain, Subject

_KEYS = {"subject", "organisation", "end_user", "model", "at", "deployment"}


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, with everybody whom the request brought along."""

    subject: Subject
    organisation: Subject | None
    end_user: Subject | None
    model: str
    at: Instant
    related: Mapping[str, Subject]
    deployment: str | None = None


def read_people(folder: Path) -> dict[str, Subject]:
    """Read a folder's `subjects.jsonl`, if it has one; every bad line is a fault."""
    path = folder / "subjects.jsonl"
    return read_subjects(path) if path.exists() else {}


def read_subjects(path: Path) -> dict[str, Subject]:
    """Read subjects, one a line, with those related to them; every bad line is a fault."""
    people: dict[str, Subject] = {}
    faults: list[Fault] = []
    for number, line in enumerate(read_file(path).split(b"\n"), 1):
        if line.strip():
            try:
                _add_line(line, people)
            except InvalidInput as error:
                faults += [Fault(str(path), number, 1, fault.message) for fault in error.faults]
    if faults:
        raise InvalidInput(faults)
    return people


def read_file(path: Path) -> bytes:
    """Read a file; one that cannot be read is InvalidInput."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot read `{path}`: {error.strerror}") from None


def read_json(data: bytes) -> object:
    """Read a JSON value (rule 5); anything else is InvalidInput."""
    try:
        value: object = json.loads(data.decode(), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput(f"not JSON: {error.msg[0].lower()}{error.msg[1:]}, {where}") from None
    except UnicodeDecodeError:
        raise InvalidInput("not JSON: not UTF-8") from None
    except ValueError:  # Python reads no number that long
        raise InvalidInput("not JSON: a number has too many digits") from None
    except RecursionError:
        raise InvalidInput("not JSON: nested too deep") from None
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"{quoted(twice)} stands twice")
    return value


def _add_line(line: bytes, people: dict[str, Subject]) -> None:
    subject, related = read_subject(read_json(line))
    for item in (subject, *related):
        if people.setdefault(item.id, item) != item:
            raise InvalidInput(f"`{item.id}` is given twice, and not alike")


def read_request(
    value: object,
    people: Mapping[str, Subject],
    now: Instant,
    files: Mapping[str, str] = MappingProxyType({}),
) -> Request:
    """Read one request; `now` stands in for an instant left out, `files` names where keys are from.

    Everything wrong with it is one InvalidInput.
    """
    if not isinstance(value, Mapping):
        raise InvalidInput("a request is a JSON object")
    if odd := sorted(set(map(str, value)) - _KEYS):
        raise InvalidInput(f"{quoted(odd[0])} is not a key of a request")
    model, at = value.get("model"), value.get("at")
    if not (isinstance(model, str) and _writable(model)):
        raise InvalidInput("a request names its `model` as text")
    if not (at is None or isinstance(at, str)):
        raise InvalidInput("`at` is an instant as text")
    deployment = value.get("deployment")
    if not (deployment is None or isinstance(deployment, str)):
        raise InvalidInput("`deployment` is the name of one as text")
    brought: dict[str, Subject] = {}
    related = ChainMap(brought, dict(people))
    requester = _subject(value.get("subject"), related, files.get("subject", ""))
    organisation = _subject(value.get("organisation"), related, files.get("organisation", ""))
    end_user = _end_user(value.get("end_user"), related, files.get("end_user", ""))
    if requester is None:
        raise InvalidInput("a request names its `subject`")
    _check_kinds(organisation, end_user)
    instant = now if at is None else parse_instant(at)
    return Request(requester, organisation, end_user, model, instant, related, deployment)


def model_asked(value: object) -> str:
    """Return the model that a request asks for, however bad the rest of it; empty: none."""
    model = value.get("model") if isinstance(value, Mapping) else None
    return model if isinstance(model, str) and _writable(model) else ""


def resolve(request: Request) -> Chain | Reason:
    """Return the chain a request stands on, or why it has none (rules 2 and 4)."""
    organisation = request.organisation
    if organisation is None and request.subject.acts_for:
        if len(set(request.subject.acts_for)) > 1:
            return Reason("ambiguous_organisation")
        organisation = request.related.get(request.subject.acts_for[0])
        if organisation is None or organisation.kind != "organisation":
            return Reason("unknown_organisation")
    related = request.related
    return Chain(
        replace(request.subject, related=related),
        None if organisation is None else replace(organisation, related=related),
        None if request.end_user is None else replace(request.end_user, related=related),
    )


def _subject(value: object, related: ChainMap[str, Subject], file: str) -> Subject | None:
    if value is None:
        return None
    if isinstance(value, str):
        found = related.get(value)
        if found is None:
            raise InvalidInput(f"nobody in subjects.jsonl has the id {quoted(value)}")
        return found
    subject, others = read_subject(value, file)
    for item in (subject, *others):
        if related.maps[0].setdefault(item.id, item) != item:
            raise InvalidInput(f"{quoted(item.id)} is given twice, and not alike")
    return subject


def _end_user(value: object, related: ChainMap[str, Subject], file: str) -> Subject | None:
    if isinstance(value, str) and value not in related:
        return Subject(value, "person")  # rule 3
    return _subject(value, related, file)


def _writable(text: str) -> bool:
    """Whether a text can be written again: half a surrogate pair cannot."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _check_kinds(organisation: Subject | None, end_user: Subject | None) -> None:
    if organisation is not None and organisation.kind != "organisation":
        raise InvalidInput(f"`{organisation.id}` is not an organisation")
    if end_user is not None and end_user.kind != "person":
        raise InvalidInput(f"`{end_user.id}` is not a person, so it cannot be the end user")
