from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.law.conftest import CATALOGUE, ORDER, Write
from writ.errors import Fault, InvalidInput
from writ.law.agreement import governing_span
from writ.law.folder import (
    check_folder,
    load_files,
    load_folder,
    named_under,
    read_folder,
    read_sources,
)
from writ.model.order import Hold

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"


def faults(files: dict[str, bytes]) -> list[str]:
    """Return what reading says."""
    with pytest.raises(InvalidInput) as caught:
        read_sources(files)
    return str(caught.value).splitlines()


@given(st.permutations(sorted(load_folder(JUNE))))
def test_the_order_of_files_does_not_matter(names: list[str]) -> None:
    """The same bytes mean the same law, in whichever order they come."""
    files = load_folder(JUNE)
    assert read_folder(JUNE) == read_sources({name: files[name] for name in names})


def test_only_what_decides_is_loaded() -> None:
    """Catalogue, orders and the annexes they name; neither subjects nor expectations."""
    assert {
        "annex-a.csv",
        "catalogue.yaml",
        "uk-ecju-2025-11-03.v1.yaml",
        "us-bis-2026-06-12.v1.yaml",
        "us-bis-2026-06-12.v2.yaml",
        "us-bis-2026-06-12.v3.yaml",
    } == set(load_folder(JUNE))


def test_holds_come_from_elsewhere(catalogue: bytes) -> None:
    """Holds are no files; they are handed in."""
    hold = Hold("fable-5", "ann", 0)
    assert (hold,) == read_sources({"catalogue.yaml": catalogue}, [hold]).holds


def test_a_folder_without_a_catalogue(write: Write) -> None:
    """Nothing can be checked without the catalogue."""
    assert ["catalogue.yaml: is missing beside the orders"] == faults({"x.yaml": write()})


NAMES = b"""
where: {entities: [acme-ai], regions: [US]}
scenarios: [{name: a, at: effective, model: fable-5, person: {}, deployment: us, expect: verify}]
"""


def test_no_file_hides_the_faults_of_another(write: Write) -> None:
    """Nor does a catalogue that cannot be read: no name of a model or deployment is unknown then."""
    by_name = write(order="a", barred="denied") + NAMES.split(b"\n")[2]
    capable = write(order="b").replace(
        b"models: [fable-5]", b"capabilities: [cyber]\n    " + NAMES.split(b"\n")[1]
    )
    assert [
        "a.yaml:17:13: `barred` is `deny` or `{substitute: MODEL}` (clause c1)",
        "catalogue.yaml:2:1: not YAML: did not find expected node content",
        "groups.yaml:2:1: not YAML: did not find expected node content",
        "x.yaml:2:1: not YAML: did not find expected node content",
    ] == faults(
        {
            "catalogue.yaml": b"models: {\n",
            "groups.yaml": b"groups: {\n",
            "a.yaml": by_name,
            "b.yaml": capable,
            "x.yaml": b"order: [\n",
        }
    )


def test_one_version_has_one_file(write: Write, catalogue: bytes) -> None:
    """Two files for one version are reported at the second."""
    files = {"catalogue.yaml": catalogue, "b.yaml": write(), "a.yml": write()}
    assert ["b.yaml:2:8: version 1 of `sample` is also in `a.yml`"] == faults(files)


def test_rules_in_force_together_agree_on_the_substitute(write: Write, catalogue: bytes) -> None:
    """One model has one substitute at any instant."""
    files = {
        "catalogue.yaml": catalogue,
        "a.yaml": write(order="a", barred="{substitute: opus-4-8}"),
        "b.yaml": write(order="b", barred="{substitute: saga-5}"),
    }
    want = (
        "b.yaml:11:5: `fable-5` is replaced by `saga-5` here and by `opus-4-8` at a.yaml:11"
        " while both are in force (clause c1)"
    )
    assert [want] == faults(files)


def test_substitutes_may_differ_over_time(write: Write, catalogue: bytes) -> None:
    """Windows that only touch, and versions that replace each other, do not meet."""
    later = "2026-07-01T00:00:00Z"
    files = {
        "catalogue.yaml": catalogue,
        "a.yaml": write(order="a", until=later, barred="{substitute: opus-4-8}"),
        "b.yaml": write(order="b", effective=later, barred="{substitute: saga-5}"),
        "b2.yaml": write(
            order="b", version=2, effective="2026-08-01T00:00:00Z", barred="{substitute: mythos-5}"
        ),
        "c.yaml": write(order="c", effective=later, until="2026-08-01T00:00:00Z"),
    }
    assert 4 == len(read_sources(files).versions)


def test_a_version_that_a_later_one_forestalls_never_governs(
    write: Write, catalogue: bytes
) -> None:
    """Its span is empty."""
    files = {
        "catalogue.yaml": catalogue,
        "a.yaml": write(),
        "b.yaml": write(version=2, effective="2026-01-01T00:00:00Z"),
    }
    versions = read_sources(files).versions
    first = versions[0]
    assert (first.effective, first.effective) == governing_span(first, versions)


def test_files_are_named_by_their_path(tmp_path: Path, write: Write, catalogue: bytes) -> None:
    """A folder's faults can be clicked on."""
    (tmp_path / "catalogue.yaml").write_bytes(catalogue)
    (tmp_path / "x.yaml").write_bytes(write(version="one"))
    with pytest.raises(InvalidInput) as caught:
        read_folder(tmp_path)
    assert f"{tmp_path}/x.yaml:3:10: must be a whole number, not `one`" == str(caught.value)


def test_another_catalogue_is_named_by_its_own_path(tmp_path: Path, write: Write) -> None:
    """A fault of a catalogue from elsewhere points there."""
    elsewhere = tmp_path / "models.yaml"
    elsewhere.write_bytes(b"provider: acme")
    with pytest.raises(InvalidInput) as caught:
        check_folder(tmp_path / "orders", {"x.yaml": write()}, elsewhere)
    assert f"{elsewhere}:1:1: `models` is missing" == str(caught.value).splitlines()[0]


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """A path that is no folder is bad input."""
    with pytest.raises(InvalidInput, match="is no folder of orders"):
        read_folder(tmp_path / "nowhere")


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    """The system's own word for it, and the path."""
    with pytest.raises(InvalidInput) as caught:
        load_files([tmp_path / "gone.yaml"])
    assert f"{tmp_path}/gone.yaml: no such file or directory" == str(caught.value)


def test_a_named_annex_that_is_not_there_is_left_to_the_check(
    tmp_path: Path, write: Write, catalogue: bytes
) -> None:
    """The missing file is reported where it is named, odd annexes where they stand."""
    (tmp_path / "catalogue.yaml").write_bytes(catalogue)
    (tmp_path / "bad.yaml").write_bytes(b"[")
    (tmp_path / "list.yaml").write_bytes(b"- a")
    (tmp_path / "x.yaml").write_bytes(
        write() + b"annexes: {a: {file: gone.csv, key: k}, b: {file: 7, key: k}, c: 1}"
    )
    assert {"catalogue.yaml", "bad.yaml", "list.yaml", "x.yaml"} == set(load_folder(tmp_path))


def test_a_file_that_is_no_yaml_is_left_to_the_check(tmp_path: Path) -> None:
    """It is loaded as it is, whatever annexes it may have meant."""
    for name, data in (("x.yaml", b"annexes: {"), ("y.yaml", b'"anne\\x78es": {')):
        (tmp_path / name).write_bytes(data)
    assert {"x.yaml", "y.yaml"} == set(load_folder(tmp_path))


def test_faults_have_a_budget(write: Write, catalogue: bytes) -> None:
    """A file of nothing but faults is not read to its end."""
    data = write() + b"".join(b"k%d: 1\n" % number for number in range(20_000))
    said = faults({"catalogue.yaml": catalogue, "x.yaml": data})
    want = "x.yaml:1018:1: more than 1000 faults; what follows is unread"
    assert (1002, want) == (len(said), said[-2])


def test_an_annex_over_budget_is_refused(write: Write, catalogue: bytes) -> None:
    """An annex has a budget of its own."""
    data = write() + b"annexes: {a: {file: a.csv, key: k}}"
    files = {"catalogue.yaml": catalogue, "x.yaml": data, "a.csv": b"k\n" * 9_000_000}
    assert ["a.csv:1:1: larger than 16777216 bytes"] == faults(files)


PIECES = [*ORDER.splitlines(), "  - {}", "exceptions: [{}]", "scenarios: [{person: {}}]", "\t", "{"]


@given(st.lists(st.sampled_from(PIECES), max_size=25), st.binary(max_size=6))
def test_reading_never_breaks(lines: list[str], end: bytes) -> None:
    """Whatever an order file says, there is a lawbook or a list of faults."""
    try:
        read_sources({"catalogue.yaml": CATALOGUE, "x.yaml": "\n".join(lines).encode() + end})
    except InvalidInput as error:
        assert error.faults  # noqa: PT017  either way out is right, a fault without words is not


V2 = (JUNE / "us-bis-2026-06-12.v2.yaml").read_bytes()


@given(st.data())
def test_a_damaged_order_never_breaks_the_reader(data: st.DataObject) -> None:
    """A real order with a piece cut out or replaced is read or refused."""
    start = data.draw(st.integers(0, len(V2)))
    stop = data.draw(st.integers(start, min(len(V2), start + 40)))
    junk = data.draw(st.sampled_from([b"", b"null", b"[]", b"{}", b"7", b"NO", b"'", b": ", b"\n"]))
    files = load_folder(JUNE) | {"us-bis-2026-06-12.v2.yaml": V2[:start] + junk + V2[stop:]}
    try:
        read_sources(files)
    except InvalidInput as error:
        assert error.faults  # noqa: PT017  either way out is right, a fault without words is not


def test_an_option_of_the_command_line_lies_in_no_folder() -> None:
    """Faults of files are named by their path; those of an option by the option."""
    faults = [Fault("x.yaml", 1, 2, "is wrong"), Fault("--models", 1, 1, "is wrong")]
    with pytest.raises(InvalidInput) as caught, named_under(Path("orders")):
        raise InvalidInput(faults)
    assert {"orders/x.yaml", "--models"} == {fault.file for fault in caught.value.faults}
