"""What a pack has in it: every file by its digest, what it is, by which event, and both its dates.

1. `so_at` is when it was so, `recorded_at` when it was on record at the latest; null: the log does
   not say. `by` is the event that names the file, or says that it is the exporter's word. All of it
   is compared with what is proved (`listing`).
2. Every file but the manifest and its signature is listed, once, and nothing else is listed.
"""

from collections.abc import Mapping

from writ.canonical import digest_bytes, encode
from writ.errors import Refused
from writ.signing.form import Form, read_form

FORMAT = "writ-evidence-2"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
INDEX, DOES_NOT_PROVE = "index.html", "what-it-does-not-prove.html"
SUMMARY, SCRIPT = "summary.pdf", "verify.py"


class Item(Form, frozen=True):
    """One file; dates are instants as text (rule 1)."""

    name: str
    digest: str
    what: str
    by: str
    so_at: str | None
    recorded_at: str | None


class Manifest(Form, frozen=True):
    """The list, and what the pack is about.

    `as_of` is when the last checkpoint in it was signed, `draw` how many receipts were drawn,
    `left_out` what is known and is not handed over.
    """

    format: str
    order: str
    as_of: str
    draw: int
    left_out: list[str]
    items: list[Item]

    def write(self) -> bytes:
        """Write it as it is signed."""
        items = sorted(self.items, key=lambda item: item.name)
        return encode(
            {
                "format": self.format,
                "order": self.order,
                "as_of": self.as_of,
                "draw": self.draw,
                "left_out": self.left_out,
                "items": [
                    {
                        "name": item.name,
                        "digest": item.digest,
                        "what": item.what,
                        "by": item.by,
                        "so_at": item.so_at,
                        "recorded_at": item.recorded_at,
                    }
                    for item in items
                ],
            }
        )


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest; anything else is Refused."""
    manifest = read_form(data, Manifest, "the manifest")
    if manifest.format != FORMAT:
        raise Refused(f"the pack is of the form `{manifest.format}`, and `{FORMAT}` is read here")
    return manifest


def check_items(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Prove that a pack has the files that are listed and no other (rule 2); else Refused."""
    listed = {item.name: item.digest for item in manifest.items}
    if len(listed) != len(manifest.items):
        raise Refused("the manifest lists a file twice")
    for name in sorted({*listed, *files} - {MANIFEST, SIGNATURE}):
        if name not in files:
            raise Refused(f"`{name}` is listed and is not in the pack")
        if name not in listed:
            raise Refused(f"`{name}` is in the pack and is not listed")
        if digest_bytes(files[name]) != listed[name]:
            raise Refused(f"`{name}` is not the file that is listed")
