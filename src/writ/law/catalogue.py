"""The catalogue file: whose models these are, and every name that clients use for them.

1. Names are compared exactly; one name means one model.
2. A model is controlled unless its entry says `controlled: false`.
3. An enforcement point belongs to one deployment at most; one that belongs to none obeys every rule.
"""

from writ.law.countries import read_place
from writ.law.document import Node, Place, quoted, read_yaml
from writ.law.reading import Keys, Reader, is_name
from writ.model.catalogue import Catalogue, Deployment, Model

FILE = "catalogue.yaml"
DIALECTS = ("openai", "anthropic")
CATALOGUE_KEYS = Keys(required=("provider", "models"), optional=("deployments",))
MODEL_KEYS = Keys(optional=("aliases", "family", "capabilities", "dialects", "controlled"))
DEPLOYMENT_KEYS = Keys(required=("entity", "region"), optional=("points",))


def read_catalogue(data: bytes, file: str = FILE) -> Catalogue:
    """Read a catalogue; InvalidInput lists every fault."""
    reader = Reader()
    catalogue = catalogue_of(reader, read_yaml(data, file))
    reader.done()
    return catalogue


def catalogue_of(reader: Reader, node: Node) -> Catalogue:
    """Read a catalogue from its document; what is not at fault can be referred to."""
    fields = reader.fields(node, CATALOGUE_KEYS)
    provider = reader.identifier(fields["provider"])
    models: dict[str, Model] = {}
    taken: dict[str, Place] = {}
    entries = reader.mapping(fields["models"])
    for name, entry in entries.items():
        _take(reader, taken, name, entry.key)
    for name, entry in entries.items():
        models[name] = _model(reader, name, entry.node, taken)
    if fields["models"] is not None and not entries:
        reader.fault(fields["models"], "must name at least one model")
    return Catalogue(provider, models, _deployments(reader, fields["deployments"]))


def _take(reader: Reader, taken: dict[str, Place], name: str, place: Place) -> None:
    if name in taken:
        reader.fault(
            place, f"{quoted(name)} is already a name of the model at line {taken[name].line}"
        )
    elif name != name.strip() or not name.isprintable() or not name:
        reader.fault(place, f"{quoted(name)} is no name for a model")
    taken.setdefault(name, place)


def _model(reader: Reader, name: str, node: Node, taken: dict[str, Place]) -> Model:
    if node.value is None:
        return Model(name)
    fields = reader.fields(node, MODEL_KEYS)
    aliases = {reader.text(item): item.place for item in reader.items(fields["aliases"])}
    for alias, place in aliases.items():
        _take(reader, taken, alias, place)
    spoken = frozenset(
        reader.choice(item, DIALECTS)
        for item in (reader.some(fields["dialects"]) if "dialects" in fields else ())
    )
    return Model(
        name,
        frozenset(aliases),
        reader.text(fields["family"]),
        frozenset(reader.text(item) for item in reader.items(fields["capabilities"])),
        spoken or frozenset(DIALECTS),
        reader.truth(fields["controlled"], otherwise=True),
    )


def _deployments(reader: Reader, node: Node | None) -> dict[str, Deployment]:
    deployments: dict[str, Deployment] = {}
    taken: dict[str, str] = {}
    for name, entry in reader.mapping(node).items():
        if not is_name(name):
            reader.fault(entry.key, f"{quoted(name)} is no name for a deployment")
        fields = reader.fields(entry.node, DEPLOYMENT_KEYS)
        points = [(reader.name(item), item) for item in reader.items(fields["points"])]
        for point, at in points:
            if point and taken.setdefault(point, name) != name:
                reader.fault(at, f"{quoted(point)} belongs to {quoted(taken[point])} already")
        country, part = read_place(reader, fields["region"])
        deployments[name] = Deployment(
            name,
            reader.identifier(fields["entity"]),
            part or country,
            frozenset(point for point, _ in points if point),
        )
    return deployments
