from collections import Counter
from functools import cache
from pathlib import Path

from writ.drill.folder import CaseFolder, read_case_folder
from writ.drill.population import Party, Population, populate, sample
from writ.law.literal.decide import decide
from writ.model.subject import Chain

JUNE = Path(__file__).parents[3] / "orders" / "june-2026"
SIZE = 600


@cache
def folder() -> CaseFolder:
    """Read the June folder once."""
    return read_case_folder(JUNE)


@cache
def population(seed: int = 0) -> Population:
    """Make people of June once per seed."""
    return populate(folder().expected, folder().people, folder().book, SIZE, seed)


def made() -> list[Party]:
    """Return the parties that are not the cases themselves."""
    return [party for party in population().parties if not party.is_case]


def test_every_case_is_a_party_and_a_kind() -> None:
    """The cases come first, and the made-up parties are spread evenly over them."""
    cases = [party.case for party in population().parties if party.is_case]
    counts = Counter(party.case for party in made())
    assert sorted(folder().expected.chains) == cases
    assert SIZE == sum(counts.values())
    assert {SIZE // len(cases), SIZE // len(cases) + 1} == set(counts.values())


def test_numbers_are_places() -> None:
    """A party's number is its place."""
    assert list(range(len(population().parties))) == [item.number for item in population().parties]


def test_a_made_up_party_has_the_outcome_of_its_kind() -> None:
    """What is true of a case is true of everybody made after it, by the literal meaning."""
    wrong = []
    for party in made()[:174]:
        chain = Chain(*(name and population().subjects[name] for name in _names(party)))  # type: ignore[arg-type]  # a requester is never None
        for (case, model, at), outcome in folder().expected.rows.items():
            if case == party.case and at in folder().expected.instants[2:9:3]:
                got = decide(folder().book, chain, model, at).outcome
                if got is not outcome:
                    wrong.append((party, model, at, got))
    assert [] == wrong


def _names(party: Party) -> tuple[str | None, str | None, str | None]:
    return party.names.requester, party.names.organisation, party.names.end_user


def test_who_stands_in_for_an_annex_entity_is_on_the_annex() -> None:
    """Made-up companies of Annex A are others of its entities, and its staff works for them."""
    annex = folder().book.versions[2].annexes["annex-a"].members
    companies = {
        party.names.organisation for party in made() if party.case == "annex-names-its-employee"
    }
    assert companies <= annex
    assert companies - {"tamar-instruments"}
    for party in made():
        if party.case == "annex-names-its-employee" and party.names.end_user is not None:
            [job] = [
                fact
                for fact in population().subjects[party.names.end_user].facts
                if fact.attribute == "employer"
            ]
            assert (party.names.organisation, "employee") == job.values[0].parts


def test_the_provider_is_one() -> None:
    """Nobody stands in for the provider, which orders mean by `self`."""
    employers = {party.names.organisation for party in made() if party.case == "canadian-employee"}
    assert {"provider"} == employers


def test_companies_have_colleagues() -> None:
    """Made-up companies are fewer than the parties that act for them."""
    of_delaware = [
        party.names.organisation for party in made() if party.case.startswith("delaware-names")
    ]
    assert 1 < len(set(of_delaware)) < len(of_delaware)


def test_the_same_seed_makes_the_same_people() -> None:
    """A drill can be repeated, and varied."""
    again = populate(folder().expected, folder().people, folder().book, SIZE, 0)
    assert population() == again
    assert population(1) != again


def test_a_sample_is_repeatable_and_spread() -> None:
    """The crowd's next voice depends on its turn alone, and all get theirs."""
    parties = population().parties
    first = [sample(parties, "who", turn).number for turn in range(300)]
    assert first == [sample(parties, "who", turn).number for turn in range(300)]
    assert len(set(first)) > 150
