"""`writ order new`, as a process, with and without a terminal."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.worlds.warm import writ

COMMAND = [sys.executable, "-m", "writ", "order", "new"]
ANSWERS = """
order: letter-1
title: A title
authority: A ministry
jurisdiction: US
received: 2026-06-12T17:21:00-04:00
effective: 2026-06-12T17:21:00-04:00
models: [m-1]
clause: Only some may.
"""


def new(*arguments: str | Path) -> tuple[int, str, str]:
    """Run `writ order new …` without a terminal."""
    run = writ("order", "new", *arguments)
    return run.returncode, run.stdout, run.stderr


def answered(tmp_path: Path) -> Path:
    """Write answers that leave the definition open."""
    file = tmp_path / "answers.yaml"
    file.write_text(ANSWERS)
    return file


def test_answers_from_a_file_and_options(tmp_path: Path) -> None:
    """The folder is made, and the check and the test take it."""
    out = tmp_path / "orders"
    answers: list[str | Path] = [
        "--answers",
        answered(tmp_path),
        "--set",
        "definition=ear.us_person@1",
    ]
    code, said, err = new("class-of-person", "--out", out, *answers, "--json")
    assert (0, "") == (code, err)
    names = ["catalogue.yaml", "letter-1.v1.yaml", "letter-1.cases.yaml"]
    assert {"template": "class-of-person", "files": [str(out / name) for name in names]} == (
        json.loads(said)
    )
    for command in ("check", "test"):
        run = writ("order", command, out)
        assert (0, "") == (run.returncode, run.stderr)
    again = new("class-of-person", "--out", out, *answers)
    assert (2, "", "`letter-1.v1.yaml` exists; nothing is written over\n") == again


def test_without_a_terminal_what_is_missing_is_said(tmp_path: Path) -> None:
    """Nothing is asked and nothing is written."""
    out = tmp_path / "orders"
    code, said, err = new("class-of-person", "--out", out, "--answers", answered(tmp_path))
    assert (3, "", False) == (code, said, out.exists())
    assert err.startswith("no answer for `definition`: ")


def test_a_terminal_is_asked_until_it_answers(tmp_path: Path) -> None:
    """What the answers leave open is asked, again where it cannot be read; Enter takes a default."""
    out = tmp_path / "orders"
    arguments = ["class-of-person", "--out", out, "--answers", answered(tmp_path)]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        os.close(theirs)
        os.write(ours, b"\n\near.us_persn@1\near.us_person@1\n")
        said, err = run.communicate(timeout=60)
    os.close(ours)
    assert (0, "  unknown definition `ear.us_persn@1`; did you mean `ear.us_person@1`?\n") == (
        run.returncode,
        err,
    )
    assert f"wrote {out}/letter-1.v1.yaml" in said
    assert "cites: []" in (out / "letter-1.v1.yaml").read_text()


def test_templates_are_listed() -> None:
    """Without a template, all are shown; as JSON, with what they ask."""
    code, said, _ = new()
    assert (0, True) == (code, "entities-on-a-list" in said)
    listed = json.loads(new("--json")[1])
    assert [
        "class-of-person",
        "entities-on-a-list",
        "mitigation",
        "nationals-or-residents",
        "requirement",
        "rescission",
        "trusted-access",
    ] == [item["name"] for item in listed]
    assert {"key": "order", "kind": "name"}.items() <= listed[0]["asks"][0].items()


def test_what_is_wrong_on_the_command_line(tmp_path: Path) -> None:
    """One line each."""
    assert (3, "", "say where with `--out FOLDER`\n") == new("class-of-person")
    assert (3, "", "write `--set order=ANSWER`\n") == new(
        "rescission", "--out", tmp_path, "--set", "order"
    )


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in its place is said."""
    (tmp_path / "x").write_text("")
    answers: list[str | Path] = [
        "--answers",
        answered(tmp_path),
        "--set",
        "definition=ear.us_person@1",
    ]
    code, _, err = new("class-of-person", "--out", tmp_path / "x" / "y", *answers)
    assert (1, f"cannot write `{tmp_path}/x/y`: Not a directory\n") == (code, err)
