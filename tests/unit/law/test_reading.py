import pytest

from writ.errors import InvalidInput
from writ.law.document import read_plain, read_yaml
from writ.law.reading import Keys, Reader, nearest


def test_a_missing_node_reads_as_something_harmless() -> None:
    """What is not there was reported already; nothing more is said of it."""
    reader = Reader()
    keys = Keys()
    read = (
        reader.text(None),
        reader.whole(None),
        reader.truth(None, otherwise=True),
        reader.choice(None, ["a", "b"]),
        reader.items(None),
        reader.some(None),
        dict(reader.mapping(None)),
        reader.instant(None),
        reader.duration(None),
        reader.identifier(None),
        reader.name(None),
        reader.fields(None, keys)["x"],
    )
    want: tuple[object, ...] = ("", 1, True, "a", (), (), {}, None, None, "", "", None)
    assert (want, []) == (read, reader.faults)


def test_text_has_a_greatest_length() -> None:
    """Text that nobody could read through is refused."""
    reader = Reader()
    reader.text(read_plain("x" * 20_001))
    with pytest.raises(InvalidInput, match="longer than 20000 characters"):
        reader.done()


@pytest.mark.parametrize("hidden", ["\x1b", "\r", "\0", "\x9b", "\u2028", "\u202e", "\u2066"])
def test_text_is_what_it_looks_like(hidden: str) -> None:
    """What moves a terminal's cursor, or turns letters round, is named and refused."""
    reader = Reader()
    read = reader.text(read_plain(f"No{hidden}body"))
    said = f"has `\\u{ord(hidden):04x}`, which nobody can see; write the text without it"
    assert ("", [said]) == (read, [fault.message for fault in reader.faults])


def test_text_may_have_lines_and_joiners() -> None:
    """A clause of several lines, and the joiners that Persian and Hindi are written with, stay."""
    reader = Reader()
    text = "one\n\ttwo \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    assert (text, []) == (reader.text(read_plain(text)), reader.faults)


def test_numbers_stay_where_json_keeps_them() -> None:
    """An integer above 2**53 is refused."""
    reader = Reader()
    assert (1, 1) == (reader.whole(read_plain(2**53)), len(reader.faults))


def test_an_instant_is_not_blank() -> None:
    """Blank text is said to be blank, not a bad instant."""
    reader = Reader()
    reader.instant(read_plain(" "))
    assert ["is blank"] == [fault.message for fault in reader.faults]


def test_a_nullable_key_may_be_null_and_an_optional_one_not() -> None:
    """Null means absent only where the keys say so."""
    fields = Reader().fields(read_plain({"a": None, "b": None}), Keys((), ("a",), ("b",)))
    assert (False, True) == (fields["a"] is None, fields["b"] is None)


def test_the_nearest_word_is_offered_only_when_near() -> None:
    """A guess that helps nobody is not made."""
    assert ("; did you mean `models`?", "") == (
        nearest("model", ["models"]),
        nearest("zebra", ["models"]),
    )


def test_a_comma_within_braces_is_explained() -> None:
    """YAML reads what follows a comma as another key; the writer meant text."""
    reader = Reader()
    reader.fields(read_yaml(b"{permit: counsel, and why}", "x"), Keys(("permit",)))
    want = "x:1:19: unknown key `and why`; text with a comma needs quotes within braces"
    assert [want] == [str(fault) for fault in reader.faults]
