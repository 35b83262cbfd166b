"""What every engine is asked: the same people about the same models."""

from random import Random

from bench.law.letters import letters
from bench.law.people import Person, people

QUESTIONS = 200


def questions(orders: int) -> list[tuple[Person, str]]:
    """Return people, each with a model that some letter names."""
    random = Random(orders)
    named = sorted({model for letter in letters(orders) for model in letter.models})
    return [(person, random.choice(named)) for person in people(QUESTIONS)]
