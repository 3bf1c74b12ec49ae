"""Who answers: the default persona in a room nobody arranged, the one that metadata names, never two callers mixed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from uuid import uuid4

from tests.e2e import phrases
from tests.e2e.conftest import Join
from tests.e2e.speech import Sound
from tests.e2e.stack import Stack, eventually

Say = Callable[[str], Sound]


def persona_of(stack: Stack, room: str) -> str:
    persona_id = stack.conversation(room)["persona_id"]
    return stack.rows("SELECT slug FROM personas WHERE id = %s", persona_id)[0]["slug"]


async def test_a_room_without_dispatch_gets_the_default_persona(stack: Stack, join: Join) -> None:
    caller = await join(stack.bare_token(f"plain-{uuid4().hex[:8]}"))
    assert await asyncio.to_thread(persona_of, stack, caller.room_name) == "assistant"


async def test_dispatch_metadata_chooses_the_persona(stack: Stack, join: Join) -> None:
    metadata = json.dumps({"tenant": "demo", "persona": "receptionist"})
    caller = await join(stack.bare_token(f"desk-{uuid4().hex[:8]}", dispatch=metadata))
    assert await asyncio.to_thread(persona_of, stack, caller.room_name) == "receptionist"


async def test_the_token_endpoint_takes_a_persona(stack: Stack, join: Join) -> None:
    caller = await join(persona="clinical")
    assert await asyncio.to_thread(persona_of, stack, caller.room_name) == "clinical"


async def test_two_calls_at_once_stay_apart(stack: Stack, join: Join, say: Say) -> None:
    first, second = await asyncio.gather(join(), join())
    one, two = await asyncio.gather(
        first.say_until_heard(say(phrases.BREAKFAST), phrases.HEARD[phrases.BREAKFAST]),
        second.say_until_heard(say(phrases.PARKING), phrases.HEARD[phrases.PARKING]),
    )
    heard = await asyncio.gather(
        first.wait_for_topic("voiceloop.citations", after=one.started_at),
        second.wait_for_topic("voiceloop.citations", after=two.started_at),
    )
    assert "breakfast" in heard[0]["citations"][0]["quote"].lower()
    assert "parking" in heard[1]["citations"][0]["quote"].lower()
    await asyncio.gather(first.wait_until_listening(one.ended_at), second.wait_until_listening(two.ended_at))
    rooms = [first.room_name, second.room_name]
    await asyncio.gather(first.leave(), second.leave())
    talks = [await asyncio.to_thread(stack.ended_conversation, room) for room in rooms]
    said = [" ".join(message["text"].lower() for message in talk["messages"]) for talk in talks]
    assert "parking" not in said[0]
    assert "breakfast" not in said[1]


async def test_a_worker_killed_in_a_call_is_replaced_in_the_same_room(stack: Stack, join: Join, say: Say) -> None:
    caller = await join()
    room = caller.room_name
    first_agent = (await caller.wait_for_agent()).identity
    stack.worker().kill()
    await caller.until(
        lambda: caller.agent is not None and caller.agent.identity != first_agent, 60, "new agent after the crash"
    )
    await caller.wait_until_listening(time.monotonic())  # it greets, being new
    asked = await caller.say_until_heard(say(phrases.BREAKFAST), phrases.HEARD[phrases.BREAKFAST])
    await caller.wait_for_topic("voiceloop.citations", after=asked.started_at)
    await caller.leave()

    def settled() -> list[str] | None:
        query = "SELECT status FROM conversations WHERE room_name = %s ORDER BY started_at"
        found = [row["status"] for row in stack.rows(query, room)]
        return found if len(found) == 2 and "active" not in found else None

    statuses = await asyncio.to_thread(eventually, settled, 10.0, "two finished conversations")
    assert statuses == ["interrupted", "ended"]
