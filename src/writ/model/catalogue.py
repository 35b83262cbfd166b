"""The models a provider serves, under every name clients use, and where it serves them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Deployment:
    """Models served by one entity in one region; `points` are its enforcement points by name."""

    name: str
    entity: str
    region: str
    points: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Catalogue:
    """`provider` is the subject that `self` means; models by canonical name, deployments by name."""

    provider: str
    models: Mapping[str, Model]
    deployments: Mapping[str, Deployment] = field(default_factory=dict)

    @property
    def unread(self) -> bool:
        """Whether its file could not be read: then no name is unknown."""
        return not self.models

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

    def deployment_of(self, point: str) -> Deployment | None:
        """Return the deployment that an enforcement point belongs to; None: nobody says."""
        return next((item for item in self.deployments.values() if point in item.points), None)
