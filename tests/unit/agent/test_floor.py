"""A whole session, caller and engines scripted: who speaks over the assistant is heard, and rightly answered."""

from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from livekit.agents import Agent

from agent.turns.interruption import Overlap, Verdict
from tests.fakes.talking_over import OPENING, WORD_S, Call, new_session, opening


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    async with new_session() as session:
        call = Call(session)
        await opening(call)
        yield call


async def test_at_the_first_sound_the_assistant_is_turned_down(call: Call) -> None:
    await call.begins()
    await call.is_heard(lambda level: level < 3_000)
    assert call.session.agent_state == "speaking"


async def test_after_a_sign_of_listening_it_goes_on_and_the_words_are_in_no_turn(call: Call) -> None:
    speech = call.session.current_speech
    await call.begins()
    await call.is_heard(lambda level: level < 3_000)
    await call.says("Mm-hmm.")
    await call.is_heard(lambda level: level > 9_000)
    await call.ends()
    streams = len(call.scribe.streams)
    await call.says("Mm-hmm.", final=True)
    await call.until(lambda: len(call.scribe.streams) > streams)  # a recogniser that remembers nothing of it
    assert call.session.current_speech is speech
    assert speech is not None
    assert not speech.interrupted
    await call.begins()
    await call.says("Wait, what about Friday?")
    await call.ends()
    await call.says("Wait, what about Friday?", final=True)
    await call.until(lambda: bool(call.turns))
    assert call.turns == ["Wait, what about Friday?"]


async def test_who_wants_to_speak_stops_it_with_the_first_words_and_is_answered(call: Call) -> None:
    speech = call.session.current_speech
    await call.begins()
    await call.says("Stop")
    await call.until(lambda: speech is not None and speech.interrupted)
    await call.until(lambda: call.session.agent_state == "listening")
    await call.ends()
    await call.says("Stop, I need a table.", final=True)
    await call.until(lambda: len(call.session.history.messages()) >= 3)
    said = [message.text_content or "" for message in call.session.history.messages()]
    assert said[1:] == ["Stop, I need a table.", "Certainly, as you wish."]
    assert call.session.history.messages()[0].interrupted


async def test_what_nothing_may_interrupt_is_said_on_in_full_voice(call: Call) -> None:
    speech = call.session.current_speech
    assert speech is not None
    await call.begins()
    await call.is_heard(lambda level: level < 3_000)
    speech.allow_interruptions = False
    await call.says("Stop")
    await call.is_heard(lambda level: level > 9_000)
    assert not speech.interrupted


async def test_what_was_not_heard_is_not_in_the_conversation(call: Call) -> None:
    await call.begins()
    await call.says("Stop")
    await call.until(lambda: bool(call.loudspeaker.finished))
    heard_s = call.loudspeaker.finished[0].playback_position
    assert 0 < heard_s < WORD_S * len(OPENING.split())


async def test_a_yes_to_the_question_being_asked_is_an_answer(call: Call) -> None:
    await call.floor.spoken.capture_text("Thursday at three. Shall I book")
    await call.begins()
    await call.says("Yes")
    await call.ends()
    await call.says("Yes.", final=True)
    await call.until(lambda: call.turns == ["Yes."])


async def test_a_cough_turns_it_down_for_a_moment_only(call: Call) -> None:
    speech = call.session.current_speech
    await call.begins()
    await call.is_heard(lambda level: level < 3_000)
    await call.sounds(8_000, 0.2)
    await call.sounds(0, 0.3)
    await call.is_heard(lambda level: level > 9_000)
    await call.ends()
    assert speech is not None
    assert not speech.interrupted


async def test_somebody_far_quieter_than_the_caller_is_not_listened_to() -> None:
    async with new_session() as session:
        call = Call(session)
        await session.start(Agent(instructions="Answer."))
        session.say("Hello.")  # takes its place at the microphone
        await call.until(lambda: session.agent_state == "listening" and bool(call.loudspeaker.finished))
        await call.begins()
        await call.sounds(12_000, 1.0)
        await call.sounds(0, 0.5)
        await call.ends()
        speech = session.say(OPENING)
        await call.is_heard(lambda level: level > 9_000)
        await call.begins()
        await call.sounds(1_000, 0.6)
        await call.says("Did you feed the dog")
        await call.is_heard(lambda level: level > 9_000)
        assert not speech.interrupted


async def test_a_turn_that_ends_just_as_the_assistant_begins_to_announce_something_is_answered() -> None:
    async with new_session() as session:
        call = Call(session)
        await session.start(Agent(instructions="Answer."))
        session.say("Hello.")
        await call.until(lambda: session.agent_state == "listening" and bool(call.loudspeaker.finished))
        await call.begins()
        await call.says("A table for", final=True)
        speech = session.say(OPENING)
        await call.ends()
        await call.sounds(0, 0.1)
        await call.until(lambda: speech.interrupted)
        await call.until(lambda: call.turns == ["A table for"])


async def test_another_detector_is_asked_instead() -> None:
    class Stubborn:
        asked: ClassVar[list[Overlap]] = []

        def decide(self, overlap: Overlap) -> Verdict:
            self.asked.append(overlap)
            return "go_on"

    async with new_session() as session:
        call = Call(session, Stubborn())
        await opening(call)
        speech = session.current_speech
        await call.begins()
        await call.says("Stop, stop, stop")
        assert speech is not None
        assert not speech.interrupted
        assert Stubborn.asked[-1].words == "Stop, stop, stop"
        assert Stubborn.asked[-1].speaking


async def test_in_noise_that_never_ends_an_okay_after_the_assistant_is_a_turn() -> None:
    async with new_session() as session:
        call = Call(session)
        await session.start(Agent(instructions="Answer."))
        speech = session.say("Hello and good day to you all.")
        await call.is_heard(lambda level: level > 9_000)
        await call.begins()
        await call.sounds(1_000, 1.0)
        await call.until(speech.done)
        await call.sounds(1_000, 2.0)
        await call.says("Okay.", final=True)
        await call.ends()
        await call.until(lambda: call.turns == ["Okay."])
