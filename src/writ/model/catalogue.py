"""The models a provider serves, under every name clients use."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Model:
    """One model; dialects are the APIs it speaks (`openai`, `anthropic`)."""

    name: str
    aliases: frozenset[str] = frozenset()
    family: str = ""
    capabilities: frozenset[str] = frozenset()
    dialects: frozenset[str] = frozenset({"openai", "anthropic"})
    controlled: bool = True


@dataclass(frozen=True)
class Catalogue:
    """`provider` is the subject that `self` means; models by canonical name."""

    provider: str
    models: Mapping[str, Model]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every exact name and alias, to the canonical name."""
        return {
            name: model.name
            for model in self.models.values()
            for name in (model.name, *model.aliases)
        }

    def resolve(self, name: str) -> str | None:
        """Return the canonical name; names are compared exactly, an unknown one is None."""
        return self.names.get(name)
