"""What callers ask about a quotation, and that these questions mean nothing without one."""

from __future__ import annotations

import json

import pytest

from agent.brain.followups import follow_up, resolved
from tests.unit.brain.conftest import Talk

ASKED = {
    "sentence": [
        *("Read me that sentence.", "Can you read me that sentence, please?", "Read that again.", "Quote that."),
        *("What exactly does it say?", "What does the handbook say exactly?", "Read it to me word for word."),
        *("Could you read that out slowly?", "Repeat the quote.", "What is the exact wording?", "Slower, please."),
    ],
    "paragraph": [
        *("Read the whole paragraph.", "Read me the whole paragraph, please.", "The full passage, please."),
        *("Can you read that paragraph?", "Read the text around it.", "Give me the entire section."),
    ],
    "source": [
        *(
            "Which document is that?",
            "Which document is that from?",
            "What page?",
            "What page is that on?",
            "On which page?",
        ),
        *(
            "And which page is that?",
            "Where did you get that?",
            "How do you know that?",
            "What's the source?",
            "Says who?",
        ),
        *("Which document and page?", "Where does it say that?", "In which document does it say that?", "Which file?"),
    ],
    "author": [
        *(
            "Who wrote it?",
            "And who wrote that?",
            "Who is the author?",
            "Who wrote the handbook?",
            "When was that written?",
        ),
        *("How old is that document?", "Who's the author of that?"),
    ],
    "more": [
        *("Is there more?", "Is there anything else about it?", "Anything else?", "What else does it say?", "Go on."),
        *("Do you have another source?", "The next one, please.", "Tell me more about it.", "Anything more on that?"),
    ],
    "certainty": [
        *("How sure are you?", "Are you sure?", "Are you sure about that?", "Is that certain?", "Can I rely on that?"),
    ],
}
OTHERS = [
    *(
        "What time is breakfast?",
        "Book a meeting with Anna tomorrow at three.",
        "Read me my appointments for next week.",
    ),
    *("Which room is free tomorrow?", "Who is responsible for first aid?", "Thank you.", "Yes.", "Is there parking?"),
    *("What page is the fire plan on?", "And on Sundays?", "Is there more parking behind the house?"),
]


@pytest.mark.parametrize(("part", "text"), [(part, text) for part, texts in ASKED.items() for text in texts])
def test_a_question_about_the_quotation_is_understood(part: str, text: str) -> None:
    found = follow_up(text, in_task=False)
    assert found is not None
    assert found.part == part


@pytest.mark.parametrize("text", OTHERS)
def test_another_sentence_is_none(text: str) -> None:
    assert follow_up(text, in_task=False) is None


@pytest.mark.parametrize(
    "text", ["Read that slowly.", "Could you read me that sentence more slowly?", "Slower, please."]
)
def test_slowly_is_heard(text: str) -> None:
    found = follow_up(text, in_task=False)
    assert found is not None
    assert found.slowly


def test_anything_else_belongs_to_a_request_while_there_is_one() -> None:
    assert follow_up("Are you sure?", in_task=True) is None
    assert follow_up("What page?", in_task=True) is not None


@pytest.mark.parametrize(
    ("question", "rest", "whole"),
    [
        ("What are the opening hours on Saturday?", "on Sundays", "What are the opening hours on Sundays?"),
        ("When is breakfast served?", "on Sundays", "When is breakfast served on Sundays?"),
        ("Are cats allowed?", "dogs", "Are cats allowed, dogs?"),
    ],
)
def test_an_elliptic_question_is_made_whole(question: str, rest: str, whole: str) -> None:
    assert resolved(question, rest) == whole


async def test_the_tool_is_asked_after_a_quotation_and_not_before(talk: Talk) -> None:
    assert [name for name, _ in (await talk.say("Go on.")).calls] != ["read_citation"]
    await talk.say("What time is breakfast?")
    for text, part in (("Read me that sentence.", "sentence"), ("What page?", "source"), ("Who wrote it?", "author")):
        turn = await talk.say(text)
        ((name, arguments),) = turn.calls
        assert (name, json.loads(arguments)) == ("read_citation", {"part": part, "slowly": False})
        assert turn.words == f"That is the {part}."


async def test_nothing_is_read_on_from_an_answer_that_was_not_found(talk: Talk) -> None:
    await talk.say("What time is breakfast?")
    await talk.say("Is there parking?")
    assert [name for name, _ in (await talk.say("Is there more?")).calls] != ["read_citation"]


async def test_and_on_sundays_asks_the_same_question_again(talk: Talk) -> None:
    await talk.say("What time is breakfast served?")
    await talk.say("And on Sundays?")
    await talk.say("And for children?")
    assert talk.desk.questions[1:] == [
        "What time is breakfast served on Sundays?",
        "What time is breakfast served for children?",
    ]


async def test_a_source_can_be_asked_for_while_a_booking_waits(talk: Talk) -> None:
    await talk.say("Book a meeting with Anna tomorrow at three PM.")
    await talk.say("What time is breakfast?")
    told = await talk.say("Which document is that from?")
    assert told.words.startswith("That is the source.")
    assert told.words.endswith("Shall I book it?")
    await talk.say("Yes.")
    assert "Meeting with Anna" in talk.desk.events
