"""The commands of an operator and of signers, as processes, with no server running."""

import json
from pathlib import Path

import pytest

from tests.worlds.deployment import CATALOGUE, LETTER, Deployment, copy_of, found, us_passport


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A deployment with a company, its service account and a person; nothing in force."""
    deployment = found(tmp_path_factory.mktemp("shared"))
    file = deployment.folder / "subjects.jsonl"
    rows = [
        {"id": "acme-bot", "kind": "service", "acts_for": ["acme"], "facts": []},
        {"id": "acme", "kind": "organisation"},
        {"id": "alice", "kind": "person"},
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert {"added": 3, "known": 0} == deployment.json("subject", "add", "--file", file)
    return deployment


def test_init_writes_over_nothing(shared: Deployment) -> None:
    """A folder that was set up stays as it is."""
    before = (shared.folder / "writ.toml").read_text()

    assert "`writ.toml` exists; nothing is written over" == shared.fails(2, "init", ".")
    assert before == (shared.folder / "writ.toml").read_text()


def test_init_refuses_what_it_could_not_read_back(tmp_path: Path) -> None:
    """A wrong address is said at once, and leaves no configuration."""
    said = Deployment(tmp_path).fails(3, "init", "x", "--admin", "0.0.0.0:1")

    assert "admin.listen: must be a loopback address" in said
    assert not (tmp_path / "x" / "writ.toml").exists()


def test_keys_are_private_and_never_written_over(shared: Deployment) -> None:
    """A key file is its owner's only, and stays."""
    said = shared.fails(2, "keygen", "--out", "ada.key", "--person", "ada")

    assert "`ada.key` exists; a key is never written over" == said
    assert 0o600 == (shared.folder / "ada.key").stat().st_mode & 0o777


def test_without_trust_nothing_is_opened(tmp_path: Path) -> None:
    """Before there is a trust document, commands say how to make one."""
    deployment = Deployment(tmp_path)
    assert "make one with `writ init`" in deployment.fails(3, "status")
    deployment.writ("init", ".")

    assert "make one with `writ trust init`" in deployment.fails(2, "status")


def test_trust_that_could_approve_nothing_is_refused(tmp_path: Path, shared: Deployment) -> None:
    """Wrong roles, wrong caps, too few signers and doubled keys are refused in words."""
    deployment = Deployment(tmp_path)
    deployment.writ("init", ".")
    ada, ben = shared.publics["ada"], shared.publics["ben"]
    trust = ("trust", "init", "--person")

    assert "roles are hold, review, sign, submit" in deployment.fails(3, *trust, f"ada={ada}:rule")
    assert "is not written like ada=" in deployment.fails(3, *trust, "ada")
    assert "a public key starts with" in deployment.fails(2, *trust, "ada=abc:sign")
    assert "nothing could ever be approved" in deployment.fails(2, *trust, f"ada={ada}:submit,sign")
    twice = (*trust, f"ada={ada}:submit,sign", "--person", f"ben={ben}:sign", "--person")
    assert "stands twice" in deployment.fails(2, *twice, f"eve={ben}:sign")
    cap = (*trust, f"ada={ada}:submit", "--method", f"idv={ben}:A9")
    assert "end it with one of A0" in deployment.fails(3, *cap)
    assert 'pin = ""' in (tmp_path / "writ.toml").read_text()


def test_trust_is_made_once(shared: Deployment) -> None:
    """A pinned trust document is not replaced by a command."""
    said = shared.fails(2, "trust", "init", "--person", f"ada={shared.publics['ada']}:submit")

    assert said.endswith("it is not replaced")


def test_a_changed_trust_document_is_refused(shared: Deployment, tmp_path: Path) -> None:
    """The pin holds the document to its bytes."""
    deployment = copy_of(shared, tmp_path)
    trust = tmp_path / "trust.json"
    trust.write_text(trust.read_text().replace('"cap":3', '"cap":4'))

    assert "but the pin is" in deployment.fails(2, "status")


def test_an_order_takes_three_people(shared: Deployment, tmp_path: Path) -> None:
    """Who submits does not sign, nobody signs twice, and fewer than two are too few."""
    deployment = copy_of(shared, tmp_path)
    assert "nothing is in force yet" in deployment.writ("status")
    assert "no proposal is open" in deployment.fails(2, "activate")
    assert "no proposal is open" in deployment.fails(2, "sign", "--key", "ben.key", "--yes")
    assert "may not submit" in deployment.fails(2, "submit", CATALOGUE, "--key", "ben.key")
    deployment.writ("submit", CATALOGUE, LETTER, "--key", "ada.key")
    assert "is nobody's" in deployment.fails(2, "sign", "--key", "idv.key", "--yes")
    assert "not signed" in deployment.fails(2, "sign", "--key", "ben.key")
    shown = deployment.run("sign", "--key", "ben.key", "--yes")
    assert "only ear.us_person@1 may use fable-5, mythos-5" in shown.stderr
    assert "signed" in deployment.fails(2, "sign", "--key", "ben.key", "--yes")
    assert "1 of 2 signatures" in deployment.fails(2, "activate")
    deployment.writ("sign", "--key", "eve.key", "--yes")
    report = deployment.json("activate")

    assert (1, False) == (report["epoch"], report["served"])
    assert ["us-bis-2026-06-12"] == [
        version["order"] for version in deployment.json("status")["in_force"]
    ]


def test_faults_of_orders_name_their_places(shared: Deployment) -> None:
    """A bad order is not signed, let alone stored; every fault has file, line and column."""
    bad = shared.folder / "bad.yaml"
    bad.write_text(LETTER.read_text().replace("fable-5, mythos-5", "fable-9"))
    said = shared.fails(3, "submit", CATALOGUE, bad, "--key", "ada.key")

    assert "bad.yaml:" in said
    assert "fable-9" in said
    assert shared.json("status")["proposal"] is None


def test_bad_lines_are_named_and_keep_the_file_out(shared: Deployment, tmp_path: Path) -> None:
    """Exit 3, each bad line with its number; `--skip-bad` takes the rest in and still says so."""
    deployment = copy_of(shared, tmp_path)
    file = deployment.facts(
        us_passport("alice"), us_passport("zoe"), us_passport("alice", value=["XY"])
    )
    said = deployment.fails(3, "facts", "import", file, "--method-key", "idv.key").splitlines()
    assert "nothing was imported; see below, or import the rest with --skip-bad" == said[0]
    assert [f"{file}:2:1: unknown subject", f"{file}:3:1: value[0]: `XY` "] == [
        line[: len(f"{file}:2:1: unknown subject")] for line in said[1:]
    ]
    rest = deployment.run("facts", "import", file, "--method-key", "idv.key", "--skip-bad")

    assert (3, "1 imported, 0 known already, 2 bad lines left out\n") == (
        rest.returncode,
        rest.stdout,
    )
    assert said[1:] == rest.stderr.splitlines()


def test_facts_count_for_what_signed_them(shared: Deployment, tmp_path: Path) -> None:
    """A method's signature counts to its cap, an operator's word for A1; importing is idempotent."""
    deployment = copy_of(shared, tmp_path)
    file = deployment.facts(us_passport("alice", assurance="A4"))
    signed = ("facts", "import", file, "--method-key", "idv.key")

    assert "1 imported, 0 known already, 1 count for less than they claim\n" == deployment.writ(
        *signed
    )
    assert "0 imported, 1 known already\n" == deployment.writ(*signed)
    deployment.writ("facts", "import", file)
    facts = deployment.json("subject", "show", "alice")["facts"]
    assert [("idv", "A3"), ("operator", "A1")] == sorted(
        (fact["attested_by"], fact["assurance"]) for fact in facts
    )
    stranger = ("facts", "import", file, "--method-key", "ada.key")
    assert "is not known here" in deployment.fails(3, *stranger)


def test_keys_are_shown_once(shared: Deployment, tmp_path: Path) -> None:
    """A key's text is printed when it is made, and by nothing else."""
    deployment = copy_of(shared, tmp_path)
    made = deployment.json("key", "create", "acme-bot", "--refuse-substitutes")
    listed = deployment.writ("key", "list")

    assert ("acme-bot", "acme", True) == (
        made["requester"],
        made["organisation"],
        made["refuses_substitutes"],
    )
    assert str(made["id"]) in listed
    assert str(made["text"]).split("_", 2)[2] not in listed
    deployment.writ("key", "revoke", str(made["id"]))
    [key] = deployment.json("key", "list")["keys"]
    assert key["revoked_at"] is not None
    assert "unknown subject `zoe`" in deployment.fails(3, "key", "create", "zoe")


def test_end_users_and_their_issuers(shared: Deployment, tmp_path: Path) -> None:
    """An organisation's key and the people it names are registered, listed and revoked."""
    deployment = copy_of(shared, tmp_path)
    public = deployment.publics["eve"]
    deployment.writ("issuer", "add", "acme", public, "--kid", "k1")
    deployment.writ("end-user", "add", "acme", "u-1", "--subject", "alice")
    deployment.writ("issuer", "revoke", "acme", "k1")
    [issuer] = deployment.json("issuer", "list")["issuers"]
    users = deployment.json("end-user", "list")["end_users"]

    assert (public, True) == (issuer["public"], issuer["revoked_at"] is not None)
    assert [{"organisation": "acme", "sub": "u-1", "subject": "alice"}] == users
    assert "unknown subject `u-2`" in deployment.fails(3, "end-user", "add", "acme", "u-2")


def test_faults_of_a_file_of_subjects_name_its_lines(shared: Deployment) -> None:
    """What the control process finds wrong is said in the file's own lines."""
    file = shared.folder / "more.jsonl"
    file.write_text(
        '{"id": "x", "kind": "person"}\n{"id": "y", "kind": "person", "acts_for": ["z"]}\n'
    )
    said = shared.fails(3, "subject", "add", "--file", file)

    assert f"{file}:2:0: `y` acts for `z`, which is not on the books" == said
    file.write_text("{\n")
    assert f"{file}:1:1: the line is not JSON" in shared.fails(3, "subject", "add", "--file", file)


def test_a_missing_folder_and_odd_words(tmp_path: Path, shared: Deployment) -> None:
    """No trace and no half deed, whatever is typed."""
    assert "give ID and --kind, or --file FILE" == shared.fails(3, "subject", "add")
    assert "give files to put in place" in shared.fails(3, "submit", "--key", "ada.key")
    assert "cannot read the key" in shared.fails(1, "sign", "--key", "nobody.key")
    assert "`x` is not a duration" in shared.fails(3, "hold", "m", "--key", "ben.key", "--for", "x")
    deployment = copy_of(shared, tmp_path)
    deployment.data.rename(tmp_path / "elsewhere")
    assert "no data folder" in deployment.fails(1, "status")


def test_a_hold_tells_what_it_overtakes(tmp_path: Path, shared: Deployment) -> None:
    """A proposal that was open when a model is held has to be made again, and whoever holds knows."""
    deployment = copy_of(shared, tmp_path)
    deployment.obey(CATALOGUE, LETTER)
    deployment.writ("withdraw", "us-bis-2026-06-12", "--key", "ada.key")
    opened = deployment.json("status")["proposal"]["id"]
    first, second = (
        deployment.writ("hold", model, "--key", "ben.key").splitlines()[-1]
        for model in ("saga-5", "fable-5")
    )

    assert f"proposal {opened} by ada is overtaken; submit it again" == first
    assert "overtaken" not in second
    assert deployment.json("status")["proposal"] is None
