"""Which outward answers an expected outcome allows.

| expected   | answers                                                                            |
|------------|------------------------------------------------------------------------------------|
| permit     | 200, `model` names the model asked for                                             |
| substitute | 200, `model` names another                                                         |
| deny       | 451; the uniform 403 where the order's disclosure is `none` or an end user is named |
| verify     | 403 `verification_required`; the uniform 403 where an end user is named             |

1. Under `none` a deny must not be a 451, for that would tell that there is an order.
2. With disclosure and nobody else named, a deny must not hide behind the uniform refusal.
3. Where the uniform refusal hides which it was, the gateway's receipt tells (`record.Receipt`).
"""

from collections.abc import Iterable

from writ.drill.expected import Names
from writ.drill.record import Answer
from writ.model.catalogue import Catalogue
from writ.model.order import Disclosure, Lawbook
from writ.model.outcome import Outcome

SERVED: frozenset[Answer] = frozenset({"permit", "substitute"})


def answer_of_refusal(status: int | None, code: str | None) -> Answer:
    """Name a refusal by its status and the code in the provider's envelope."""
    match status, code:
        case (451, "legal_order"):
            return "deny"
        case (403, "verification_required"):
            return "verify"
        case (403, "not_available"):
            return "refused"
        case _:
            return "error"


def answer_of_service(catalogue: Catalogue, model: str, served_by: str) -> Answer:
    """Name an answer of the upstream by the model that it says it is."""
    named = catalogue.resolve(served_by)
    if named is None:
        return "error"
    return "permit" if named == model else "substitute"


def allowed(outcome: Outcome, names: Names, disclosures: Iterable[Disclosure]) -> frozenset[Answer]:
    """Return the answers that an outcome allows; `disclosures` are those that may govern it."""
    governing = set(disclosures)
    match outcome:
        case Outcome.PERMIT:
            return frozenset({"permit"})
        case Outcome.SUBSTITUTE:
            return frozenset({"substitute"})
        case Outcome.VERIFY:
            return frozenset({"verify"} if names.end_user is None else {"verify", "refused"})
        case Outcome.DENY:
            told: set[Answer] = {"deny"} if "none" not in governing else set()
            if "none" in governing or names.end_user is not None:
                told.add("refused")
            return frozenset(told)


def disclosures_at(book: Lawbook, model: str, at: int) -> frozenset[Disclosure]:
    """Return the disclosures of the orders in force that name a model."""
    return frozenset(
        active.version.disclosure for active in book.rules_at(at) if model in active.rule.models
    )
