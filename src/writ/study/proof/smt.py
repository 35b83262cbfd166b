"""SMT-LIB text: terms over Booleans, and a script that declares and defines them by name.

1. Terms are text; what is known to be true or false is simplified away.
2. A name is written between bars, so that whoever replays a file reads who and what it is about.
3. A constant is declared, and a term defined, once; a short term needs no name.
"""

from collections.abc import Iterable

TRUE, FALSE = "true", "false"
_SHORT = 48


def symbol(name: str) -> str:
    """Quote a name as SMT-LIB has it."""
    return "|" + name.replace("|", "!").replace("\\", "/").replace("\0", "?") + "|"


def conj(terms: Iterable[str]) -> str:
    """All of the terms."""
    return _joined("and", TRUE, FALSE, terms)


def disj(terms: Iterable[str]) -> str:
    """Any of the terms."""
    return _joined("or", FALSE, TRUE, terms)


def neg(term: str) -> str:
    """The opposite of a term."""
    if term in (TRUE, FALSE):
        return FALSE if term == TRUE else TRUE
    return term[5:-1] if term.startswith("(not ") else f"(not {term})"


def implies(condition: str, term: str) -> str:
    """The term, if the condition holds."""
    return disj((neg(condition), term))


def _joined(word: str, unit: str, zero: str, terms: Iterable[str]) -> str:
    kept = [term for term in dict.fromkeys(terms) if term != unit]
    if zero in kept:
        return zero
    if not kept:
        return unit
    return kept[0] if len(kept) == 1 else f"({word} {' '.join(kept)})"


class Script:
    """What a solver is told, line by line."""

    def __init__(self, *comments: str) -> None:
        self._lines = [f"; {comment}" for comment in comments]
        self._lines += ["(set-logic QF_LIA)", "(set-option :produce-models true)"]
        self._names: set[str] = set()

    def declare(self, name: str, sort: str = "Bool") -> str:
        """Declare a constant (rule 3)."""
        quoted = symbol(name)
        if quoted not in self._names:
            self._names.add(quoted)
            self._lines.append(f"(declare-const {quoted} {sort})")
        return quoted

    def define(self, name: str, term: str) -> str:
        """Give a term a name, unless it is short (rule 3)."""
        if len(term) <= _SHORT:
            return term
        quoted = symbol(name)
        if quoted not in self._names:
            self._names.add(quoted)
            self._lines.append(f"(define-fun {quoted} () Bool {term})")
        return quoted

    def function(self, name: str, parameters: Iterable[str], term: str) -> str:
        """Define a function of Booleans."""
        quoted = symbol(name)
        if quoted not in self._names:
            self._names.add(quoted)
            told = " ".join(f"({item} Bool)" for item in parameters)
            self._lines.append(f"(define-fun {quoted} ({told}) Bool {term})")
        return quoted

    def require(self, term: str) -> None:
        """Assert a term."""
        if term != TRUE:
            self._lines.append(f"(assert {term})")

    def text(self, *goals: str) -> str:
        """Return the script with goals, ready to be checked."""
        return "\n".join((*self._lines, *(f"(assert {goal})" for goal in goals), "(check-sat)", ""))
