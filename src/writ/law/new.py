"""New order files from a template and answers; see docs/cases.md.

1. A template is a data file: what it asks, and the text of the files it makes. No code knows any.
2. `{{key}}` in a text stands for an answer as YAML on one line, `{{key:form}}` for another form of
   it: `first` of a list, a second `before` an instant, a `mapping` of names, CSV `rows`, `bare`
   text, the `next` version of an order, a `model` that it names. Names of files are `bare`.
3. What a folder has stays as it is: its catalogue is used, and nothing is written over.
4. The whole folder is checked with the new files before anybody writes them.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from writ.canonical import Plain
from writ.clock import SECOND, format_instant, parse_instant
from writ.errors import InvalidInput, Refused
from writ.law.catalogue import FILE as CATALOGUE
from writ.law.document import Node, quoted, read_yaml
from writ.law.flow import flow
from writ.law.folder import check_sources
from writ.law.new_questions import Answer, Question, read_question
from writ.law.reading import Keys, Reader, nearest
from writ.model.order import Lawbook

TEMPLATE_KEYS = Keys(required=("title", "summary", "asks", "files"))
_TEMPLATES = resources.files("writ.law") / "templates"
_ENDING = ".yaml"
_HOLE = re.compile(r"\{\{([a-z]+)(?::([a-z]+))?\}\}")


@dataclass(frozen=True, slots=True)
class Template:
    """What a template asks and makes; `files` are texts by name, both with holes."""

    name: str
    title: str
    summary: str
    asks: tuple[Question, ...]
    files: Mapping[str, str]

    def missing(self, has_catalogue: bool) -> tuple[Question, ...]:  # noqa: FBT001  the only argument
        """Return what must be asked; not what a catalogue answers already (rule 3)."""
        return tuple(item for item in self.asks if not (has_catalogue and item.once))


@cache
def template_names() -> tuple[str, ...]:
    """Every template that there is, sorted."""
    found = (item.name for item in _TEMPLATES.iterdir())
    return tuple(sorted(name.removesuffix(_ENDING) for name in found if name.endswith(_ENDING)))


def template(name: str) -> Template:
    """Return a template by its name; InvalidInput where there is none."""
    if name not in template_names():
        known = ", ".join(map(quoted, template_names()))
        hint = nearest(name, template_names())
        raise InvalidInput(f"no template {quoted(name)}{hint}; there are {known}")
    reader = Reader()
    fields = reader.fields(
        read_yaml((_TEMPLATES / f"{name}{_ENDING}").read_bytes(), name), TEMPLATE_KEYS
    )
    found = Template(
        name,
        reader.text(fields["title"]),
        reader.text(fields["summary"]),
        tuple(read_question(reader, item) for item in reader.some(fields["asks"])),
        {key: reader.text(entry.node) for key, entry in reader.mapping(fields["files"]).items()},
    )
    reader.done()
    return found


def read_answers(reader: Reader, wanted: Template, given: Mapping[str, Node]) -> dict[str, Answer]:
    """Read answers by their keys, with what is left unsaid where the template says it.

    What is missing, wrong, or not asked is a fault.
    """
    asks = {item.key: item for item in wanted.asks}
    for key, node in given.items():
        if key not in asks:
            reader.fault(
                node, f"{quoted(wanted.name)} does not ask for {quoted(key)}{nearest(key, asks)}"
            )
    answers: dict[str, Answer] = {}
    for key, question in asks.items():
        if key in given:
            answers[key] = question.read(reader, given[key])
        elif question.default is not None:
            answers[key] = question.default
        else:
            reader.faults.append(question.unanswered())
    return answers


def make(
    wanted: Template, answers: Mapping[str, Answer], files: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Return the new files by name; Refused where one exists, InvalidInput where they have faults.

    `files` are those of the folder.
    """
    book = check_sources(files).book if CATALOGUE in files else None
    filler = _Filler(answers, book)
    made: dict[str, bytes] = {}
    for name, text in wanted.files.items():
        if name != CATALOGUE or CATALOGUE not in files:
            made[filler.name(name)] = filler.text(text).encode()
    if written := sorted(set(made) & set(files)):
        raise Refused(f"{quoted(written[0])} exists; nothing is written over")
    orders = {name: data for name, data in made.items() if not name.endswith(".cases.yaml")}
    check_sources({**files, **orders})
    return made


def holes(text: str) -> frozenset[str]:
    """Return the keys of all holes of a text (rule 2)."""
    return frozenset(hole[1] for hole in _HOLE.finditer(text))


def fill(text: str, answers: Mapping[str, Answer]) -> str:
    """Fill the holes of a text (rule 2); every one must be answered."""
    return _Filler(answers, None).text(text)


@dataclass(frozen=True, slots=True)
class _Filler:
    """Fills holes (rule 2)."""

    answers: Mapping[str, Answer]
    book: Lawbook | None

    def text(self, text: str) -> str:
        return _HOLE.sub(lambda hole: self._filled(hole[1], hole[2] or "flow"), text)

    def name(self, text: str) -> str:
        return _HOLE.sub(lambda hole: self._filled(hole[1], hole[2] or "bare"), text)

    def _filled(self, key: str, form: str) -> str:
        answer = self.answers[key]
        if form in ("next", "model"):
            return self._of_order(str(answer), form)
        return _FORMS[form](answer)

    def _of_order(self, order: str, form: str) -> str:
        versions = () if self.book is None else self.book.versions
        mine = [version for version in versions if version.order == order]
        if not mine:
            known = {version.order for version in versions}
            raise InvalidInput(f"the folder has no order {quoted(order)}{nearest(order, known)}")
        if form == "next":
            return str(max(version.version for version in mine) + 1)
        return flow(min(name for version in mine for rule in version.rules for name in rule.models))


def _first(answer: Answer) -> str:
    return flow(answer[0])


def _before(answer: Answer) -> str:
    return flow(format_instant(parse_instant(str(answer)) - SECOND))


def _mapping(answer: Answer) -> str:
    names: dict[str, Plain] = {name: {} for name in answer}
    return flow(names)


def _rows(answer: Answer) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([item] for item in answer)
    return text.getvalue().removesuffix("\n")


_FORMS: Mapping[str, Callable[[Answer], str]] = {
    "flow": flow,
    "bare": str,
    "first": _first,
    "before": _before,
    "mapping": _mapping,
    "rows": _rows,
}
