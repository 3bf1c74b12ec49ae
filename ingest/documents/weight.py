"""How many words a text has for a chunk's size, also where nobody puts spaces between them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RUN = re.compile(r"\S+")
# Han, kana, Hangul and full-width signs stand for about a word each; of Thai, Lao, Khmer and Burmese three do
_WIDE = re.compile("[\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_THIRD = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_LONGEST_WORD = 24


def weight(text: str) -> int:
    """The words of a text; a run longer than any word counts by its length, so that nothing without end is one word."""
    return sum(_of_run(match.group()) for match in _RUN.finditer(text))


def _of_run(run: str) -> int:
    if run.isascii():
        return 1 if len(run) <= _LONGEST_WORD else -(-len(run) // 8)
    wide, third = len(_WIDE.findall(run)), len(_THIRD.findall(run))
    rest = len(run) - wide - third
    plain = (1 if rest <= _LONGEST_WORD else -(-rest // 8)) if rest else 0
    return max(1, wide + -(-third // 3) + (plain if not wide + third or rest > 2 else 0))


def parts(text: str, most: int) -> Iterator[tuple[int, int]]:
    """[start, end) of stretches of ``text`` with at most ``most`` words each: at white space, else between characters.

    Together they hold every character that is no white space.
    """
    start, words, end = -1, 0, 0
    for match in _RUN.finditer(text):
        size = _of_run(match.group())
        if start >= 0 and words + size > most:
            yield start, end
            start, words = -1, 0
        if size > most:
            yield from _slices(match.group(), match.start(), most)
            continue
        if start < 0:
            start = match.start()
        words += size
        end = match.end()
    if start >= 0:
        yield start, end


def _slices(run: str, offset: int, most: int) -> Iterator[tuple[int, int]]:
    """A run without any space in pieces of as many characters as ``most`` words have at least."""
    step = max(1, most - 1)
    for start in range(0, len(run), step):
        yield offset + start, offset + min(len(run), start + step)
