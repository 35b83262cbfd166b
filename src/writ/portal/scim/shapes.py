"""SCIM's shapes of an employer's people (RFC 7643): what there is, and nothing that is not needed.

1. A user has a name, an id of the employer's and whether they are there. Names, addresses and
   whatever more a personnel system sends are in no shape here, so they are dropped unread.
2. A determination is one attribute of an extension, and is made whole.
3. It is refused where it has parts that nobody knows; one of them is how far it is believed, which
   is registered and never claimed.
"""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field
from scim2_models import (
    URN,
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    ListResponse,
    Meta,
    Mutability,
    Patch,
    Required,
    Resource,
    ResourceType,
    Returned,
    Schema,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from writ.canonical import Plain
from writ.errors import InvalidInput
from writ.model.vocabulary import RELATIONS
from writ.people.employers.determination import BASES, DECLARATION, LISTS
from writ.portal.counter import Employed

MOST_RESULTS = 200
USER = URN("urn:ietf:params:scim:schemas:core:2.0:User")
DETERMINATION = URN("urn:writ:params:scim:schemas:extension:determination:1.0:User")

_Exact = Annotated[str | None, CaseExact.true]
_Codes = Annotated[list[str] | None, CaseExact.true]


class Determination(ComplexAttribute):
    """What the employer determined about this person, for export control."""

    declaration: Annotated[str | None, Required.true, CaseExact.true] = Field(
        None, examples=[DECLARATION], description="Nothing of Form I-9 or E-Verify was used."
    )
    determined_by: Annotated[str | None, Required.true, CaseExact.true] = Field(
        None, description="Who determined it, in the employer's own words: a staff number."
    )
    determined_at: Annotated[datetime | None, Required.true] = Field(
        None, description="When it was determined."
    )
    basis: _Exact = Field(None, examples=list(BASES), description="What it rests on.")
    citizenships: _Codes = Field(None, description="ISO 3166-1 alpha-2 codes.")
    former_citizenships: _Codes = None
    permanent_residences: _Codes = None
    protection: _Codes = Field(
        None, examples=["refugee:US", "asylee:US"], description="A status and who granted it."
    )
    complete: _Codes = Field(
        None, examples=list(LISTS), description="The lists that have everything there is."
    )
    employment: _Exact = Field(
        None, examples=list(RELATIONS), description="What the person is to this employer."
    )
    expires_at: datetime | None = Field(None, description="When it ends: within 366 days.")


class Determinations(Extension):
    """What an employer determined about a person."""

    __schema__: ClassVar[URN | None] = DETERMINATION

    determination: Determination | None = None


class User(Resource[AnyExtension]):
    """One of an employer's people."""

    __schema__: ClassVar[URN | None] = USER

    external_id: Annotated[str | None, Mutability.read_write, Returned.default, CaseExact.true] = (
        None
    )
    user_name: Annotated[
        str | None, Required.true, Mutability.immutable, CaseExact.true, Uniqueness.server
    ] = Field(None, description="The employer's own word for the person.")
    active: bool | None = Field(None, description="False once the person left.")


Person = User[Determinations]

CONFIG = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST_RESULTS),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=False),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="The token that the operator made for this employer.",
        )
    ],
)
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore, remove_value_as_filter=ScimPolicy.RemoveValue.apply
)
PROVIDER = ScimProvider(
    [User, Determinations], [ResourceType.from_resource(Person)], CONFIG, POLICY
)

SCHEMAS = ListResponse[Schema](
    total_results=len(PROVIDER.schemas),
    start_index=1,
    items_per_page=len(PROVIDER.schemas),
    resources=list(PROVIDER.schemas),
)
TYPES = ListResponse[ResourceType](
    total_results=1, start_index=1, items_per_page=1, resources=list(PROVIDER.resource_types)
)


def person_of(found: Employed, users: str) -> User[Determinations]:
    """Write a person as SCIM has them; `users` is the address of all of them."""
    person = Person(
        id=found.id,
        external_id=found.external_id,
        user_name=found.user,
        active=found.active,
        meta=Meta(
            resource_type="User",
            created=datetime.fromisoformat(found.created_at),
            last_modified=datetime.fromisoformat(found.changed_at),
            location=f"{users}/{found.id}",
            version=f'W/"{found.version}"',
        ),
    )
    if found.determination is not None:
        said = {_camel(name): value for name, value in found.determination.items() if value}
        with PROVIDER:
            person[Determinations] = Determinations.model_validate({"determination": said})
    return person


def said_in(person: User[Determinations]) -> dict[str, Plain] | None:
    """Return what a person's determination says, for the control process (rule 3)."""
    extension = person[Determinations]
    found = extension.determination if extension else None
    if found is None:
        return None
    if found.unknown_attributes:
        name = min(found.unknown_attributes)
        raise InvalidInput(f"`{name}` is no part of a determination; see /Schemas")
    said: dict[str, Plain] = {}
    for name in Determination.model_fields:
        value = getattr(found, name)
        if value:
            said[name] = value.isoformat() if isinstance(value, datetime) else value
    return said


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
