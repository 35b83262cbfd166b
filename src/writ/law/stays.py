"""`stays:` of an order file: rules that a court or the authority has stayed.

1. Stayed rules, with their exceptions, have no effect in [from, until); nobody presses a button.
2. What a stay leaves out it does not touch; the order's dates stay as they are.
"""

from collections.abc import Collection

from writ.law.authority import read_proof
from writ.law.document import Node, quoted
from writ.law.letter import Letter
from writ.law.reading import Keys, nearest
from writ.model.order import Stay

STAY_KEYS = Keys(
    required=("id", "rules", "by", "from"),
    optional=("clauses", "cites", "document", "authenticated"),
    nullable=("until",),
)


def read_stay(letter: Letter, node: Node, rules: Collection[str]) -> Stay:
    """Read one stay of some of `rules`."""
    reader = letter.reader
    fields = reader.fields(node, STAY_KEYS)
    since, until = reader.instant(fields["from"]), reader.instant(fields["until"])
    last = fields["until"]
    if last is not None and since is not None and until is not None and until <= since:
        reader.fault(last, "an empty window: `until` is not after `from`")
    named = [(reader.text(item), item) for item in reader.some(fields["rules"])]
    for name, item in named:
        if name.strip() and name not in rules and "rules" not in reader.unread:
            reader.fault(item, f"no rule {quoted(name)} in this version{nearest(name, rules)}")
    if "clauses" in fields:
        letter.clause_list(fields["clauses"])
    read_proof(reader, fields)
    return Stay(
        reader.name(fields["id"]),
        frozenset(name for name, _ in named),
        reader.text(fields["by"]),
        since or 0,
        until,
    )
