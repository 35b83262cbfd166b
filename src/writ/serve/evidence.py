"""`writ evidence export`: the evidence on one order, gathered from a deployment into a pack.

1. The seal is made at the first export, and its certificate put on record by an event; then both
   logs are signed up to now, and everything is proved to those checkpoints.
2. What is handed over is gathered (`writ.serve.gathering`), and pages are written of what it proves.
3. The pack is opened, as whoever gets it will, before it is handed over.
"""

from collections.abc import Mapping
from importlib.resources import files

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.ledger.evidence import contents, page
from writ.ledger.evidence.manifest import FORMAT, Manifest
from writ.ledger.evidence.pack import File, open_pack, seal_pack
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
    plain = {name: file.data for name, file in gathered.files.items()}
    found = contents.check_contents(plain, wish.order, wish.draw)
    manifest = Manifest(
        FORMAT, wish.order, gathered.as_of, wish.draw, sorted(set(gathered.left_out)), []
    )
    pack = seal_pack(manifest, _with_pages(found, manifest, gathered.files, seal), seal)
    open_pack(pack)
    return pack


def _with_pages(
    found: contents.Contents, manifest: Manifest, plain: Mapping[str, File], seal: CertifiedKey
) -> dict[str, File]:
    try:
        from writ.ledger.evidence import summary  # noqa: PLC0415  needed here alone, and large
        from writ.signing.pdf import sign_pdf  # noqa: PLC0415
    except ImportError:
        raise Refused("this needs more libraries: install `writ-ai[evidence]`") from None
    at = max(epoch.at for epoch in found.epochs)
    pdf = sign_pdf(summary.summary(found, manifest), seal, at, f"Evidence: {found.order}")
    script = files("writ.ledger").joinpath("data/verify.py.txt").read_bytes()
    pages = {
        **plain,
        summary.NAME: File(pdf, "the story on paper, signed (PAdES) by the key of keys/seal.pem"),
        page.DOES_NOT_PROVE: File(page.does_not_prove(found), "the limits of all this"),
        "verify.py": File(script, "checks this pack with Python and `cryptography` alone"),
    }
    return {**pages, page.INDEX: File(page.index(found, manifest, pages), "what this is")}


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
