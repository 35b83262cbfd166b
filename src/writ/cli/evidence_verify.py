"""`writ evidence verify`: a pack, checked without any server."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from writ.cli.options import AsJson
from writ.cli.output import show

if TYPE_CHECKING:
    from writ.ledger.evidence.contents import Contents


def verify(
    pack: Annotated[Path, typer.Argument(help="the pack")],
    policy: Annotated[
        Path | None, typer.Option(help="whose log counts; without it the pack's own word does")
    ] = None,
    roots: Annotated[
        Path | None, typer.Option(help="certificates in PEM that stamps in it must lead to")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Prove a pack, or name the first thing in it that is wrong.

    Example: writ evidence verify evidence.zip --policy log.policy

    Exit 2 where anything is wrong. Take the policy from a place that you trust: a pack that somebody
    made up proves itself by its own.
    """
    from writ.cli.lines import read_file
    from writ.clock import format_instant
    from writ.ledger.evidence.pack import open_pack
    from writ.ledger.policy import read_policy

    trusted = None if policy is None else read_policy(read_file(policy), str(policy))
    opened = open_pack(read_file(pack), trusted)
    found = opened.contents
    stamps = () if roots is None else _stamps(found, read_file(roots))
    checkpoint = found.seen.checkpoint
    told = {
        "order": found.order,
        "drill": found.trust.drill,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "anchored": policy is not None,
        "witnesses": [by.verifier.name for by in found.seen.witnesses],
        "trust": found.trust.digest,
        "epochs": [
            {
                "epoch": epoch.number,
                "at": format_instant(epoch.at),
                "versions": [version.number for version in epoch.versions],
                "submitter": epoch.approval.submitter,
                "signers": list(epoch.approval.signers),
            }
            for epoch in found.epochs
        ],
        "events": len(found.events),
        "receipts": 0 if found.receipts is None else len(found.receipts.opened),
        "files": len(opened.files),
        "stamps": None if roots is None else list(stamps),
    }
    whose = f"as {checkpoint.origin} signed it" if policy else "by the keys that it brings itself"
    words = [
        (
            f"proved, {whose}: {found.order}, {len(found.epochs)} epochs, {len(found.events)} events,"
            f" {told['receipts']} receipts"
        )
    ]
    words += [
        f"  epoch {epoch.number}:"
        f" versions {', '.join(str(item.number) for item in epoch.versions) or 'none'};"
        f" {epoch.approval.submitter} submitted, {' and '.join(epoch.approval.signers)} signed"
        for epoch in found.epochs
    ]
    if found.stamps and roots is None:
        words.append(f"  {len(found.stamps)} stamps not proved; give the authority's --roots")
    words += [f"  existed at {at}, as another authority says" for at in stamps]
    show(told, "\n".join(words), as_json=as_json)


def _stamps(found: "Contents", roots: bytes) -> list[str]:
    """Return when other authorities saw checkpoints, each stamp proved."""
    from writ.clock import format_instant
    from writ.ledger.evidence.stamps import prove_stamps

    return list(map(format_instant, prove_stamps(found, roots)))
