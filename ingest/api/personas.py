"""The tenant's configured assistants, to read. A persona is named by its id or its slug."""

from __future__ import annotations

from aiohttp import web

from ingest.keys import DATABASE
from ingest.routes import Routes, Shape, identity_of
from store import personas
from store.errors import NotFound
from store.personas import Persona

routes = Routes("Personas")


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


@routes.add("GET", "/api/personas", answer=PersonaList)
async def list_personas(request: web.Request) -> PersonaList:
    """All personas, the default one first."""
    found = await personas.list_personas(request.app[DATABASE], identity_of(request))
    return PersonaList(items=[_shape(persona) for persona in found])


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
