"""The tenant's configured assistants and their versions. A persona is read by its id or its slug, changed by its id."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.api.persona_fields import NewPersona, PersonaChange, is_id, is_slug, slug_of
from ingest.keys import CLOCK, DATABASE
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from store import mcp_servers, persona_versions, personas
from store.errors import Invalid, NotFound
from store.identity import Identity
from store.persona_versions import PersonaVersion
from store.personas import Persona
from tools import catalogue

routes = Routes("Personas")
_NO_TIME = datetime.fromtimestamp(0, UTC)  # a persona's place in the list is told by its id alone
_HIGHEST = 2_147_483_647


class PersonaShape(Shape):
    """`business_hours` `{"timezone", "mon": [["09:00", "17:00"]], …}` ({}: always open); `limits` {"call_minutes"};
    `pronunciations` [{"written", "spoken"}]; `patience` 0.5 to 2: how long it waits when a caller pauses;
    `patience_by_question` {"digits": 1.5}: the same after a question of such a kind, instead of `patience`.

    `prompt` and `escalation_contacts` are null for whoever may not change them: a key for calls does not read them.
    """

    id: str
    slug: str
    name: str
    kind: str
    language: str
    greeting: str
    voice: str
    toolsets: list[str]
    mcp_servers: list[str]
    is_default: bool
    prompt: str | None
    business_hours: dict[str, Any]
    escalation_contacts: list[dict[str, str]] | None
    limits: dict[str, int]
    pronunciations: list[dict[str, str]]
    patience: float
    patience_by_question: dict[str, float]
    version: int
    updated_at: datetime | None
    deleted_at: datetime | None


class PersonaList(Shape):
    items: list[PersonaShape]
    next_cursor: str | None = None


class PersonaQuery(PageQuery):
    deleted: Annotated[bool, Field(description="The deleted ones instead.")] = False


class PersonaRemoval(Body):
    purge: Annotated[bool, Field(description="For good, with all versions; conversations stay.")] = False


class Choice(Shape):
    name: str
    description: str


class Choices(Shape):
    """What a persona may be made of. Any BCP 47 tag may be its language; an empty voice is the provider's own."""

    kinds: list[str]
    toolsets: list[Choice]
    languages: list[str]
    voices: list[str]


class Author(Shape):
    id: str
    name: str


class VersionShape(Shape):
    """`persona` holds what people edit, as it was; `created_by` is null when nobody signed in made it."""

    version: int
    created_at: datetime
    created_by: Author | None
    persona: dict[str, Any]


class VersionList(Shape):
    items: list[VersionShape]
    next_cursor: str | None = None


@routes.add("GET", "/api/personas", query=PersonaQuery, answer=PersonaList)
async def list_personas(request: web.Request) -> PersonaList:
    """All personas, the default one first; with `?deleted=true` those in the trash."""
    page = query_of(request, PersonaQuery)
    identity = identity_of(request)
    found = await personas.list_personas(request.app[DATABASE], identity, deleted=page.deleted)
    shown, cursor = page_of(found[_place(found, page) :], page.limit, lambda one: (_NO_TIME, one.id))
    return PersonaList(items=[_shape(persona, identity) for persona in shown], next_cursor=cursor)


def _place(found: list[Persona], page: PageQuery) -> int:
    """Where the page begins. Raises Invalid for a cursor that names no persona."""
    if page.after is None:
        return 0
    for place, persona in enumerate(found, start=1):
        if persona.id == page.after[1]:
            return place
    raise Invalid("This cursor is not one of ours; start without one.", code="invalid_cursor")


@routes.add("GET", "/api/personas/choices", answer=Choices)
async def read_choices(request: web.Request) -> Choices:
    """Kinds, toolsets, languages and voices to choose from."""
    identity_of(request)
    return Choices(
        kinds=list(catalogue.KINDS),
        toolsets=[Choice(name=name, description=text) for name, text in catalogue.TOOLSETS.items()],
        languages=list(catalogue.LANGUAGES),
        voices=list(catalogue.VOICES),
    )


@routes.add("POST", "/api/personas", scope="personas:write", body=NewPersona, answer=PersonaShape, status=201)
async def create_persona(request: web.Request) -> PersonaShape:
    """A new persona; without a slug it gets a free one made of its name. 409 `slug_taken`."""
    wanted, identity, at = await body_of(request, NewPersona), identity_of(request), request.app[CLOCK].now()
    content = wanted.content()
    async with request.app[DATABASE].transaction(identity) as connection:
        slug = content.get("slug") or await personas.free_slug(connection, slug_of(wanted.name))
        await mcp_servers.require_known(connection, wanted.mcp_servers)
        made = await personas.create(
            connection, identity, {**content, "slug": slug}, is_default=wanted.is_default, at=at
        )
    return _shape(made, identity)


@routes.add("GET", "/api/personas/{id}", answer=PersonaShape, path_types={"id": "string"})
async def read_persona(request: web.Request) -> PersonaShape:
    """One persona, by id or slug."""
    wanted, identity = request.match_info["id"], identity_of(request)
    if is_id(wanted):
        return _shape(await personas.read(request.app[DATABASE], identity, UUID(wanted)), identity)
    found = await personas.find_persona(request.app[DATABASE], identity, wanted) if is_slug(wanted) else None
    if found is None:
        raise NotFound("There is no such persona.", code="persona_not_found")
    return _shape(found, identity)


@routes.add("PATCH", "/api/personas/{id}", scope="personas:write", body=PersonaChange, answer=PersonaShape)
async def change_persona(request: web.Request) -> PersonaShape:
    """Change what is sent, which makes a version; 409 `changed_meanwhile` when `version` is not the current one."""
    persona_id, wanted = id_of(request, "persona"), await body_of(request, PersonaChange)
    identity, at = identity_of(request), request.app[CLOCK].now()
    async with request.app[DATABASE].transaction(identity) as connection:
        await mcp_servers.require_known(connection, wanted.mcp_servers or [])
        changed = await personas.change(
            connection,
            identity,
            persona_id,
            wanted.content(),
            at=at,
            is_default=wanted.is_default,
            expected_version=wanted.version,
        )
    return _shape(changed, identity)


@routes.add("DELETE", "/api/personas/{id}", scope="personas:write", query=PersonaRemoval, status=204)
async def delete_persona(request: web.Request) -> None:
    """Into the trash, or with `?purge=true` away for good. The default persona stays: 409 `default_persona`."""
    persona_id, query, identity = id_of(request, "persona"), query_of(request, PersonaRemoval), identity_of(request)
    async with request.app[DATABASE].transaction(identity) as connection:
        if query.purge:
            await personas.purge(connection, identity, persona_id)
        else:
            await personas.delete(connection, identity, persona_id, at=request.app[CLOCK].now())


@routes.add("POST", "/api/personas/{id}/restore", scope="personas:write", answer=PersonaShape)
async def restore_persona(request: web.Request) -> PersonaShape:
    """Out of the trash; 409 `slug_taken` when another persona has its slug meanwhile."""
    persona_id, identity = id_of(request, "persona"), identity_of(request)
    async with request.app[DATABASE].transaction(identity) as connection:
        return _shape(await personas.restore(connection, identity, persona_id), identity)


@routes.add("GET", "/api/personas/{id}/versions", scope="personas:write", query=PageQuery, answer=VersionList)
async def list_versions(request: web.Request) -> VersionList:
    """Every version as it was, the current one first."""
    persona_id, page = id_of(request, "persona"), query_of(request, PageQuery)
    before = page.after[1].int if page.after else None
    if before is not None and not 1 <= before <= _HIGHEST:
        raise Invalid("This cursor is not one of ours; start without one.", code="invalid_cursor")
    found = await persona_versions.list_versions(
        request.app[DATABASE], identity_of(request), persona_id, limit=page.limit + 1, before=before
    )
    shown, cursor = page_of(found, page.limit, lambda one: (_NO_TIME, UUID(int=one.version)))
    return VersionList(items=[_version(one) for one in shown], next_cursor=cursor)


@routes.add(
    "POST",
    "/api/personas/{id}/versions/{version}/restore",
    scope="personas:write",
    answer=PersonaShape,
    path_types={"version": "integer"},
)
async def restore_version(request: web.Request) -> PersonaShape:
    """A new version with the content of an old one; whether it is the default does not change."""
    persona_id, identity, number = id_of(request, "persona"), identity_of(request), request.match_info["version"]
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise NotFound("This persona has no such version.", code="persona_version_not_found")
    async with request.app[DATABASE].transaction(identity) as connection:
        changed = await personas.roll_back(connection, identity, persona_id, int(number), at=request.app[CLOCK].now())
        _require_known_toolsets(changed)
    return _shape(changed, identity)


def _require_known_toolsets(persona: Persona) -> None:
    """A version may name a toolset that this program no longer has; nothing is changed then."""
    unknown = sorted(set(persona.toolsets) - catalogue.TOOLSETS.keys())
    if unknown:
        raise Invalid(f"This version uses toolsets that are gone: {', '.join(unknown)}.", code="unknown_toolset")


def _version(one: PersonaVersion) -> VersionShape:
    author = Author(id=str(one.created_by), name=one.created_by_name or "") if one.created_by else None
    return VersionShape(version=one.version, created_at=one.created_at, created_by=author, persona=dict(one.persona))


def _shape(persona: Persona, identity: Identity) -> PersonaShape:
    may_edit = "personas:write" in identity.scopes
    return PersonaShape(
        id=str(persona.id),
        slug=persona.slug,
        name=persona.name,
        kind=persona.kind,
        language=persona.language,
        greeting=persona.greeting,
        voice=persona.voice,
        toolsets=list(persona.toolsets),
        mcp_servers=list(persona.mcp_servers),
        is_default=persona.is_default,
        prompt=persona.prompt if may_edit else None,
        business_hours=dict(persona.business_hours),
        escalation_contacts=[dict(one) for one in persona.escalation_contacts] if may_edit else None,
        limits=dict(persona.limits),
        pronunciations=[dict(one) for one in persona.pronunciations],
        patience=persona.patience,
        patience_by_question=dict(persona.patience_by_question),
        version=persona.version,
        updated_at=persona.updated_at,
        deleted_at=persona.deleted_at,
    )
