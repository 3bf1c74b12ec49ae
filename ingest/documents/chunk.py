"""Pages cut into pieces that can be cited aloud: whole sentences under one heading on one page, a little overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.documents.sentences import Span, sentences
from store.chunks import NewChunk
from store.pages import Page


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """In words. Around 130 is what MiniLM reads whole and a person can place; ``overlap`` repeats the last sentence."""

    target: int = 130
    most: int = 180
    overlap: int = 35


@dataclass(frozen=True, slots=True)
class _Section:
    heading: str
    start: int
    end: int


def chunk(pages: Sequence[Page], size: ChunkSize | None = None) -> list[NewChunk]:
    """All chunks of a document in order; a heading holds on until the next one, across pages too."""
    size = size or ChunkSize()
    chunks: list[NewChunk] = []
    heading = ""
    for page in pages:
        for section in _sections(page, heading):
            heading = section.heading
            body = sentences(page.text[section.start : section.end], section.start)
            for group in _groups([part for one in body for part in _cut(one, size)], size):
                start, end = group[0].start, group[-1].end
                chunks.append(NewChunk(0, page.number, heading, start, end, page.text[start:end]))
    return [replace(one, seq=seq) for seq, one in enumerate(chunks or _only_headings(pages))]


def _sections(page: Page, heading: str) -> Iterator[_Section]:
    start = 0
    for one in page.headings:
        yield _Section(heading, start, one.offset)
        heading, start = one.text, min(one.offset + len(one.text), len(page.text))
    yield _Section(heading, start, len(page.text))


def _cut(sentence: Span, size: ChunkSize) -> Iterator[Span]:
    """A sentence longer than a whole chunk (a table, a list without full stops) in pieces at its white space."""
    if sentence.words <= size.most:
        yield sentence
        return
    start, count = 0, 0
    for position, character in enumerate(sentence.text):
        count += character.isspace() and not sentence.text[position - 1].isspace()
        if count >= size.target:
            yield _part(sentence, start, position)
            start, count = position + 1, 0
    yield _part(sentence, start, len(sentence.text))


def _part(sentence: Span, start: int, end: int) -> Span:
    return Span(sentence.start + start, sentence.start + end, sentence.text[start:end])


def _groups(body: Sequence[Span], size: ChunkSize) -> Iterator[list[Span]]:
    group: list[Span] = []
    words = 0
    for sentence in body:
        if group and (words >= size.target or words + sentence.words > size.most):
            yield group
            last = group[-1]
            group = [last] if last.words <= size.overlap and last.words + sentence.words <= size.most else []
            words = sum(one.words for one in group)
        group.append(sentence)
        words += sentence.words
    if group:
        yield group


def _only_headings(pages: Sequence[Page]) -> list[NewChunk]:
    """A document that consists of headings alone is still found by them."""
    return [NewChunk(0, page.number, "", 0, len(page.text), page.text) for page in pages if page.text.strip()]
