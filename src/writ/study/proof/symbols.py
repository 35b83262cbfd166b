"""One link of a request as a solver sees it: constants for whatever may be known of it.

1. Per level of evidence (a floor and a greatest age) and attribute: which values are shown, and
   whether the list is closed. Nothing ties one level to another, so that a proof holds whatever
   facts say together, be it in contradiction.
2. Values that neither the order nor the tables tell apart are one; so are ids.
3. A derived atom is two constants at each level: it is certainly true, or it may be.
4. Somebody whom nobody named has shown nothing, and may be on any list.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import combinations
from operator import itemgetter
from typing import Literal, NamedTuple, TypeAlias

from writ.clock import format_duration
from writ.model.expression import WILD, Derived, Listed
from writ.study.proof.smt import FALSE, TRUE, Script, disj

Parts: TypeAlias = tuple[str, ...]
Role: TypeAlias = Literal["person", "organisation", "unnamed"]
ROLES: tuple[Role, ...] = ("person", "organisation", "unnamed")
CERTIFICATES = "users_certified"
OTHER = "\0other"
"""A part of a value that nobody names."""


class Level(NamedTuple):
    """A floor (0 to 4) and a greatest age in microseconds (None: any)."""

    floor: int
    age: int | None

    def __str__(self) -> str:
        return f"A{self.floor}" if self.age is None else f"A{self.floor} {span(self.age)}"


@cache
def span(age: int) -> str:
    """Write a greatest age."""
    return format_duration(age) if age % 1000 == 0 else f"{age}us"


class Patterns:
    """The values that some patterns name, looked up by what the patterns say."""

    def __init__(self, patterns: frozenset[Parts]) -> None:
        said: dict[tuple[int, tuple[int, ...]], set[object]] = {}
        for pattern in patterns:
            places = tuple(place for place, part in enumerate(pattern) if part != WILD)
            said.setdefault((len(pattern), places), set()).add(_at(places)(pattern))
        self._said = [(size, _at(places), found) for (size, places), found in said.items()]

    def naming(self, values: Iterable[Parts]) -> list[Parts]:
        """Return those of some values that some pattern names."""
        if len(self._said) == 1:
            ((size, told, said),) = self._said
            return [value for value in values if len(value) == size and told(value) in said]
        return [value for value in values if self._name(value)]

    def _name(self, value: Parts) -> bool:
        return any(len(value) == size and told(value) in said for size, told, said in self._said)


def _at(places: tuple[int, ...]) -> Callable[[Parts], object]:
    """Return what picks the parts at some places; of none, what is the same for all of a size."""
    return itemgetter(*places) if places else len


@lru_cache(maxsize=4096)
def looked_up(patterns: frozenset[Parts]) -> Patterns:
    """Return patterns to look values up by; models under the same orders share them."""
    return Patterns(patterns)


@dataclass(frozen=True)
class Domain:
    """Rule 2: a value for all alike (which are told), and an id for all alike (the first: nobody's)."""

    values: Mapping[str, Mapping[Parts, tuple[Parts, ...]]]
    ids: tuple[str, ...]
    levels: frozenset[Level] = frozenset()
    """Floors and ages that evidence is asked for."""
    _named: dict[Listed, tuple[Parts, ...]] = field(default_factory=dict)
    _turning: dict[Listed, tuple[Parts, ...]] = field(default_factory=dict)
    _numbers: dict[Derived, int] = field(default_factory=dict)
    _unsaid: dict[str, Mapping[Parts, tuple[Parts, ...]]] = field(default_factory=dict)

    def named(self, atom: Listed) -> tuple[Parts, ...]:
        """Return the values that a list names."""
        found = self._named.get(atom)
        if found is None:
            values = self.values.get(atom.attribute, ())
            found = self._named[atom] = tuple(looked_up(atom.patterns).naming(values))
        return found

    def turning(self, atom: Listed) -> tuple[Parts, ...]:
        """Return the values that a list does not name, and that may turn out to be some it does."""
        found = self._turning.get(atom)
        if found is None:
            values = self.named(atom)
            others = {other for item in values for other in self.unsaid(atom.attribute, item)}
            others = others.difference(values)
            every = self.values.get(atom.attribute, ()) if others else ()
            found = self._turning[atom] = tuple(value for value in every if value in others)
        return found

    def called(self, atom: Derived) -> str:
        """Tell a derived atom apart from others, in a word and a number."""
        return f"{type(atom).__name__} {self._numbers.setdefault(atom, len(self._numbers) + 1)}"

    def unsaid(self, attribute: str, value: Parts) -> tuple[Parts, ...]:
        """Return the others with a part unsaid that may turn out to be a value, or one like it."""
        if attribute not in self._unsaid:
            self._unsaid[attribute] = _unsaid(self.values[attribute])
        return self._unsaid[attribute].get(value, ())


def _unsaid(values: Mapping[Parts, tuple[Parts, ...]]) -> dict[Parts, tuple[Parts, ...]]:
    turned: dict[Parts, dict[Parts, None]] = {}
    for value, several in values.items():
        for item in several:
            turned.setdefault((*item[:-1], ""), {})[value] = None
    found: dict[Parts, dict[Parts, None]] = {}
    for other, several in values.items():
        for item in several:
            for value in turned[item] if item[-1] == "" else ():
                if value != other:
                    found.setdefault(value, {})[other] = None
    return {value: tuple(others) for value, others in found.items()}


def alike(
    items: Iterable[Parts], told: Callable[[Parts], Hashable]
) -> dict[Parts, tuple[Parts, ...]]:
    """Return one of all items of which the same is told, with all of them."""
    found: dict[Hashable, list[Parts]] = {}
    for item in items:
        found.setdefault(told(item), []).append(item)
    return {same[0]: tuple(same) for same in found.values()}


class Symbols:
    """The constants of one link; `acting` are those of the organisation it acts for."""

    def __init__(
        self, script: Script, role: Role, domain: Domain, acting: "Symbols | None" = None
    ) -> None:
        self.script, self.role, self.domain = script, role, domain
        self._acting = acting
        self._constants: dict[tuple[Level, str, Parts | None], str] = {}
        self._several: dict[tuple[Level, str, tuple[Parts, ...]], str] = {}
        if role != "unnamed":
            for one, other in combinations((self.nameless, *map(self.known_as, domain.ids[1:])), 2):
                script.require(f"(not (and {one} {other}))")

    @property
    def kind(self) -> Literal["person", "organisation"]:
        """What kind of subject it is."""
        return "organisation" if self.role == "organisation" else "person"

    def values(self, attribute: str) -> tuple[Parts, ...]:
        """Return the values that are told apart."""
        return tuple(self.domain.values.get(attribute, ()))

    def has(self, level: Level, attribute: str, value: Parts) -> str:
        """Whether the value is shown at the level."""
        return self._known(level, attribute, value)

    def some(self, level: Level, attribute: str, values: tuple[Parts, ...]) -> str:
        """Whether some of the values are shown at the level; both writings ask the same of them often."""
        if self.role == "unnamed" or not values:
            return FALSE
        key = (level, attribute, values)
        if key not in self._several:
            self._several[key] = disj(self._known(level, attribute, value) for value in values)
        return self._several[key]

    def shut(self, level: Level, attribute: str) -> str:
        """Whether the list of values is closed at the level."""
        return self._known(level, attribute, None)

    def _known(self, level: Level, attribute: str, value: Parts | None) -> str:
        if self.role == "unnamed":
            return FALSE
        key = (level, attribute, value)
        found = self._constants.get(key)
        if found is None:
            found = self._constants[key] = (
                self.closed(level, attribute)
                if value is None
                else self.shown(level, attribute, value)
            )
        return found

    def shown(self, level: Level, attribute: str, value: Parts) -> str:
        """Rule 1."""
        told = "/".join(value)
        return self.script.declare(f"{self.role} shows {attribute} {told} at {level}")

    def closed(self, level: Level, attribute: str) -> str:
        """Rule 1."""
        return self.script.declare(f"{self.role} shows all {attribute} at {level}")

    def derived(self, level: Level, atom: Derived) -> tuple[str, str]:
        """Whether a derived atom is certainly true, and whether it may be (rule 3)."""
        if self.role == "unnamed":
            return FALSE, TRUE
        name = f"{self.role} {self.domain.called(atom)} at {level}"
        sure = self.script.declare(f"{name} is certain")
        return sure, disj((sure, self.script.declare(f"{name} is open")))

    def listed(self, members: frozenset[str]) -> str:
        """Whether its own id is one of these."""
        return FALSE if self.role == "unnamed" else self.among(members)

    @property
    def nameless(self) -> str:
        """Whether it has no id (rule 4)."""
        return TRUE if self.role == "unnamed" else self.script.declare(f"{self.role} has no id")

    def known_as(self, name: str) -> str:
        """Whether it has an id, or one like it."""
        return self.script.declare(f"{self.role} id is {name}")

    def among(self, members: frozenset[str]) -> str:
        """Whether its id, if it has one, is one of these."""
        return disj(self.known_as(item) for item in self.domain.ids[1:] if item in members)

    def acts_for(self, members: frozenset[str]) -> str:
        """Whether the organisation it acts for is one of these."""
        return FALSE if self._acting is None else self._acting.among(members)

    def certified(self, name: str, level: Level) -> str:
        """Whether the organisation it acts for is certified for a definition at a level."""
        return FALSE if self._acting is None else self._acting.has(level, CERTIFICATES, (name,))
