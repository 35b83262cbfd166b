import pytest

from writ.errors import InvalidInput
from writ.law.catalogue import read_catalogue
from writ.model.catalogue import Model


def test_a_model_without_more_is_controlled_and_speaks_everything() -> None:
    """What is not said falls on the careful side."""
    read = read_catalogue(b"provider: acme\nmodels: {a: , b: {}}")
    assert ("acme", {"a": Model("a"), "b": Model("b")}) == (read.provider, read.models)


def test_a_model_in_full() -> None:
    """Every key of a model is read."""
    data = b"""
provider: acme
models:
  a: {aliases: [b, c], family: f, capabilities: [text], dialects: [openai], controlled: false}
"""
    want = Model(
        "a", frozenset("bc"), "f", frozenset({"text"}), frozenset({"openai"}), controlled=False
    )
    assert {"a": want} == read_catalogue(data).models


def test_every_fault_of_a_catalogue_is_reported_at_once() -> None:
    """Names that collide, unknown keys and wrong types, each where it stands."""
    data = b"""provider: " acme"
models:
  a: {aliases: [b, a, " c"], dialects: [], controlled: maybe, colour: red}
  b: {dialects: [latin]}
  " ": 7
model: x
"""
    with pytest.raises(InvalidInput) as caught:
        read_catalogue(data)
    assert [
        "catalogue.yaml:1:11: ` acme` has spaces at an end or characters nobody can see",
        "catalogue.yaml:3:17: `b` is already a name of the model at line 4",
        "catalogue.yaml:3:20: `a` is already a name of the model at line 3",
        "catalogue.yaml:3:23: ` c` is no name for a model",
        "catalogue.yaml:3:40: must name at least one",
        "catalogue.yaml:3:56: must be `true` or `false`, not `maybe`",
        "catalogue.yaml:3:63: unknown key `colour`",
        "catalogue.yaml:4:18: `latin` is none of `openai`, `anthropic`",
        "catalogue.yaml:5:3: ` ` is no name for a model",
        "catalogue.yaml:5:8: must be a mapping of keys to values",
        "catalogue.yaml:6:1: unknown key `model`; did you mean `models`?",
    ] == str(caught.value).splitlines()


def test_a_catalogue_needs_models() -> None:
    """An empty catalogue is a fault."""
    with pytest.raises(InvalidInput, match="2:9: must name at least one model"):
        read_catalogue(b"provider: acme\nmodels: {}")


def test_a_catalogue_without_models_misses_them() -> None:
    """A missing list is reported once."""
    with pytest.raises(InvalidInput) as caught:
        read_catalogue(b"provider: acme")
    assert "catalogue.yaml:1:1: `models` is missing" == str(caught.value)
