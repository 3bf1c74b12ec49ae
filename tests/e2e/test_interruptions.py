"""Callers who speak, make a sound or are overheard while the assistant speaks: who has the floor, and what is kept.

The long answer is an agenda of six events. How fast anything happens, and how often a hum or
laughter is taken for words, is measured in bench/voice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from datetime import time as clock
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bench.voice.mixing import cough, softer
from tests.e2e import phrases
from tests.e2e.caller import Caller
from tests.e2e.conftest import Join
from tests.e2e.speech import Sound, SpeechStudio, silence
from tests.e2e.stack import TIMEZONE, Stack

Say = Callable[[str], Sound]
TITLES = (
    "Meeting with the architects about the new entrance hall",
    "Telephone call with the supplier of the garden furniture",
    "Lunch with the council of the neighbourhood association",
    "Visit to the warehouse behind the old railway station",
    "Review of the advertising plans for the coming summer",
    "Rehearsal of the choir for the winter concert in Salzburg",
)
LAST_WORD = "Salzburg"
WELL_INTO_IT_S = 4.0
APART_S = 1.0
GOES_ON_S = 5.0  # between two sentences of an answer nobody waits for so long
MUCH_SOFTER_DB = 20.0
LONG_GREETING = (
    "Hello, this is VoiceLoop, the assistant of Harbour House. I can look things up in the handbook of the house, "
    "tell you what is on your calendar, and write down appointments. How can I help you today?"
)


@pytest.fixture
def busy_day(calendar: Stack, tomorrow: date, studio: SpeechStudio) -> Stack:
    """The stack with a day tomorrow that takes half a minute to tell."""
    studio.prepare(list(phrases.OVER_THE_ASSISTANT))
    for number, title in enumerate(TITLES):
        start = datetime.combine(tomorrow, clock(9 + number), ZoneInfo(TIMEZONE)).isoformat()
        calendar.request("POST", "/api/calendar/events", {"summary": title, "start": start, "duration_min": 30})
    return calendar


@pytest.fixture
def talkative(stack: Stack) -> Iterator[str]:
    """A persona whose greeting takes ten seconds."""
    wanted = {"name": "Talkative", "greeting": LONG_GREETING, "toolsets": ["knowledge"], "prompt": "You help guests."}
    persona = stack.request("POST", "/api/personas", wanted)
    yield persona["slug"]
    stack.request("DELETE", f"/api/personas/{persona['id']}")


async def is_told_the_agenda(caller: Caller) -> float:
    """Returns well into the long answer, when it was asked for."""
    asked_at = await caller.type(phrases.AGENDA)
    first = await caller.wait_for_agent_speech(asked_at)
    await caller.until(lambda: time.monotonic() > first + WELL_INTO_IT_S, 10, "long answer")
    return asked_at


async def said_in(stack: Stack, caller: Caller) -> list[dict[str, Any]]:
    """The messages of the call, which ends here."""
    room = caller.room_name
    await caller.leave()
    return (await asyncio.to_thread(stack.ended_conversation, room))["messages"]


def agenda_of(messages: list[dict[str, Any]]) -> dict[str, Any]:
    return next(one for one in messages if one["role"] == "assistant" and "architects" in one["text"])


async def hears_it_to_its_end(stack: Stack, caller: Caller, sounds: list[Sound]) -> None:
    """The caller is told the agenda and makes these sounds meanwhile: none of them stops it, and none is a turn."""
    asked_at = await is_told_the_agenda(caller)
    for sound in sounds:
        made = await caller.say(np.concatenate([sound, silence(APART_S)]))
        await caller.wait_for_agent_speech(made.ended_at, within_s=GOES_ON_S)
    await caller.wait_for_transcript(LAST_WORD, by_agent=True, after=asked_at, within_s=90)
    await caller.wait_until_listening(asked_at)
    messages = await said_in(stack, caller)
    assert not agenda_of(messages)["interrupted"]
    assert messages[-1]["id"] == agenda_of(messages)["id"], caller.story()


async def test_signs_of_listening_do_not_stop_an_answer_and_are_no_turn(busy_day: Stack, join: Join, say: Say) -> None:
    await hears_it_to_its_end(busy_day, await join(), [say(phrases.OKAY), say(phrases.UH_HUH)])


async def test_a_cough_does_not_stop_an_answer(busy_day: Stack, join: Join) -> None:
    await hears_it_to_its_end(busy_day, await join(), [cough(1), cough(2)])


async def test_somebody_else_in_the_room_does_not_stop_an_answer(busy_day: Stack, join: Join, say: Say) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.PARKING), phrases.HEARD[phrases.PARKING])  # so loud is the caller
    await caller.wait_until_listening(asked.ended_at)
    await hears_it_to_its_end(busy_day, caller, [softer(say(phrases.ASIDE), MUCH_SOFTER_DB)])


async def test_who_interrupts_is_answered_and_what_was_not_heard_is_not_kept(
    busy_day: Stack, join: Join, say: Say
) -> None:
    caller = await join()
    await is_told_the_agenda(caller)
    over = await caller.say(say(phrases.STOP))
    await caller.wait_for_silence(over.started_at)
    asked = await caller.say_until_heard(say(phrases.PARKING), phrases.HEARD[phrases.PARKING])
    await caller.wait_for_transcript("twelve|12", by_agent=True, after=asked.started_at)
    messages = await said_in(busy_day, caller)
    agenda = agenda_of(messages)
    assert agenda["interrupted"]
    assert LAST_WORD not in agenda["text"]
    assert not any(LAST_WORD in line.text for line in caller.lines if line.by_agent)


async def test_a_question_over_the_greeting_stops_it_and_is_answered(
    stack: Stack, join: Join, say: Say, talkative: str
) -> None:
    caller = await join(greeted=False, persona=talkative)
    await caller.wait_for_agent_speech(within_s=60)
    asked = await caller.say_until_heard(say(phrases.PARKING), phrases.HEARD[phrases.PARKING])
    await caller.wait_for_transcript("twelve|12", by_agent=True, after=asked.started_at)
    messages = await said_in(stack, caller)
    assert messages[0]["role"] == "assistant"
    assert messages[0]["interrupted"], caller.story()
    assert "today" not in messages[0]["text"]
