"""z3, asked in SMT-LIB text; known to this file alone.

1. A question is text, so that any other solver can be asked the same from a file.
2. Whoever gives no answer in time has not proved anything.
"""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Answer: TypeAlias = Literal["unsat", "sat", "unknown"]
LONGEST_MS = 60_000
_TRUE = re.compile(r"\(define-fun (?:\|([^|]*)\||(\S+)) \(\) Bool\s+true\)")
"""A constant that a model makes true, as z3 writes it: a fifth of the time of asking one by one."""


@dataclass(frozen=True, slots=True)
class Solved:
    """An answer; where there is a case, the constants that are true."""

    answer: Answer
    true: frozenset[str] = frozenset()


def solve(text: str, longest_ms: int = LONGEST_MS) -> Solved:
    """Ask whether everything a script asserts can be so together."""
    import z3  # noqa: PLC0415  heavy, and only for proofs

    solver = z3.SolverFor("QF_FD")
    solver.set("timeout", longest_ms)
    solver.from_string(text.removesuffix("(check-sat)\n"))
    answer: Answer = str(solver.check())  # type: ignore[assignment]  # z3 says one of these words
    if answer != "sat":
        return Solved(answer)
    true = (quoted or plain for quoted, plain in _TRUE.findall(solver.model().sexpr()))
    return Solved(answer, frozenset(true))


def ready() -> None:
    """Have the solver begin, so that processes forked from this one need not: each would."""
    import z3  # noqa: PLC0415  as above

    z3.main_ctx()


def version() -> str:
    """Name the solver that was asked."""
    import z3  # noqa: PLC0415  as above

    return f"z3 {z3.get_version_string()}"
