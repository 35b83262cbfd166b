"""What is said of a case that does not come out."""

import pytest

from writ.clock import Instant, parse_instant
from writ.law.cases import Case, Wanted, WantedSettling
from writ.law.cases_run import asked, run_case, said, through
from writ.law.document import Place
from writ.model.decision import Decision, Reason, Settlement
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Subject, Value

AT = parse_instant("2026-06-12T21:21:00Z")
ANN = Subject("ann", "person")
ACME = Subject("acme", "organisation")
KEY = Subject("key", "service")
BARRED = Reason("barred", "letter", 2, "only-us", ("c1",), "end_user")
US = Settlement("requester", "citizenships", (("US", ""), ("FR", "")), "at_least", 2, ())
ALL = Settlement("requester", "residence", (("FR", ""),), "exhaustive", 2, ())


def wrong(wanted: Wanted, decision: Decision) -> list[str]:
    """Return what is wrong where this is what was decided."""
    case = Case("a case", Place("x", 3, 5), Chain(ANN), "fable-5", AT, wanted)

    def decide(chain: Chain, model: str, at: Instant) -> Decision:
        assert (case.chain, case.model, case.at) == (chain, model, at)
        return decision

    return list(run_case(case, decide).wrong)


def decided(
    outcome: Outcome, *reasons: Reason, settle: tuple[Settlement, ...] = (), by: str | None = None
) -> Decision:
    """Return a decision."""
    return Decision(outcome, "fable-5", by, reasons, settle, "", AT)


@pytest.mark.parametrize(
    ("wanted", "decision", "words"),
    [
        (Wanted(Outcome.DENY), decided(Outcome.DENY, BARRED), []),
        (Wanted(Outcome.PERMIT), decided(Outcome.DENY, BARRED, Reason("held")),
         [("expected permit, got deny because rule `only-us` of `letter` version 2 bars the end user"
          " and the model is under a hold")]),
        (Wanted(Outcome.DENY), decided(Outcome.PERMIT), ["expected deny, got permit"]),
        (Wanted(Outcome.PERMIT, "a"), decided(Outcome.PERMIT, by="b"), ["expected to be served by `a`, is served by `b`"]),
        (Wanted(Outcome.DENY, "a"), decided(Outcome.DENY), ["expected to be served by `a`, is served by nobody"]),
        (Wanted(Outcome.DENY, None, ({"verdict": "barred"},)), decided(Outcome.DENY, BARRED, BARRED), []),
        (Wanted(Outcome.DENY, None, ({"verdict": "barred"}, {"link": "requester"})), decided(Outcome.DENY, BARRED),
         ["no reason is {link: requester}"]),
        (Wanted(Outcome.DENY, None, ()), decided(Outcome.DENY, BARRED),
         ["`because` does not say that rule `only-us` of `letter` version 2 bars the end user"]),
    ],
)  # fmt: skip
def test_outcome_server_and_reasons(wanted: Wanted, decision: Decision, words: list[str]) -> None:
    """Whatever is expected and not so is said; what nothing was said of may be anything."""
    assert words == wrong(wanted, decision)


VALUES = frozenset({Value(("US", ""))})
OFFERED = "{link: requester, attribute: citizenships, values: [FR, US], completeness: at_least}"


@pytest.mark.parametrize(
    ("wanted", "found", "words"),
    [
        ((), (), []),
        ((), (US,), [f"expected that nothing would settle it, but {OFFERED} would"]),
        ((WantedSettling("requester", "citizenships"),), (ALL, US), []),
        ((WantedSettling("requester", "citizenships", VALUES, "at_least"),), (US,), []),
        ((WantedSettling("requester", "citizenships", VALUES, "exhaustive"),), (US,),
         [("{link: requester, attribute: citizenships, values: [US], completeness: exhaustive} would not"
          f" settle it; what would is {OFFERED}")]),
        ((WantedSettling("end_user", "citizenships"),), (), ["{link: end_user, attribute: citizenships} would not settle it; nothing would"]),
        ((WantedSettling("requester", "residence", frozenset({Value(("FR", ""))})),), (ALL,), []),
        ((WantedSettling("requester", "residence", frozenset()),), (ALL,),
         [("{link: requester, attribute: residence, values: []} would not settle it; what would is"
          " {link: requester, attribute: residence, values: [FR], completeness: exhaustive}")]),
    ],
)  # fmt: skip
def test_what_would_settle_it(
    wanted: tuple[WantedSettling, ...], found: tuple[Settlement, ...], words: list[str]
) -> None:
    """Of values to show some are enough; a complete list is that very list."""
    expected = Wanted(Outcome.VERIFY, settled_by=wanted)
    assert words == wrong(expected, decided(Outcome.VERIFY, settle=found))


def test_a_failure_is_one_line_at_its_place() -> None:
    """It reads like a sentence, from who asks to why they got what they got."""
    case = Case("a case", Place("x", 3, 5), Chain(ANN), "fable-5", AT, Wanted(Outcome.PERMIT))
    result = run_case(case, lambda *_: decided(Outcome.VERIFY))
    assert (
        "x:3:5: a case: asks for fable-5 at 2026-06-12T21:21:00Z with a key of `ann`:"
        " expected permit, got verify"
    ) == str(result.fault)


def test_a_case_without_a_chain_is_refused_for_that() -> None:
    """Nothing is decided where nobody can be said to ask."""
    chain = Reason("ambiguous_organisation")
    case = Case("a case", Place("x", 3, 5), chain, "fable-5", AT, Wanted(Outcome.DENY, None, ()))
    result = run_case(case, lambda *_: decided(Outcome.PERMIT))
    assert (
        "a case: asks for fable-5 at 2026-06-12T21:21:00Z",
        (
            (
                "`because` does not say that the requester acts for several organisations, and none"
                " is named"
            ),
        ),
    ) == (asked(case), result.wrong)


@pytest.mark.parametrize(
    ("chain", "words"),
    [
        (Chain(ANN), "with a key of `ann`"),
        (Chain(ANN, ACME), "with a key of `ann` for `acme`"),
        (Chain(ANN, None, ANN), "with a key of `ann` naming `ann`"),
        (Chain(ACME), "with a key of `acme` naming nobody"),
        (Chain(KEY, ACME, ANN), "through the service key of `acme` naming `ann`"),
        (Chain(KEY), "through a service key of nobody naming nobody"),
    ],
)
def test_who_asks(chain: Chain, words: str) -> None:
    """Through which key, for whom, naming whom."""
    assert words == through(chain)


def test_an_undetermined_link() -> None:
    """A rule that cannot judge yet says so."""
    reason = Reason("undetermined", "letter", 1, "only-us", (), "requester")
    assert "rule `only-us` of `letter` version 1 cannot yet judge the requester" == said(reason)
