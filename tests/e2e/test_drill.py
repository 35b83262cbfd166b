"""`writ drill` as a stranger runs it, and its scorecard as a stranger checks it."""

import csv
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.worlds.small_case import IMPOSED, SmallCase
from writ.ledger.evidence.pack import open_pack

pytestmark = pytest.mark.timeout(300)

ROOT = Path(__file__).parents[2]
JUNE = ROOT / "orders" / "june-2026"


def utc(at: str) -> str:
    """Write an instant of expected.csv as the journal writes it."""
    return datetime.fromisoformat(at).astimezone(UTC).isoformat().replace("+00:00", "Z")


def drill(folder: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a folder."""
    command = [sys.executable, "-m", "writ", "drill", "--json", "--orders", str(folder)]
    return subprocess.run(
        [*command, "--out", str(out), *more],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Drill the June case once, with a small crowd."""
    out = tmp_path_factory.mktemp("june")
    return out, drill(JUNE, out, "--people", "87")


def test_june_comes_out_as_written(
    june: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """The case is obeyed end to end: every request as expected.csv has it, and all is restored."""
    _, done = june
    assert 0 == done.returncode, done.stderr[-4000:]
    card = json.loads(done.stdout)
    wrongs = ("wrong_outcomes", "wrongly_served", "wrongly_barred", "unaffected_lost")
    assert [0, 0, 0, 0] == [card[name] for name in wrongs]
    assert [True, True] == [card["restored"], card["right"]]
    assert card["requests"] > 4176
    assert card["probes"] > 87
    assert 48 + 4 == card["streams_cut"]
    assert card["streams_spared"] > 48
    assert 0 == card["reports_skipped"]
    assert [1, 1] == [card["packs"], card["packs_proved"]]
    tried = (card["links_lent"], card["links_stolen"], card["half_shown"], card["links_opened"])
    assert (2, 1, 1, 0) == tried
    times = (
        "proof_ms",
        "simulation_ms",
        "in_force_ms",
        "first_refusal_ms",
        "time_to_return_ms",
        "wallet_return_ms",
        "employer_return_ms",
        "last_cut_ms",
    )
    assert all(card[name] > 0 for name in times)
    assert ["before", *(f"us-bis-2026-06-12 v{n}" for n in (1, 2, 3))] == [
        phase["phase"] for phase in card["phases"]
    ]


def test_a_pack_has_the_scorecard_of_its_drill(
    june: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """It is enclosed with the figures of the end, and an event, signed by a person, names it."""
    out, done = june
    card = json.loads(done.stdout)
    opened = open_pack((out / "evidence-us-bis-2026-06-12.zip").read_bytes())
    kept = json.loads(opened.files["enclosed/drill/scorecard.json"])
    del kept["at"]
    assert kept == {name: card[name] for name in kept}
    assert {"packs", "packs_proved"} == card.keys() - kept.keys()
    listed = {item.name: item for item in opened.manifest.items}
    told = listed["enclosed/drill/scorecard.json"]
    assert ("the scorecard of a drill", True) == (told.what, told.by.startswith("event "))


def test_the_journal_gives_the_scorecard_anew(
    june: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """Whoever has drill.jsonl and expected.csv, and nothing of ours, comes to the same figures."""
    out, done = june
    card = json.loads(done.stdout)
    script = Path(__file__).parent / "recount.py"
    files = (str(out / "drill.jsonl"), str(JUNE / "expected.csv"))
    counted = subprocess.run(
        [sys.executable, "-I", "-S", str(script), *files],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    mine = json.loads(counted.stdout)
    names = (
        "requests", "in_transition", "wrong_outcomes", "wrongly_served", "wrongly_barred",
        "unaffected_lost", "streams_cut", "streams_spared", "restored", "probes",
        "receipts_checked", "in_force_ms", "time_to_return_ms", "links_lent", "links_stolen",
        "half_shown", "links_opened",
        "wallet_return_ms", "employer_return_ms",
    )  # fmt: skip
    assert {name: card[name] for name in names} == {name: mine[name] for name in names}
    assert mine["phases"] == {phase["phase"]: phase["requests"] for phase in card["phases"]}
    assert mine["requests"] == mine["flags_agree"]


def test_the_journal_covers_every_row_and_api(
    june: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    """Each row of expected.csv was asked, and all APIs, forms and names of models took part."""
    out, _ = june
    lines = [json.loads(line) for line in (out / "drill.jsonl").read_text().splitlines()]
    requests = [line for line in lines if line["type"] == "request"]
    asked = {(r["case"], r["model"], r["at"]) for r in requests if r["source"] == "case"}
    with (JUNE / "expected.csv").open(newline="") as file:
        rows = {(r["case"], r["model"], utc(r["at"])) for r in csv.DictReader(file)}
    assert rows == asked
    forms = {(r["api"], r["stream"]) for r in requests}
    assert {(api, s) for api in ("chat", "responses", "messages") for s in (True, False)} == forms
    names = {r["asked_as"] for r in requests}
    assert {"fable-5", "fable", "claude-fable-5", "claude-fable-5[1m]"} <= names
    settled = [r for r in requests if r["touched"] and not r["in_transition"]]
    first = [r for r in settled if r["phase"] == "us-bis-2026-06-12 v1"]
    assert not [r for r in first if r["status"] == 451]
    assert [r for r in requests if r["phase"] == "us-bis-2026-06-12 v2" and r["status"] == 451]


def test_a_small_folder_of_ones_own(tmp_path: Path) -> None:
    """Any folder with orders, subjects and expected outcomes can be drilled, and drawn."""
    folder = SmallCase(disclosure="full").write(tmp_path / "orders")
    picture = tmp_path / "drill.svg"
    register = tmp_path / "coverage.yaml"
    entry = "id: api, kind: gateway, what: it, enforced_by: NAME, owner: ops, reviewed: 2026-11-20"
    register.write_text(
        f"paths: [{{{entry.replace('NAME', 'gateway-1')}}},"
        f" {{{entry.replace('NAME', 'uncovered').replace('id: api', 'id: lab')}}}]\n"
    )
    more = ("--people", "12", "--svg", str(picture), "--coverage", str(register))
    done = drill(folder, tmp_path / "out", *more)
    assert 0 == done.returncode, done.stderr[-4000:]
    card = json.loads(done.stdout)
    assert (6 + 12, 4) == (card["parties"], card["streams_cut"])
    assert card["coverage"].startswith("1 of 2 paths uncovered: lab (owner ops); the register says")
    kept = json.loads((tmp_path / "out" / "scorecard.json").read_bytes())
    assert card.items() <= kept.items()
    assert picture.read_text().startswith("<svg")
    assert "everything came out as written" in done.stderr


def test_a_wrong_expectation_is_found_out(tmp_path: Path) -> None:
    """A drill believes expected.csv and nothing else: where that is wrong, it says so and fails."""
    small = SmallCase()
    small.rows["french", "fable-5", IMPOSED] = "permit"
    small.rows["american", "fable-5", IMPOSED] = "verify"
    small.rows["company-names-french", "fable-5", IMPOSED] = "verify"
    done = drill(small.write(tmp_path / "orders"), tmp_path / "out", "--people", "0")
    assert 5 == done.returncode
    card = json.loads(done.stdout)
    assert not card["right"]
    assert card["wrongly_barred"] >= 1
    assert card["wrongly_served"] >= 1
    at = "at 2026-03-01T12:00:00Z must be"
    for told in (
        f"case `french` on fable-5 {at} permit, was deny (451",
        f"case `american` on fable-5 {at} verify, was permit (200)",
        f"case `company-names-french` on fable-5 {at} verify, was refused (403, receipt deny)",
    ):
        assert told in done.stderr
        assert any(told in mistake for mistake in card["mistakes"])


def test_a_folder_that_cannot_be_drilled(tmp_path: Path) -> None:
    """What is wrong with a folder is said before anything is started, without a stack trace."""
    folder = SmallCase().write(tmp_path / "orders")
    (folder / "expected.csv").write_text("case,who\n")
    done = drill(folder, tmp_path / "out")
    assert (3, "") == (done.returncode, done.stdout)
    columns = "case,requester,organisation,end_user,model,at,outcome"
    assert f"{folder}/expected.csv:1:1: the columns are {columns}\n" == done.stderr
    assert 3 == drill(tmp_path / "nowhere", tmp_path / "out").returncode


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 1), (signal.SIGINT, 130)])
def test_a_drill_that_is_stopped_leaves_nothing_behind(
    tmp_path: Path, number: int, code: int
) -> None:
    """Servers and folders are gone when a drill is told to stop in the middle."""
    # A test that was started in the background hands on a SIGINT that is ignored.
    start = "import signal as s; s.signal(s.SIGINT, s.default_int_handler)"
    start += "; from writ.cli.main import main; main()"
    folder = SmallCase().write(tmp_path / "orders")
    options = ["--orders", str(folder), "--people", "0", "--out", str(tmp_path / "out")]
    with (
        # a socket's path has 107 bytes at most, and pytest's folders are deep
        TemporaryDirectory(prefix="stop-") as short,
        subprocess.Popen(
            [sys.executable, "-c", start, "drill", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": short},
        ) as process,
    ):
        places = Path(short)
        assert process.stdout is not None
        while "rows asked" not in process.stdout.readline():
            assert process.poll() is None
        [place] = places.iterdir()
        servers = pids(place)
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
        assert (code, False) == (process.returncode, "Traceback" in errors), errors
        assert 3 == len(servers)  # control process, gateway, portal
        assert [] == [pid for pid in servers if Path(f"/proc/{pid}").exists()]
        assert [] == list(places.iterdir())


def pids(place: Path) -> list[str]:
    """Return the processes whose command line names a folder."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            line = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if folder.name.isdigit() and str(place).encode() in line:
            found.append(folder.name)
    return found
