"""The method `review`: papers without a chip, looked at by two people, at a time and place agreed.

1. It is a way for everybody: without a smartphone, a chip, an employer or an account elsewhere.
2. Which paper it is, its holder chooses from a menu; none is demanded (8 USC 1324b(a)(6)).
3. Nothing of a paper is handed in here. Two reviewers see it elsewhere and keep nothing of it.
"""

from writ.errors import InvalidInput
from writ.people.claims import chosen
from writ.people.methods import Arrival, Offer, Question, Session, Show, Step, Wait

REACHES = 3
"""As far as papers seen in person go."""

_DOCUMENTS = {
    "citizenships": (
        "passport", "identity-card", "birth-certificate", "naturalisation-certificate",
    ),
    "permanent_residences": ("permanent-resident-card", "residence-decision"),
    "protection": ("refugee-travel-document", "arrival-record", "protection-decision"),
    "residence": ("residence-registration",),
    "employer": ("employment-contract",),
    "incorporated_in": ("certificate-of-incorporation",),
    "organised_in": ("certificate-of-incorporation",),
}  # fmt: skip
OTHER = "other"
_MINUTES = 3 * 24 * 60


def documents(attribute: str) -> tuple[str, ...]:
    """Return the papers that may show an attribute; any other may be named too."""
    return (*_DOCUMENTS.get(attribute, ()), OTHER)


class Papers:
    """Rules 1 to 3."""

    name = "review"
    budget = 8 * 1024
    lasts = 1800

    def offer(self, question: Question) -> Offer | None:
        """Offer to look at whatever shows it."""
        shows = tuple(
            n
            for n, item in enumerate(question.wanted)
            if item.completeness == "at_least" and item.assurance <= REACHES
        )
        return Offer(REACHES, _MINUTES, "document", shows) if shows else None

    async def begin(self, session: Session, language: str) -> Step:  # noqa: ARG002  one form for all
        """Show the form."""
        return Show("form")

    async def hear(self, session: Session, arrival: Arrival) -> Step:
        """Take the form."""
        if not arrival.fields:
            return Show("form")
        item, claim = chosen(session.question, arrival.fields)
        document = arrival.fields.get("document", "")
        if item.completeness != "at_least" or document not in documents(item.attribute):
            raise InvalidInput("choose a paper that shows what you chose")
        return Wait(document, (claim,))
