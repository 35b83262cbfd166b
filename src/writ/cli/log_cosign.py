"""`writ log cosign`: ask witnesses to cosign a published log's checkpoint."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show
from writ.errors import Refused

if TYPE_CHECKING:
    from writ.ledger.folder import Folder
    from writ.ledger.policy import Witness
    from writ.signing.note import Note, NoteSignature

_PATIENCE = 10.0
_CONFLICT = 409


def cosign(
    folder: Annotated[Path, typer.Argument(help="the published log")],
    policy: Annotated[Path, typer.Option(help="its witnesses with their addresses, and a quorum")],
    *,
    as_json: AsJson = False,
) -> None:
    """Have witnesses cosign the checkpoint of a published log, and add what they signed to it.

    Example: writ log cosign log --policy log.policy

    A witness that does not answer, or refuses, is named; exit 2 where too few cosigned for the
    policy's quorum.
    """
    from writ.cli.lines import read_file
    from writ.ledger.folder import Folder
    from writ.ledger.policy import read_policy
    from writ.signing.note import Note

    trusted = read_policy(read_file(policy), str(policy))
    log = Folder(folder)
    note = log.checkpoint()
    if note is None:
        raise Refused(f"`{folder}` has no checkpoint")
    said: dict[str, str] = {}
    for witness in trusted.witnesses:
        if witness.url is None:
            said[witness.name] = "the policy has no address of it"
            continue
        try:
            lines = _ask(log, note, witness)
        except Refused as error:
            said[witness.name] = str(error)
            continue
        note = Note(note.text, (*note.signatures, *lines))
        said[witness.name] = "cosigned"
    log.put_checkpoint(note)
    seen = trusted.see(note)
    names = [by.verifier.name for by in seen.witnesses]
    sentence = "\n".join(f"{name}: {what}" for name, what in said.items()) or "no witnesses"
    show({"witnesses": said, "seen_by": names}, sentence, as_json=as_json)


def _ask(log: "Folder", note: "Note", witness: "Witness") -> "tuple[NoteSignature, ...]":
    """Return a witness's cosignatures, proved; whatever else it answers is Refused."""
    import httpx2

    from writ.ledger.merkle import consistency_proof
    from writ.ledger.published import TileNodes
    from writ.ledger.witness import ask_for
    from writ.signing.checkpoint import read_checkpoint, read_size
    from writ.signing.note import Note, read_signatures, verify_note

    size = read_checkpoint(note.text).size
    url = f"{(witness.url or '').rstrip('/')}/add-checkpoint"
    try:
        answer = httpx2.post(url, content=ask_for(0, (), note), timeout=_PATIENCE)
        if answer.status_code == _CONFLICT:
            old = read_size(answer.text.removesuffix("\n"))
            proof = consistency_proof(TileNodes(log, size), old, size)
            answer = httpx2.post(url, content=ask_for(old, proof, note), timeout=_PATIENCE)
    except httpx2.HTTPError as error:
        raise Refused(f"does not answer ({type(error).__name__})") from None
    if answer.status_code != 200:  # noqa: PLR2004  RFC 9110 15.3.1
        raise Refused(f"refuses: {answer.status_code} {answer.text.strip()[:200]}")
    lines = read_signatures(answer.text)
    mine = tuple(item for item in lines if item.id == witness.verifier.id)
    verify_note(Note(note.text, mine), [witness.verifier])
    return mine
