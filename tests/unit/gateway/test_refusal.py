import pytest

from writ.gateway.refusal import of_verdict, rules_told
from writ.model.decision import LinkName
from writ.model.order import Disclosure
from writ.model.outcome import Outcome
from writ.point.board import Against, Verdict
from writ.point.view import RuleView

LINK = "https://example.org/record"


def rule(disclosure: Disclosure, notice: dict[str, str], order: str | None = "o") -> RuleView:
    """Return a rule that tells so much."""
    return RuleView(order, 1, "r", ["c1"], ["m"], disclosure, notice, 0)


def verdict(outcome: Outcome, *rules: RuleView, link: LinkName = "requester") -> Verdict:
    """Return a verdict with rules that stand against one link."""
    against = tuple(Against(item, certain=True, link=link) for item in rules)
    return Verdict(outcome, None, 0, against, end_user_decides=False, ruled=True)


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ({"en": "No.", "fr": "Non."}, "No."),
        ({"fr": "Non."}, "Non."),
        ({}, "This model is not available to this account at present."),
    ],
)
def test_the_notice_is_the_orders_own(notice: dict[str, str], expected: str) -> None:
    """In English where there is any, in its own language otherwise, neutral without."""
    found = of_verdict(verdict(Outcome.DENY, rule("none", notice)), "d", LINK, asserted=False)
    assert expected == found.message


def test_without_a_record_there_is_no_link() -> None:
    """A link that leads nowhere is not given."""
    found = of_verdict(verdict(Outcome.DENY, rule("full", {})), "d", "", asserted=False)
    assert 451 == found.status
    assert "link" not in dict(found.headers)


def test_a_verdict_without_reasons_tells_nothing() -> None:
    """What nobody ordered openly is silent."""
    found = of_verdict(verdict(Outcome.DENY), "d", LINK, asserted=False)
    assert (403, "not_available") == (found.status, found.code)


def test_what_stands_against_an_asserted_person_is_left_out() -> None:
    """It counts neither for disclosure nor for names."""
    personal = verdict(Outcome.DENY, rule("full", {"en": "Personal."}), link="end_user")
    assert 403 == of_verdict(personal, "d", LINK, asserted=True).status
    assert 451 == of_verdict(personal, "d", LINK, asserted=False).status
    assert ("", "o/r") == (
        rules_told(personal, asserted=True),
        rules_told(personal, asserted=False),
    )


def test_a_hold_has_no_order_to_name() -> None:
    """A substitution under a hold alone names nothing."""
    held = verdict(Outcome.SUBSTITUTE, rule("full", {}, order=None))
    assert "" == rules_told(held, asserted=False)
