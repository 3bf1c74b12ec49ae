"""The tenant's configured assistants, to read. A persona is named by its id or its slug."""

from __future__ import annotations

from datetime import UTC, datetime

from aiohttp import web

from ingest.keys import DATABASE
from ingest.paging import PageQuery, cursor_of
from ingest.routes import Routes, Shape, identity_of, query_of
from store import personas
from store.errors import Invalid, NotFound
from store.personas import Persona

routes = Routes("Personas")
_NO_TIME = datetime.fromtimestamp(0, UTC)  # a persona's place in the list is told by its id alone


class PersonaShape(Shape):
    id: str
    slug: str
    name: str
    kind: str
    language: str
    greeting: str
    voice: str
    toolsets: list[str]
    is_default: bool


class PersonaList(Shape):
    items: list[PersonaShape]
    next_cursor: str | None = None


@routes.add("GET", "/api/personas", query=PageQuery, answer=PersonaList)
async def list_personas(request: web.Request) -> PersonaList:
    """All personas, the default one first."""
    page = query_of(request, PageQuery)
    found = await personas.list_personas(request.app[DATABASE], identity_of(request))
    rest = found[_place(found, page) :]
    more = len(rest) > page.limit
    return PersonaList(
        items=[_shape(persona) for persona in rest[: page.limit]],
        next_cursor=cursor_of((_NO_TIME, rest[page.limit - 1].id)) if more else None,
    )


def _place(found: list[Persona], page: PageQuery) -> int:
    """Where the page begins. Raises Invalid for a cursor that names no persona."""
    if page.after is None:
        return 0
    for place, persona in enumerate(found, start=1):
        if persona.id == page.after[1]:
            return place
    raise Invalid("This cursor is not one of ours; start without one.", code="invalid_cursor")


@routes.add("GET", "/api/personas/{id}", answer=PersonaShape)
async def read_persona(request: web.Request) -> PersonaShape:
    """One persona, by id or slug."""
    wanted = request.match_info["id"]
    found = await personas.list_personas(request.app[DATABASE], identity_of(request))
    for persona in found:
        if wanted in {str(persona.id), persona.slug}:
            return _shape(persona)
    raise NotFound("There is no such persona.", code="persona_not_found")


def _shape(persona: Persona) -> PersonaShape:
    return PersonaShape(
        id=str(persona.id),
        slug=persona.slug,
        name=persona.name,
        kind=persona.kind,
        language=persona.language,
        greeting=persona.greeting,
        voice=persona.voice,
        toolsets=list(persona.toolsets),
        is_default=persona.is_default,
    )
