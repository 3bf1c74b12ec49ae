"""Callers are answered when their words are whole, and given time when they are not."""

import pytest

from agent.turns.finished import is_finished

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
