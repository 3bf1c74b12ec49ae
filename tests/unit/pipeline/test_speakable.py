"""Text for eyes becomes text for ears, the same however it is cut while it streams."""

from collections.abc import AsyncIterator

import pytest

from agent.pipeline.speakable import speakable, speakable_stream

EXAMPLES = {
    "Breakfast is from 7:00 to 10:30.": "Breakfast is from seven o'clock to ten thirty.",
    "Meet at 15:05 on 2026-11-24.": "Meet at three oh five PM on November twenty-fourth, twenty twenty-six.",
    "Tuesday, November 24th at 3 PM": "Tuesday, November twenty-fourth at three PM",
    "Tue Nov 24 at 3:05pm": "Tuesday November twenty-fourth at three oh five PM",
    "3 a.m. is early.": "three AM is early.",
    "That is $4.50, or €1,200.": "That is four dollars and fifty cents, or one thousand two hundred euros.",
    "It costs $2 million.": "It costs two million dollars.",
    "Call 555-0199 or (415) 555-0123.": (
        "Call five five five, zero one nine nine or four one five, five five five, zero one two three."
    ),
    "Your code is AB12CD.": "Your code is A B one two C D.",
    "50% of 3.5 km, -5 degrees, 20°C": (
        "fifty percent of three point five kilometers, minus five degrees, twenty degrees Celsius"
    ),
    "See pages 7-10 since 1999.": "See pages seven to ten since nineteen ninety-nine.",
    "Dr. Smith, e.g. at 9am": "Doctor Smith, for example at nine AM",
    "**Bold** and *it* with `code`, see [the docs](http://x.y/z) [2].": "Bold and it with code, see the docs.",
    "- one\n- two\n\n# Title\nText": "one\ntwo\nTitle\nText",
    "Mail anna@example.com or https://www.example.com/a.": "Mail anna at example dot com or example dot com.",
    "Nothing to change here, is there?": "Nothing to change here, is there?",
}


@pytest.mark.parametrize(("written", "spoken"), EXAMPLES.items())
def test_text_is_read_as_a_person_would(written: str, spoken: str) -> None:
    assert " ".join(speakable(written).split(" ")) == spoken


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 1000])
@pytest.mark.parametrize("written", EXAMPLES)
async def test_streaming_changes_nothing(written: str, size: int) -> None:
    async def pieces() -> AsyncIterator[str]:
        for start in range(0, len(written), size):
            yield written[start : start + size]

    assert "".join([piece async for piece in speakable_stream(pieces())]) == speakable(written)


async def test_plain_words_are_handed_on_before_the_sentence_ends() -> None:
    async def pieces() -> AsyncIterator[str]:
        yield "The dining room is on the ground floor, "
        yield "next to the lift."

    assert (await anext(speakable_stream(pieces()))).startswith("The dining room is on the ground")
