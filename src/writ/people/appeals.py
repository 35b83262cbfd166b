"""What an appeal is against, and who judges it (rule 2 of `writ.people.reviews`).

1. Against a review turned down, it is against that review. Against what is known of somebody, it is
   against what stands of them and of organisations they act for, under the law in force.
2. It is answered once: while that is the same, an appeal that was turned down is the answer.
3. Who had a part in what it is against does not judge it. Nor does who judged an earlier appeal of the
   same person's against what was known, as long as the others can decide.
"""

from writ.canonical import digest
from writ.clock import Instant
from writ.store.database import Connection
from writ.store.people_tables import acts_for, attestation
from writ.store.review_tables import opinion, review


def known_of(connection: Connection, subject: str, law: str | None, now: Instant) -> str:
    """Digest what is known of somebody, and the law that judges it (rule 1)."""
    theirs = acts_for.select().where(acts_for.c.subject == subject)
    organisations = sorted(row.organisation for row in connection.execute(theirs))
    ends = attestation.c.ends_at
    facts = attestation.select().where(
        attestation.c.subject.in_([subject, *organisations]),
        attestation.c.revoked_at.is_(None),
        ends.is_(None) | (ends > now),
    )
    names = sorted(row.id.hex() for row in connection.execute(facts))
    return digest({"law": law, "organisations": list(organisations), "facts": list(names)})


def answer_to(
    connection: Connection, subject: str, about: str | None, known: str | None
) -> str | None:
    """Return the appeal that was turned down against the same, if there is one (rule 2)."""
    same = review.c.known == known if about is None else review.c.about == about
    here = (review.c.subject == subject, review.c.kind == "appeal", review.c.state == "rejected")
    row = connection.execute(review.select().where(*here, same)).first()
    return None if row is None else str(row.id)


def had_part(connection: Connection, subject: str, about: str | None) -> set[str]:
    """Return who had a part in what an appeal is against (rule 3)."""
    against = review.c.id == about
    if about is None:
        against = (review.c.subject == subject) & (review.c.state == "accepted")
    query = opinion.select().join(review, review.c.id == opinion.c.review).where(against)
    return {row.by for row in connection.execute(query)}


def judged_before(connection: Connection, subject: str) -> set[str]:
    """Return who judged appeals against what was known that were turned down (rule 3)."""
    here = (review.c.subject == subject, review.c.kind == "appeal", review.c.about.is_(None))
    query = opinion.select().join(review, review.c.id == opinion.c.review)
    rows = connection.execute(query.where(*here, review.c.state == "rejected"))
    return {row.by for row in rows}
