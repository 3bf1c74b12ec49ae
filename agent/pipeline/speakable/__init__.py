"""Text for eyes made text for ears: Markdown, links, numbers, dates, money, codes, names, in the caller's language.

`speakable` reads a whole text, `speaking` makes the text transform of a session (``tts_text_transforms``), which holds
back only what may still change. What is shown and stored stays as it was written. To add a language: `tongues`.
"""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping

from agent.pipeline.speakable.reading import Reading
from agent.pipeline.speakable.sayings import Sayings
from agent.pipeline.speakable.stream import Speaker
from agent.pipeline.speakable.tongues import day_first, tongue_of

__all__ = ["Speaker", "speakable", "speakable_stream", "speaker", "speaking"]
Transform = Callable[[AsyncIterable[str]], AsyncIterator[str]]


def _reading(language: str, sayings: Mapping[str, str] | None) -> Reading:
    return Reading(tongue_of(language), Sayings(sayings), day_first=day_first(language))


def speaker(language: str = "en", sayings: Mapping[str, str] | None = None) -> Speaker:
    """For one answer. ``language``: a BCP 47 tag; ``sayings``: how words of the house are said.

    A language without a table loses its Markdown and emojis, and keeps its numbers. Raises ValueError for bad sayings.
    """
    return Speaker(_reading(language, sayings))


def speakable(text: str, language: str = "en", sayings: Mapping[str, str] | None = None) -> str:
    """The same text as a person would read it aloud; plain words come back as they were."""
    reader = speaker(language, sayings)
    return reader.push(text) + reader.flush()


def speaking(language: str = "en", sayings: Mapping[str, str] | None = None) -> Transform:
    """A text transform for all answers of a call. Raises ValueError for bad sayings."""
    reading = _reading(language, sayings)

    async def transform(text: AsyncIterable[str]) -> AsyncIterator[str]:
        reader = Speaker(reading)
        async for piece in text:
            if said := reader.push(piece):
                yield said
        if said := reader.flush():
            yield said

    return transform


speakable_stream: Transform = speaking()
