"""A petition: what it asks, what it says of whom, and what its proposal does when it is checked."""

from dataclasses import replace

import pytest

from writ.canonical import digest
from writ.clock import parse_instant
from writ.errors import InvalidInput, Refused
from writ.law.annexes import unsaid_changes
from writ.law.check import failed_scenarios
from writ.law.compiled.decide import decide, outcomes
from writ.law.document import read_yaml
from writ.law.folder import check_sources
from writ.law.petition import Asked, Petition, listed, petition
from writ.law.petition_pages import README, pages
from writ.model.order import Lawbook
from writ.model.outcome import Outcome
from writ.model.subject import Chain, Fact, Subject, Value

AT = parse_instant("2026-06-20T00:00:00Z")
SEEN = parse_instant("2026-06-01T00:00:00Z")
CATALOGUE = b"provider: acme\nmodels: {m: {aliases: [em]}, n: {}, o: {}}\n"
LETTER = """\
order: letter
version: 1
kind: restriction
title: A licence
authority:
  name: "The Ministry | of *Trade*"
  jurisdiction: US
  instrument: letter
  cites: ["15 CFR 744"]
  document: sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
  authenticated: {by: counsel, how: called, at: 2026-06-10T01:00:00Z}
received: 2026-06-10T00:00:00Z
effective: 2026-06-10T00:00:00Z
clauses: {c1: A first clause., c2: A second one.}
rules:
  - id: citizens
    clauses: [c1]
    models: [m, n]
    only: {person: {citizen_of: [US]}, organisation: {incorporated_in: [US]}}
    standing: natural_person
    evidence: {to_serve: A2, to_bar: A1}
  - id: black
    clauses: [c2]
    models: [m]
    bar: {person: {person_in: black}}
    standing: natural_person
    evidence: {to_serve: A2, to_bar: A1}
annexes: {black: {file: black.csv, key: id}}
annex_change: {black: {come: 1, go: 0}}
"""


STAFF = """\
exceptions:
  - {id: staff, to: citizens, clauses: [c1], models: [m], who: {employee_of: self}, unless: {person: {citizen_of: [KP]}}}
"""


OF_THE_LISTED = """\
  - {id: aged, to: black, clauses: [c2], models: [m], who: {person: {age_over: 18}}}
"""


def shown(attribute: str, *values: str) -> Fact:
    """A fact that nobody doubts."""
    parts = tuple(Value((value, "")) for value in values)
    return Fact(attribute, parts, "exhaustive", 3, "passport", "SECRET-ISSUER", SEEN, None)


PEOPLE = {
    subject.id: subject
    for subject in (
        Subject("ann", "person", (), (shown("citizenships", "FR"), shown("residence", "GB"))),
        Subject("bob", "person", (), (shown("citizenships", "FR"),)),
        Subject("cat", "person", (), (shown("citizenships", "US"),)),
        Subject("dan", "person", (), (replace(shown("citizenships", "US"), verified_at=AT + 1),)),
        Subject('e"v,e', "person", ("brit", "gall"), (shown("citizenships", "FR"),)),
        Subject("brit", "organisation", (), (shown("incorporated_in", "GB"),)),
        Subject("gall", "organisation", (), (shown("incorporated_in", "FR"),)),
        Subject("robot", "service", ("brit",)),
    )
}
OTHER = """\
order: hidden
version: 1
kind: restriction
title: Another
authority: {name: Somebody else, jurisdiction: GB}
effective: 2026-06-10T00:00:00Z
clauses: {c1: Nobody.}
rules:
  - {id: none, clauses: [c1], models: [m], only: {person: {citizen_of: [GB]}}, standing: natural_person, evidence: {to_serve: A2, to_bar: A1}}
"""


def folder(letter: str = LETTER, **more: str) -> dict[str, bytes]:
    """A folder of orders, as bytes by name."""
    files = {"catalogue.yaml": CATALOGUE, "v1.yaml": letter.encode(), "black.csv": b"id\nzed\n"}
    return files | {f"{name}.yaml": text.encode() for name, text in more.items()}


def asked(*ids: str, models: tuple[str, ...] = (), order: str = "letter", at: int = AT) -> Asked:
    """What is asked for these people."""
    why = "Because | we *must*.\n\n# Nothing"
    return Asked(order, listed(ids, PEOPLE, ("list.csv", "subjects")), why, models, at)


def granted(found: Petition, files: dict[str, bytes]) -> dict[str, bytes]:
    """A copy of the folder with what is proposed beside the rest."""
    item = found.proposal
    return {**files, item.file: item.data, item.annex_file: item.annex_data}


def got(book: Lawbook, model: str) -> dict[str, Outcome]:
    """What every person gets, in their own name."""
    return {
        who.id: decide(book, Chain(who), model, AT).outcome
        for who in PEOPLE.values()
        if who.kind == "person"
    }


def test_the_proposal_passes_the_check_and_excepts_those_listed_alone() -> None:
    """In a copy of the folder: no fault, every scenario as written, two people move and nobody else."""
    files = folder()
    found = petition(files, PEOPLE, asked("bob", "ann", models=("em",)))
    checked = check_sources(granted(found, files))
    before, after = check_sources(files).book, checked.book

    assert [] == list(failed_scenarios(checked, outcomes))
    assert [] == list(unsaid_changes(after.versions[1:]))
    assert [1, 2] == [version.version for version in after.versions]
    assert after.versions[1].scenarios
    was, now = got(before, "m"), got(after, "m")
    assert {"ann": Outcome.DENY, "bob": Outcome.DENY} == {who: was[who] for who in ("ann", "bob")}
    assert was | {"ann": Outcome.PERMIT, "bob": Outcome.PERMIT} == now
    assert got(before, "n") == got(after, "n")
    assert [now["ann"], now["bob"]] == [item.granted for item in found.standings]
    assert [was["ann"], was["bob"]] == [item.today for item in found.standings]


def test_what_nobody_has_given_is_left_out_and_asked() -> None:
    """No instrument, document, authentication; a clause and a date are questions to the authority."""
    files = folder()
    found = petition(files, PEOPLE, asked("ann"))
    source = read_yaml(found.proposal.data, "").plain()

    assert isinstance(source, dict)
    assert {"name": "The Ministry | of *Trade*", "jurisdiction": "US", "cites": ["15 CFR 744"]} == (
        source["authority"]
    )
    assert not {"received", "annex_change"} & set(source)
    assert "PROPOSED, not granted: A licence" == source["title"]
    assert [{"person_in": "petition"}] == [item["who"] for item in source["exceptions"]]
    assert ["petition", "petition-2"] == [item["id"] for item in source["questions"]]
    assert {"petition"} == {item["clause"] for item in source["questions"]}
    assert digest(["ann"]) == found.digest
    assert found.proposal.data.startswith(b"# PROPOSED, not granted. This file permits nobody")


def test_only_rules_that_stop_somebody_listed_are_asked_about() -> None:
    """An exception from each such rule, for its models; organisations and people by their kind."""
    files = folder() | {"black.csv": b"id\nann\n"}
    one = petition(files, PEOPLE, asked("bob", "brit"))
    both = petition(files, PEOPLE, asked("ann"))
    version = check_sources(granted(both, files)).book.versions[-1]

    assert ["citizens"] == [rule.id for rule in one.rules]
    assert b"who: {any: [{organisation_in: petition}, {person_in: petition}]}" in one.proposal.data
    assert [("petition", "citizens", ["m", "n"]), ("petition-2", "black", ["m"])] == [
        (item.id, item.to, sorted(item.models)) for item in version.exemptions
    ]


def test_a_second_petition_takes_other_names() -> None:
    """What was granted once keeps its clause, annex and questions."""
    files = folder()
    first = petition(files, PEOPLE, asked("ann"))
    files = granted(first, files)
    second = petition(files, PEOPLE, asked("bob"))
    version = check_sources(granted(second, files)).book.versions[-1]

    assert (3, "petition-2", "petition-2") == (
        second.proposal.version,
        second.proposal.clause,
        second.proposal.annex,
    )
    assert ["petition", "petition-2"] == [item.id for item in version.exemptions]
    assert b"id: petition-4" in second.proposal.data


def test_evidence_is_named_and_never_shown() -> None:
    """Attributes that the rules ask for; no values, issuers or methods, no other attribute."""
    made = pages(petition(folder(), PEOPLE, asked("ann", "dan")))

    head = b"id,attribute,asked_by,completeness,assurance,verified_at,expires_at\n"
    assert (
        head + b"ann,citizenships,citizens,exhaustive,A3,2026-06-01T00:00:00Z,\n"
        == made["evidence.csv"]
    )
    everything = b"".join(made.values())
    assert [] == [word for word in (b"SECRET", b"passport", b"residence") if word in everything]
    assert b"Of 1 of those listed it holds none." in made[README]


def test_evidence_of_what_the_reasons_rest_on() -> None:
    """What exceptions ask for, and what the petitioner says the case is about, is listed as well."""
    employed = shown("employer", "")
    ann = replace(PEOPLE["ann"], facts=(*PEOPLE["ann"].facts, employed))
    files = folder(LETTER + STAFF + OF_THE_LISTED)
    who = replace(asked("ann", "dan"), ground=("identity_level", "employer"))
    made = pages(petition(files, PEOPLE, replace(who, who=(ann, who.who[1]))))
    rows = [line.split(",")[1:3] for line in made["evidence.csv"].decode().splitlines()[1:]]
    assert [["citizenships", "citizens; staff"], ["employer", "staff; why"]] == rows
    told = made[README].decode()
    assert "(identity\\_level, held of 0 of 2; employer, held of 1 of 2)" in told
    assert "has 2 facts" in told


def test_a_ground_is_an_attribute() -> None:
    """What no fact is about cannot be shown."""
    with pytest.raises(
        InvalidInput, match=r"--ground: no attribute `employr`; did you mean `employer`"
    ):
        petition(folder(), PEOPLE, replace(asked("ann"), ground=("employr",)))


def test_evidence_of_derived_atoms_and_until_when() -> None:
    """What is worked out along dates asks for citizenships and permanent residences."""
    rule = LETTER.replace("{citizen_of: [US]}", "{most_recent_of: [US]}")
    until = {
        "ann": replace(PEOPLE["ann"], facts=(replace(shown("citizenships", "FR"), expires_at=AT),))
    }
    who = replace(asked("ann"), who=(until["ann"],))
    made = pages(petition(folder(rule), {**PEOPLE, **until}, who))

    assert b"2026-06-01T00:00:00Z,2026-06-20T00:00:00Z\n" in made["evidence.csv"]


def test_the_page_says_what_is_asked_of_whom_in_plain_words() -> None:
    """Order, version, authority, rule, clauses, why; and that it permits nobody."""
    made = pages(petition(folder(), PEOPLE, asked("ann", "brit")))
    said = made[README].decode()

    assert "**Nothing in this folder permits anybody.**" in said
    assert "No programme of the provider overrides an order." in said
    assert "- Authority: The Ministry \\| of \\*Trade\\* (US)" in said
    assert "- Order: letter, version 1, “A licence”" in said
    assert "- c1: A first clause." in said
    assert "That the 1 organisation and 1 person listed be exempt from citizens, on m, n" in said
    assert "> Because \\| we \\*must\\*.\n>\n> \\# Nothing" in said
    assert "| ann | person | m | deny | barred by citizens (c1) as requester | permit |" in said
    assert {"subjects.csv", "evidence.csv", "outcomes.csv", README} < set(made)
    assert sorted(made) == list(made)


def test_an_authority_of_which_little_is_said() -> None:
    """No instrument and no citations are told as such."""
    short = LETTER.replace("  instrument: letter\n", "").replace('  cites: ["15 CFR 744"]\n', "")
    said = pages(petition(folder(short), PEOPLE, asked("ann")))[README].decode()

    assert "- Instrument: not said\n- Cites: nothing\n" in said


def test_the_same_gives_the_same_bytes() -> None:
    """Whatever the order of files, people and list."""
    files = folder(other=OTHER)
    back = dict(reversed(files.items()))
    people = dict(reversed(PEOPLE.items()))

    assert pages(petition(files, PEOPLE, asked("ann", "bob"))) == pages(
        petition(back, people, asked("bob", "ann"))
    )


def test_other_orders_are_told_to_the_petitioner_alone() -> None:
    """The folder does not name them; who they stop as well is known."""
    found = petition(folder(other=OTHER), PEOPLE, asked("ann"))

    assert (("ann", "m"),) == found.elsewhere
    assert b"hidden" not in b"".join(pages(found).values())
    assert [Outcome.PERMIT, Outcome.PERMIT] == [item.granted for item in found.standings]


def test_a_request_that_is_ambiguous_stays_denied() -> None:
    """Whoever acts for two is told so; ids with quotes and commas come through."""
    files = folder()
    found = petition(files, PEOPLE, asked('e"v,e', "ann", models=("m",)))

    assert [("ann", Outcome.PERMIT), ('e"v,e', Outcome.DENY)] == [
        (item.subject, item.granted) for item in found.standings
    ]
    assert b'"e""v,e",m,deny,ambiguous_organisation,deny\n' in pages(found)["outcomes.csv"]
    version = check_sources(granted(found, files)).book.versions[-1]
    assert {"ann", 'e"v,e'} == version.annexes["petition"].members


def test_nothing_is_asked_where_nobody_is_stopped() -> None:
    """A citizen needs no exception."""
    with pytest.raises(
        Refused, match="`letter` stops nobody on the list as such on `m`, `n` at 2026-06-20"
    ):
        petition(folder(), PEOPLE, asked("cat"))


@pytest.mark.parametrize(
    ("letter", "at", "said"),
    [
        (LETTER, SEEN, "is not in force at 2026-06-01T00:00:00Z; it takes effect at 2026-06-10"),
        (
            LETTER.replace("restriction", "programme")
            .replace(
                "rules:",
                "mandate: {name: A, jurisdiction: US, instrument: i, document: sha256:"
                f"{'0' * 64}, authenticated: {{by: b, how: h, at: 2026-06-11T00:00:00Z}}}}\n"
                "programme: {name: p, admits: a, evidence: [e], review: {every: 1d, by: b}}\n"
                "rules:",
            )
            .replace("{citizen_of: [US]}", "{any: [{citizen_of: [US]}, {member_of: [p]}]}"),
            AT,
            "is a programme, the provider's own: no authority can except",
        ),
        (
            LETTER.partition("rules:")[0].replace("restriction", "rescission")
            + "lifts: [c1, c2]\n",
            AT,
            "version 1, the last of `letter`, is a rescission and bars nobody",
        ),
    ],
)
def test_there_must_be_somebody_to_ask(letter: str, at: int, said: str) -> None:
    """An order of an authority, in force, that bars."""
    with pytest.raises(Refused, match=said):
        petition(folder(letter), PEOPLE, asked("ann", at=at))


def test_an_order_or_model_that_is_not_there() -> None:
    """Every wrong model at once, with the nearest."""
    with pytest.raises(InvalidInput, match=r"no order `lettre`; did you mean `letter`\?"):
        petition(folder(), PEOPLE, asked("ann", order="lettre"))
    with pytest.raises(InvalidInput) as caught:
        petition(folder(), PEOPLE, asked("ann", models=("q", "o")))
    assert [
        "--models: no model `q` in the catalogue",
        "--models: no rule of `letter` covers `o`",
    ] == str(caught.value).splitlines()


def test_whoever_is_listed_is_somebody() -> None:
    """An id that nobody has, and one of a service account, are told together."""
    with pytest.raises(InvalidInput) as caught:
        listed(["robot", "anne", "bob"], PEOPLE, ("list.csv", "subjects.jsonl"))
    assert [
        "list.csv: `anne` is nobody in subjects.jsonl; did you mean `ann`?",
        "list.csv: `robot` is a service account; list whom it acts for",
    ] == str(caught.value).splitlines()


def test_a_file_of_the_folder_is_not_taken_for_the_proposal() -> None:
    """Another order already has that name."""
    with pytest.raises(Refused, match=r"has a file `letter\.v2\.yaml` already"):
        petition(folder(**{"letter.v2": OTHER}), PEOPLE, asked("ann"))


def test_a_group_that_has_changed_since_is_not_changed_in_passing() -> None:
    """A version of today would mean today's members, and so move people who are not listed."""
    files = folder(LETTER.replace("citizen_of: [US]", "citizen_of: [ours]"))
    files["groups.yaml"] = (
        b"groups:\n  ours:\n    title: Ours\n    cites: [a treaty]\n"
        b"    members: [US, {country: CA, since: 2026-06-15T00:00:00Z, until: null}]\n"
    )
    with pytest.raises(Refused, match="would not mean what version 1 means"):
        petition(files, PEOPLE, asked("ann"))
