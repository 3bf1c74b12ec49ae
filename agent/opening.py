"""From a dispatch to a call: tenant, persona, conversation row, services, recorder, in one stack that closes them.

Used by the worker's entrypoint and by console mode, so that both hold the same conversation.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from agent.behaviors.cards import Cards
from agent.dispatch import Dispatch
from agent.recorder import Recorder
from agent.settings import WorkerSettings
from store.admission import admit
from store.conversations import NewConversation
from store.database import Database
from store.errors import NotFound
from store.grants import GrantRefused
from store.identity import Identity, Origin, agent_identity
from store.ids import new_id
from store.log import get_logger
from store.personas import Persona, find_persona
from store.policy import scopes_of_role
from store.tenants import read_tenant, read_user, tenant_id_of_slug
from tools.calendars.service import CalendarService
from tools.call import CallContext, Services
from tools.knowledge.embedding import Embedder
from tools.knowledge.service import KnowledgeService

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Everything a call holds open; closed by the stack it was opened on."""

    call: CallContext
    persona: Persona
    database: Database
    recorder: Recorder
    cards: Cards
    is_resumed: bool  # the room had a call whose worker died


async def open_call(
    settings: WorkerSettings,
    dispatch: Dispatch,
    embedder: Embedder,
    stack: AsyncExitStack,
    *,
    room_name: str,
    channel: str,
) -> OpenCall:
    """Raises Unavailable without a database, NotFound for a tenant that is not there, GrantRefused for a user who is
    gone, and TooMany when the tenant may hold no further call; the conversation's row is written only without any."""
    database = await stack.enter_async_context(await Database.open(settings.database_url, max_size=2, timeout_s=3.0))
    conversation_id = new_id()
    identity = await _identity(database, dispatch, conversation_id)
    tenant = await read_tenant(database, identity)
    persona = await _persona(database, identity, dispatch.persona)
    conversation = NewConversation(
        id=conversation_id,
        persona_id=persona.id,
        channel=channel,
        language=dispatch.language or persona.language,
        room_name=room_name,
        started_at=settings.clock.now(),
    )
    is_resumed = await admit(database, identity, conversation)
    recorder = Recorder()
    stack.push_async_callback(recorder.aclose)
    cards = Cards()
    stack.push_async_callback(cards.aclose)
    services = Services(
        calendars=CalendarService(database, settings.clock),
        knowledge=KnowledgeService(database, settings.clock, embedder),
    )
    stack.push_async_callback(services.aclose)
    call = CallContext(
        identity=identity,
        persona=persona,
        conversation_id=conversation.id,
        timezone=ZoneInfo(settings.timezone or (tenant.timezone if tenant else "UTC")),
        language=conversation.language,
        channel=channel,
        clock=settings.clock,
        services=services,
        publish=cards.publish,
    )
    return OpenCall(call, persona, database, recorder, cards, is_resumed)


async def _identity(database: Database, dispatch: Dispatch, conversation_id: UUID) -> Identity:
    """The assistant, within what its caller may do (decision 5)."""
    tenant_id = dispatch.tenant_id or await tenant_id_of_slug(database, dispatch.tenant)
    if tenant_id is None:
        raise NotFound(f"There is no tenant {dispatch.tenant!r}.", code="tenant_not_found")
    origin = Origin("call", request_id=str(conversation_id))
    agent = replace(agent_identity(tenant_id), origin=origin)
    if dispatch.user_id is None:
        return agent
    user = await read_user(database, replace(agent, user_id=dispatch.user_id))
    if user is None:
        raise GrantRefused("The user this call was granted to is gone.", code="user_gone")
    scopes = agent.scopes & scopes_of_role(user.role)
    return replace(agent, user_id=user.id, key_id=dispatch.key_id, scopes=scopes)


async def _persona(database: Database, identity: Identity, slug: str) -> Persona:
    persona = await find_persona(database, identity, slug)
    if persona is None and slug:
        log.warning("the dispatch names an unknown persona, using the default one", persona=slug)
        persona = await find_persona(database, identity, "")
    if persona is None:
        raise NotFound("This tenant has no persona that could answer.", code="persona_not_found")
    return persona
