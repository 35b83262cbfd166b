from dataclasses import replace
from pathlib import Path

from writ.clock import HOUR, SECOND, parse_instant
from writ.drill.folder import read_case_folder
from writ.drill.schedule import label, plan
from writ.model.order import OrderVersion

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
T0 = parse_instant("2026-01-01T00:00:00Z")


def version(number: int, effective: int, received: str | None = None) -> OrderVersion:
    """Return a version that takes effect at an instant."""
    source = {} if received is None else {"received": received}
    return OrderVersion(
        "o", number, "restriction", "t", effective, None, "none", {}, {}, source=source
    )


def test_june_is_activated_once_late_and_twice_ahead() -> None:
    """The first letter counts on receipt; the others are in force before they take effect."""
    folder = read_case_folder(JUNE)
    schedule = plan(folder.book.versions, folder.expected.instants)
    at_once = {step.at: list(map(label, step.at_once)) for step in schedule.steps if step.at_once}
    ahead = {step.at: list(map(label, step.ahead)) for step in schedule.steps if step.ahead}
    assert ["uk-ecju-2025-11-03 v1"] == list(map(label, schedule.standing))
    assert {parse_instant("2026-06-12T17:21:00-04:00"): ["us-bis-2026-06-12 v1"]} == at_once
    assert {
        parse_instant("2026-06-26T15:59:59-04:00"): ["us-bis-2026-06-12 v2"],
        parse_instant("2026-06-30T18:59:59-04:00"): ["us-bis-2026-06-12 v3"],
    } == ahead
    assert ["before"] * 2 + ["us-bis-2026-06-12 v1"] * 4 + ["us-bis-2026-06-12 v2"] * 4 + [
        "us-bis-2026-06-12 v3"
    ] * 2 == [step.phase for step in schedule.steps]


def test_without_receipt_a_version_is_activated_as_it_takes_effect() -> None:
    """A version that does not say when it came is taken to have come when it takes effect."""
    schedule = plan([version(1, T0 + HOUR)], (T0, T0 + HOUR))
    assert [0, 1] == [len(step.at_once) for step in schedule.steps]


def test_one_received_early_waits_for_the_last_instant_before() -> None:
    """A version that could be activated at several instants is activated at the last of them."""
    early = version(1, T0 + 3 * HOUR, "2026-01-01T00:30:00Z")
    schedule = plan([early], (T0, T0 + HOUR, T0 + 2 * HOUR, T0 + 3 * HOUR))
    assert [0, 0, 1, 0] == [len(step.ahead) for step in schedule.steps]


def test_one_between_two_instants_counts_from_the_next() -> None:
    """An effective instant that is not visited is felt at the next one that is."""
    schedule = plan([version(1, T0 + SECOND)], (T0, T0 + HOUR))
    assert ["before", "o v1"] == [step.phase for step in schedule.steps]
    assert 1 == len(schedule.steps[1].at_once)


def test_one_beyond_the_last_instant_is_left_out() -> None:
    """What no instant can see is not activated."""
    schedule = plan([version(1, T0 - HOUR), replace(version(2, T0 + HOUR))], (T0,))
    assert [1] == [item.version for item in schedule.standing]
    assert () == schedule.activated
