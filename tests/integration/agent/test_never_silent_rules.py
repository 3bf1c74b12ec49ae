"""How the watchdog keeps the floor: one line a stage, none over somebody, none that stays or delays an answer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import ConversationItemAddedEvent
from livekit.agents.llm import ChatMessage

from agent import errors
from agent.behaviors import failures
from agent.behaviors.watchdog import Watchdog
from agent.pipeline.cached_audio import SoundCache
from tests.fakes.faulty_stages import ANSWER, TONE, EarsOf, FaultyCall, MindOf, VoiceOf
from tests.fakes.virtual_time import run
from tests.integration.agent.faulty_call import faulty_call, turn


def watchdog_of(call: FaultyCall) -> Watchdog:
    found: Any = call.session.userdata
    return found


def test_each_stage_has_one_line_and_its_time() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf("HANG")) as call:
            heard = await turn(call, listen_s=60)
        lines = [(one.what, one.begin) for one in heard]
        assert [what for what, _ in lines] == [errors.ONE_MOMENT, errors.TAKING_LONGER, errors.GIVEN_UP]
        for (_, begin), limit_s in zip(lines, (2.5, 8.0, 15.0), strict=True):
            assert limit_s - 1.2 < begin <= limit_s

    run(call_through)


@pytest.mark.parametrize("answer_after_s", [2.3, 2.6, 3.0, 3.5])
def test_an_answer_ends_the_filler_with_its_clause_and_not_later(answer_after_s: float) -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf(("slow", answer_after_s, "It is free."))) as call:
            filler, answer = await turn(call)
        assert (filler.what, answer.what) == (errors.ONE_MOMENT, ANSWER)
        assert answer.begin == pytest.approx(max(filler.end, answer_after_s + 0.25), abs=0.15)

    run(call_through)


def test_a_status_of_two_clauses_is_cut_after_the_first_by_the_answer() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf(("slow", 8.0, "It is free."))) as call:
            _, status, answer = await turn(call)
        assert (status.what, answer.what) == (errors.TAKING_LONGER, ANSWER)
        assert status.end - status.begin == pytest.approx(1.0, abs=0.05)
        assert answer.begin == pytest.approx(status.end, abs=0.05)

    run(call_through)


def test_a_caller_who_goes_on_is_not_filled_over_and_their_time_begins_anew() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf("HANG")) as call:
            began = asyncio.get_running_loop().time()
            for _ in range(4):
                await call.speak("and then I would like", seconds=1.5)
                await asyncio.sleep(1.0)
            assert call.speaker.heard == []
            heard = await turn(call, "that is all", listen_s=4)
        assert [one.what for one in heard] == [errors.ONE_MOMENT]
        assert asyncio.get_running_loop().time() - began > 12

    run(call_through)


def test_a_cough_does_not_lose_the_turn_before_it() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf("HANG")) as call:
            ended = await call.speak("What is on my calendar?")
            await asyncio.sleep(1.0)
            call.ears.mood = "DEAF"
            await call.speak("", seconds=0.3)
            await asyncio.sleep(20)
            lines = [(one.what, one.begin - ended) for one in call.speaker.heard]
        assert [what for what, _ in lines] == [errors.ONE_MOMENT, errors.TAKING_LONGER, errors.GIVEN_UP]
        assert lines[0][1] < 3.0

    run(call_through)


def test_a_cough_alone_is_no_turn_and_noise_is_not_answered_again_and_again() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf("It is free."), ears=EarsOf("DEAF")) as call:
            await call.speak("", seconds=0.2)
            await asyncio.sleep(10)
            assert call.speaker.heard == []
            for _ in range(12):
                await call.speak("", seconds=1.0)
                await asyncio.sleep(4)
            assert len(call.speaker.heard) <= 6

    run(call_through)


def test_fillers_are_no_answers_and_an_apology_is_one() -> None:
    """What is an item of the conversation becomes a row of it; what is not, stays out of both."""

    async def call_through() -> None:
        items: list[str] = []

        def note(event: ConversationItemAddedEvent) -> None:
            if isinstance(event.item, ChatMessage):
                items.append(event.item.text_content or "")

        async with faulty_call(MindOf("HANG", ("slow", 9, "It is free."))) as call:
            call.session.on("conversation_item_added", note)
            await turn(call, "First?")
            await turn(call, "Second?")
            assert items == ["First?", errors.GIVEN_UP, "Second?", "It is free."]
            assert [text for _, text in call.history()] == items

    run(call_through)


def test_without_ready_sentences_the_voice_says_them_and_without_a_voice_there_is_a_sign_of_life() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf("ERROR"), sounds=SoundCache(Path("/nowhere"), "none")) as call:
            assert [one.what for one in await turn(call)] == [ANSWER]
        async with faulty_call(MindOf("Hm."), VoiceOf("ERROR"), sounds=SoundCache(Path("/nowhere"), "none")) as call:
            assert [one.what for one in await turn(call)] == [TONE]

    run(call_through)


def test_a_typed_message_has_the_same_deadlines() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf("HANG")) as call:
            began = asyncio.get_running_loop().time()
            call.session.generate_reply(user_input="What is on my calendar?", input_modality="text")
            await asyncio.sleep(20)
            lines = [(one.what, one.begin - began) for one in call.speaker.heard]
        assert [what for what, _ in lines] == [errors.ONE_MOMENT, errors.TAKING_LONGER, errors.GIVEN_UP]
        assert [limit_s - at >= 0 for (_, at), limit_s in zip(lines, (2.5, 8.0, 15.0), strict=True)] == [True] * 3

    run(call_through)


def test_a_turn_that_was_released_is_left_alone() -> None:
    async def call_through() -> None:
        async with faulty_call(MindOf(("call", "silent_tool"))) as call:
            await call.speak("Thanks.")
            await asyncio.sleep(1)
            watchdog_of(call).release()
            await asyncio.sleep(20)
            assert call.speaker.heard == []

    run(call_through)


@pytest.mark.parametrize(("broken_s", "told"), [(0.5, False), (4.0, True)])
def test_a_line_that_broke_under_a_waiting_caller_is_told_when_it_is_back(broken_s: float, *, told: bool) -> None:
    async def call_through() -> None:
        room: Any = rtc.EventEmitter()
        async with faulty_call(MindOf(("slow", 6, "It is free."))) as call:
            failures.attach_line(call.session, room, watchdog_of(call))
            await call.speak("What is on my calendar?")
            await asyncio.sleep(1)
            room.emit("reconnecting")
            await asyncio.sleep(broken_s)
            room.emit("reconnected")
            await asyncio.sleep(20)
            whats = [one.what for one in call.speaker.heard]
        assert (errors.LINE_BACK in whats) is told
        assert ANSWER in whats

    run(call_through)


def test_a_line_that_broke_while_nobody_waited_is_not_mentioned() -> None:
    async def call_through() -> None:
        room: Any = rtc.EventEmitter()
        async with faulty_call(MindOf("It is free.")) as call:
            failures.attach_line(call.session, room, watchdog_of(call))
            room.emit("reconnecting")
            await asyncio.sleep(30)
            room.emit("reconnected")
            await asyncio.sleep(5)
            assert call.speaker.heard == []

    run(call_through)
