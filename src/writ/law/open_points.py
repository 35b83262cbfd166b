"""Where a letter is open: what counsel decided (`readings`), and what was asked (`questions`).

1. A reading carries its clause; a question that was put to the authority does not, answered or not.
2. An answer has its instant, and comes after the question.
"""

from writ.law.document import Node
from writ.law.letter import Letter
from writ.law.reading import Keys

READING_KEYS = Keys(required=("clause", "reading", "decided_by"), optional=("rejected",))
QUESTION_KEYS = Keys(
    required=("id", "clause", "question", "asked_at", "to"),
    nullable=("answer_by", "answered_at", "answer"),
)


def read_reading(letter: Letter, node: Node) -> None:
    """Read what was decided, and the one or several readings that were rejected."""
    reader = letter.reader
    fields = reader.fields(node, READING_KEYS)
    letter.clause(fields["clause"])
    reader.text(fields["reading"])
    reader.text(fields["decided_by"])
    rejected = fields["rejected"]
    several = rejected is not None and isinstance(rejected.value, tuple)
    for item in reader.some(rejected) if several else (rejected,):
        reader.text(item)


def read_question(letter: Letter, node: Node) -> None:
    """Read a question put to the authority (rules 1 and 2)."""
    reader = letter.reader
    fields = reader.fields(node, QUESTION_KEYS)
    reader.name(fields["id"])
    letter.known_clause(fields["clause"])
    for key in ("question", "to", "answer"):
        reader.text(fields[key])
    asked, answered = reader.instant(fields["asked_at"]), reader.instant(fields["answered_at"])
    by = reader.instant(fields["answer_by"])
    at = fields["answered_at"]
    if (fields["answer"] is None) != (at is None):
        reader.fault(node, "`answer` and `answered_at` stand together")
    for last, key in ((answered, "answered_at"), (by, "answer_by")):
        place = fields[key]
        if place is not None and last is not None and asked is not None and last < asked:
            reader.fault(place, f"`{key}` is before `asked_at`")
