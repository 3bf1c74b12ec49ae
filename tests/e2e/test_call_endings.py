"""Calls end well: by a goodbye, by silence, by a caller who is suddenly gone; and noise is no caller."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tests.e2e import phrases
from tests.e2e.caller import Caller
from tests.e2e.conftest import Join
from tests.e2e.speech import Sound, noise
from tests.e2e.stack import Stack

Say = Callable[[str], Sound]


async def room_closed(caller: Caller, within_s: float) -> None:
    await caller.until(lambda: not caller.room.isconnected(), within_s, "end of the call")


async def test_a_goodbye_is_returned_and_ends_the_call(stack: Stack, join: Join, say: Say) -> None:
    caller = await join()
    room = caller.room_name
    said = await caller.say(say(phrases.GOODBYE))
    await caller.wait_for_agent_speech(said.ended_at)
    await room_closed(caller, 45)
    assert (await asyncio.to_thread(stack.ended_conversation, room))["status"] == "ended"


async def test_a_silent_caller_is_asked_and_then_let_go(stack: Stack, join: Join) -> None:
    caller = await join()
    room, greeted_at = caller.room_name, time.monotonic()
    asked_at = await caller.wait_for_agent_speech(greeted_at, within_s=45)
    assert asked_at - greeted_at > 5
    await room_closed(caller, 60)
    assert (await asyncio.to_thread(stack.ended_conversation, room))["status"] == "ended"


async def test_a_caller_who_leaves_in_mid_sentence_ends_the_job(stack: Stack, join: Join, say: Say) -> None:
    caller = await join()
    room = caller.room_name
    said = caller.start_saying(say(phrases.LONG))
    await caller.until(lambda: said.started_at, 20, "start of the sentence")
    await caller.leave()
    conversation = await asyncio.to_thread(stack.ended_conversation, room)
    assert conversation["status"] == "ended"


async def test_noise_alone_is_no_turn(stack: Stack, join: Join) -> None:
    caller = await join()
    room, began = caller.room_name, time.monotonic()
    caller.noise = noise(3.0, rms=1500)
    await caller.wait_for_agent_speech(began, within_s=45)  # only the question whether somebody is there
    await caller.leave()
    conversation = await asyncio.to_thread(stack.ended_conversation, room)
    assert [message["role"] for message in conversation["messages"] if message["role"] == "user"] == []


async def test_speech_is_understood_in_steady_noise(join: Join, say: Say) -> None:
    caller = await join()
    caller.noise = noise(3.0, rms=120)
    asked = await caller.say_until_heard(say(phrases.BREAKFAST), phrases.HEARD[phrases.BREAKFAST])
    await caller.wait_for_topic("voiceloop.citations", after=asked.started_at)
