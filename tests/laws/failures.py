"""A question on which the two writings differ, kept as a folder of orders with one case.

1. The case expects what the literal meaning says; the compiled one is what users run.
2. It is made as small as it gets while they differ, and then written.
3. What was written is read back and asked of both, so that nobody chases a case that lost its bug.
"""

from pathlib import Path

from tests.laws.agreement import Asked, Said, said
from tests.laws.shrink import Holds, shrunk
from tests.worlds.written import Unwritable, stretched, write_chain, write_folder
from writ.errors import InvalidInput
from writ.law.cases import Case, Wanted, WantedReason, write_case
from writ.law.cases_suite import read_suites
from writ.law.compiled.decide import decide as decide_compiled
from writ.law.compiled.places import deployment_named
from writ.law.document import Place
from writ.law.literal.decide import decide as decide_literally
from writ.model.decision import Reason
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain


def differ(book: Lawbook, asked: Asked) -> bool:
    """Whether the two writings answer differently."""
    return said(decide_literally(book, *asked)) != said(decide_compiled(book, *asked))


def keep(folder: Path, book: Lawbook, asked: Asked, holds: Holds = differ) -> str:
    """Write a question, made small while `holds`, into a folder of its own; say how that went."""
    book, asked = shrunk(book, asked, holds)
    try:
        file = write_question(folder, book, asked, said(decide_literally(book, *asked)))
    except Unwritable as reason:
        return f"not kept as a case: it takes {reason}, which no file can say"
    try:
        literal, compiled = both(file)
    except InvalidInput as error:
        return f"not kept as a case: {str(error).splitlines()[0]}"
    return f"kept in {file}" if literal != compiled else f"kept in {file}, where both agree"


def write_question(folder: Path, book: Lawbook, asked: Asked, right: Said) -> Path:
    """Write orders and case; return the case file."""
    chain, model, at, deployment = asked
    files = write_folder(book, at)
    case = Case(
        "as drawn",
        Place(""),
        write_chain(book, chain, at),
        model,
        stretched(at),
        Wanted(_outcome(right), right[2], _because(right)),
        "the literal meaning says so",
        None if deployment is None else deployment.name,
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    file = folder / f"{folder.name}.cases.yaml"
    file.write_bytes(write_case(folder.name, case))
    return file


def both(file: Path) -> tuple[Said, Said]:
    """Ask the case of a file of both writings."""
    found = read_suites([file])
    if found.faults:
        raise InvalidInput(found.faults)
    (suite,) = found.suites
    (case,) = suite.cases
    assert isinstance(case.chain, Chain)
    book = found.books[suite.orders]
    deployment = deployment_named(book, case.deployment)
    question = (book, case.chain, case.model, case.at, deployment)
    return said(decide_literally(*question)), said(decide_compiled(*question))


def _outcome(right: Said) -> Outcome:
    return Outcome[right[0].upper()]


def _because(right: Said) -> tuple[WantedReason, ...] | None:
    """Return all reasons; a permit's are not compared."""
    if _outcome(right) is Outcome.PERMIT:
        return None
    return tuple(_reason(reason) for reason in right[3])


def _reason(reason: Reason) -> WantedReason:
    told = {
        "order": reason.order,
        "version": reason.version,
        "rule": reason.rule,
        "link": reason.link,
        "verdict": reason.verdict,
    }
    return {key: value for key, value in told.items() if value is not None}
