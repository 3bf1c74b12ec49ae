"""Conversations: written once however often it is tried, closed when their worker died, seen by their tenant only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from store import conversations
from store.conversations import Message, NewConversation
from store.database import Database
from store.errors import NotFound
from store.identity import Identity
from store.ids import new_id
from store.live import LiveEvent, announce, listen

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


async def _start(database: Database, identity: Identity, *, room: str = "room-1", at: datetime = AT) -> UUID:
    conversation = NewConversation(new_id(), None, "web", "en", room, at)
    async with database.transaction(identity) as connection:
        await conversations.begin(connection, identity, conversation)
    async with database.transaction(identity) as connection:
        await conversations.begin(connection, identity, conversation)
    return conversation.id


async def test_messages_come_back_in_the_order_they_were_said(database: Database, identity: Identity) -> None:
    conversation_id = await _start(database, identity)
    question = Message(new_id(), "user", "When is breakfast?", AT, intent="faq", confidence=0.9)
    answer = Message(
        new_id(),
        "assistant",
        "From seven.",
        AT + timedelta(seconds=1),
        latency_ms={"e2e": 500.0},
        citations=[{"page": 2}],
    )
    async with database.transaction(identity) as connection:
        for message in (question, answer, question):
            await conversations.add_message(connection, identity, conversation_id, message)
    assert await conversations.list_messages(database, identity, conversation_id) == [
        Message(**{**_fields(question), "tool_calls": [], "citations": []}),
        Message(**{**_fields(answer), "tool_calls": []}),
    ]
    listed = await conversations.list_conversations(database, identity, limit=10)
    assert [(one.preview, one.message_count, one.status) for one in listed] == [("When is breakfast?", 2, "active")]


def _fields(message: Message) -> dict[str, object]:
    fields = {name: getattr(message, name) for name in Message.__slots__}
    fields["confidence"] = pytest.approx(message.confidence) if message.confidence is not None else None
    return fields


async def test_a_conversation_ends_once(database: Database, identity: Identity) -> None:
    conversation_id = await _start(database, identity)
    for status in ("ended", "failed"):
        await conversations.end(
            database, identity, conversation_id, at=AT + timedelta(minutes=1), status=status, reason="x", error_count=0
        )
    assert (await conversations.read_conversation(database, identity, conversation_id)).status == "ended"


async def test_another_tenant_sees_nothing(database: Database, identity: Identity, other_identity: Identity) -> None:
    conversation_id = await _start(database, identity)
    assert await conversations.list_conversations(database, other_identity, limit=10) == []
    with pytest.raises(NotFound):
        await conversations.list_messages(database, other_identity, conversation_id)


async def test_a_call_whose_worker_died_is_closed_by_any_other(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    lost = await _start(database, identity)
    alive = await _start(database, other_identity)
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE conversations SET heard_at = now() - interval '2 minutes'")
    assert await conversations.close_lost(database, after_s=60) == 1
    assert (await conversations.read_conversation(database, identity, lost)).status == "interrupted"
    assert (await conversations.read_conversation(database, other_identity, alive)).status == "active"


async def test_a_new_agent_in_the_room_closes_what_the_old_one_left(database: Database, identity: Identity) -> None:
    async with database.transaction(identity) as connection:
        assert not await conversations.was_lost(connection, "room-7")
    lost = await _start(database, identity, room="room-7")
    async with database.transaction(identity) as connection:
        assert await conversations.was_lost(connection, "room-7")
    async with database.transaction(identity) as connection:
        assert await conversations.close_abandoned(connection, identity, "room-7", at=AT) == 1
    assert (await conversations.read_conversation(database, identity, lost)).end_reason == "worker_lost"


async def _listening(database: Database, identity: Identity) -> AsyncIterator[LiveEvent]:
    """Changes from now on, none missed."""
    changes = listen(database.url)
    first = asyncio.ensure_future(anext(changes))
    while not first.done():
        async with database.transaction(identity) as connection:
            await announce(connection, identity, "document.updated", {"id": "1"})
        await asyncio.wait({first}, timeout=0.1)
    return changes


async def _next(changes: AsyncIterator[LiveEvent]) -> LiveEvent:
    """The next change that is none of ``_listening``'s."""
    while (change := await asyncio.wait_for(anext(changes), 5)).type == "document.updated":
        pass
    return change


async def test_start_messages_and_end_are_told_once(database: Database, identity: Identity) -> None:
    changes = await _listening(database, identity)
    conversation_id = await _start(database, identity)
    message = Message(new_id(), "user", "When is breakfast?", AT)
    for _ in range(2):
        async with database.transaction(identity) as connection:
            await conversations.add_message(connection, identity, conversation_id, message)
    for _ in range(2):
        await conversations.end(
            database, identity, conversation_id, at=AT, status="ended", reason="goodbye", error_count=0
        )
    lost = await _start(database, identity, room="room-8")
    async with database.transaction(identity) as connection:
        await conversations.close_abandoned(connection, identity, "room-8", at=AT)
    silent = await _start(database, identity, room="room-9")
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE conversations SET heard_at = now() - interval '2 minutes'")
    await conversations.close_lost(database, after_s=60)
    told = [await _next(changes) for _ in range(7)]
    assert {change.tenant_id for change in told} == {identity.tenant_id}
    assert [_who(change) for change in told] == [
        ("conversation.started", str(conversation_id), "active"),
        ("message.added", str(message.id), "user"),
        ("conversation.ended", str(conversation_id), "ended"),
        ("conversation.started", str(lost), "active"),
        ("conversation.ended", str(lost), "interrupted"),
        ("conversation.started", str(silent), "active"),
        ("conversation.ended", str(silent), "interrupted"),
    ]
    assert told[1].data["conversation_id"] == str(conversation_id)


def _who(change: LiveEvent) -> tuple[str, Any, Any]:
    return change.type, change.data["id"], change.data.get("status") or change.data.get("role")


async def test_a_repeated_start_does_not_close_its_own_call(database: Database, identity: Identity) -> None:
    own = await _start(database, identity, room="room-8")
    async with database.transaction(identity) as connection:
        assert await conversations.close_abandoned(connection, identity, "room-8", at=AT, keep=own) == 0
    assert (await conversations.read_conversation(database, identity, own)).status == "active"


async def test_calls_of_a_room_are_found_by_an_index(database: Database, identity: Identity) -> None:
    async with database.transaction(identity) as connection:
        await connection.execute("SET LOCAL enable_seqscan = off")
        rows = await (
            await connection.execute("EXPLAIN SELECT id FROM conversations WHERE room_name = 'room-7'")
        ).fetchall()
    assert any("conversations_in_room" in row["QUERY PLAN"] for row in rows)
