from writ.people.pseudonym import pseudonym


def test_a_pseudonym_is_keyed_and_sixteen_bytes() -> None:
    """The same subject has one name under one secret and another under another."""
    assert 16 == len(pseudonym(b"ours", "alice"))
    assert pseudonym(b"ours", "alice") == pseudonym(b"ours", "alice")
    assert pseudonym(b"ours", "alice") != pseudonym(b"theirs", "alice")
