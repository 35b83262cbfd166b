"""The questions of a proof: the same in every run, answered alike by another solver, and by both writings."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import cvc5
import pytest

from tests.unit.study.test_prove import ENTITIES, ORDERS, failed, folder
from tests.worlds.lawbooks import MODELS, lawbook, pool
from writ.clock import FOREVER
from writ.law.compiled.book import Compiled
from writ.law.folder import read_folder
from writ.study.proof.artefact import Cells
from writ.study.proof.by_model import does_what_is_ordered
from writ.study.proof.equal import EQUALITIES, Compared, Subject, differ, links
from writ.study.proof.findings import Proof
from writ.study.proof.prove import prove
from writ.study.proof.report import write
from writ.study.proof.same import Same
from writ.study.proof.smt import Script
from writ.study.proof.solver import solve
from writ.study.proof.symbols import Symbols


def test_another_solver_replays_the_kept_questions(tmp_path: Path) -> None:
    """cvc5 says `unsat` to everything that z3 proved."""
    book = read_folder(ENTITIES)
    proof = prove(book)
    write(tmp_path / "out", book, proof, {})
    proved = {
        name
        for item in proof.findings
        if item.property in (*EQUALITIES, "contained", "restores")
        for name in item.files
    }
    assert {"atlas-3.equal.smt2"} == proved
    for name in proved:
        assert ("unsat", name) == (_cvc5((tmp_path / "out" / name).read_text()), name)


def test_two_states_of_law_are_compared_by_both_solvers() -> None:
    """An order's tables with and without it differ from its first instant on, and not before."""
    book = read_folder(ENTITIES)
    with_, without = Cells(Compiled(book)), Cells(Compiled(replace(book, versions=())))
    first = min(item.effective for item in book.versions)
    same = Same(with_, without)
    for spans, alike in ((((-FOREVER, first),), True), (((first, FOREVER),), False)):
        text = differ(same.sides, "atlas-3", spans)
        answers = {solve(text).answer, _cvc5(text)}
        assert ({"unsat" if alike else "sat"}, alike) == (answers, same.of("atlas-3", spans))


def _cvc5(text: str) -> str:
    solver = cvc5.Solver()
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
    symbols, answer = parser.getSymbolManager(), ""
    while not (command := parser.nextCommand()).isNull():
        answer += str(command.invoke(solver, symbols))
    return answer.strip()


@pytest.mark.parametrize("seed", range(6))
def test_random_lawbooks_are_proved(seed: int) -> None:
    """What is ordered and what the tables do, written for the solver by strangers, are the same in all."""
    random = Random(seed)  # noqa: S311  to be repeated, not to be secret
    book = lawbook(random, pool(random))
    compiled = Compiled(book)
    for model in MODELS:
        subject = Subject.of(book, compiled, model)
        script = Script(model)
        compared = Compared(subject, links(script, subject.domain(), Symbols), script)
        goals = (compared.anything(), *compared.goals().values())
        assert ["unsat"] * 4 == [solve(script.text(goal)).answer for goal in goals]


WRITTEN = """
import sys
from pathlib import Path
from writ.law.compiled.book import Compiled
from writ.law.folder import read_folder
from writ.study.proof.equal import Compared, Subject, links
from writ.study.proof.smt import Script
from writ.study.proof.symbols import Symbols
for name in sys.argv[1:]:
    book = read_folder(Path(name))
    for model in sorted(book.catalogue.models):
        subject, script = Subject.of(book, Compiled(book), model), Script(model)
        print(script.text(Compared(subject, links(script, subject.domain(), Symbols), script).anything()))
"""


def test_the_same_orders_give_the_same_questions() -> None:
    """Whatever strings are hashed with, which is another number in each process."""
    folders = [str(ORDERS / name) for name in ("june-2026", "entity-ownership")]
    command = [sys.executable, "-c", WRITTEN, *folders]
    started = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    one, other = (process.communicate()[0] for process in started)
    assert (one, True) == (other, one.endswith(b"(check-sat)\n\n"))


def test_ids_that_look_alike_to_a_solver_are_two(tmp_path: Path) -> None:
    """A bar may not stand in a question, and what is written for it is no other id's."""
    alike = ["x|1", "x!1", "x!i1", "x\\1", "x!b1", "x?1", "x/1"]
    listed = (
        "any: ["
        + ", ".join(
            f"{{all: [{{employee_of: a{n}}}, {{not: {{employee_of: a{n - 1}}}}}]}}"
            for n in range(1, len(alike))
        )
        + "]"
    )
    path = folder(tmp_path / "o", one=f"bar: {{person: {{{listed}}}}}")
    annexes = ", ".join(f"a{n}: {{file: a{n}.csv, key: organisation}}" for n in range(len(alike)))
    file = path / "one.v1.yaml"
    file.write_text(file.read_text() + f"annexes: {{{annexes}}}\n")
    for number, name in enumerate(alike):
        (path / f"a{number}.csv").write_text(f"organisation,name\n{name},\n")
    book = read_folder(path)
    proof = Proof()
    does_what_is_ordered(proof, Subject.of(book, Compiled(book), "nova-1"))
    assert ({}, 3) == (failed(proof), len(proof.findings))
    (text,) = proof.texts.values()
    assert "unsat" == _cvc5(text)
