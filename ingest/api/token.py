"""`POST /api/token`: LiveKit's token endpoint, with the assistant added to the room.

The tenant comes from who asks and from nothing the client sends. Rooms of other tenants than the default one carry the
tenant's slug and `~` in front of their name, so that no tenant can ask for a token into another's room.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Annotated, Any

from aiohttp import web
from livekit import api as livekit_api
from pydantic import BaseModel, ConfigDict, Field

from ingest.api.me import AGENT_NAME
from ingest.dispatch import ROOM_SEPARATOR, dispatch_metadata, room_of_tenant
from ingest.keys import DATABASE, SETTINGS
from ingest.routes import Routes, Shape, body_of, identity_of
from store import personas, tenants
from store.errors import Invalid, NotFound
from store.identity import Identity

routes = Routes("Calls")
_LIFETIME = timedelta(minutes=15)  # to join; a call that has begun goes on
_RESERVED_ATTRIBUTES = ("lk.", "sip.")
Short = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=4000)]


class TokenRequest(BaseModel):
    """LiveKit's own fields plus ``persona`` (slug; default: the tenant's) and ``language``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    room_name: Short | None = None
    participant_identity: Short | None = None
    participant_name: Short | None = None
    participant_metadata: Annotated[str, Field(max_length=4000)] | None = None
    participant_attributes: Annotated[dict[Short, Long], Field(max_length=40)] | None = None
    room_config: dict[str, Any] | None = None
    persona: Short | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None


class TokenAnswer(Shape):
    server_url: str
    participant_token: str
    room_name: str
    participant_identity: str


@routes.add("POST", "/api/token", scope="calls", body=TokenRequest, answer=TokenAnswer, status=201)
async def create_token(request: web.Request) -> TokenAnswer:
    """A token to join a room that the assistant answers in."""
    identity, settings = identity_of(request), request.app[SETTINGS]
    wanted = await body_of(request, TokenRequest)
    tenant = await tenants.read_tenant(request.app[DATABASE], identity)
    if tenant is None:
        raise NotFound("This tenant no longer exists.", code="tenant_not_found")
    room = room_of_tenant(_room_name(wanted), tenant.slug, default=settings.tenant)
    persona, language = await _persona(request, identity, wanted)
    metadata = dispatch_metadata(tenant.slug, persona, language, identity.user_id)
    caller = wanted.participant_identity or f"caller-{secrets.token_hex(6)}"
    token = (
        livekit_api.AccessToken(settings.livekit_api_key, settings.livekit_api_secret.get_secret_value())
        .with_identity(caller)
        .with_name(wanted.participant_name or identity.name)
        .with_ttl(_LIFETIME)
        .with_attributes(_attributes(wanted))
        .with_grants(_grants(room))
        .with_room_config(
            livekit_api.RoomConfiguration(
                agents=[livekit_api.RoomAgentDispatch(agent_name=AGENT_NAME, metadata=metadata)]
            )
        )
    )
    if wanted.participant_metadata:
        token = token.with_metadata(wanted.participant_metadata)
    return TokenAnswer(
        server_url=settings.livekit_url, participant_token=token.to_jwt(), room_name=room, participant_identity=caller
    )


def _grants(room: str) -> livekit_api.VideoGrants:
    return livekit_api.VideoGrants(
        room_join=True,
        room=room,
        can_publish=True,
        can_subscribe=True,
        can_publish_data=True,
        can_publish_sources=["microphone"],
    )


def _room_name(wanted: TokenRequest) -> str:
    name = (wanted.room_name or "").strip()
    if ROOM_SEPARATOR in name:
        raise Invalid(f"A room's name must not contain {ROOM_SEPARATOR!r}.", code="invalid_room_name")
    return name or f"call-{secrets.token_hex(8)}"


def _attributes(wanted: TokenRequest) -> dict[str, str]:
    attributes = wanted.participant_attributes or {}
    for name in attributes:
        if name.startswith(_RESERVED_ATTRIBUTES):
            raise Invalid(f"The attribute {name!r} is set by the server only.", code="reserved_attribute")
    return attributes


async def _persona(request: web.Request, identity: Identity, wanted: TokenRequest) -> tuple[str, str]:
    """The slug and language to answer with: asked for directly, or in the room_config's agent metadata."""
    hints = _hints(wanted.room_config)
    slug = wanted.persona or hints.get("persona", "")
    persona = await personas.find_persona(request.app[DATABASE], identity, slug)
    if persona is None and slug:
        raise NotFound(f"There is no persona {slug!r}. `GET /api/personas` lists them.", code="persona_not_found")
    language = wanted.language or hints.get("language") or (persona.language if persona else "en")
    return (persona.slug if persona else ""), language


def _hints(room_config: dict[str, Any] | None) -> dict[str, str]:
    agents = (room_config or {}).get("agents") or []
    first = agents[0] if isinstance(agents, list) and agents and isinstance(agents[0], dict) else {}
    try:
        value = json.loads(first.get("metadata") or "{}")
    except (ValueError, TypeError):
        return {}
    return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
