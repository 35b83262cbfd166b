"""What commands that say something of the open proposal have in common: see it proved, say it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from writ.cli.client import Call, ask
from writ.cli.submit import Waiting

if TYPE_CHECKING:
    from writ.cli.signer import Signer
    from writ.desk.notes import Note
    from writ.desk.proposal import Docket
    from writ.desk.review import Review


@dataclass(frozen=True, slots=True)
class Seen:
    """The open proposal as it was recompiled on this machine."""

    signer: "Signer"
    docket: "Docket"
    reviewed: "Review"


def see(config: Path, key: Path) -> Seen:
    """Take the open proposal from the desk and prove it here."""
    from writ.cli.signer import read_signer
    from writ.desk.proposal import read_docket
    from writ.desk.review import review

    signer = read_signer(config, key)
    docket = read_docket(ask(config, Call("GET", "/proposals/open")), signer.trust)
    return Seen(signer, docket, review(docket, signer.trust))


def say(config: Path, seen: Seen, note: "Note") -> tuple[dict[str, object], Waiting]:
    """Hand a note in; return the answer, and what the proposal still waits for."""
    path = f"/proposals/{seen.reviewed.proposal}/notes"
    answer = ask(config, Call("POST", path, note.plain()))
    return answer, msgspec.convert(answer, Waiting)
