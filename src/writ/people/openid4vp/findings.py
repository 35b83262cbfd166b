"""What is kept of a presentation: facts, how good they are, and nothing else of it.

1. A list that a credential shows is `at_least`: its issuer need not know of every citizenship, and
   the holder may keep one back. It is `exhaustive` only where the trust list says that the issuer
   lists them all, it is a list, and not one element was hidden.
2. Grades: the issuer's, from the trust list. The binding is 3, a key that the wallet alone has; it
   shows nobody's face. The transport is 3 where the wallet sent this very browser back to us, 2
   where a person carried a code from one device to another. Freshness is 4 where the issuer's
   status list was asked just now, 3 for what was issued within the month, else 2.
3. A fact ends with its credential. Legal time may differ from the machine's in a drill, so what is
   carried over is how long the credential still has.
"""

import hashlib
from collections.abc import Collection, Iterator

from writ.clock import SECOND, Instant
from writ.errors import Refused
from writ.people.credentials.nationality import citizenships, residence
from writ.people.credentials.presented import Presented
from writ.people.credentials.rechecks import write_reference
from writ.people.devices.waiting import SAME_BROWSER
from writ.people.methods import Finding, Grade, Proof

BINDING = 3
MONTH = 31 * 86_400.0
_READERS = {"citizenships": citizenships, "residence": residence}


def finding(
    presented: Presented, attributes: Collection[str], now: float, verified_at: Instant
) -> Finding:
    """Take what was asked out of a presentation that was proved at `now` (seconds, UTC).

    Raises Refused where it shows none of it.
    """
    proved = tuple(_proofs(presented, attributes, now, verified_at))
    if not proved:
        raise Refused("the credential does not show what was asked; let the wallet show it")
    credential = hashlib.sha256(b"wallet\0" + presented.holder).digest()
    return Finding(proved, credential)


def _proofs(
    presented: Presented, attributes: Collection[str], now: float, verified_at: Instant
) -> Iterator[Proof]:
    ends = verified_at + int((presented.valid_until - now) * SECOND)  # 3
    for attribute, path in presented.kind.paths.items():
        told = presented.at(path)
        if attribute not in attributes or told is None:
            continue
        values = _READERS[attribute](told)
        listed = attribute == "citizenships" and isinstance(told, list)
        whole = listed and presented.issuer.complete and path not in presented.hidden  # 1
        if values:
            yield Proof(
                attribute=attribute,
                values=values,
                completeness="exhaustive" if whole else "at_least",
                grade=_grade(presented, now),
                issuer=presented.issuer.name,
                verified_at=verified_at,
                expires_at=ends,
                revocation=_revocation(presented),
            )


def _grade(presented: Presented, now: float) -> Grade:
    issuer = presented.issuer
    recent = presented.made is not None and now - presented.made <= MONTH
    fresh = 4 if presented.status is not None else 3 if recent else 2
    return Grade(issuer.assurance, BINDING, SAME_BROWSER, fresh, issuer.scheme, issuer.level)


def _revocation(presented: Presented) -> str | None:
    """Write what has to be asked later, for `writ.people.credentials.rechecks`."""
    status = presented.status
    return None if status is None else write_reference(status, presented.issuer)
