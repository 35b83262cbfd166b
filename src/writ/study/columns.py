"""The columns of a table as they are wanted: text, instants, numbers and truth values.

1. An instant is a timestamp, in UTC where it has no zone; a date, which is its first instant; a
   number of microseconds since 1970; or either as text, in ISO 8601, where the engine can try to
   read it.
2. Text that is no instant or truth value, and an instant that no calendar of four-digit years has,
   is none; the column `unread` then has the column's name, so that nobody takes it for left out.
3. A column that may be missing, and is, is text without a value.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

import ibis

from writ.clock import Instant
from writ.errors import InvalidInput
from writ.study.engine import Engine, Table

Kind: TypeAlias = Literal["text", "instant", "number", "truth"]

UNREAD = "unread"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = (
    (datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1) for year in (2, 9999)
)
_STAMP = "timestamp('UTC')"
_NANOSECONDS = 9
"""Digits of a second; such a column ends in 2262, before what instants are held against."""
_MEANT: Mapping[Kind, str] = {
    "instant": "a timestamp or a number of microseconds",
    "number": "a whole number",
    "truth": "true or false",
}


def chosen(
    engine: Engine, table: Table, name: str, required: Sequence[str], kinds: Mapping[str, Kind]
) -> tuple[Table, tuple[str, ...]]:
    """Make a table's columns those wanted; return it and which optional ones it lacks."""
    there = set(table.columns)
    if missing := [column for column in required if column not in there]:
        raise InvalidInput(
            f"`{name}` has no column {', '.join(f'`{item}`' for item in missing)};"
            f" it has {', '.join(sorted(there))}"
        )
    lacking = tuple(column for column in kinds if column not in there)
    table = engine.here(table, kinds)
    columns = {
        column: ibis.null("string")  # rule 3
        if column in lacking
        else _read(engine, table[column], kind)
        for column, kind in kinds.items()
    }
    strict = [
        (table[column], columns[column])
        for column, kind in kinds.items()
        if kind in {"instant", "truth"} and column not in lacking
    ]
    return table.select(**columns, **{UNREAD: _unread(strict)}), lacking


def literal(column: Table, instant: Instant) -> Table:
    """Write an instant as the column writes them."""
    kind = column.type()
    if kind.is_integer():
        return ibis.literal(instant, "int64")
    moment = EPOCH + timedelta(microseconds=instant)
    return ibis.literal(moment if kind.timezone else moment.replace(tzinfo=None), kind)


def _read(engine: Engine, column: Table, kind: Kind) -> Table:
    there = column.type()
    if kind == "text":
        return column.cast("string")
    if there.is_null():  # a column of which nothing says what it is
        return column.cast({"instant": "int64", "number": "int64", "truth": "boolean"}[kind])
    if there.is_string() and engine.reads_text:
        return _of_text(column, kind)
    if kind == "instant" and (there.is_date() or there.is_timestamp() or there.is_integer()):
        finer = there.is_timestamp() and there.scale == _NANOSECONDS and there.timezone is None
        return _of_calendar(column.cast("timestamp(6)") if there.is_date() or finer else column)
    if (kind == "number" and there.is_numeric()) or (
        kind == "truth" and (there.is_boolean() or there.is_integer())
    ):
        return column
    written = "text" if there.is_string() else f"{there}"
    raise InvalidInput(f"column `{column.get_name()}` is {written}; make it {_MEANT[kind]}")


def _of_text(column: Table, kind: Kind) -> Table:
    said = column.strip().nullif("")
    if kind == "instant":
        number = _of_calendar(said.try_cast("int64"))  # what is out of range would stop an engine
        counted = ibis.literal(EPOCH, _STAMP) + number.as_interval("us")
        return _of_calendar(ibis.coalesce(counted, said.try_cast(_STAMP)))
    return said.try_cast("int64" if kind == "number" else "boolean")


def _of_calendar(column: Table) -> Table:
    """Keep the instants that a calendar has (rule 2)."""
    inside = column.between(literal(column, _FIRST), literal(column, _LAST))
    return ibis.cases((inside, column), else_=ibis.null(column.type()))


def _unread(columns: Sequence[tuple[Table, Table]]) -> Table:
    """Name the first column that says something that could not be read; empty: there is none."""
    none = ibis.literal("")
    found = [
        (_said(raw) & read.isnull(), ibis.literal(raw.get_name()))
        for raw, read in columns
        if not raw.type().is_null()
    ]
    return ibis.cases(*found, else_=none) if found else none


def _said(raw: Table) -> Table:
    return raw.strip() != "" if raw.type().is_string() else raw.notnull()
