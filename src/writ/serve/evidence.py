"""`writ evidence export`: the evidence on one order, gathered from a deployment into a pack.

1. The seal is made at the first export, and its certificate put on record by an event; then both
   logs are signed up to now, and everything is proved to those checkpoints.
2. What is handed over is gathered (`writ.serve.gathering`), and pages are written of what it proves.
3. The pack is opened, as whoever gets it will, before it is handed over.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.ledger.evidence import contents, page
from writ.ledger.evidence.listing import left_out, list_items
from writ.ledger.evidence.manifest import (
    DOES_NOT_PROVE,
    FORMAT,
    INDEX,
    SCRIPT,
    SUMMARY,
    Manifest,
)
from writ.ledger.evidence.pack import open_pack, seal_pack
from writ.ledger.evidence.script import script
from writ.ledger.log import DECISIONS, GOVERNANCE
from writ.serve.gathering import Wish, gather
from writ.serve.site import Site
from writ.signing.certified import CertifiedKey
from writ.store.events import append, read_events, read_payload

KEY, PEM = "evidence.key", "evidence.pem"


def export(site: Site, wish: Wish) -> bytes:
    """Return a pack (rule 3)."""
    seal = _seal(site)  # 1
    decisions, governance = site.ledger.sign(DECISIONS), site.ledger.sign_shown(GOVERNANCE)
    gathered = gather(site, wish, (governance, decisions), seal)
    found = contents.check_contents(gathered.files, wish.order, wish.draw)
    bare = Manifest(FORMAT, wish.order, gathered.as_of, wish.draw, left_out(found), [])
    whole = _with_pages(found, bare, gathered.files, seal)
    manifest = replace(bare, items=[*list_items(found, whole, bare.as_of)])
    pack = seal_pack(manifest, whole, seal)
    open_pack(pack)
    return pack


def _with_pages(
    found: contents.Contents, manifest: Manifest, plain: Mapping[str, bytes], seal: CertifiedKey
) -> dict[str, bytes]:
    try:
        from writ.ledger.evidence import summary  # noqa: PLC0415  needed here alone, and large
        from writ.signing.pdf import sign_pdf  # noqa: PLC0415
    except ImportError:
        raise Refused("this needs more libraries: install `writ-ai[evidence]`") from None
    at = max(epoch.at for epoch in found.epochs)
    pdf = sign_pdf(summary.summary(found, manifest), seal, at, f"Evidence: {found.order}")
    pages = {
        **plain,
        SUMMARY: pdf,
        DOES_NOT_PROVE: page.does_not_prove(found),
        SCRIPT: script(),
    }
    items = [*list_items(found, pages, manifest.as_of)]
    return {**pages, INDEX: page.index(found, manifest, items)}


def _seal(site: Site) -> CertifiedKey:
    """Return the seal, made if there is none, its certificate on record (rule 1)."""
    key, pem = site.config.folder / KEY, site.config.folder / PEM
    if not key.exists():
        CertifiedKey.generate(site.ledger.governance.origin, site.clock.now()).save(key, pem)
    seal = CertifiedKey.load(key, pem)
    named = digest_bytes(seal.certificate)
    with site.store.unit() as connection:
        told = read_events(connection, 0, (contents.SEALED,))
        if not any(read_payload(row)["certificate"] == named for row in told):
            append(connection, contents.SEALED, {"certificate": named, "at": site.clock.now()})
    return seal
