"""SMT-LIB text: terms over Booleans, and a script that declares and defines them by name.

1. Terms are text; what is known to be true or false is simplified away.
2. A name is written between bars, so that whoever replays a file reads who and what it is about;
   what is long is called by a number there, which a comment explains.
3. A constant is declared, and a term defined, once; a short term needs no name, and neither does one
   that has a name.
"""

from collections.abc import Iterable

TRUE, FALSE = "true", "false"
_SHORT, _NAMED = 48, ("|", "(not |")
_WRITTEN = str.maketrans({"!": "!!", "|": "!i", "\\": "!b", "?": "!q", "\0": "?"})


def symbol(name: str) -> str:
    """Quote a name as SMT-LIB has it: what may not stand between bars is written otherwise, each its own way."""
    return f"|{name.translate(_WRITTEN)}|"


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


def choice(condition: str, yes: str, no: str) -> str:
    """One term where a condition holds, and another where not."""
    if yes == no:
        return yes
    if condition in (TRUE, FALSE):
        return yes if condition == TRUE else no
    if TRUE in (yes, no):
        return disj((condition, no)) if yes == TRUE else disj((neg(condition), yes))
    return disj((conj((condition, yes)), conj((neg(condition), no))))


def _joined(word: str, unit: str, zero: str, terms: Iterable[str]) -> str:
    kept = dict.fromkeys(terms)
    kept.pop(unit, None)
    if zero in kept:
        return zero
    if len(kept) > 1:
        return f"({word} {' '.join(kept)})"
    return next(iter(kept), unit)


class Script:
    """What a solver is told, line by line."""

    def __init__(self, *comments: str) -> None:
        self._lines = [f"; {_line(comment)}" for comment in comments]
        self._lines += ["(set-logic QF_UF)", "(set-option :produce-models true)"]
        self._names: dict[str, str] = {}
        self._terms: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def declare(self, name: str) -> str:
        """Declare a Boolean constant (rule 3)."""
        quoted = self._names.get(name)
        if quoted is None:
            quoted = self._names[name] = symbol(name)
            self._lines.append(f"(declare-const {quoted} Bool)")
        return quoted

    def define(self, name: str, term: str) -> str:
        """Give a term a name (rule 3); another term of that name gets one of its own."""
        if len(term) <= _SHORT or term.startswith(_NAMED):
            return term
        known = self._terms.get(term)
        if known is None:
            if name in self._names:
                name = f"{name} ({len(self._terms)})"
            known = self._names[name] = self._terms[term] = symbol(name)
            self._lines.append(f"(define-fun {known} () Bool {term})")
        return known

    def function(self, name: str, parameters: Iterable[str], term: str) -> str:
        """Define a function of Booleans."""
        quoted = symbol(name)
        if name not in self._names:
            self._names[name] = quoted
            told = " ".join(f"({item} Bool)" for item in parameters)
            self._lines.append(f"(define-fun {quoted} ({told}) Bool {term})")
        return quoted

    def number(self, word: str, what: str) -> str:
        """Call something long by a word and a number (rule 2)."""
        short = self._numbers.get((word, what))
        if short is None:
            self._counts[word] = self._counts.get(word, 0) + 1
            short = self._numbers[word, what] = f"{word} {self._counts[word]}"
            self._lines.append(f"; {short}: {_line(what)}")
        return short

    def require(self, term: str) -> None:
        """Assert a term."""
        if term != TRUE:
            self._lines.append(f"(assert {term})")

    def text(self, *goals: str) -> str:
        """Return the script with goals, ready to be checked."""
        return "\n".join((*self._lines, *(f"(assert {goal})" for goal in goals), "(check-sat)", ""))


def _line(text: str) -> str:
    """Leave out of a comment what would end it."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "?" for char in text)
