"""Text while it is being made speakable: what was read already is put aside, so that no later rule reads it again.

Put-aside words stand in the text as one private character each. `settle` puts them back.
"""

import re

from agent.pipeline.speakable.table import Reader

_FIRST = 0xF0000
_MARK = re.compile(r"[\U000F0000-\U000FFFFD]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
MARK = r"[\U000F0000-\U000FFFFD]"


def public(text: str) -> str:
    """Without the characters that stand for something here: from outside they would stand for anything."""
    return _PRIVATE.sub("", text)


class Draft:
    """One piece of text under way. ``text`` may be looked at by rules; only `read` and `replace` change it."""

    def __init__(self, text: str) -> None:
        self.text = public(text)
        self._kept: list[str] = []

    def read(self, pattern: re.Pattern[str], reader: Reader) -> None:
        """Whatever ``reader`` makes of a match is final; None leaves the match for later rules."""

        def keep(match: re.Match[str]) -> str:
            spoken = reader(match)
            return match[0] if spoken is None else self.keep(spoken)

        self.text = pattern.sub(keep, self.text)

    def replace(self, pattern: re.Pattern[str], replacement: str) -> None:
        """For what later rules should read on: a marker that goes, a sign that becomes another."""
        self.text = pattern.sub(replacement, self.text)

    def keep(self, spoken: str) -> str:
        """The character that stands for ``spoken``."""
        self._kept.append(spoken)
        return chr(_FIRST + len(self._kept) - 1)

    def settle(self) -> str:
        """The text with everything in its place."""
        text = self.text
        while _MARK.search(text):  # words put aside may hold others
            text = _MARK.sub(lambda mark: self._kept[ord(mark[0]) - _FIRST], text)
        return text
