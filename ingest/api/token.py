"""`POST /api/token`: LiveKit's token endpoint, with the assistant added to the room.

The tenant comes from who asks and from nothing the client sends; the worker reads it from the metadata signed here.
Rooms of other tenants than the default one carry the tenant's slug and `~` in front of their name, so that no tenant
can ask for a token into another's room. Nobody gets the identity of an agent, or of somebody who is in the room.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from datetime import timedelta
from typing import Annotated, Any

import aiohttp
from aiohttp import web
from livekit import api as livekit_api
from livekit.api.twirp_client import TwirpError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from ingest.dispatch import ROOM_SEPARATOR, room_of_tenant
from ingest.keys import CLOCK, DATABASE, KEYRING, LIVEKIT, METRICS, SETTINGS
from ingest.routes import Routes, Shape, body_of, identity_of
from store import personas, tenants
from store.admission import promise_place
from store.errors import Conflict, Invalid, NotFound, TooMany, Unavailable
from store.grants import LIFETIME, Grant, write_metadata
from store.identity import Identity
from store.rooms import AGENT_NAME

routes = Routes("Calls")
_JOIN_WITHIN = timedelta(minutes=15)  # a call that has begun goes on
_RESERVED_ATTRIBUTES = ("lk.", "sip.", "voiceloop.tenant")
_AGENT_IDENTITY = "agent-"  # how the media server names agents
_LIVEKIT_PATIENCE_S = 5.0
_METADATA_LIMIT = 4096


def _is_printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must have printable characters only")
    return text


def _is_no_agent(identity: str) -> str:
    if identity.casefold().startswith(_AGENT_IDENTITY):
        raise ValueError(f"must not begin with {_AGENT_IDENTITY!r}: that is an agent's identity")
    return identity


Short = Annotated[str, Field(max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_is_printable)]
ParticipantIdentity = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=128),
    AfterValidator(_is_printable),
    AfterValidator(_is_no_agent),
]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Long = Annotated[str, Field(max_length=4000)]


class TokenRequest(BaseModel):
    """LiveKit's own fields plus ``persona`` (slug; default: the tenant's) and ``language``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    room_name: Line | None = None
    participant_identity: ParticipantIdentity | None = None
    participant_name: Short | None = None
    participant_metadata: Annotated[str, Field(max_length=4000)] | None = None
    participant_attributes: Annotated[dict[Short, Long], Field(max_length=40)] | None = None
    room_config: dict[str, Any] | None = None
    persona: Line | None = None
    language: Language | None = None


class _Hints(BaseModel):
    """What the agent's metadata in a ``room_config`` may ask for, as strict as the fields of the same name."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    persona: Line | None = None
    language: Language | None = None


class TokenAnswer(Shape):
    server_url: str
    participant_token: str
    room_name: str
    participant_identity: str


@routes.add(
    "POST",
    "/api/token",
    scope="calls",
    limit="token",
    body=TokenRequest,
    answer=TokenAnswer,
    status=201,
    errors=(404,),
    secret=True,
)
async def create_token(request: web.Request) -> TokenAnswer:
    """A token to join a room that the assistant answers in, and a place there for the next 10 seconds.

    409 `identity_in_use` when the caller is in it already; 429 with `Retry-After` when no place is free: `all_busy` for
    the whole installation, `calls_limit` and `minutes_limit` for the tenant.
    """
    identity, settings = identity_of(request), request.app[SETTINGS]
    wanted = await body_of(request, TokenRequest)
    tenant = await tenants.read_tenant(request.app[DATABASE], identity)
    if tenant is None:
        raise NotFound("This tenant no longer exists.", code="tenant_not_found")
    room = room_of_tenant(_room_name(wanted), tenant.slug, default=settings.tenant)
    persona, language = await _persona(request, identity, wanted)
    metadata = _signed(request, tenant, room, persona, language)
    if wanted.participant_identity:
        await _require_absent(request.app[LIVEKIT], room, wanted.participant_identity)
    try:
        await promise_place(request.app[DATABASE], identity, room, request.app[CLOCK].now())
    except TooMany as refused:
        request.app[METRICS].refused.labels(refused.code).inc()
        raise
    caller = wanted.participant_identity or f"caller-{secrets.token_hex(6)}"
    token = (
        livekit_api.AccessToken(settings.livekit_api_key, settings.livekit_api_secret.get_secret_value())
        .with_identity(caller)
        .with_name(wanted.participant_name or identity.name)
        .with_ttl(_JOIN_WITHIN)
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


def _signed(request: web.Request, tenant: tenants.Tenant, room: str, persona: str, language: str) -> str:
    """The dispatch's metadata: this tenant's persona for who asks, in this room."""
    identity = identity_of(request)
    grant = Grant(
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        kind="room",
        persona=persona,
        language=language,
        user_id=identity.user_id,
        key_id=identity.key_id,
        session_id=identity.session_id,
        room=room,
        expires_at=request.app[CLOCK].now() + LIFETIME,
    )
    return write_metadata(request.app[KEYRING], grant)


def _grants(room: str) -> livekit_api.VideoGrants:
    """To be heard, to hear and to type in this one room; not to become somebody else in it."""
    return livekit_api.VideoGrants(
        room_join=True,
        room=room,
        can_publish=True,
        can_publish_sources=["microphone"],
        can_subscribe=True,
        can_publish_data=True,
        can_update_own_metadata=False,
    )


async def _require_absent(livekit: livekit_api.LiveKitAPI, room: str, identity: str) -> None:
    """Raises Conflict when somebody of this identity is in the room: a second one would throw out the first."""
    try:
        async with asyncio.timeout(_LIVEKIT_PATIENCE_S):
            present = await livekit.room.list_participants(livekit_api.ListParticipantsRequest(room=room))
    except (TwirpError, aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
        if isinstance(error, TwirpError) and error.code == "not_found":
            return  # nobody is in it yet
        raise Unavailable("The LiveKit server does not answer. Check LIVEKIT_URL and its key.") from error
    if any(one.identity == identity for one in present.participants):
        raise Conflict(
            "Somebody with this participant_identity is in the room. Choose another, or wait until they have left.",
            code="identity_in_use",
        )


def _room_name(wanted: TokenRequest) -> str:
    name = wanted.room_name or ""
    if ROOM_SEPARATOR in name:
        raise Invalid(f"A room's name must not contain {ROOM_SEPARATOR!r}.", code="invalid_room_name")
    return name or f"call-{secrets.token_hex(8)}"


def _attributes(wanted: TokenRequest) -> dict[str, str]:
    attributes = wanted.participant_attributes or {}
    for name in attributes:
        if name.strip().casefold().startswith(_RESERVED_ATTRIBUTES):
            raise Invalid(f"The attribute {name!r} is set by the server only.", code="reserved_attribute")
    return attributes


async def _persona(request: web.Request, identity: Identity, wanted: TokenRequest) -> tuple[str, str]:
    """The slug and language to answer with: asked for directly, or in the room_config's agent metadata."""
    hints = _hints(wanted.room_config)
    slug = wanted.persona or hints.persona or ""
    persona = await personas.find_persona(request.app[DATABASE], identity, slug)
    if persona is None and slug:
        raise NotFound(f"There is no persona {slug!r}. `GET /api/personas` lists them.", code="persona_not_found")
    language = wanted.language or hints.language or (persona.language if persona else "en")
    return (persona.slug if persona else ""), language


def _hints(room_config: dict[str, Any] | None) -> _Hints:
    """The hints in the first agent's metadata; none when that is no JSON object. Raises Invalid when it is outsized."""
    agents = (room_config or {}).get("agents") or []
    first = agents[0] if isinstance(agents, list) and agents and isinstance(agents[0], dict) else {}
    metadata = first.get("metadata")
    if not isinstance(metadata, str):
        return _Hints()
    if len(metadata) > _METADATA_LIMIT:
        raise Invalid(f"An agent's metadata must have at most {_METADATA_LIMIT} characters.", code="invalid_metadata")
    try:
        value = json.loads(metadata or "{}")
    except ValueError:
        return _Hints()
    except RecursionError as error:
        raise Invalid("The agent's metadata is nested too deeply.", code="invalid_metadata") from error
    return _Hints.model_validate(value) if isinstance(value, dict) else _Hints()
