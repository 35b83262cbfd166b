import pytest

from writ.gateway.refusal import Links, Refusal, may_verify, of_verdict, rules_told
from writ.model.decision import LinkName
from writ.model.order import Disclosure
from writ.model.outcome import Outcome
from writ.point.board import Against, Verdict
from writ.point.view import RuleView

LINK = "https://example.org/record"
RECORD = Links(LINK)
BOTH = Links(LINK, "https://verify.example.org/verify?t=x")


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
    found = of_verdict(verdict(Outcome.DENY, rule("none", notice)), "d", RECORD, asserted=False)
    assert expected == found.message


def test_without_a_record_there_is_no_link() -> None:
    """A link that leads nowhere is not given."""
    found = of_verdict(verdict(Outcome.DENY, rule("full", {})), "d", Links(), asserted=False)
    assert 451 == found.status
    assert "link" not in dict(found.headers)


def test_the_link_leads_to_the_page_of_one_order() -> None:
    """Where several orders refuse, or a hold, it leads to the record's first page."""

    def links(*rules: RuleView) -> tuple[object, str]:
        found = of_verdict(verdict(Outcome.DENY, *rules), "d", RECORD, asserted=False)
        return found.problem["record"], dict(found.headers)["link"]

    one, two = rule("full", {}), rule("full", {}, order="p")
    held = rule("full", {}, order=None)
    page = f"{LINK}/orders/o.html"
    assert (page, f'<{page}>; rel="blocked-by"') == links(one, one)
    first = (f"{LINK}/", f'<{LINK}/>; rel="blocked-by"')
    assert [first] * 3 == [links(one, two), links(held), links(rule("existence", {}))]


def test_a_verdict_without_reasons_tells_nothing() -> None:
    """What nobody ordered openly is silent."""
    found = of_verdict(verdict(Outcome.DENY), "d", RECORD, asserted=False)
    assert (403, "not_available") == (found.status, found.code)


def test_what_stands_against_an_asserted_person_is_left_out() -> None:
    """It counts neither for disclosure nor for names."""
    personal = verdict(Outcome.DENY, rule("full", {"en": "Personal."}), link="end_user")
    assert 403 == of_verdict(personal, "d", RECORD, asserted=True).status
    assert 451 == of_verdict(personal, "d", RECORD, asserted=False).status
    assert ("", "o/r") == (
        rules_told(personal, asserted=True),
        rules_told(personal, asserted=False),
    )


def test_a_hold_has_no_order_to_name() -> None:
    """A substitution under a hold alone names nothing."""
    held = verdict(Outcome.SUBSTITUTE, rule("full", {}, order=None))
    assert "" == rules_told(held, asserted=False)


def ways(found: Refusal) -> set[str]:
    """The ways into the portal that a refusal names."""
    return {name for name in ("verify_uri", "appeal_uri") if name in found.problem}


def against(*, firm: bool, link: LinkName = "requester", order: str | None = "o") -> Against:
    """A rule under `none` that bars."""
    return Against(rule("none", {}, order), certain=True, link=link, firm=firm)


def denied(*items: Against, end_user_decides: bool = False) -> Verdict:
    """A deny for these reasons."""
    return Verdict(Outcome.DENY, None, 0, items, end_user_decides=end_user_decides, ruled=True)


def test_a_refusal_that_evidence_could_lift_says_where() -> None:
    """Verify always; a deny unless facts that count to serve bar for good; with a way to appeal."""
    to_verify = Verdict(Outcome.VERIFY, None, 0, (), end_user_decides=False, ruled=True)
    weak, firm = denied(against(firm=False)), denied(against(firm=True))

    assert {"verify_uri"} == ways(of_verdict(to_verify, "d", BOTH, asserted=False))
    assert {"verify_uri", "appeal_uri"} == ways(of_verdict(weak, "d", BOTH, asserted=False))
    assert {"appeal_uri"} == ways(of_verdict(firm, "d", BOTH, asserted=False))
    assert set() == ways(of_verdict(to_verify, "d", RECORD, asserted=False))
    assert set() == ways(of_verdict(weak, "d", RECORD, asserted=False))


def test_a_hold_leads_nowhere() -> None:
    """Nobody can prove or appeal a model out of a hold."""
    held = denied(against(firm=True, order=None))
    assert set() == ways(of_verdict(held, "d", BOTH, asserted=False))


def test_the_ways_tell_nothing_of_another_person() -> None:
    """A uniform refusal has none; what bars a named person does not change the others' ways."""
    uniform = denied(against(firm=False), end_user_decides=True)
    own, theirs = against(firm=False), against(firm=True, link="end_user")

    assert set() == ways(of_verdict(uniform, "d", BOTH, asserted=True))
    assert ways(of_verdict(denied(own), "d", BOTH, asserted=True)) == ways(
        of_verdict(denied(own, theirs), "d", BOTH, asserted=True)
    )


def test_a_substituted_caller_is_shown_the_way_only_to_their_own() -> None:
    """Not where an end user was asserted, nor where nothing would help."""
    weak, firm = denied(against(firm=False)), denied(against(firm=True))
    assert may_verify(weak, asserted=False)
    assert not may_verify(weak, asserted=True)
    assert not may_verify(firm, asserted=False)
