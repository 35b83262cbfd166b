"""Orders in force at an instant as a folder for Cedar: policies, a schema, entities and a note.

1. Policies permit where orders do (`cedar_policy`); entities carry what is known (`cedar_known`).
2. A model's other names are entities in it. Somebody whom nobody named is an entity too.
3. The note says what Cedar cannot, and until when the law stands as it was written down.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from writ.clock import Instant, format_instant
from writ.model.catalogue import Deployment
from writ.model.order import Lawbook
from writ.model.subject import Subject
from writ.study.cedar_known import LISTS, Cells, key
from writ.study.cedar_policy import Policies, policies, quoted

_NOTE = """\
# What these policies say, and what Cedar cannot

Orders in force at {at}, of {count} subjects, for Cedar 4. {where} {until}

## How to ask

- principal: `Writ::Party` of the requester; action: `Writ::Action::"use"`; resource: `Writ::Model`, by any name.
- context: `organisation` and `end_user`, each a `Writ::Party` of `entities.json`, where the chain has one. A part of the chain that is left out is a part that is not there.
- Only *Allow* without any error is a permit. **An answer with errors in its diagnostics is a deny**, whatever its decision; so is no decision.

There is no `forbid`. Cedar skips a policy that errs, so a `forbid` written the natural way opens for exactly those of whom an attribute is missing. Here a missing entity or attribute makes a `permit` err, and refuses. Add no `permit` beside these.

## Models without a policy: refused to everybody

{refused}

## What Cedar cannot say

- **Three outcomes are one.** Verify, substitute and deny are all *Deny*. Cedar permits exactly where the outcome is permit; who might be served after showing something is not told, nor what would settle it (`would_settle`).
- **Substitutes.** Whether another model stands in is asked by asking for that model.
- **Risk taken.** A rule that permits where it is open, at somebody's risk, is not written; nor is one that asks what facts come to together (owners, parents, employers, the most recent citizenship, what was held at an instant).
- **Time.** Evidence ages, expires and begins to count; orders begin and end. These files are of one instant. Write them again at every change of law or facts.
- **Unknown is not foreign.** `yes` has what is shown, `maybe` what nothing rules out, for each floor and greatest age of evidence that a rule asks for. Numbers in them are cells: values that the same lists of the rules name. They mean nothing beside another export.
- **Somebody not in `entities.json`**, an end user whom nobody registered for one, is refused.
- **Deployments**: these files are of one, or of none; then every rule counts. Reasons, clauses and receipts are not there.
"""


@dataclass(frozen=True, slots=True)
class Export:
    """Files by name; models with a policy, and why others have none."""

    files: dict[str, bytes]
    exported: tuple[str, ...]
    refused: dict[str, str]


def export(
    book: Lawbook, people: Iterable[Subject], at: Instant, deployment: Deployment | None = None
) -> Export:
    """Write the orders in force at an instant, for a deployment, and what is known of people then."""
    written = policies(book, at, deployment)
    subjects = sorted(people, key=lambda subject: subject.id)
    files = {
        "policies.cedar": "\n".join(written.text.values()),
        "schema.cedarschema": _schema(written.cells),
        "entities.json": _entities(book, written.cells, subjects, at),
        "NOTE.md": _note(book, written, len(subjects), (at, deployment)),
    }
    encoded = {name: text.encode() for name, text in files.items()}
    return Export(encoded, tuple(sorted(written.text)), written.refused)


def _schema(cells: Cells) -> str:
    names = [
        LISTS,
        *(key(attribute, level) for attribute in cells.values for level in cells.levels),
    ]
    known = ",\n".join(f"    {name}: Cells" for name in names)
    return f"""\
namespace Writ {{
  type Cells = {{ yes: Set<String>, maybe: Set<String> }};
  type Known = {{
{known}
  }};
  entity Party = {{ kind: String, known: Known }};
  entity Unnamed = {{ known: Known }};
  entity Model in [Model];
  action use appliesTo {{
    principal: [Party],
    resource: [Model],
    context: {{ organisation?: Party, end_user?: Party }}
  }};
}}
"""


def _entities(book: Lawbook, cells: Cells, people: Iterable[Subject], at: Instant) -> str:
    found = [
        _entity("Party", item.id, kind=item.kind, known=cells.known(item, item.kind, at))
        for item in people
    ]
    found += [
        _entity("Unnamed", "person", known=cells.known(None, "person", at)),
        _entity("Unnamed", "organisation", known=cells.known(None, "organisation", at)),
    ]
    for name, model in sorted(book.catalogue.names.items()):
        entity = _entity("Model", name)
        found.append(entity if name == model else {**entity, "parents": [_uid("Model", model)]})
    return msgspec.json.format(msgspec.json.encode(found)).decode() + "\n"


def _entity(type_: str, name: str, **attributes: object) -> dict[str, object]:
    return {"uid": _uid(type_, name), "attrs": attributes, "parents": []}


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": f"Writ::{kind}", "id": name}


def _note(
    book: Lawbook, written: Policies, count: int, asked: tuple[Instant, Deployment | None]
) -> str:
    """Rule 3."""
    at, deployment = asked
    later = [boundary for boundary in book.boundaries() if boundary > at]
    changes = f"Orders next change at {format_instant(later[0])}." if later else ""
    refused = [f"- {quoted(model)}: {why}" for model, why in written.refused.items()]
    served = f"As they count at the deployment {quoted(deployment.name)}." if deployment else ""
    return _NOTE.format(
        at=format_instant(at),
        count=count,
        where=served or "At no deployment in particular: every rule counts.",
        until=changes or "No later change of orders is known.",
        refused="\n".join(refused) or "None.",
    )
