"""Groups of subjects that an expression names.

1. `self` is the provider; another name is an annex of this version, else, where the operator says
   so, the id of one organisation.
2. Where an annex tells subsidiaries apart, an operator may leave them out. Those who are said
   nothing of count, and the check notes it.
"""

from collections.abc import Mapping

from writ.law.annexes import without_subsidiaries
from writ.law.document import Node, quoted
from writ.law.reading import nearest
from writ.law.scope import Scope
from writ.model.expression import Group

SELF = "self"


def read_group(scope: Scope, nodes: Mapping[str, Node], word: str, *, or_subject: bool) -> Group:
    """Find the subjects that a name stands for, with subsidiaries or without."""
    group = _named_group(scope, nodes[word], or_subject=or_subject)
    said = nodes.get("subsidiaries")
    if said is None:
        if group.below:
            scope.reader.note(
                nodes[word],
                f"{quoted(group.name)} tells {len(group.below)} subsidiaries apart, and they count"
                " here; write `subsidiaries: in` or `out`",
            )
        return group
    choice = scope.reader.choice(said, ("in", "out"))
    if group.below is None:
        scope.reader.fault(
            said,
            f"{quoted(group.name)} does not tell subsidiaries apart; its annex names a column"
            " `subsidiary_of`",
        )
        return group
    return group if choice == "in" else without_subsidiaries(group)


def _named_group(scope: Scope, node: Node, *, or_subject: bool) -> Group:
    reader, name = scope.reader, scope.reader.identifier(node)
    nobody = Group(name, frozenset())
    if scope.provider is None:
        reader.fault(node, "only an order names groups; a definition holds for every order")
        return nobody
    if name in scope.annexes:
        return scope.annexes[name]
    if not or_subject:
        if name and "annexes" not in reader.unread:
            known = nearest(name, scope.annexes)
            reader.fault(node, f"{quoted(name)} is no annex of this version{known}")
        return nobody
    if name == SELF:
        return Group(SELF, frozenset({scope.provider}))
    if name:
        reader.note(
            node,
            f"{quoted(name)} is no annex of this version, so it is read as an organisation's id",
        )
    return Group(name, frozenset({name}))
