"""Callers are answered when their words are whole, and given time when they are not."""

from uuid import uuid4

import pytest
from livekit.agents import LanguageCode, llm

from agent.turns.detector import OpenWords, WordTurnDetector
from agent.turns.finished import THRESHOLD, is_finished, thinking_time_s

FINISHED = """
What time is breakfast? | yes | No. | No thank you. | yes please | hello | goodbye | that's all
tomorrow at 3 | Friday | Anna | I would like to book a meeting with Anna tomorrow at three | at noon
book a table for four | what do I have tomorrow | cancel my meeting with Bob | move it to Friday | thank you
that's right | okay | do you have a pool | in May | next week | what's the wifi password | can you help me
I don't know | who are you | where is it | what are the opening hours | yes it is | I'd love to | three thirty
what is it about | which room is it in | my name is Anna | that works | Sure, book it. | Yes, go ahead.
I think so | What else is on | the fifth of December | after lunch | When is checkout?
my number is five five five zero one nine nine | If it rains tomorrow can you move it | book it | why
what is that for
"""
UNFINISHED = """
on the | and | book a meeting with | I would like to book | I'd like to | um | uh | So | can you
what time is | I want to | could you please | my phone number is | at | it's on | the meeting with
tomorrow at three, um | I need a | because | is there a | Can you move my
I would like to book a meeting with Anna and | let me see | well | if it rains | if you have time tomorrow
My number is five five five | Hi, I would like to book. | what about | how much | schedule a meeting on
and then | I was wondering if | remind me to | Book a table for | between ten and | on December | Would you...
"""


def phrases(block: str) -> list[str]:
    return [phrase.strip() for line in block.strip().splitlines() for phrase in line.split(" | ")]


@pytest.mark.parametrize("words", phrases(FINISHED))
def test_whole_turns_are_answered(words: str) -> None:
    assert is_finished(words)


@pytest.mark.parametrize("words", phrases(UNFINISHED))
def test_unfinished_turns_are_waited_for(words: str) -> None:
    assert not is_finished(words)


def test_a_booking_without_a_time_gets_a_breath() -> None:
    assert thinking_time_s("Book lunch with Anna") > 0
    assert thinking_time_s("Book lunch with Anna tomorrow at noon") == 0
    assert thinking_time_s("What time is breakfast?") == 0


async def judge(words: str, open_words: OpenWords | None = None, timeout: float | None = None) -> float:
    context = llm.ChatContext.empty()
    context.add_message(role="user", content=words, id=str(uuid4()))
    return await WordTurnDetector(open_words).predict_end_of_turn(context, timeout=timeout)


async def test_the_detector_judges_the_last_user_message() -> None:
    assert await judge("on the") < THRESHOLD < await judge("what time is breakfast")
    assert await WordTurnDetector().unlikely_threshold(LanguageCode("en")) == THRESHOLD


async def test_words_still_open_are_made_final_before_judging() -> None:
    asked: list[bool] = []
    open_words = OpenWords(heard=True, finalise=lambda: asked.append(True))
    await judge("I would like to book", open_words, timeout=0.0)
    assert asked == [True]


async def test_other_languages_are_not_judged() -> None:
    detector = WordTurnDetector()
    assert await detector.supports_language(LanguageCode("en-GB"))
    assert not await detector.supports_language(LanguageCode("de"))


@pytest.mark.parametrize(
    "words",
    [
        "Could you please tell me at what time",
        "Could you please tell me at what time breakfast",
        "I would like to know how much parking.",
        "Can you look up for me whether the",
        "Please tell me.",
    ],
)
def test_a_question_within_a_sentence_is_waited_for(words: str) -> None:
    assert not is_finished(words)


@pytest.mark.parametrize(
    "words",
    [
        "Could you tell me at what time breakfast is served?",
        "I would like to know how much parking costs.",
        "At what time?",
    ],
)
def test_a_question_that_was_asked_is_answered(words: str) -> None:
    assert is_finished(words)
