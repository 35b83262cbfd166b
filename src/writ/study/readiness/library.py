"""The library of plausible orders: what might come tonight, as order files with holes.

1. A template is an order file as docs/orders.md has it, `NAME.yaml`, with any annexes beside it.
   Those that come with Writ are data files; a folder of your own adds to them.
2. Holes are filled as in `writ order new`: `{{at}}` is the instant asked about, `{{controlled}}`
   every controlled model, `{{model}}` one of them, `{{barred:bare}}` and `{{undetermined:bare}}`
   what happens on that one (a substitute where the catalogue has one), `{{largest:rows}}` the
   organisations that most accounts act for.
3. Each is read with the deployment's own catalogue, groups and definitions, and put on top of the
   orders in force. One that cannot be asked here is left out, and why is said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from writ.canonical import Plain
from writ.clock import Instant, format_instant
from writ.errors import Fault, InvalidInput
from writ.law import calendars, catalogue, groups
from writ.law.agreement import check_agreement
from writ.law.definitions import is_definition
from writ.law.document import quoted
from writ.law.flow import flow
from writ.law.folder import Checked, check_sources, named_under
from writ.law.new import fill, holes
from writ.law.new_questions import Answer
from writ.law.reading import Reader, nearest
from writ.model.order import Lawbook, OrderVersion
from writ.study.readiness.substitutes import substitutes

SHIPPED = resources.files("writ.study") / "data" / "readiness"
ENDING = ".yaml"
_EMPTY: Mapping[str, str] = {
    "controlled": "the catalogue has no controlled model",
    "model": "the catalogue has no controlled model",
    "largest": "nobody in the population acts for an organisation",
}


@dataclass(frozen=True, slots=True)
class Plausible:
    """One template, filled: the order, the models it names, and the law if it were in force."""

    name: str
    version: OrderVersion
    models: tuple[str, ...]
    book: Lawbook


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A template that could not be asked (rule 3)."""

    name: str
    why: str


def read_library(
    base: Checked, files: Mapping[str, bytes], answers: Mapping[str, Answer], own: Path | None
) -> tuple[tuple[Plausible, ...], tuple[LeftOut, ...]]:
    """Read every template over the law of `files`; all faults are one InvalidInput."""
    found: list[Plausible] = []
    left: list[LeftOut] = []
    faults: list[Fault] = []
    for name, texts in sorted(_templates(own).items()):
        try:
            item = _read(name, texts, (base, files), answers)
        except InvalidInput as error:
            faults += error.faults
            continue
        if isinstance(item, Plausible):
            found.append(item)
        else:
            left.append(item)
    if faults:
        raise InvalidInput(faults)
    return tuple(found), tuple(left)


def answers_for(
    book: Lawbook, at: Instant, model: str | None, largest: Sequence[str]
) -> dict[str, Answer]:
    """Answer what templates may ask (rule 2); `model` None: the first that none could replace."""
    able = substitutes(book, at)
    if model is not None:
        known = book.catalogue.resolve(model)
        if known is None or known not in able:
            raise InvalidInput(
                f"{quoted(model)} is no controlled model of the catalogue{nearest(model, able)}"
            )
        model = known
    chosen = model or next((name for name, others in able.items() if not others), "")
    chosen = chosen or next(iter(able), "")
    instead = able.get(chosen, ())
    substitute: Plain = {"substitute": instead[0]} if instead else None
    return {
        "at": format_instant(at),
        "controlled": list(able),
        "model": chosen,
        "barred": flow(substitute) if instead else "deny",
        "undetermined": flow(substitute) if instead else "verify",
        "largest": list(largest),
    }


def asks_for_largest(own: Path | None) -> bool:
    """Whether some template asks for the largest organisations, which have to be counted first."""
    return any("largest" in _holes(texts) for texts in _templates(own).values())


def _templates(own: Path | None) -> dict[str, dict[str, str]]:
    """Read all texts of every template, the folder's own beside those that come with Writ."""
    shipped = _folder(SHIPPED)
    if own is None:
        return shipped
    if not own.is_dir():
        raise InvalidInput(f"`{own}` is no folder of templates")
    with named_under(own):
        mine = _folder(own)
    if taken := sorted(set(shipped) & set(mine)):
        raise InvalidInput(f"`{own / taken[0]}{ENDING}`: the name is taken; call yours otherwise")
    if not mine:
        raise InvalidInput(f"`{own}` has no template; one is an order file, `NAME{ENDING}`")
    return {**shipped, **mine}


def _folder(folder: Traversable | Path) -> dict[str, dict[str, str]]:
    texts = {item.name: item for item in folder.iterdir() if item.name.endswith((ENDING, ".csv"))}
    annexes = {name: _text(item) for name, item in texts.items() if not name.endswith(ENDING)}
    return {
        name.removesuffix(ENDING): {name: _text(item), **annexes}
        for name, item in texts.items()
        if name.endswith(ENDING)
    }


def _text(item: Traversable | Path) -> str:
    try:
        return item.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InvalidInput([Fault(item.name, 0, 0, "cannot be read as UTF-8 text")]) from None


def _holes(texts: Mapping[str, str]) -> frozenset[str]:
    return frozenset().union(*(holes(text) for text in _used(texts).values()))


def _used(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the order file and the annexes that it names."""
    order = next(text for name, text in texts.items() if name.endswith(ENDING))
    return {name: text for name, text in texts.items() if name.endswith(ENDING) or name in order}


def _read(
    name: str,
    texts: Mapping[str, str],
    law: tuple[Checked, Mapping[str, bytes]],
    answers: Mapping[str, Answer],
) -> Plausible | LeftOut:
    base, files = law
    file = f"{name}{ENDING}"
    used = _used(texts)
    wanted = _holes(used)
    if odd := sorted(wanted - answers.keys()):
        raise InvalidInput(
            [
                Fault(
                    file, 0, 0, f"nothing fills the hole {quoted(odd[0])}{nearest(odd[0], answers)}"
                )
            ]
        )
    if empty := sorted(key for key in wanted if not answers[key]):
        return LeftOut(name, _EMPTY[empty[0]])
    filled = {item: fill(text, answers).encode() for item, text in used.items()}
    placed = check_sources({**_beside(files), **filled}).orders
    reader = Reader()
    check_agreement(reader, (*base.orders, *placed))
    reader.done()
    (version,) = (item.version for item in placed)
    models = {model for rule in version.rules for model in rule.models}
    book = replace(base.book, versions=(*base.book.versions, version))
    return Plausible(name, version, _in_order(base, models), book)


def _in_order(base: Checked, models: Iterable[str]) -> tuple[str, ...]:
    named = set(models)
    return tuple(name for name in base.book.catalogue.models if name in named)


def _beside(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return dict(_resting(files))


def _resting(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Give what an order may rest on: catalogue, groups, calendars, definitions."""
    for name, data in files.items():
        if name in (catalogue.FILE, groups.FILE, calendars.FILE) or is_definition(name):
            yield name, data
