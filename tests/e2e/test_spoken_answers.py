"""Answers from documents and attached files in real calls: the source is spoken and shown, the caller may ask on about
it, and what no document says is not made up. What was asked before is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.e2e import phrases
from tests.e2e.conftest import Join
from tests.e2e.papers import pdf_of
from tests.e2e.speech import Sound, SpeechStudio
from tests.e2e.stack import Stack, eventually

Say = Callable[[str], Sound]
READ_S = 30.0


@pytest.fixture(scope="session", autouse=True)
def spoken(studio: SpeechStudio) -> None:
    studio.prepare(list(phrases.ABOUT_SOURCES))


def is_read(stack: Stack, attachment: str) -> bool:
    return stack.request("GET", f"/api/attachments/{attachment}")["status"] == "ready"


async def test_the_sentence_and_its_document_are_told_on_request(stack: Stack, join: Join, say: Say) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.PARKING), phrases.HEARD[phrases.PARKING])
    shown = await caller.wait_for_topic("voiceloop.citations", after=asked.started_at)
    card = shown["citations"][0]
    await caller.wait_until_listening(asked.ended_at)
    again = await caller.say_until_heard(say(phrases.READ_SENTENCE), phrases.HEARD[phrases.READ_SENTENCE])
    read = await caller.wait_for_topic("voiceloop.citations", after=again.started_at)
    assert read["citations"][0]["quote"] == card["quote"]
    await caller.wait_until_listening(again.ended_at)
    source = await caller.say_until_heard(say(phrases.WHICH_DOCUMENT), phrases.HEARD[phrases.WHICH_DOCUMENT])
    await caller.wait_for_transcript(r"handbook.*page", by_agent=True, after=source.ended_at)
    await caller.wait_until_listening(source.ended_at)
    room = caller.room_name
    await caller.leave()
    messages = (await asyncio.to_thread(stack.ended_conversation, room))["messages"]
    calls = [call for message in messages for call in message["tool_calls"]]
    parts = [call["arguments"].get("part") for call in calls if call["name"] == "read_citation"]
    assert "sentence" in parts
    assert "source" in parts
    (sentence, *_) = [call["result"] for call in calls if call["arguments"].get("part") == "sentence"]
    assert card["quote"].rstrip(".") in sentence


async def test_an_attached_file_is_told_from_in_its_call_and_in_no_other(stack: Stack, join: Join, say: Say) -> None:
    caller = await join()
    conversation = (await asyncio.to_thread(stack.conversation, caller.room_name))["id"]
    assert caller.agent is not None
    assert caller.agent.attributes["voiceloop.conversation"] == str(conversation)
    path = f"/api/conversations/{conversation}/attachments"
    notes = pdf_of("Boats are rented by the hour.", "The spare key hangs behind the kitchen door.")
    sent = await asyncio.to_thread(stack.upload, "boat-notes.pdf", notes, "application/pdf", path)
    await asyncio.to_thread(eventually, lambda: is_read(stack, sent["id"]), READ_S, "text of the attached file")
    asked = await caller.say_until_heard(say(phrases.KEY_PLACE), phrases.HEARD[phrases.KEY_PLACE])
    shown = await caller.wait_for_topic("voiceloop.citations", after=asked.started_at)
    card = shown["citations"][0]
    assert (card["source_type"], card["title"], card["place"]) == ("attachment", "boat-notes.pdf", "page 2")
    await caller.wait_for_transcript(
        r"boat notes you sent, page (two|2).*kitchen", by_agent=True, after=asked.started_at
    )
    await caller.leave()
    other = await join()
    typed_at = await other.type(phrases.KEY_PLACE)
    await other.wait_for_agent_speech(typed_at)
    await other.wait_until_listening(typed_at)
    assert not [one for one in other.topics if "boat-notes" in str(one)]


async def test_what_no_document_says_is_admitted_and_noted(stack: Stack, join: Join, say: Say) -> None:
    caller = await join()
    asked = await caller.say_until_heard(say(phrases.UNKNOWN_FACT), phrases.HEARD[phrases.UNKNOWN_FACT])
    await caller.wait_for_transcript(r"couldn.t find|could not find|don.t know", by_agent=True, after=asked.ended_at)
    assert not [topic for at, topic, _ in caller.topics if topic == "voiceloop.citations" and at > asked.started_at]
    await caller.wait_until_listening(asked.ended_at)
    noted = "SELECT answered FROM knowledge_queries ORDER BY created_at DESC LIMIT 1"
    assert await asyncio.to_thread(stack.rows, noted) == [{"answered": False}]


async def test_a_typed_question_asked_again_is_known(stack: Stack, join: Join) -> None:
    question = "At what time does the gate of the car park close?"
    for _ in range(2):
        caller = await join()
        typed_at = await caller.type(question)
        await caller.wait_for_agent_speech(typed_at)
        await caller.wait_until_listening(typed_at)
        await caller.leave()
    told = await asyncio.to_thread(stack.request, "GET", "/api/knowledge/cache")
    assert told["hits"] >= 1
    assert told["entries"] >= 1
    await asyncio.to_thread(stack.request, "DELETE", "/api/knowledge/cache")
    assert (await asyncio.to_thread(stack.request, "GET", "/api/knowledge/cache"))["entries"] == 0
