"""Publishing beside an order that may not be told to exist: refused until two people say otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worlds.record import CATALOGUE, WORLD, Recorded, first, recorded, silent
from writ.errors import Refused
from writ.ledger.seals import sign_seal
from writ.serve.publishing import check_told
from writ.serve.routes.log import _publish
from writ.signing.note import Note

SECRET = silent("secret", "none")
UNTOLD = "whose `disclosure` is `none`.*`writ log seal`.*`writ log lift`"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Recorded]:
    """One order told in full, one to exist; the log is published, and so is the record."""
    with recorded(tmp_path, people=1) as found:
        check_told(found.site)
        found.enact({"catalogue.yaml": CATALOGUE, "us-bis.v1.yaml": first()})
        found.enact({"quiet.yaml": silent("quiet", "existence")})
        found.build()
        _publish(found.site, "governance")
        yield found


def propose(made: Recorded, data: bytes = SECRET, *, replace: bool = False) -> None:
    """Open a proposal of the order that may not be told."""
    WORLD.submit(made.site.desk, {"secret.yaml": data}, replace=replace)


def shown(made: Recorded) -> Note | None:
    """The checkpoint of the governance log that readers have."""
    return made.site.ledger.folders["governance"].checkpoint()


def test_from_the_proposal_on_nothing_is_published_and_what_was_stays(made: Recorded) -> None:
    """Open for signing, signed, scheduled and in force; neither log, nor the record."""
    before, files = shown(made), made.files()
    propose(made)
    for by in ("", "ben", "eva"):
        if by:
            WORLD.sign(made.site.desk, by)
        with pytest.raises(Refused, match=UNTOLD):
            check_told(made.site)
    made.site.desk.activate("p3")
    for name in ("governance", "decisions"):
        with pytest.raises(Refused, match=UNTOLD):
            _publish(made.site, name)
    with pytest.raises(Refused, match=UNTOLD):
        made.build()
    assert (before, files) == (shown(made), made.files())
    note, _ = _publish(made.site, "cover")
    assert note == made.site.ledger.folders["cover"].checkpoint()


def test_two_people_let_it_go_on_for_what_stood_when_it_was_sealed(made: Recorded) -> None:
    """One is not enough; the same order activated needs no further word, another one does."""
    propose(made)
    made.site.seals.say(sign_seal(1, WORLD.trust, WORLD.keys["ben"], holds=True))
    for name in ("ben", "eva"):
        with pytest.raises(Refused, match=UNTOLD):
            check_told(made.site)
        made.site.seals.say(sign_seal(1, WORLD.trust, WORLD.keys[name], holds=False))
    check_told(made.site)
    for by in ("ben", "eva"):
        WORLD.sign(made.site.desk, by)
    made.site.desk.activate("p3")
    assert _publish(made.site, "governance")[0] == shown(made)
    WORLD.enact(made.site.desk, {"other.yaml": silent("other", "none")})
    with pytest.raises(Refused, match=UNTOLD):
        check_told(made.site)
    made.tell(2)
    check_told(made.site)


def test_a_seal_of_before_is_about_no_order_that_came_since(made: Recorded) -> None:
    """Nor about another text of the same version; and a proposal that is gone asks for none."""
    made.tell()
    propose(made)
    with pytest.raises(Refused, match=UNTOLD):
        check_told(made.site)
    made.tell(2)
    propose(made, SECRET.replace(b"title: ", b"title: Another "), replace=True)
    with pytest.raises(Refused, match=UNTOLD):
        check_told(made.site)
    WORLD.submit(made.site.desk, {"quiet.yaml": None}, replace=True)
    check_told(made.site)


def test_a_version_that_may_be_told_lifts_nothing_by_itself(made: Recorded) -> None:
    """The one before stays what it was; once the order is out of the law, nothing is left to say."""
    WORLD.enact(made.site.desk, {"secret.yaml": SECRET})
    later = silent("secret", "full").replace(b"version: 1\n", b"version: 2\n")
    later = later.replace(b"17:21:00-", b"18:21:00-")
    WORLD.enact(made.site.desk, {"secret.v2.yaml": later})
    with pytest.raises(Refused, match=UNTOLD):
        check_told(made.site)
    WORLD.enact(made.site.desk, {"secret.v2.yaml": None, "secret.yaml": None})
    check_told(made.site)


@pytest.mark.parametrize("what", ["log", "record"])
def test_what_is_proposed_while_it_is_signed_is_seen(
    made: Recorded, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """It is asked after signing: no checkpoint that has the proposal in it is shown."""
    before, record = shown(made), made.files()["log/checkpoint"]
    ledger = type(made.site.ledger)
    sign = ledger.sign

    def late(ours: object, name: str) -> Note:
        propose(made)
        return sign(made.site.ledger, name)

    made.state(evaluation="none")
    monkeypatch.setattr(ledger, "sign", late)
    with pytest.raises(Refused, match=UNTOLD):
        _publish(made.site, "governance") if what == "log" else made.build()
    assert (before, record) == (shown(made), made.files()["log/checkpoint"])
