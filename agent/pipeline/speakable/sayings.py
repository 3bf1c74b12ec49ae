"""How a house says its own words: a mapping from what is written to what is said. Pure.

"Xiomara" -> "see oh mara". Whole words, any case; several words together are possible. What is said is final.
"""

import re
from collections.abc import Mapping

from agent.pipeline.speakable.draft import Draft, public
from agent.pipeline.speakable.table import any_of
from agent.pipeline.speakable.web import addresses

MOST_SAYINGS, LONGEST = 500, 120


class Sayings:
    """Raises ValueError for more than 500 rows, and for an empty or a longer text than 120 characters."""

    def __init__(self, said: Mapping[str, str] | None = None) -> None:
        rows = {_line(written): _line(way) for written, way in (said or {}).items()}
        if len(rows) > MOST_SAYINGS:
            raise ValueError(f"at most {MOST_SAYINGS} pronunciations")
        if any(not text or len(text) > LONGEST for row in rows.items() for text in row):
            raise ValueError(f"a pronunciation has 1 to {LONGEST} characters on both sides")
        rows = {written.lower(): way for written, way in rows.items()}
        self._said = rows
        self._openers = frozenset(word for written in rows for word in written.split()[:-1])
        names = any_of(rows).replace(r"\ ", r"\s+")
        self._pattern = re.compile(rf"(?<!\w)(?:{names})(?!\w)", re.IGNORECASE) if rows else None

    def opens(self, token: str) -> bool:
        """Whether a pronunciation of several words may go on behind this token."""
        return any(word in self._openers for word in (token, token.strip(".,;:!?\"'()*_`"), *re.findall(r"\w+", token)))

    def apply(self, draft: Draft) -> None:
        """A part of an address is left to whoever reads addresses; a whole one may have a saying: "booking.com"."""
        if not self._pattern or not self._pattern.search(draft.text):
            return
        spans = addresses(draft.text)

        def say(match: re.Match[str]) -> str | None:
            start, end = match.span()
            if any(first <= start and end <= last and (first, last) != (start, end) for first, last in spans):
                return None
            return self._said.get(" ".join(match[0].split()).lower())

        draft.read(self._pattern, say)


def _line(text: str) -> str:
    return " ".join(public(text).split())
