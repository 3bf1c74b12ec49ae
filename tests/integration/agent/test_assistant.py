"""What a caller asks for is in the database afterwards, and what was said is recorded with it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from livekit.agents import FunctionToolsExecutedEvent

from agent.dispatch import Dispatch
from agent.opening import open_call
from agent.settings import WorkerSettings
from store import conversations
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.agent.conftest import Talk
from tools.knowledge.embedding import MiniLM


async def _events(database: Database, identity: Identity) -> list[tuple[str, datetime, str]]:
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute("SELECT summary, starts_at, status FROM events ORDER BY created_at")
        ).fetchall()
    return [(row["summary"], row["starts_at"], row["status"]) for row in rows]


async def test_a_meeting_is_booked_after_a_yes_and_not_before(
    talk: Talk, database: Database, identity: Identity
) -> None:
    question = await talk.say("Please book a meeting with Anna tomorrow at three.")
    assert "Anna" in question
    assert "3" in question
    assert await _events(database, identity) == []
    await talk.say("Yes, please.")
    assert await _events(database, identity) == [
        ("Meeting with Anna", datetime(2026, 11, 22, 14, 0, tzinfo=UTC), "confirmed")
    ]
    assert "event.booked" in talk.topics()


async def test_a_correction_changes_only_what_was_corrected(talk: Talk, database: Database, identity: Identity) -> None:
    await talk.say("Book a meeting with Anna tomorrow at three.")
    await talk.say("No, make it four o'clock.")
    await talk.say("Yes.")
    assert [(summary, at.hour) for summary, at, _ in await _events(database, identity)] == [("Meeting with Anna", 15)]


async def test_a_no_books_nothing(talk: Talk, database: Database, identity: Identity) -> None:
    await talk.say("Book a meeting with Anna tomorrow at three.")
    answer = await talk.say("No, never mind.")
    assert answer
    assert await _events(database, identity) == []
    assert talk.opened.call.pending is None
    assert talk.topics()[-1] == "voiceloop.confirmation:cancelled"


async def test_a_clash_is_said_and_another_time_offered(talk: Talk, database: Database, identity: Identity) -> None:
    for words in ("Book a meeting with Anna tomorrow at three.", "Yes.", "Book lunch with Tom tomorrow at three."):
        answer = await talk.say(words)
    assert "Anna" in answer
    assert len(await _events(database, identity)) == 1


async def test_moving_and_cancelling_what_was_booked(talk: Talk, database: Database, identity: Identity) -> None:
    for words in ("Book a meeting with Anna tomorrow at three.", "Yes.", "Move it to five.", "Yes."):
        await talk.say(words)
    assert [at.hour for _, at, _ in await _events(database, identity)] == [16]
    await talk.say("Cancel the meeting with Anna.")
    await talk.say("Yes.")
    assert [status for _, _, status in await _events(database, identity)] == ["cancelled"]


async def test_what_no_document_says_is_not_made_up(talk: Talk) -> None:
    answer = await talk.say("What is the airspeed of an unladen swallow?")
    assert "couldn't find" in answer or "don't know" in answer or "can't" in answer


async def test_every_word_is_recorded_with_its_meaning(talk: Talk, database: Database, identity: Identity) -> None:
    await talk.say("Book a meeting with Anna tomorrow at three.")
    conversation_id = talk.opened.call.conversation_id
    await talk.session.aclose()
    await talk.opened.recorder.aclose()
    messages = await conversations.list_messages(database, identity, conversation_id)
    said = {message.role: message for message in messages}  # the last of each: the greeting comes before or beside
    assert len(messages) == 3
    assert said["user"].intent == "book"
    assert [call["name"] for call in said["assistant"].tool_calls] == ["book_event"]
    ended = await conversations.read_conversation(database, identity, conversation_id)
    assert ended.status == "ended"


async def test_what_a_tool_did_before_a_hang_up_is_recorded(talk: Talk, database: Database, identity: Identity) -> None:
    def hang_up(event: FunctionToolsExecutedEvent) -> None:
        talk.session.shutdown(drain=False)

    await talk.say("Book a meeting with Anna tomorrow at three.")
    talk.session.on("function_tools_executed", hang_up)
    talk.session.generate_reply(user_input="Yes.")
    await asyncio.wait_for(talk.closed.wait(), 10)
    await talk.opened.recorder.aclose()
    messages = await conversations.list_messages(database, identity, talk.opened.call.conversation_id)
    results = [call["result"] for message in messages for call in message.tool_calls]
    assert any("is booked" in result for result in results)


async def test_a_viewer_books_nothing_by_voice(
    settings: WorkerSettings, persona: str, embedder: MiniLM, database: Database, identity: Identity
) -> None:
    viewer = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, 'v@demo.test', 'Vera', 'viewer')",
            (viewer, identity.tenant_id),
        )
    async with AsyncExitStack() as stack:
        dispatch = Dispatch("demo", persona, user_id=viewer)
        opened = await open_call(settings, dispatch, embedder, stack, room_name="", channel="console")
        assert "calendar:read" in opened.call.identity.scopes
        assert "calendar:write" not in opened.call.identity.scopes
