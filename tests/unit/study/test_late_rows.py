"""What a file of values says far down counts like what it says first."""

from pathlib import Path

from writ.study.engine import open_engine


def test_a_late_row_is_not_read_as_empty(tmp_path: Path) -> None:
    """After more rows than a reader samples, an instant that is none leaves the column text, which is refused."""
    rows = ["id,verified_at", *["p,2026-06-01 00:00:00"] * 25_000, "bad,yesterday"]
    file = tmp_path / "people.csv"
    file.write_text("\n".join(rows) + "\n")
    with open_engine("duckdb://", threads=1) as engine:
        assert engine.table(str(file), texts=("id",)).schema()["verified_at"].is_string()
