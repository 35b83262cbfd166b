"""A made-up population and log of any size, written by DuckDB as Parquet: always the same ones.

1. Nine in ten are people, one in thirty a service of one of 4,000 companies; a third of the people
   act for a company. What is shown of them repeats; when it was shown is any day of five months.
2. A request is anybody's, for one of four models; of a service's, one in two names an end user.
"""

from pathlib import Path

import duckdb

_FACT = (
    '{{"attribute":"{0}","value":["\' || {1} || \'"],"completeness":"{2}","assurance":"A\' || {3}'
    ' || \'","method":"{4}","issuer":"made-up"}}'
)
_PASSPORT = _FACT.format("citizenships", "country", "at_least", "level", "passport_chip")
_HOME = _FACT.format("residence", "home", "at_least", "1", "billing_address")
_REGISTER = _FACT.format("incorporated_in", "country", "at_least", "3", "company_register")

PEOPLE = f"""
COPY (
  WITH drawn AS (
    SELECT i, hash(i) AS h,
      ['US','FR','DE','GB','CA','IN','JP','BR'][CAST(1 + hash(i) % 8 AS BIGINT)] AS country,
      ['US','FR','DE','GB','CA'][CAST(1 + hash(i + 1) % 5 AS BIGINT)] AS home,
      CAST(1 + hash(i + 2) % 4 AS VARCHAR) AS level,
      CASE WHEN i < 4000 THEN 'organisation' WHEN i % 30 = 0 THEN 'service' ELSE 'person' END AS kind
    FROM range($subjects) t(i)
  )
  SELECT 'u' || i AS id, kind,
    CASE WHEN kind = 'service' OR (kind = 'person' AND h % 3 = 0)
      THEN 'u' || CAST(h // 7 % 4000 AS VARCHAR) END AS acts_for,
    CASE WHEN kind = 'service' OR h % 5 = 0 THEN NULL
      WHEN kind = 'organisation' THEN '[{_REGISTER}]'
      WHEN h % 2 = 0 THEN '[{_PASSPORT}]' ELSE '[{_PASSPORT},{_HOME}]' END AS facts,
    TIMESTAMP '2026-01-01' + INTERVAL (h // 11 % 150) DAY AS verified_at,
    ['free','pro','team','enterprise'][CAST(1 + h // 13 % 4 AS BIGINT)] AS plan
  FROM drawn
) TO '$file' (FORMAT parquet, COMPRESSION zstd)
"""  # noqa: S608  made of this file's own text
REQUESTS = """
COPY (
  WITH drawn AS (SELECT i, hash(i) % $subjects AS who FROM range($requests) t(i))
  SELECT 'u' || who AS subject,
    CASE WHEN who % 30 = 0 AND i % 2 = 0 THEN 'u' || CAST(hash(i + 3) % $subjects // 30 * 30 + 1 AS VARCHAR)
      END AS end_user,
    ['fable-5','mythos-5','opus-4-8','saga-5'][CAST(1 + i % 4 AS BIGINT)] AS model,
    TIMESTAMP '2026-06-01' + INTERVAL (i // 1000) MILLISECOND AS at,
    CAST(hash(i + 5) % 4000 AS INTEGER) AS tokens,
    i % 1000 = 0 AS open
  FROM drawn
) TO '$file' (FORMAT parquet, COMPRESSION zstd)
"""


def write(folder: Path, subjects: int, requests: int) -> tuple[str, str]:
    """Write both tables, where they are not there yet; return their names."""
    people = folder / f"people-{subjects}.parquet"
    log = folder / f"log-{subjects}-{requests}.parquet"
    with duckdb.connect() as database:
        for file, text in ((people, PEOPLE), (log, REQUESTS)):
            if not file.exists():
                sized = text.replace("$requests", str(requests)).replace("$subjects", str(subjects))
                database.execute(sized.replace("$file", str(file)))
    return str(people), str(log)
