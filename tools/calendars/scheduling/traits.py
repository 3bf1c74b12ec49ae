"""What people like and avoid about a time, each in one canonical word: "mornings", "friday", "before 09:00", "lunch".

To add one: a line in PARTS or WORDS and, when it is no part of the day, a case in ``has_trait``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tools import spoken
from tools.calendars.scheduling.spans import Span, seconds
from tools.calendars.walltime import soft_at, start_of

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_MIN: Final = 24 * 60
ARRANGEMENTS: Final = ("back_to_back", "spread_out")
_HOURS: Final[tuple[str, ...]] = tuple("one two three four five six seven eight nine ten eleven twelve".split())
_CLOCK: Final = re.compile(
    rf"(?:at |about |around )?(?P<half>half past |quarter past |quarter to )?(?P<hour>\d{{1,2}}|{'|'.join(_HOURS)})"
    r"(?::(?P<minute>[0-5]\d)|(?P<thirty> thirty))?(?: ?o'?clock)?(?: ?(?P<half_day>a\.?m\.?|p\.?m\.?))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of one day's wall clock, in minutes after midnight: [opens, closes), 24:00 is 1440."""

    opens: int
    closes: int

    def on(self, day: date, zone: ZoneInfo) -> Span:
        """The stretch of that day in Unix seconds; a time that the clocks skip becomes the next one."""
        return _second(day, self.opens, zone), _second(day, self.closes, zone)


PARTS: Final = {
    "mornings": Stretch(5 * 60, 12 * 60),
    "early_mornings": Stretch(5 * 60, 10 * 60),
    "afternoons": Stretch(12 * 60, 18 * 60),
    "late_afternoons": Stretch(15 * 60, 18 * 60 + 30),
    "evenings": Stretch(17 * 60, 23 * 60),
}
WORDS: Final = frozenset({*PARTS, *WEEKDAYS, *ARRANGEMENTS, "weekends", "lunch", "until_lunch", "from_lunch"})
_SAID: Final = {
    "mornings": "in the morning",
    "early_mornings": "early in the morning",
    "afternoons": "in the afternoon",
    "late_afternoons": "late in the afternoon",
    "evenings": "in the evening",
    "weekends": "at the weekend",
    "lunch": "over lunch",
    "until_lunch": "before the end of lunch",
    "from_lunch": "after the beginning of lunch",
    "back_to_back": "right next to another event",
    "spread_out": "with time around it",
}


def trait_of(text: str) -> str | None:
    """The canonical word for one the JSON or a person uses ("Fridays", "before 9", "lunchtime"); None: not known."""
    word = re.sub(r"[\s\-_]+", " ", text.strip().casefold())
    for prefix in ("before ", "after "):
        if word.startswith(prefix) and (minute := clock_of(word.removeprefix(prefix))) is not None:
            return f"{prefix}{minute // 60:02d}:{minute % 60:02d}"
    word = {"lunchtime": "lunch", "lunch break": "lunch", "weekend": "weekends"}.get(word, word).replace(" ", "_")
    for form in (word, word + "s", word.removesuffix("s")):
        if form in WORDS:
            return form
    return None


def clock_of(text: str) -> int | None:
    """Minutes after midnight of "9", "9:30", "half past nine", "4 pm", "noon"; one to six alone are afternoon."""
    text = text.strip().casefold()
    if text in {"noon", "midday", "midnight"}:
        return 0 if text == "midnight" else 12 * 60
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    digits = found["hour"]
    hour = int(digits) if digits.isdigit() else _HOURS.index(digits) + 1
    if half_day := (found["half_day"] or "").replace(".", ""):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half_day == "pm" else 0)
    elif 1 <= hour <= 6 and not digits.startswith("0"):
        hour += 12
    minute = int(found["minute"] or 0) + (30 if found["thirty"] else 0)
    minute += {"half past ": 30, "quarter past ": 15, "quarter to ": -15}.get(found["half"] or "", 0)
    total = hour * 60 + minute
    return total if 0 <= total <= DAY_MIN else None


def has_trait(trait: str, start: datetime, end: datetime, lunch: Stretch | None) -> bool:
    """Whether a slot from ``start`` to ``end``, on a person's wall clock, is what ``trait`` says."""
    begins = start.hour * 60 + start.minute
    ends = begins + round((end - start).total_seconds() / 60)  # wall minutes: both on the same clock
    if trait in PARTS:
        return PARTS[trait].opens <= begins < PARTS[trait].closes
    if trait in WEEKDAYS:
        return start.weekday() == WEEKDAYS.index(trait)
    if trait == "weekends":
        return start.weekday() >= 5
    if trait.startswith("before "):
        return begins < _minutes(trait.removeprefix("before "))
    if trait.startswith("after "):
        return ends > _minutes(trait.removeprefix("after "))
    lunch = lunch or Stretch(12 * 60, 13 * 60)
    match trait:
        case "lunch":
            return begins < lunch.closes and ends > lunch.opens
        case "until_lunch":
            return begins < lunch.closes
        case "from_lunch":
            return ends > lunch.opens
        case _:
            return False  # an arrangement is seen beside other events, not in the slot alone


def said(trait: str) -> str:
    """The trait as people say it: "in the morning", "on a Friday", "before 9 AM"."""
    if trait in WEEKDAYS:
        return f"on a {trait.title()}"
    for prefix in ("before ", "after "):
        if trait.startswith(prefix):
            minutes = _minutes(trait.removeprefix(prefix)) % DAY_MIN
            return prefix + spoken.clock_time(datetime.combine(date.min, time(minutes // 60, minutes % 60)))
    return _SAID.get(trait, trait)


def _minutes(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute or 0)


def _second(day: date, minutes: int, zone: ZoneInfo) -> int:
    if minutes >= DAY_MIN:
        return seconds(start_of(day + timedelta(days=1), zone))
    return seconds(soft_at(day, time(minutes // 60, minutes % 60), zone))
