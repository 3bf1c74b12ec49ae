"""From a dispatch to a call: tenant, persona, conversation row, services, recorder, in one stack that closes them.

Used by the worker's entrypoint and by console mode, so that both hold the same conversation.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from livekit.agents.llm import Toolset

from agent.behaviors.cards import Cards
from agent.dispatch import Dispatch
from agent.recorder import Recorder
from agent.settings import WorkerSettings
from store.access import identity_of_session, key_is_good
from store.admission import admit
from store.conversations import NewConversation
from store.database import Database
from store.errors import NotFound, SettingsError
from store.grants import GrantRefused
from store.identity import Identity, Origin, agent_identity
from store.ids import new_id
from store.log import get_logger
from store.personas import Persona, find_persona
from store.policy import scopes_of_role
from store.tenants import read_tenant, read_user, tenant_id_of_slug
from tools.calendars.briefing.service import BriefingService
from tools.calendars.connected import ConnectedCalendars
from tools.calendars.planning import PlanningService
from tools.calendars.service import CalendarService
from tools.call import CallContext, Services
from tools.knowledge.cache import AnswerCache
from tools.knowledge.embedding import Embedder
from tools.knowledge.remote_embedding import embedders_of
from tools.knowledge.service import KnowledgeService
from tools.toolsets import build_toolsets

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Everything a call holds open; closed by the stack it was opened on."""

    call: CallContext
    persona: Persona
    database: Database
    recorder: Recorder
    cards: Cards
    toolsets: list[Toolset]
    is_resumed: bool  # the room had a call whose worker died


async def open_call(
    settings: WorkerSettings,
    dispatch: Dispatch,
    embedder: Embedder,
    stack: AsyncExitStack,
    *,
    room_name: str,
    channel: str,
    worker_id: str = "",
) -> OpenCall:
    """A call, or no row of one: it comes last, so that a call that cannot be held takes no line.

    Raises Unavailable without a database, NotFound for a tenant that is not there, GrantRefused for who may no longer
    call, SettingsError for a zone or toolset nobody has, and TooMany when the tenant may hold no further call, or this
    worker (``worker_id``; empty for a call that none holds, such as the console's).
    """
    database = await stack.enter_async_context(await Database.open(settings.database_url, max_size=2, timeout_s=3.0))
    conversation_id, at = new_id(), settings.clock.now()
    agent = await _agent(database, dispatch, conversation_id)
    tenant = await read_tenant(database, agent)
    if tenant is None:
        raise NotFound("This tenant no longer exists.", code="tenant_not_found")
    identity = await _within_rights(database, agent, dispatch, at)
    persona = await _persona(database, identity, dispatch.persona)
    recorder, cards = Recorder(), Cards()
    stack.push_async_callback(recorder.aclose)
    stack.push_async_callback(cards.aclose)
    call = CallContext(
        identity=identity,
        persona=persona,
        conversation_id=conversation_id,
        timezone=_zone(settings.timezone or tenant.timezone),
        language=dispatch.language or persona.language,
        channel=channel,
        clock=settings.clock,
        services=_services(settings, database, embedder, stack),
        publish=cards.publish,
    )
    toolsets = build_toolsets(persona.toolsets, call)
    conversation = NewConversation(conversation_id, persona.id, channel, call.language, room_name, at, worker_id)
    is_resumed = await admit(database, identity, conversation)
    return OpenCall(call, persona, database, recorder, cards, toolsets, is_resumed)


def _services(settings: WorkerSettings, database: Database, embedder: Embedder, stack: AsyncExitStack) -> Services:
    configured, *others = embedders_of(settings.embeddings, settings.embedding_server, lambda: embedder)
    answers = AnswerCache(database, settings.clock, ttl_s=settings.answer_cache_s)
    calendars = CalendarService(database, settings.clock)
    services = Services(
        calendars=calendars,
        planning=PlanningService(database, calendars, settings.clock),
        briefings=BriefingService(database, calendars, settings.clock),
        connected=ConnectedCalendars(database),
        knowledge=KnowledgeService(database, settings.clock, configured, answers, others),
    )
    stack.push_async_callback(services.aclose)
    return services


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(f"There is no time zone {name!r}; set the tenant's, or VOICELOOP_TIMEZONE.") from error


async def _agent(database: Database, dispatch: Dispatch, conversation_id: UUID) -> Identity:
    """The assistant in the tenant that is asked for."""
    tenant_id = dispatch.tenant_id or await tenant_id_of_slug(database, dispatch.tenant)
    if tenant_id is None:
        raise NotFound(f"There is no tenant {dispatch.tenant!r}.", code="tenant_not_found")
    return replace(agent_identity(tenant_id), origin=Origin("call", request_id=str(conversation_id)))


async def _within_rights(database: Database, agent: Identity, dispatch: Dispatch, at: datetime) -> Identity:
    """The assistant, within what its caller may do (decision 5), as long as they may call at all (decision 6)."""
    if dispatch.user_id is None:
        return agent
    user = await read_user(database, replace(agent, user_id=dispatch.user_id))
    if user is None:
        raise GrantRefused("The user this call was granted to is gone.", code="user_gone")
    await _require_good(database, agent, dispatch, at)
    scopes = agent.scopes & scopes_of_role(user.role)
    return replace(agent, user_id=user.id, key_id=dispatch.key_id, scopes=scopes)


async def _require_good(database: Database, agent: Identity, dispatch: Dispatch, at: datetime) -> None:
    """Raise GrantRefused when the key or the session that asked for this call is no longer good."""
    whose = replace(agent, user_id=dispatch.user_id, key_id=dispatch.key_id)
    if dispatch.key_id is not None and not await key_is_good(database, whose, at):
        raise GrantRefused("The key this call was granted to is revoked or over.", code="key_over")
    if dispatch.session_id is not None:
        signed_in = await identity_of_session(database, dispatch.session_id, at)
        if signed_in is None or signed_in.identity.user_id != dispatch.user_id:
            raise GrantRefused("The session this call was granted to has ended.", code="session_over")


async def _persona(database: Database, identity: Identity, slug: str) -> Persona:
    persona = await find_persona(database, identity, slug)
    if persona is None and slug:
        log.warning("the dispatch names an unknown persona, using the default one", persona=slug)
        persona = await find_persona(database, identity, "")
    if persona is None:
        raise NotFound("This tenant has no persona that could answer.", code="persona_not_found")
    return persona
