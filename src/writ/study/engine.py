"""The engine that counts: DuckDB in this process, or an existing one chosen by a URL.

1. `duckdb://` is the default, in memory. `duckdb://FILE` and `postgresql://…` are databases,
   `spark://HOST:PORT` is a cluster, `spark:MASTER` any other master that Spark knows.
2. A name that ends in `.parquet` or `.csv` is a file, which DuckDB and Spark read; any other is a
   table of the engine, `schema.table` where it is not in the usual schema.
3. What is read is never written to; what is kept for the run goes when the engine is closed.
4. Every engine is given the same expressions, and tells instants in UTC.
"""

import csv
import os
import re
import shutil
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import ibis
import pyarrow as pa
from ibis.common.exceptions import TableNotFound

from writ.errors import Failed, Fault, InvalidInput, WritError

Table: TypeAlias = Any
"""An Ibis table or column expression; Ibis says no more of its types."""

FILES = (".parquet", ".csv")
MEMORY = "1400MB"
"""What DuckDB holds before it goes to disk."""
SPILL = "writ-spill-"
REACHING = 10.0
"""Seconds that a master of Spark has to answer in."""


class Engine:
    """Rule 4; made by `open_engine`."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._kept: list[str] = []
        self._numbers = count()

    def table(self, name: str) -> Table:
        """Open a table or a file (rule 2)."""
        schema, _, short = name.rpartition(".")
        try:
            if name.endswith(FILES):
                return self._file(name)
            return self._backend.table(short, **({"database": schema} if schema else {}))
        except InvalidInput:
            raise
        except TableNotFound:
            raise InvalidInput(
                f"the engine has no table `{name}`; name one, or a file that ends in"
                f" .jsonl{''.join(f', {item}' for item in FILES)}"
            ) from None
        except Exception as error:  # noqa: BLE001  every engine raises its own
            raise InvalidInput(f"cannot read `{name}`: {in_short(error)}") from None

    @property
    def reads_text(self) -> bool:
        """Whether it can try to read text as something else, and go on where it is not that."""
        return bool(self._backend.name != "postgres")

    def small(self, columns: Mapping[str, tuple[str, Sequence[object]]]) -> Table:
        """Make a table of values; a column is `text`, `number` or `instant` (microseconds)."""
        arrays = {name: pa.array(values, _ARROW[kind]) for name, (kind, values) in columns.items()}
        return ibis.memtable(pa.table(arrays))

    def filled(
        self, kinds: Mapping[str, str], parts: Iterable[Sequence[Mapping[str, Any]]]
    ) -> Table:
        """Make a table of rows that come in parts; DuckDB has each in its own keeping before the next."""
        schema = pa.schema([(name, _ARROW[kind]) for name, kind in kinds.items()])
        tables = (pa.Table.from_pylist(list(rows), schema) for rows in parts)
        if self._backend.name != "duckdb":
            return ibis.memtable(pa.concat_tables([schema.empty_table(), *tables]))
        name = f"writ_{os.getpid()}_{next(self._numbers)}"
        made = self._backend.create_table(name, schema.empty_table(), temp=True)
        for part in tables:
            self._backend.con.register(f"{name}_part", part)
            self._backend.con.execute(f"insert into {name} select * from {name}_part")  # noqa: S608  names of ours
            self._backend.con.unregister(f"{name}_part")
        return made

    def keep(self, expression: Table) -> Table:
        """Compute a table once and keep it while the engine is open (rule 3)."""
        name = f"writ_{os.getpid()}_{next(self._numbers)}"
        self._kept.append(name)
        with _computing():
            if self._backend.name == "pyspark":
                return self._kept_by_spark(name, expression)
            return self._backend.create_table(name, expression, temp=True)

    def rows(self, expression: Table) -> Iterator[dict[str, Any]]:
        """Compute an expression and give its rows."""
        with _computing():
            found = self._backend.to_pyarrow(expression)
        for batch in found.to_batches(max_chunksize=10_000):
            yield from batch.to_pylist()

    def progress(self) -> float:
        """Say how much of what is being computed is done, of a hundred; not every engine tells."""
        return max(self._backend.con.query_progress(), 0) if self._backend.name == "duckdb" else 0

    def close(self) -> None:
        """Let go of what was kept; temporary tables go with the connection."""
        for name in self._kept if self._backend.name == "pyspark" else ():
            self._backend.drop_view(name)
        self._backend.disconnect()

    def _kept_by_spark(self, name: str, expression: Table) -> Table:
        """Spark has no temporary tables, and plans views anew down to the files, cached or not.

        A checkpoint on its workers ends that: where one of them is lost, the run fails.
        """
        from pyspark.sql import SparkSession  # noqa: PLC0415  not everybody has Spark

        self._backend.create_view(name, expression)
        SparkSession.active().table(name).localCheckpoint().createOrReplaceTempView(name)
        return self._backend.table(name)

    def _file(self, name: str) -> Table:
        if self._backend.name == "postgres":
            raise InvalidInput(f"`{name}` is a file; name a table of the database")
        path = Path(name).absolute()
        try:
            with path.open("rb") as file:
                head = file.readline(1 << 16).decode("utf-8-sig")
        except OSError as error:
            raise InvalidInput(f"cannot read `{name}`: {error.strerror}") from None
        except UnicodeDecodeError:
            head = ""
        if name.endswith(".parquet"):
            return self._backend.read_parquet(str(path))
        columns = next(csv.reader([head]), [])
        if not head.strip("\r\n").isprintable() or "" in columns or not columns:
            raise InvalidInput(f"`{name}` does not begin with a line of UTF-8 that names columns")
        if len(set(columns)) < len(columns):
            raise InvalidInput(f"`{name}` names a column twice: {', '.join(columns)}")
        if self._backend.name == "duckdb":
            # Nothing is guessed of a file: all of it is text, and is read as what it should be.
            typed = dict.fromkeys(columns, "VARCHAR")
            return self._backend.read_csv(str(path), header=True, columns=typed, **_CSV)
        return self._backend.read_csv(str(path), header=True, escape='"', mode="FAILFAST")


_ARROW = {"text": pa.string(), "number": pa.int64(), "instant": pa.timestamp("us")}
_CSV: Mapping[str, Any] = {"auto_detect": False, "delim": ",", "quote": '"', "escape": '"'}


@contextmanager
def open_engine(
    url: str, threads: int | None = None, spill_to: Path | None = None
) -> Iterator[Engine]:
    """Open an engine by its URL (rule 1), and close it; `spill_to` is where more than fits goes."""
    with _spill(spill_to) as spill:  # only DuckDB uses it
        engine = Engine(_connect(url, threads, spill))
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def _spill(folder: Path | None) -> Iterator[str]:
    """Make a folder for what does not fit; what killed processes left in a data folder goes first."""
    for left in folder.glob(f"{SPILL}*") if folder is not None else ():
        if _ended(left.name.removeprefix(SPILL).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{SPILL}{os.getpid()}-", dir=folder) as spill:
        yield spill


def _ended(process: str) -> bool:
    """Whether the process of a number is no more; what is no number is nobody's to say."""
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        pass
    return False


def _connect(url: str, threads: int | None, spill: str) -> Any:
    kind, _, rest = url.partition(":")
    try:
        if kind == "duckdb":
            settings: dict[str, Any] = {
                "memory_limit": MEMORY,
                "preserve_insertion_order": False,
                "temp_directory": spill,
            }
            if threads is not None:
                settings["threads"] = threads
            backend = ibis.duckdb.connect(rest.removeprefix("//") or ":memory:", **settings)
            backend.raw_sql("SET enable_progress_bar = true")  # to be asked, and not printed:
            backend.raw_sql("SET enable_progress_bar_print = false")  # DuckDB would, among results
            return backend
        if kind == "spark":
            return _connect_spark(url if rest.startswith("//") else rest)
        if kind in {"postgres", "postgresql"}:
            return ibis.connect(url)
    except WritError:
        raise
    except Exception as error:  # noqa: BLE001  every engine raises its own
        raise Failed(
            f"cannot use the engine `{kind}`: {in_short(error)}; is it there, and may it be used from"
            " here?"
        ) from None
    raise InvalidInput(f"`{url}` is no engine; use duckdb://, postgresql://… or spark://…")


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


@contextmanager
def _computing() -> Iterator[None]:
    """Say in one line what an engine could not compute: lines of a file, or the engine, are at fault."""
    try:
        yield
    except WritError:
        raise
    except Exception as error:  # noqa: BLE001  every engine raises its own
        if found := _LINE.search(str(error)):
            said = _SAID.search(str(error))
            why = in_short(said[0]) if said else "is no row of a CSV file"
            raise InvalidInput([Fault(found[2], int(found[1]), 1, why)]) from None
        raise Failed(f"the engine could not count: {in_short(error)}") from None


_LINE = re.compile(r"CSV Error on Line: (\d+)\n(?s:.*?)\n *file = (.*)")
_SAID = re.compile(  # never the line itself: it is about somebody
    r"^(Expected Number of Columns: \d+ Found: \d+|Value with unterminated quote|Invalid unicode"
    r"|Maximum line size of \d+ bytes exceeded)",
    re.MULTILINE,
)


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
