"""Pages cut into pieces that can be cited aloud, each one stretch of one page under one heading. Pure.

Whole sentences, list items and table rows; a little overlap in running text; a table that goes on carries its first row
in the heading. Texts without spaces (Chinese, Japanese, Thai …) are counted by characters. To change how large pieces
are: ``ChunkSize``; what may not be torn: ``units.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.documents.units import Unit, units
from store.chunks import NewChunk
from store.pages import Heading, Page

PATH_SIGN = " › "
_LONGEST_HEADING = 300
_LONGEST_SPEECH_S = 60.0
_SIZE = re.compile(r"(\d{1,4})/(\d{1,4})")


@dataclass(frozen=True, slots=True)
class ChunkSize:
    """In words. Around 130 is what MiniLM reads whole and a person can place; ``overlap`` repeats the last sentences.

    A piece ends at ``target`` words; it never has more than ``most``.
    """

    target: int = 130
    overlap: int = 35

    @property
    def most(self) -> int:
        return self.target + max(10, self.target * 2 // 5)

    def __str__(self) -> str:
        return f"{self.target}/{self.overlap}"

    @classmethod
    def parse(cls, text: str) -> ChunkSize:
        """From "130/35" or "1000/200"; empty is the default. Raises ValueError."""
        if not text.strip():
            return cls()
        match = _SIZE.fullmatch(text.strip())
        target, overlap = map(int, match.groups()) if match else (0, 0)
        if not 20 <= target <= 2000 or overlap > target // 2:
            raise ValueError("must be WORDS/OVERLAP such as 130/35 or 1000/200: 20 to 2000 words, half of it at most")
        return cls(target, overlap)


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands under the last heading of ``path``; ``begins``: whether that heading stands right before it."""

    page: Page
    path: tuple[Heading, ...]
    start: int
    end: int
    begins: bool = False

    @property
    def heading(self) -> str:
        return PATH_SIGN.join(" ".join(one.text.split()) for one in self.path)

    @property
    def is_blank(self) -> bool:
        return not self.page.text[self.start : self.end].strip()

    def of_heading(self) -> _Section:
        """The heading itself as a text, under the headings above it."""
        own = self.path[-1]
        return _Section(self.page, self.path[:-1], self.start - len(own.text), self.start)


def chunk(pages: Sequence[Page], size: ChunkSize | None = None) -> list[NewChunk]:
    """All chunks of a document in order; a heading holds on until the next of its level, across pages too."""
    size = size or ChunkSize()
    chunks: list[NewChunk] = []
    for section in _told(list(_sections(pages))):
        page = section.page
        for group in _groups(units(page, section.start, section.end, size.most), size):
            start, end = group[0].start, group[-1].end
            heading = _with_table(section.heading, group[0])
            chunks.append(NewChunk(0, page.number, heading, start, end, page.text[start:end]))
    return [replace(one, seq=seq) for seq, one in enumerate(chunks or _only_headings(pages, size))]


def _sections(pages: Sequence[Page]) -> Iterator[_Section]:
    path: tuple[Heading, ...] = ()
    for page in pages:
        start, begins = 0, False
        for one in page.headings:
            offset = max(start, min(one.offset, len(page.text)))
            yield _Section(page, path, start, offset, begins)
            path = (*(above for above in path if above.level < one.level), one)
            start = _after(page.text, offset, one.text)
            begins = start > offset
        yield _Section(page, path, start, len(page.text), begins)


def _told(sections: Sequence[_Section]) -> Iterator[_Section]:
    """The sections; a heading with nothing under it, which no other section carries, is a text of its own."""
    for number, section in enumerate(sections):
        if section.begins and section.is_blank and not _is_carried(section.path[-1], sections[number + 1 :]):
            yield section.of_heading()
        else:
            yield section


def _is_carried(heading: Heading, following: Sequence[_Section]) -> bool:
    for section in following:
        if not any(one is heading for one in section.path):
            return False
        if section.begins or not section.is_blank:
            return True
    return False


def _after(text: str, offset: int, heading: str) -> int:
    """Where the heading's own words end: only as far as they really stand there."""
    return offset + len(heading) if text.startswith(heading, offset) else offset


def _with_table(heading: str, first: Unit) -> str:
    header = " ".join(first.header.split())
    parts = [one for one in (heading[-_LONGEST_HEADING:], header[:_LONGEST_HEADING]) if one]
    return PATH_SIGN.join(parts)


def _groups(body: Iterable[Unit], size: ChunkSize) -> Iterator[list[Unit]]:
    group: list[Unit] = []
    for unit in body:
        if group and _is_full(group, unit, size):
            yield group
            group = _overlap(group, unit, size)
        group.append(unit)
    if group:
        yield group


def _is_full(group: Sequence[Unit], following: Unit, size: ChunkSize) -> bool:
    words = sum(one.weight for one in group)
    if words >= size.target or words + following.weight > size.most:
        return True
    if group[0].since is not None and following.until is not None:
        return following.until - group[0].since > _LONGEST_SPEECH_S
    begins_block = following.block != group[-1].block
    return begins_block and words + following.keep > size.most  # a list that fits into one piece is not torn


def _overlap(group: Sequence[Unit], following: Unit, size: ChunkSize) -> list[Unit]:
    """The last units of ``group`` that fit; never all of it, and no rows: a table's header says what is repeated."""
    if following.header or group[-1].header:
        return []
    kept: list[Unit] = []
    for unit in reversed(group[1:]):
        words = unit.weight + sum(one.weight for one in kept)
        if words > size.overlap or words + max(following.weight, following.keep) > size.most:
            break
        kept.insert(0, unit)
    return kept


def _only_headings(pages: Sequence[Page], size: ChunkSize) -> Iterator[NewChunk]:
    """A document that consists of headings alone is still found by them."""
    for page in pages:
        for group in _groups(units(replace(page, headings=()), 0, len(page.text), size.most), size):
            start, end = group[0].start, group[-1].end
            yield NewChunk(0, page.number, "", start, end, page.text[start:end])
