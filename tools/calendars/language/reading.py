"""What a sentence says about when, with every doubt kept: `read` it, ask what `Reading.ask` names, `settle` the answer.

Pure: ``now`` comes from the caller. Nothing missing is invented, and of two likely meanings none is chosen silently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tools.calendars.language.english import ENGLISH
from tools.calendars.language.heard import Heard, hear
from tools.calendars.language.meaning import Candidate, meaning
from tools.calendars.language.table import Language


@dataclass(frozen=True, slots=True)
class Reading:
    """``candidates``: meanings, the likeliest first; none when nothing was said about when.

    ``ask``: the question that settles it: "am_or_pm", "which_day", "which_time", "how_often", "which_days" (of the
    week), "impossible" (there is no such day or time); empty when the first candidate can be read back and booked.
    ``problem``: "no_such_day", "no_such_time", "weekday_mismatch", "far_ahead", "past", "skipped_hour" or empty.
    ``assumed``: what was taken for granted and should be read back: "half_of_day", "today", "tomorrow".
    ``shift_min``: how much later (earlier: negative) an event that exists is to be. ``spans``: parts of ``text`` that
    said it.
    """

    text: str
    now: datetime
    candidates: tuple[Candidate, ...] = ()
    ask: str = ""
    problem: str = ""
    assumed: tuple[str, ...] = ()
    shift_min: int | None = None
    spans: tuple[tuple[int, int], ...] = ()
    heard: Heard = field(default_factory=Heard, repr=False, compare=False)

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None

    @property
    def settled(self) -> bool:
        """Whether there is a day or a moment, and nothing to ask."""
        return bool(self.best and self.best.day) and not self.ask and not self.problem


def read(text: str, now: datetime, language: Language = ENGLISH) -> Reading:
    """Read ``text``. ``now``: aware, on the caller's wall clock; times without a zone are on it too."""
    return reading_of(hear(text, now, language), text, now)


def reading_of(heard: Heard, text: str, now: datetime) -> Reading:
    """The reading of what was heard."""
    found = meaning(heard, now)
    return Reading(
        text, now, found.candidates, found.ask, found.problem, found.assumed, heard.shift_min, heard.spans, heard
    )
