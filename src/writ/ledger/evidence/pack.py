"""A pack: files in one ZIP, listed by digest, the list sealed.

Opening goes, and names the first thing that is wrong:
1. The ZIP is as packs are written (`archive`).
2. The files are those that the manifest lists (`manifest`).
3. The manifest is signed by the key of the pack's certificate.
4. The contents are proved from the log's key (`contents`), which vouches for the certificate too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.ledger.evidence.archive import read_archive, write_archive
from writ.ledger.evidence.contents import CERTIFICATE, Contents, check_contents
from writ.ledger.evidence.events import need
from writ.ledger.evidence.manifest import (
    MANIFEST,
    SIGNATURE,
    Item,
    Manifest,
    check_items,
    read_manifest,
)
from writ.ledger.policy import Policy
from writ.signing.certified import CertifiedKey, verify_certified


@dataclass(frozen=True, slots=True)
class File:
    """One file of a pack to be: its bytes, what it is, both dates as text."""

    data: bytes
    what: str
    so_at: str | None = None
    recorded_at: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A pack, proved."""

    manifest: Manifest
    contents: Contents
    files: Mapping[str, bytes]


def seal_pack(manifest: Manifest, files: Mapping[str, File], seal: CertifiedKey) -> bytes:
    """Write a pack of files; `manifest` says all but the list."""
    items = [
        Item(name, digest_bytes(file.data), file.what, file.so_at, file.recorded_at)
        for name, file in files.items()
    ]
    listed = replace(manifest, items=items).write()
    plain = {name: file.data for name, file in files.items()}
    return write_archive({**plain, MANIFEST: listed, SIGNATURE: seal.sign(listed)})


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
    return Opened(manifest, check_contents(files, manifest.order, manifest.draw, policy), files)
