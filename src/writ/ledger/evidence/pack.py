"""A pack: files in one ZIP, listed by digest, the list sealed.

Opening goes, and names the first thing that is wrong:
1. The ZIP is as packs are written (`archive`).
2. The files are those that the manifest lists (`manifest`).
3. The manifest is signed by the key of the pack's certificate.
4. The contents are proved from the log's key (`contents`), which vouches for the certificate too.
5. The list says of each file what the contents do (`listing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from writ.errors import Refused
from writ.ledger.evidence.archive import read_archive, write_archive
from writ.ledger.evidence.contents import CERTIFICATE, Contents, check_contents
from writ.ledger.evidence.events import need
from writ.ledger.evidence.listing import check_list
from writ.ledger.evidence.manifest import (
    MANIFEST,
    SIGNATURE,
    Manifest,
    check_items,
    read_manifest,
)
from writ.ledger.policy import Policy
from writ.signing.certified import CertifiedKey, verify_certified


@dataclass(frozen=True, slots=True)
class Opened:
    """A pack, proved."""

    manifest: Manifest
    contents: Contents
    files: Mapping[str, bytes]


def seal_pack(manifest: Manifest, files: Mapping[str, bytes], seal: CertifiedKey) -> bytes:
    """Write a pack of files and the list of them."""
    listed = manifest.write()
    return write_archive({**files, MANIFEST: listed, SIGNATURE: seal.sign(listed)})


def open_pack(data: bytes, policy: Policy | None = None) -> Opened:
    """Return what a pack proves; otherwise Refused, naming the first thing that is wrong."""
    files = read_archive(data)  # 1
    listed = need(files, MANIFEST)
    manifest = read_manifest(listed)
    check_items(manifest, files)  # 2
    try:
        verify_certified(need(files, CERTIFICATE), need(files, SIGNATURE), listed)  # 3
    except Refused as error:
        raise Refused(f"`{MANIFEST}` is {error}") from None
    found = check_contents(files, manifest.order, manifest.draw, policy)
    check_list(manifest, found, files)  # 5
    return Opened(manifest, found, files)
