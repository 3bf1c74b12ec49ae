"""A document cut into sentences once, for all who ask about it. Pure; bounded however long the document is.

Sentences that try to command an assistant are kept apart: nothing of them may get into a summary or a tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.documents.analysis.language import Told, tell
from ingest.documents.model import Extracted
from ingest.documents.sentences import sentences, words_of
from store.pages import Page

MOST_CHARACTERS = 1_200_000  # of one document that are cut into sentences; counts look at all of it
_BLOCK = 4_000
_PIECE = 600
_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` in one line; ``start`` its place in the page's text; ``words`` in lower case; ``heading`` it stands"
    " under."""

    page: int
    start: int
    text: str
    words: tuple[str, ...]
    heading: str

    @property
    def is_prose(self) -> bool:
        return 5 <= len(self.words) <= 60 and self.text[-1:] in '.!?。！？।…"”»)'


@dataclass(frozen=True, slots=True)
class Parsed:
    """``sentences`` in order, of at most `MOST_CHARACTERS` spread evenly; the counts are of everything."""

    found: Extracted
    sentences: tuple[Sentence, ...]
    told: Told
    word_count: int
    sentence_count: int
    paragraph_count: int
    character_count: int

    @property
    def language(self) -> str:
        return self.told.language

    @property
    def headings(self) -> list[str]:
        return [one.text for page in self.found.pages for one in page.headings]


def parse(found: Extracted) -> Parsed:
    """Cut the document up. About 0.5 s of CPU for a thousand pages."""
    whole = sum(len(page.text) for page in found.pages)
    cut = [one for page, start, end in _stretches(found.pages, whole) for one in _sentences(page, start, end)]
    looked_at = sum(len(one.text) for one in cut)
    sentence_count = len(cut) if whole <= MOST_CHARACTERS else round(len(cut) * whole / max(1, looked_at))
    return Parsed(
        found=found,
        sentences=tuple(cut),
        told=tell([one.text for one in cut]),
        word_count=sum(_count_words(page.text) for page in found.pages),
        sentence_count=sentence_count,
        paragraph_count=sum(len(re.findall(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*", page.text)) for page in found.pages),
        character_count=whole,
    )


def flat(text: str) -> str:
    """In one line, without the mark of a list."""
    return re.sub(r"\s+", " ", text).lstrip("-•*· ").strip()


def without(parsed: Parsed, left_out: Sequence[tuple[int, int]]) -> list[Sentence]:
    """The sentences but those at these (page, start)."""
    unwanted = set(left_out)
    return [one for one in parsed.sentences if (one.page, one.start) not in unwanted]


def _count_words(text: str) -> int:
    """Chinese and Japanese are written without spaces: there every character counts, as word processors do."""
    han = len(_HAN.findall(text))
    return len(words_of(text)) if not han else len(words_of(_HAN.sub(" ", text))) + han


def _stretches(pages: Sequence[Page], whole: int) -> Iterator[tuple[Page, int, int]]:
    """Everything, or of a long document every n-th stretch, the first and the last ones always."""
    if whole <= MOST_CHARACTERS:
        yield from ((page, 0, len(page.text)) for page in pages)
        return
    blocks = [(page, start, end) for page in pages for start, end in _cuts(page.text)]
    most = MOST_CHARACTERS // _BLOCK
    step = max(1.0, len(blocks) / most)
    kept = sorted({*range(min(5, len(blocks))), *(int(place * step) for place in range(most)), len(blocks) - 1})
    yield from (blocks[place] for place in kept if place < len(blocks))


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = min(len(text), start + _BLOCK)
        if end < len(text):
            line = text.rfind("\n", start + _BLOCK // 2, end)
            end = line if line > 0 else end
        yield start, end
        start = end


def _sentences(page: Page, start: int, end: int) -> Iterator[Sentence]:
    """Lines of lists and tables are sentences too; what has no end at all is cut into pieces."""
    place = 0
    heading = ""
    for span in sentences(page.text[start:end], start):
        for offset, piece in _pieces(span.text):
            while place < len(page.headings) and page.headings[place].offset <= span.start + offset:
                heading = page.headings[place].text
                place += 1
            text = flat(piece)
            words = tuple(word.lower() for word in words_of(text))
            if text and not (heading and text == flat(heading)):
                yield Sentence(page.number, span.start + offset, text, words, heading)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    lines = text.split("\n")
    if len(lines) == 1 and len(text) <= _PIECE:
        yield 0, text
        return
    offset, kept, begin = 0, "", 0
    for line in lines:
        wrapped = len(kept) > 15 and kept[-1:] not in ".;:!?" and line[:1].islower()  # broken by an editor, goes on
        if kept and not wrapped:
            yield from _short(begin, kept)
            kept = ""
        if not kept:
            begin = offset
        kept = f"{kept} {line}" if kept else line
        offset += len(line) + 1
    if kept.strip():
        yield from _short(begin, kept)


def _short(begin: int, text: str) -> Iterator[tuple[int, str]]:
    for start in range(0, len(text), _PIECE):
        if text[start : start + _PIECE].strip():
            yield begin + start, text[start : start + _PIECE]
