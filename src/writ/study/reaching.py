"""Reaching a database or a cluster by its URL, and saying what it said without telling secrets.

1. `duckdb://`, `postgresql://…` and `spark://…` are engines that count where the tables are.
2. Any other database that Ibis knows is read: its tables are copied into DuckDB in this process,
   which counts. Ibis and what it needs for it have to be installed.
3. A file of a database that is not there is refused, and not made.
4. No user or password of a URL is told.
"""

import re
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import ibis
from ibis.util import backend_entry_points

from writ.errors import Failed, InvalidInput, WritError
from writ.law.reading import nearest

MEMORY = "1400MB"
"""What DuckDB holds before it goes to disk."""
REACHING = 10.0
"""Seconds that a master of Spark has to answer in."""
COUNTING = ("duckdb", "postgresql", "spark")


def connect(url: str, threads: int | None, spill: str) -> tuple[Any, Any]:
    """Return the engine that counts, and the database that it reads from, None: its own tables."""
    kind = url.partition(":")[0]
    known = {*COUNTING, "postgres", *(point.name for point in backend_entry_points())}
    if kind not in known:
        raise InvalidInput(
            f"`{kind}` is no engine{nearest(kind, known)}; use duckdb://, postgresql://…, spark://…"
            " or the URL of a database that Ibis reads"
        )
    try:
        return _opened(kind, url, threads, spill)
    except WritError:
        raise
    except ImportError:
        raise InvalidInput(
            f"Ibis cannot read `{kind}` here: install `ibis-framework[{kind}]`, or use another engine"
        ) from None
    except Exception as error:  # noqa: BLE001  every engine raises its own
        raise Failed(
            f"cannot use the engine `{kind}`: {without_secrets(in_short(error), url)}; is it there,"
            " and may it be used from here?"
        ) from None


def _opened(kind: str, url: str, threads: int | None, spill: str) -> tuple[Any, Any]:
    rest = url.partition(":")[2]
    path = rest.removeprefix("//")
    match kind:
        case "duckdb":
            _there(path, url)
            return _duckdb(path, threads, spill), None
        case "spark":
            return _connect_spark(url if rest.startswith("//") else path), None
        case "postgres" | "postgresql":
            return ibis.connect(url), None
        case _:
            if kind == "sqlite":
                _there(path, url)
            return _duckdb("", threads, spill), ibis.connect(url)


def _duckdb(path: str, threads: int | None, spill: str) -> Any:
    settings: dict[str, Any] = {
        "memory_limit": MEMORY,
        "preserve_insertion_order": False,
        "temp_directory": spill,
    }
    if threads is not None:
        settings["threads"] = threads
    backend = ibis.duckdb.connect(path or ":memory:", read_only=bool(path), **settings)
    backend.raw_sql("SET enable_progress_bar = true")  # to be asked, and not printed:
    backend.raw_sql("SET enable_progress_bar_print = false")  # DuckDB would, among results
    return backend


def _there(path: str, url: str) -> None:
    """Rule 3; without a path it is in memory."""
    if path and not Path(path).is_file():
        said = without_secrets(path, url)
        raise InvalidInput(f"`{said}` is no file; name a database that is there")


def _connect_spark(master: str) -> Any:
    from pyspark.sql import SparkSession  # noqa: PLC0415  not everybody has Spark

    _reach(master)
    session = SparkSession.builder.master(master).appName("writ").getOrCreate()
    return ibis.pyspark.connect(session)


def _reach(master: str) -> None:
    """Refuse a master that nobody answers for: Spark would try for minutes, and log all of it."""
    places = [place.rpartition(":") for place in master.removeprefix("spark://").split(",")]
    if not master.startswith("spark://"):
        return
    if not all(port.isdigit() for _, _, port in places):
        raise InvalidInput(f"`{master}` has no port; write spark://HOST:PORT")
    faults = []
    for host, _, port in places:
        try:
            socket.create_connection((host, int(port)), REACHING).close()
        except OSError as error:
            faults.append(error.strerror or in_short(error))
        else:
            return
    raise OSError(f"nothing answers at {master}: {faults[0]}")


def in_short(raised: Exception | str) -> str:
    """Say what an engine raised, in one line in lower case, without what it calls its errors."""
    lines = (str(raised).strip() or type(raised).__name__).splitlines()
    if lines[0].startswith(_ELSEWHERE):
        return "its own log says why"
    said = _NAMED.sub("", lines[0]).strip().rstrip(".")
    return said[:1].lower() + said[1:]


_NAMED = re.compile(r"^(\w+ )*Error: ")
_ELSEWHERE = "An error occurred while calling"
"""What Python is told of what Java raised, whose words may have rows in them."""


def without_secrets(said: str, url: str) -> str:
    """Take out of what is said whatever of a URL may be secret (rule 4)."""
    try:
        parts = urlsplit(url)
        asked = [value for _, value in parse_qsl(parts.query)]
        found = [parts.netloc.rpartition("@")[0], parts.username, parts.password, *asked]
    except ValueError:
        found = [url]
    secrets = {form for item in found if item for form in (item, unquote(item))}
    for secret in sorted(secrets, key=len, reverse=True):
        said = said.replace(secret, "…")
    return said
