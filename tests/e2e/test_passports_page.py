"""Runs docs/passports.md, block by block, and the commands' refusals, with a state that signs lists."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.asn1 import integer, sequence
from tests.worlds.office import Office, office
from tests.worlds.passports import (
    DAY,
    Booklet,
    Chip,
    Family,
    Passport,
    authority,
    crl,
    master_list,
    passport,
    signer,
)
from writ.clock import wall
from writ.errors import Failed, InvalidInput

PAGE = Path(__file__).parents[2] / "docs" / "passports.md"
BLOCKS = re.findall(r"```(sh|toml)\n(.*?)```", PAGE.read_text(), re.DOTALL)
IMPORT, CRL, CHECK = (text.split()[1:] for kind, text in BLOCKS if kind == "sh")
[CONFIG] = [text for kind, text in BLOCKS if kind == "toml"]
SPAN: dict[str, Any] = {"since": wall() - DAY, "until": wall() + 3000 * DAY}
GERMAN = authority(Family("ecdsa", "sha384", "BP-384", explicit=True), **SPAN)
FRENCH = authority(Family("rsa"), country="FR", **SPAN)
UTOPIA = authority(country="UT", **SPAN)
ITALIAN = authority(country="IT", usage=0x80, **SPAN)
LISTS = signer(GERMAN, purpose="2.23.136.1.1.3", **SPAN)
CHALLENGE = bytes.fromhex("8f0a36c25b1d4e77")


def lay(folder: Path, held: Passport) -> None:
    """Write the files that a reader took off a chip."""
    (folder / "EF_SOD.bin").write_bytes(held.sod)
    (folder / "EF_DG1.bin").write_bytes(held.dg1)
    if held.chip:
        (folder / "dg15").write_bytes(held.chip.dg15)
        (folder / "answer").write_bytes(held.chip.answer(CHALLENGE))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office with [passport] as the page has it, and a list beside it."""
    made = office(tmp_path)
    pinned = re.sub(r"sha256:[A-Z ]+", GERMAN.pin, CONFIG)
    made.config.write_text(made.config.read_text() + pinned)
    listed = master_list([GERMAN, UTOPIA, ITALIAN], GERMAN, LISTS)
    (tmp_path / "DE_ML_2026-05-28.ml").write_bytes(listed)
    monkeypatch.chdir(tmp_path)
    return made


def test_the_page_works_as_it_is_written(made: Office) -> None:
    """The list is imported, a passport proved; neither name nor number is printed."""
    imported = made.writ(*IMPORT)
    lay(made.folder, passport(GERMAN, ds=signer(GERMAN, **SPAN)))
    checked = made.writ(*CHECK)
    assert "published by DE: 2 authorities of 2 states; 1 left out" in imported.stdout
    assert "new: DE (1), UT (1)" in imported.stdout
    assert "attribute: citizenships\nvalue: DE\nassurance: A1\nissued by: DE\n" in checked.stdout
    assert (
        "chip answered: no\nweak: no\ncrl: none here\nsigned with: ECDSA with sha384; ECDSA"
        in checked.stdout
    )
    assert not re.search("MUSTERMANN|C01X00T47|830412", checked.stdout)


def test_a_newer_list_says_what_has_changed(made: Office) -> None:
    """Authorities that came and went are counted by state."""
    made.writ(*IMPORT)
    (made.folder / "new.ml").write_bytes(master_list([GERMAN, FRENCH], GERMAN, LISTS))
    said = made.json("passport", "import", "new.ml")
    assert (["FR (1)"], ["UT (1)"]) == (said["new"], said["gone"])
    assert (["DE", "FR"], {}, GERMAN.pin) == (
        said["countries"], said["left_out"], said["signed_under"],
    )  # fmt: skip


def test_lists_of_several_publishers_count_together(made: Office) -> None:
    """Each takes the place of its own publisher's last one, also under a new certificate."""
    made.writ(*IMPORT)
    pins = f'{GERMAN.pin}", "{FRENCH.pin}'
    made.config.write_text(made.config.read_text().replace(GERMAN.pin, pins))
    french = master_list([FRENCH], FRENCH, signer(FRENCH, purpose="2.23.136.1.1.3", **SPAN))
    (made.folder / "french.ml").write_bytes(french)
    said = made.json("passport", "import", "french.ml")
    assert ("FR", ["FR (1)"], []) == (said["publisher"], said["new"], said["gone"])
    for by, code in ((GERMAN, "D"), (FRENCH, "FRA")):
        lay(made.folder, passport(by, Booklet(code, code), ds=signer(by, **SPAN)))
        assert f"issued by: {by.country}\n" in made.writ(*CHECK).stdout
    again = authority(Family("rsa"), country="FR", serial=2, number=8, **SPAN)
    made.config.write_text(made.config.read_text().replace(FRENCH.pin, again.pin))
    assert f"FR.ml`: the master list is signed under {FRENCH.pin}" in made.fails(*CHECK)
    renewed = master_list([again], again, signer(again, purpose="2.23.136.1.1.3", **SPAN))
    (made.folder / "french.ml").write_bytes(renewed)
    assert ["FR (1)"] == made.json("passport", "import", "french.ml")["new"]
    lay(made.folder, passport(again, Booklet("FRA", "FRA"), ds=signer(again, **SPAN)))
    assert "issued by: FR\n" in made.writ(*CHECK).stdout


def test_the_chip_and_specimens_are_proved_too(made: Office) -> None:
    """With DG15, challenge and answer the document was there; a specimen proves a reader alone."""
    made.writ(*IMPORT)
    more = ("--dg15", "dg15", "--answer", "answer", "--challenge", CHALLENGE.hex())
    ds = signer(GERMAN, **SPAN)
    lay(made.folder, passport(GERMAN, Booklet("XXB"), chip=Chip(Family("ecdsa")), ds=ds))
    refugee = made.json(*CHECK, *more)
    value = [{"status": "refugee", "granted_by": "DE"}]
    assert (value, True, "A1") == (
        refugee["value"], refugee["chip_answered"], refugee["assurance"],
    )  # fmt: skip
    assert "value: refugee, DE" in made.writ(*CHECK, *more).stdout
    lay(made.folder, passport(UTOPIA, Booklet("UTO", "UTO"), ds=signer(UTOPIA, **SPAN)))
    assert "a specimen; show your own" in made.fails(*CHECK)
    assert "value: nothing\nassurance: none" in made.writ(*CHECK, "--specimen").stdout


def test_a_signer_that_its_state_revoked_is_refused(made: Office) -> None:
    """Once the list is there, without a restart; the command also shows what is there."""
    ds = signer(GERMAN, serial=77, **SPAN)
    lay(made.folder, passport(GERMAN, ds=ds))
    listed = made.folder / "DE.crl"
    listed.write_bytes(crl(GERMAN, 5, made=wall() - DAY, until=wall() + DAY))
    assert "import one with `writ passport import`" in made.fails(*CRL)
    made.writ(*IMPORT)
    assert "crl: none here\n" in made.writ(*CHECK).stdout
    assert "DE: 1 revoked, as of 20" in made.writ(*CRL).stdout
    assert "current" == made.json(*CHECK)["crl"]
    listed.write_bytes(crl(GERMAN, 77, made=wall() - DAY / 2, until=wall() + DAY))
    assert 1 == made.json(*CRL)["revoked"]
    assert "was revoked by its issuer" in made.fails(*CHECK)
    assert "DE     20" in made.writ(*CRL[:2]).stdout
    assert [1] == [row["revoked"] for row in made.json(*CRL[:2])["lists"]]


def test_a_state_without_a_list_is_refused_where_one_is_asked_for(made: Office) -> None:
    """With `crl_within` in the configuration; a span that is none is told with its place."""
    made.writ(*IMPORT)
    lay(made.folder, passport(GERMAN, ds=signer(GERMAN, **SPAN)))
    text = made.config.read_text()
    made.config.write_text(text.replace("[passport]\n", '[passport]\ncrl_within = "90d"\n'))
    assert "no current list of its issuer is here" in made.fails(*CHECK)
    made.config.write_text(text.replace("[passport]\n", "[passport]\ncrl_within = 90\n"))
    assert "passport.crl_within: must be a text" in made.fails(*CHECK)


def test_what_is_missing_is_said(made: Office) -> None:
    """No list, no section, no file, half of what proves a chip, a list under another certificate."""
    lay(made.folder, passport(GERMAN, chip=Chip(Family("ecdsa")), ds=signer(GERMAN, **SPAN)))
    assert "import one with `writ passport import`" in made.fails(*CHECK)
    assert "cannot read `none.ml`" in made.fails("passport", "import", "none.ml")
    for more in (("--challenge", "8f0a36c25b1d4e77"), ("--answer", "answer")):
        assert "together, or neither" in made.fails(*CHECK, *more)
    assert "is not hex" in made.fails(*CHECK, "--challenge", "x")
    (made.folder / "french.ml").write_bytes(
        master_list([FRENCH], FRENCH, signer(FRENCH, purpose="2.23.136.1.1.3", **SPAN))
    )
    assert f"is signed under {FRENCH.pin}" in made.fails("passport", "import", "french.ml")
    (made.folder / "bare.toml").write_text("")
    bare = ("passport", "import", "french.ml", "--config", "bare.toml")
    with pytest.raises(InvalidInput, match=r"`bare\.toml` has no .passport.; docs/passports\.md"):
        made.writ(*bare)
    (made.folder / "broken.ml").write_bytes(sequence(integer(1)))
    assert "the master list is not in its form" in made.fails("passport", "import", "broken.ml")
    (made.folder / "passport-lists" / "DE.ml.new").mkdir(parents=True)
    with pytest.raises(Failed, match="cannot write"):
        made.writ(*IMPORT)
