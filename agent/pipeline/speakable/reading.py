"""One piece of text, read aloud: the rules of a language in their order. Pure.

To add a rule for every language: a row in the module it belongs to; for one language: its table's ``own``.
"""

import re
from functools import lru_cache

from agent.pipeline.speakable import markdown
from agent.pipeline.speakable.amounts import Amounts
from agent.pipeline.speakable.dates import Dates
from agent.pipeline.speakable.draft import MARK, Draft
from agent.pipeline.speakable.letters import Letters
from agent.pipeline.speakable.sayings import Sayings
from agent.pipeline.speakable.table import Reader, Tongue, any_of
from agent.pipeline.speakable.tongues import TONGUES
from agent.pipeline.speakable.web import read_addresses

_LEFTOVER = re.compile(r"[*#`~<>{}\[\]\\^¶†‡]+")
_SPACE_BEFORE_MARK = re.compile(r"[ \t]+(?=[,.;:!?](?:\s|$))")
_DROPPED = re.compile(r"[©®™]|,(?=\s*[.!?,])|[ \t]+(?=\n)")
_SPACES = re.compile(r"[ \t\u00a0\u202f\u2009]{2,}|[\u00a0\u202f\u2009]")


class Reading:
    """How one language (with a region's dates and a house's own pronunciations) is read."""

    def __init__(self, tongue: Tongue | None, sayings: Sayings, *, day_first: bool) -> None:
        self.tongue = tongue
        self.sayings = sayings
        self._day_first = day_first
        self._months = "|".join(tongue.months) if tongue else "(?!)"

    def read(self, text: str, *, starts_line: bool) -> tuple[str, bool]:
        """What is said, and whether ``text`` began a line that stands alone (item, heading, row)."""
        draft = Draft(text)
        is_item = starts_line and markdown.block(draft, self.tongue.cardinal if self.tongue else None, self._months)
        markdown.links(draft)
        self.sayings.apply(draft)
        if self.tongue:
            read_addresses(draft, self.tongue)
            words = self.tongue.words
            markdown.emphasis(draft, words.times, words.yes, words.no)
            for pattern, reader in _rules(self.tongue.code, self._day_first):
                draft.read(pattern, reader)
            for pattern, replacement in _signs(self.tongue.code):
                draft.replace(pattern, replacement)
        else:
            markdown.emphasis(draft, "×", "✓", "✗")
        draft.replace(_LEFTOVER, " ")
        draft.replace(_DROPPED, "")
        text = _SPACES.sub(" ", draft.settle())
        return _SPACES.sub(" ", _SPACE_BEFORE_MARK.sub("", text)), is_item


@lru_cache(maxsize=16)
def _rules(code: str, day_first: bool) -> tuple[tuple[re.Pattern[str], Reader], ...]:
    tongue = _tongue(code)
    letters = Letters(tongue)
    dates = Dates(tongue, day_first=day_first)
    return (
        *tongue.own,
        _abbreviations(tongue),
        *dates.rules(),
        *letters.phones(),
        *letters.codes(),
        *Amounts(tongue).rules(),
        *letters.acronyms(),
    )


@lru_cache(maxsize=8)
def _signs(code: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Signs between words, and what stands between two things that were read."""
    words = _tongue(code).words
    return tuple(
        (re.compile(pattern), replacement)
        for pattern, replacement in (
            (rf"(?<={MARK})\s?[–—-]\s?(?={MARK})", f" {words.to} "),
            (r"(?<![\w])([A-Z])[–-]([A-Z])(?!\w)", rf"\1 {words.to} \2"),
            (r"\s?(?:→|⇒|->|=>|➜|➔)\s?", f" {words.to} "),
            (r"\s?(?:≥|>=)\s?", f" {words.at_least} "),
            (r"\s?(?:≤|<=)\s?", f" {words.at_most} "),
            (rf"(?<={MARK}),(?={MARK})", ", "),
            (rf"<\s?(?={MARK})", f" {words.less_than} "),
            (rf">\s?(?={MARK})", f" {words.more_than} "),
            (r"\s?[≈~]\s?(?=\S)", f" {words.about} "),
            (rf"(?<={MARK})\s?[×]\s?", f" {words.by} "),
            (rf"(?<={MARK})\s?/\s?(?={MARK})", f" {words.slash} "),
            (rf"(?<=[\w{MARK[1:-1]}])\s?&\s?(?=\w)", f" {words.and_} "),
            (rf"(?<={MARK})\s?\+\s?(?={MARK})|\s\+\s", f" {words.plus} "),
            (rf"(?<={MARK})\s?=\s?(?={MARK})|\s=\s", f" {words.equals} "),
            (rf"(?<={MARK})\s−\s(?={MARK})", f" {words.minus} "),
            (r"(?<=[^\W\d])/(?=[^\W\d])", " "),
            (r"\s+[|•·]\s+|\s*\|\s*", ", "),
            (r"\s?--+\s?", " — "),
            (r"(?<=\S)%", f" {words.percent}"),
            (r"(?<!\w)@(?!\w)", words.at),
        )
    )


def _abbreviations(tongue: Tongue) -> tuple[re.Pattern[str], Reader]:
    """The full stop stays when it ends the sentence too (nothing follows on the line)."""

    def read(match: re.Match[str]) -> str:
        ends = match["name"].endswith(".") and not match.string[match.end() :].strip()
        return tongue.abbreviations[match["name"]] + ("." if ends else "")

    return re.compile(rf"(?<![\w.@/-])(?P<name>{any_of(tongue.abbreviations)})(?![\w/])"), read


def _tongue(code: str) -> Tongue:
    return TONGUES[code]
