"""A caller talks to the running product over WebRTC. What a call did is read from the database, not from its words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import date, datetime
from datetime import time as clock
from zoneinfo import ZoneInfo

import pytest

from tests.e2e import phrases
from tests.e2e.conftest import Join
from tests.e2e.speech import Sound
from tests.e2e.stack import TIMEZONE, Stack

SOME_WORDS_S = 1.0  # of an answer, heard: what is kept of it
Say = Callable[[str], Sound]


def local(day: date, hour: int) -> datetime:
    return datetime.combine(day, clock(hour), ZoneInfo(TIMEZONE))


async def test_a_greeting_is_heard_before_the_caller_says_a_word(join: Join) -> None:
    caller = await join(greeted=False)
    await caller.wait_for_agent_speech()  # how soon is measured in bench/voice
    await caller.wait_until_listening()
    assert not [line for line in caller.lines if not line.by_agent]


async def test_a_question_is_answered_from_the_handbook_with_its_source(join: Join, say: Say) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.BREAKFAST), phrases.HEARD[phrases.BREAKFAST])
    topic = await caller.wait_for_topic("voiceloop.citations", after=asked.started_at)
    await caller.wait_for_transcript("handbook", by_agent=True, after=asked.ended_at)
    await caller.wait_for_transcript(r"seven|\b7\b", by_agent=True, after=asked.ended_at)
    assert "breakfast" in topic["citations"][0]["quote"].lower()
    assert topic["citations"][0]["page"] == 2


async def test_a_meeting_is_read_back_confirmed_and_then_in_the_calendar(
    calendar: Stack, join: Join, say: Say, tomorrow: date
) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.BOOK), phrases.HEARD[phrases.BOOK])
    await caller.wait_for_topic("voiceloop.confirmation", after=asked.started_at, status="pending")
    await caller.wait_until_listening(asked.ended_at)
    assert await asyncio.to_thread(calendar.rows, "SELECT id FROM events") == []  # nothing before the yes
    await caller.say_until_heard(say(phrases.YES), phrases.HEARD[phrases.YES])
    topic = await caller.wait_for_topic("voiceloop.event", type="event.booked")
    events = await asyncio.to_thread(calendar.rows, "SELECT * FROM events")
    assert [event["starts_at"] for event in events] == [local(tomorrow, 15)]
    assert events[0]["status"] == "confirmed"
    assert datetime.fromisoformat(topic["event"]["start"]) == local(tomorrow, 15)


async def test_a_caller_may_change_the_time_before_agreeing(
    calendar: Stack, join: Join, say: Say, tomorrow: date
) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.BOOK_AT_FOUR), phrases.HEARD[phrases.BOOK_AT_FOUR])
    await caller.wait_for_topic("voiceloop.confirmation", after=asked.started_at, status="pending")
    await caller.wait_until_listening(asked.ended_at)
    corrected = await caller.say_until_heard(say(phrases.ACTUALLY_FIVE), phrases.HEARD[phrases.ACTUALLY_FIVE])
    await caller.wait_until_listening(corrected.ended_at)
    await caller.say_until_heard(say(phrases.YES), phrases.HEARD[phrases.YES])
    await caller.wait_for_topic("voiceloop.event", after=corrected.ended_at, type="event.booked")
    events = await asyncio.to_thread(calendar.rows, "SELECT starts_at FROM events")
    assert [event["starts_at"] for event in events] == [local(tomorrow, 17)], caller.story()


async def test_the_page_button_confirms_like_a_spoken_yes(calendar: Stack, join: Join, say: Say) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.BOOK), phrases.HEARD[phrases.BOOK])
    pending = await caller.wait_for_topic("voiceloop.confirmation", after=asked.started_at, status="pending")
    await caller.wait_until_listening(asked.ended_at)
    await caller.press("voiceloop.confirm", {"id": pending["id"]})
    await caller.wait_for_topic("voiceloop.event", type="event.booked")
    assert len(await asyncio.to_thread(calendar.rows, "SELECT id FROM events")) == 1


async def test_words_appear_while_the_caller_still_speaks(join: Join, say: Say) -> None:
    caller = await join()
    said = await caller.say_until_heard(say(phrases.LONG), "breakfast")
    partial = await caller.wait_for_transcript(r"\w", by_agent=False, after=said.started_at, final=False)
    final = await caller.wait_for_transcript("breakfast", by_agent=False, after=said.started_at, final=True)
    assert partial.at < said.ended_at < final.at


async def test_a_typed_message_is_answered_in_the_same_conversation(stack: Stack, join: Join) -> None:
    caller = await join()
    typed_at = await caller.type("How much does parking cost?")
    await caller.wait_for_agent_speech(typed_at)
    await caller.wait_for_transcript("twelve|12", by_agent=True, after=typed_at)
    await caller.wait_until_listening(typed_at)
    room = caller.room_name
    await caller.leave()
    conversation = await asyncio.to_thread(stack.ended_conversation, room)
    said = [(message["role"], message["text"]) for message in conversation["messages"]]
    assert ("user", "How much does parking cost?") in said
    assert any(role == "assistant" and "park" in text.lower() for role, text in said)


async def test_the_agent_stops_when_the_caller_speaks_over_it(stack: Stack, join: Join, say: Say) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.BREAKFAST), phrases.HEARD[phrases.BREAKFAST])
    first = await caller.wait_for_agent_speech(asked.ended_at)
    await caller.until(lambda: time.monotonic() > first + SOME_WORDS_S, 10, "some words of the answer")
    over = await caller.say(say(phrases.STOP))
    await caller.wait_for_silence(over.started_at)
    room = caller.room_name
    await caller.leave()
    conversation = await asyncio.to_thread(stack.ended_conversation, room)
    assert any(message["interrupted"] for message in conversation["messages"] if message["role"] == "assistant")


async def test_every_answer_has_a_message_row_with_its_source_and_latency(stack: Stack, join: Join, say: Say) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.PARKING), phrases.HEARD[phrases.PARKING])
    await caller.wait_until_listening(asked.ended_at)
    room = caller.room_name
    await caller.leave()
    conversation = await asyncio.to_thread(stack.ended_conversation, room)
    answer = conversation["messages"][-1]
    assert [message["role"] for message in conversation["messages"][-2:]] == ["user", "assistant"]
    assert answer["citations"][0]["page"] == 2
    assert answer["tool_calls"][0]["name"] == "search_knowledge"
    waited = answer["latency_ms"]
    assert waited["e2e"] > 0
    parts = [waited[f"to_{name}"] for name in ("transcript", "decision", "words", "voice", "sound")]
    assert sum(parts) == pytest.approx(waited["heard"], abs=1)
    heard_by_caller_s = caller.heard_latency(asked)
    assert heard_by_caller_s is not None
    assert waited.get("first_sound", waited["heard"]) < 1000 * heard_by_caller_s  # the way there and back comes on top
