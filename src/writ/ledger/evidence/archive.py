"""Files in one ZIP, with no freedom left in it: the same files are the same bytes.

1. Files stand in the order of their names, as they are (method 0), dated 1 January 1980, mode 0644.
2. Nothing is before, between or after them: what is read is written again and must be what it was.
   So every byte is a file's own, or is given by the files.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from writ.errors import Refused

LARGEST = 2**31
MOST = 50_000
_VERSION, _MADE_BY, _UTF8, _DATE, _MODE = 20, 0x0314, 0x0800, 0x0021, 0o100644 << 16
_FILE = struct.Struct("<4s5H3L2H")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_ANEW = "the pack is no ZIP as packs are written; somebody packed it anew"
_END = struct.Struct("<4s4H2LH")


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Write files as one ZIP (rule 1)."""
    if len(files) > MOST or sum(map(len, files.values())) > LARGEST:
        raise Refused(f"more than {MOST} files or {LARGEST >> 20} MiB; hand in less")
    parts, listing, place = list[bytes](), list[bytes](), 0
    for name in sorted(files):
        data, path = files[name], name.encode()
        told = (zlib.crc32(data), len(data), len(data))
        entry = (b"PK\1\2", _MADE_BY, _VERSION, _UTF8, 0, 0, _DATE, *told, len(path))
        listing.append(_ENTRY.pack(*entry, 0, 0, 0, 0, _MODE, place) + path)
        head = _FILE.pack(b"PK\3\4", _VERSION, _UTF8, 0, 0, _DATE, *told, len(path), 0)
        parts.append(head + path + data)
        place += len(parts[-1])
    ends = b"".join(listing)
    end = _END.pack(b"PK\5\6", 0, 0, len(files), len(files), len(ends), place, 0)
    return b"".join([*parts, ends, end])


def read_archive(data: bytes) -> dict[str, bytes]:
    """Read what `write_archive` wrote; any other bytes are Refused (rule 2)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
            if any(item.compress_type != zipfile.ZIP_STORED for item in listed):
                raise Refused(_ANEW)
            files = {item.filename: archive.read(item) for item in listed}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError):
        raise Refused("the pack is no ZIP, or is cut off") from None
    if write_archive(files) != data:
        raise Refused(_ANEW)
    return files
