"""Documents kept by what they are: the digest of their bytes."""

from writ.canonical import digest_bytes
from writ.errors import Refused
from writ.store.database import Connection
from writ.store.tables import document


def keep(connection: Connection, data: bytes) -> str:
    """Keep `data` and return its digest; keeping it twice is keeping it once."""
    digest = digest_bytes(data)
    found = connection.execute(document.select().where(document.c.digest == digest)).first()
    if found is None:
        connection.execute(document.insert().values(digest=digest, bytes=data))
    return digest


def fetch(connection: Connection, digest: str) -> bytes:
    """Return the document; one that is missing or no longer what it was is Refused."""
    row = connection.execute(document.select().where(document.c.digest == digest)).first()
    if row is None:
        raise Refused(f"the store has no document `{digest}`")
    data: object = row.bytes
    if not isinstance(data, bytes) or digest_bytes(data) != digest:
        raise Refused(f"document `{digest}` in the store was altered")
    return data
