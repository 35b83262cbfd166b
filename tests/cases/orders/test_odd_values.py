"""Whatever stands anywhere in an order or a catalogue, the check answers with faults, never a crash."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from writ.canonical import Plain
from writ.errors import InvalidInput
from writ.law.document import read_yaml
from writ.law.folder import check_sources

PAGE = (Path(__file__).parents[3] / "docs" / "orders.md").read_text(encoding="utf-8")
CATALOGUE, ORDER = (
    read_yaml(text.encode(), "page").plain()
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
)
ANNEX = b"organisation,name\nbrit-co,British Co\n"
ODD: tuple[Plain, ...] = (
    {"a": "b"}, ["z"], [[]], [{}], {}, [], 7, -1, True, None, "", "zzz", "US", "effective", "9" * 30,
)  # fmt: skip


def altered(value: Plain, odd: Plain) -> Iterator[Plain]:
    """Yield the value with one part of it, however deep, replaced."""
    yield odd
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ({**value, key: other} for other in altered(item, odd))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from (
                [*value[:index], other, *value[index + 1 :]] for other in altered(item, odd)
            )


def answers(catalogue: Plain, order: Plain) -> bool:
    """Return whether a folder is read without faults; any error but InvalidInput is raised."""
    files = {"catalogue.yaml": json.dumps(catalogue).encode(), "annex-a.csv": ANNEX}
    try:
        check_sources({**files, "x.yaml": json.dumps(order).encode()})
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_odd_value_is_a_fault_or_none(odd: Plain) -> None:
    """The page's own order and catalogue are read; with one odd value they are judged."""
    assert answers(CATALOGUE, ORDER)
    judged = [answers(CATALOGUE, order) for order in altered(ORDER, odd)]
    judged += [answers(catalogue, ORDER) for catalogue in altered(CATALOGUE, odd)]
    assert not all(judged)
