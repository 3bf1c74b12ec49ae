"""What of a page is kept in one piece when it is cut: sentences, list items, table rows, stretches of speech. Pure.

To add a kind of block: how it is told in ``_blocks``, its units in ``_of_block``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.documents.sentences import sentences
from ingest.documents.weight import parts, weight
from store.pages import Page, Region

_CELL = re.compile(r"\s\|\s|^\|.*\|$|\t")
_ITEM = re.compile(r"\s*(?:[-•*‣–]|\d{1,3}[.)]|[a-z][.)])\s+\S")


@dataclass(frozen=True, slots=True)
class Unit:
    """[start, end) of the page's text. ``header``: of a table that this row goes on. ``block`` counts blocks.

    ``keep``: the words of the whole block when it should stay together, else 0. ``since``, ``until``: seconds.
    """

    start: int
    end: int
    weight: int
    block: int
    keep: int = 0
    header: str = ""
    since: float | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    kind: str


def units(page: Page, start: int, end: int, most: int) -> Iterator[Unit]:
    """The units of [start, end) in order; none has more than ``most`` words. Every character but space is in one."""
    if any(one.seconds is not None for one in page.regions):
        yield from _speech(page, start, end, most)
        return
    for number, lines in enumerate(_blocks(page.text, start, end)):
        yield from _of_block(page.text, lines, number, most)


def _of_block(text: str, lines: Sequence[_Line], block: int, most: int) -> Iterator[Unit]:
    first, last = lines[0], lines[-1]
    if first.kind == "table":
        header = text[first.start : first.end]
        for line in lines:
            for unit in _cut(text, line.start, line.end, block, most):
                yield replace(unit, header="" if line is first else header)
        return
    if first.kind == "list":
        whole = weight(text[first.start : last.end])
        items = list(_items(lines))
        for start, end in items:
            for unit in _cut(text, start, end, block, most):
                yield replace(unit, keep=whole if whole <= most else 0)
        return
    for one in sentences(text[first.start : last.end], first.start):
        yield from _cut(text, one.start, one.end, block, most)


def _items(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """A list's items: each from its sign to the next, lines that go on included."""
    starts = [number for number, line in enumerate(lines) if line.kind == "list"]
    for number, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[number].start, lines[following - 1].end


def _blocks(text: str, start: int, end: int) -> Iterator[list[_Line]]:
    """Lines that belong together: a table of at least two rows, a list, or running text up to an empty line."""
    block: list[_Line] = []
    for line in _without_single_rows(list(_lines(text, start, end))):
        if block and (line.kind == "empty" or not _goes_on(block, line)):
            yield block
            block = []
        if line.kind != "empty":
            block.append(line)
    if block:
        yield block


def _goes_on(block: Sequence[_Line], line: _Line) -> bool:
    if block[0].kind == "list":
        return line.kind in {"list", "text"}
    return block[0].kind == line.kind


def _without_single_rows(lines: Sequence[_Line]) -> Iterator[_Line]:
    for number, line in enumerate(lines):
        beside = [*lines[max(0, number - 1) : number], *lines[number + 1 : number + 2]]
        is_alone = line.kind == "table" and not any(one.kind == "table" for one in beside)
        yield replace(line, kind="text") if is_alone else line


def _lines(text: str, start: int, end: int) -> Iterator[_Line]:
    at = start
    for raw in text[start:end].splitlines(keepends=True):
        line = raw.rstrip()
        begin = at + len(line) - len(line.lstrip())
        yield _Line(begin, at + len(line), _kind(line))
        at += len(raw)


def _kind(line: str) -> str:
    if not line.strip():
        return "empty"
    if _CELL.search(line.strip()):
        return "table"
    return "list" if _ITEM.match(line) else "text"


def _cut(text: str, start: int, end: int, block: int, most: int) -> Iterator[Unit]:
    words = weight(text[start:end])
    if words <= most:
        if words:
            yield Unit(start, end, words, block)
        return
    for begin, stop in parts(text[start:end], most):
        yield Unit(start + begin, start + stop, weight(text[start + begin : start + stop]), block)


def _speech(page: Page, start: int, end: int, most: int) -> Iterator[Unit]:
    """What was said, sentence by sentence with its seconds, and what stands between them."""
    at = start
    for number, region in enumerate(_within(page.regions, start, end)):
        begin, stop = max(at, region.start), min(end, region.end)
        yield from _cut_trimmed(page.text, at, begin, number, most)
        since, until = region.seconds or (None, None)
        for unit in _cut_trimmed(page.text, begin, stop, number, most):
            yield replace(unit, since=since, until=until)
        at = max(at, stop)
    yield from _cut_trimmed(page.text, at, end, len(page.regions), most)


def _within(regions: Iterable[Region], start: int, end: int) -> list[Region]:
    return [one for one in regions if one.start < end and one.end > start]


def _cut_trimmed(text: str, start: int, end: int, block: int, most: int) -> Iterator[Unit]:
    piece = text[start:end]
    if piece.strip():
        begin = start + len(piece) - len(piece.lstrip())
        yield from _cut(text, begin, start + len(piece.rstrip()), block, most)
