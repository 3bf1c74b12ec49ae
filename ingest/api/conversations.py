"""What was said: conversations and their messages, to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from ingest.api.latency import WaitsShape
from ingest.keys import DATABASE
from ingest.paging import PageQuery, page_of
from ingest.routes import Routes, Shape, id_of, identity_of, query_of
from store import conversations, latency
from store.conversations import Conversation, Message

routes = Routes("Conversations")


class ConversationShape(Shape):
    id: str
    persona: str | None
    channel: str
    language: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    duration_s: float | None
    end_reason: str
    room_name: str
    preview: str
    message_count: int
    waits: WaitsShape | None = Field(description="How long its caller waited for spoken answers, where measured")


class ConversationList(Shape):
    items: list[ConversationShape]
    next_cursor: str | None


class MessageShape(Shape):
    id: str
    role: str
    text: str
    created_at: datetime
    intent: str | None
    confidence: float | None
    entities: Mapping[str, Any]
    tool_calls: list[Mapping[str, Any]]
    citations: list[Mapping[str, Any]]
    latency_ms: Annotated[
        Mapping[str, float | None],
        Field(
            description="Milliseconds. From the sound itself: `heard` (caller's last sound to the answer's first; "
            "`first_sound` to a filler before it), its parts `to_transcript`, `to_decision`, `to_words`, `to_voice`, "
            "`to_sound`; `wait` for the end of the turn; `to_silence` of an interruption. From timers: the rest."
        ),
    ]
    interrupted: bool


class MessageList(Shape):
    items: list[MessageShape]
    next_cursor: str | None


@routes.add("GET", "/api/conversations", scope="conversations:read", query=PageQuery, answer=ConversationList)
async def list_conversations(request: web.Request) -> ConversationList:
    """Calls and chats, newest first."""
    page = query_of(request, PageQuery)
    found = await conversations.list_conversations(
        request.app[DATABASE], identity_of(request), limit=page.limit + 1, before=page.after
    )
    shown, cursor = page_of(found, page.limit, lambda one: (one.started_at, one.id))
    return ConversationList(items=await _conversations(request, shown), next_cursor=cursor)


@routes.add("GET", "/api/conversations/{id}", scope="conversations:read", answer=ConversationShape)
async def read_conversation(request: web.Request) -> ConversationShape:
    """One conversation without its messages."""
    identity, wanted = identity_of(request), id_of(request, "conversation")
    found = await conversations.read_conversation(request.app[DATABASE], identity, wanted)
    return (await _conversations(request, [found]))[0]


@routes.add("GET", "/api/conversations/{id}/messages", scope="conversations:read", query=PageQuery, answer=MessageList)
async def list_messages(request: web.Request) -> MessageList:
    """What was said, in order, with tools, sources and latency."""
    page = query_of(request, PageQuery)
    identity, wanted = identity_of(request), id_of(request, "conversation")
    found = await conversations.list_messages(request.app[DATABASE], identity, wanted)
    after = page.after
    rest = [one for one in found if after is None or (one.created_at, one.id) > after]
    shown, cursor = page_of(rest, page.limit, lambda one: (one.created_at, one.id))
    return MessageList(items=[_message(one) for one in shown], next_cursor=cursor)


async def _conversations(request: web.Request, shown: Sequence[Conversation]) -> list[ConversationShape]:
    waits = await latency.of_conversations(request.app[DATABASE], identity_of(request), [one.id for one in shown])
    return [_conversation(one, waits.get(one.id)) for one in shown]


def _conversation(one: Conversation, waits: latency.Waits | None) -> ConversationShape:
    return ConversationShape(
        id=str(one.id),
        persona=one.persona,
        channel=one.channel,
        language=one.language,
        status=one.status,
        started_at=one.started_at,
        ended_at=one.ended_at,
        duration_s=round((one.ended_at - one.started_at).total_seconds(), 3) if one.ended_at else None,
        end_reason=one.end_reason,
        room_name=one.room_name,
        preview=one.preview,
        message_count=one.message_count,
        waits=WaitsShape(turns=waits.turns, median_ms=waits.median_ms, p95_ms=waits.p95_ms) if waits else None,
    )


def _message(one: Message) -> MessageShape:
    return MessageShape(
        id=str(one.id),
        role=one.role,
        text=one.text,
        created_at=one.created_at,
        intent=one.intent,
        confidence=one.confidence,
        entities=one.entities,
        tool_calls=list(one.tool_calls),
        citations=list(one.citations),
        latency_ms=one.latency_ms,
        interrupted=one.interrupted,
    )
