"""What a sentence says about when, before anything is made of it: days, time, length, repetition, zone. Pure.

`hear` finds; `meaning` makes candidates of what was found; `settling` puts an answer over what was heard before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from tools.calendars.language.clock import Clock, Half, find_impossible
from tools.calendars.language.context import (
    EARLY_WORDS,
    LATE_WORDS,
    LONGEST,
    Spans,
    blank,
    numbered_things,
    part_of_day,
    sources,
)
from tools.calendars.language.dates import Span
from tools.calendars.language.days import Days, find_days, read_days
from tools.calendars.language.denials import denied, left_behind
from tools.calendars.language.english import ENGLISH
from tools.calendars.language.series import Series, complete, ends, find_series
from tools.calendars.language.spans import find_day_count, find_delay, find_length, find_lengths, find_shift
from tools.calendars.language.table import Language
from tools.calendars.language.times import Bound, bound_of, times_together
from tools.calendars.language.together import days_together
from tools.calendars.language.unexplained import Doubt, unexplained
from tools.calendars.language.words import Words, read_words
from tools.calendars.language.zones import find_zone

_ALL_DAY = re.compile(r"\b(?:all\sday(?:\slong)?|(?:the|a)\s(?:whole|entire|full)\sday)\b")
_SHORTEST = 5  # minutes; "wait a minute" is no length
_HALF_ALONE = re.compile(r"(?<!\d\s)(?<!oclock\s)\b(?P<half>am|pm)\b")
_MINUTES = re.compile(
    r"\b(?:(?P<half>half\spast)|(?P<quarter>quarter|\d{1,2})(?:\sminutes)?\s(?P<side>past|to))(?=$|\s(?!\d))"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """``days``: what the day may be, the likeliest first, several only to be asked. ``end_day``: of a range.
    ``other_clocks``: times said besides ("at nine or ten"). ``bound``: the time is only a limit.
    ``only_end``: the day is said as an end ("until christmas").

    ``minutes``: after (or before) an hour that was said earlier ("half past"). ``half``: only "am" or "pm".
    ``problem``: "no_such_day", "no_such_time" or "weekday_mismatch". ``doubt``: what to ask because words about time
    are left that nothing here accounts for. ``spans``: parts of the original sentence.
    """

    days: tuple[Span, ...] = ()
    loose: bool = False
    today: bool = False
    end_day: date | None = None
    only_end: bool = False
    clock: Clock | None = None
    other_clocks: tuple[Clock, ...] = ()
    bound: Bound = ""
    part: str = ""
    half: Half = ""
    minutes: int | None = None
    length_min: int | None = None
    day_count: int = 0
    all_day: bool = False
    series: Series | None = None
    zone: str = ""
    delayed_to: datetime | None = None
    shift_min: int | None = None
    context: Literal["", "early", "late"] = ""
    problem: str = ""
    doubt: Doubt = ""
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def empty(self) -> bool:
        """Says nothing about when."""
        return not (
            self.days or self.clock or self.part or self.length_min or self.all_day or self.series or self.delayed_to
            or self.problem or self.shift_min
        )  # fmt: skip


def hear(text: str, now: datetime, language: Language = ENGLISH) -> Heard:
    """What ``text`` says; ``now`` is the caller's wall time."""
    words = read_words(text[:LONGEST], language)
    no = denied(words.text)
    heard = _heard_in(words, blank(words.text, no), no, now)
    if no and heard.empty and not _heard_in(words, words.text, [], now).empty:
        return replace(heard, doubt="which_day")  # only "not on Friday"
    return heard


def _heard_in(words: Words, normal: str, no: Spans, now: datetime) -> Heard:
    """What ``normal`` says: the normal text of ``words`` without its ``no``, the denied parts."""
    zone, things = find_zone(normal), numbered_things(normal)
    used = [*no, *things, *left_behind(normal), *([(zone.start, zone.end)] if zone else [])]
    rest = blank(normal, used)
    context = "late" if LATE_WORDS.search(normal) else "early" if EARLY_WORDS.search(normal) else ""
    heard = Heard(zone=zone.name if zone else "", context=context)
    taken: Spans = [(zone.start, zone.end)] if zone else []
    delay = find_delay(rest)
    if delay:
        length = find_length(blank(rest, [(delay.start, delay.end)]))
        taken += [(delay.start, delay.end)] + ([(length.start, length.end)] if length else [])
        at = _rounded(now + timedelta(minutes=delay.minutes), heard.zone)
        heard = replace(heard, delayed_to=at, length_min=length.minutes if length else None)
        return replace(heard, doubt=unexplained(words.text, used + taken, no), spans=sources(words, taken))
    today = now.date()  # "tomorrow at 3 pm Pacific" is the caller's own tomorrow
    heard, rest = _lengths_and_series(heard, rest, today, taken)
    told = rest
    heard, rest, days = _days(heard, rest, today, taken)
    heard, beside = _clocks(heard, rest, told, days, taken)
    doubt = "" if heard.empty else unexplained(words.text, [*used, *taken, *beside], no)
    if no and heard.days and _denies(words.text, no, heard.days[0], today):
        doubt = "which_day"
    return replace(heard, doubt=doubt, spans=sources(words, taken))


def _denies(text: str, no: Spans, span: Span, today: date) -> bool:
    """Whether the day left is what was denied, or holds it: "not Monday, any other day next week"."""
    said = [day for start, end in no for day in find_days(text[start:end], today)]
    return any(span[0] <= day.last and day.first <= span[1] for day in said)


def _rounded(at: datetime, zone: str) -> datetime:
    """Wall time, up to whole five minutes, so that a repeated reading says the same."""
    at = at.astimezone(ZoneInfo(zone)) if zone and at.tzinfo else at
    at = at.replace(tzinfo=None, second=0, microsecond=0)
    return at + timedelta(minutes=-at.minute % 5)


def _lengths_and_series(heard: Heard, text: str, today: date, used: Spans) -> tuple[Heard, str]:
    """Shifts ("an hour later"), whole days and repetition; all of them are blanked for what follows."""
    shift, all_day = find_shift(text), _ALL_DAY.search(text)
    found: Spans = [(shift.start, shift.end)] if shift else []
    found += [all_day.span()] if all_day else []
    text = blank(text, found)
    series = find_series(text)
    if series:
        found += series.spans
        text = blank(text, series.spans)
    heard = replace(heard, shift_min=shift.minutes if shift else None, all_day=bool(all_day), series=series)
    used += found
    return heard, text


def _days(heard: Heard, text: str, today: date, used: Spans) -> tuple[Heard, str, list[Days]]:
    days, impossible = read_days(text, today)
    spans = [(day.start, day.end) for day in days]
    used += spans + impossible
    left = days
    if heard.series:
        series, left = complete(heard.series, text, days)
        used += [span for span in series.spans if span not in used]
        heard = replace(heard, series=series)
    if not heard.series and len(left) == 1 and ends(text, left[0]):
        heard = replace(heard, only_end=True)
    heard, chosen = _chosen_days(heard, text, left, today)
    if impossible and not days:
        heard = replace(heard, problem="no_such_day")
    rest = blank(text, spans + impossible)
    counted = None if heard.series else find_day_count(rest)
    if counted:
        used.append((counted.start, counted.end))
        rest = blank(rest, [(counted.start, counted.end)])
        heard = replace(heard, day_count=counted.minutes // (24 * 60))
    length = find_length(rest)
    if length and length.minutes >= _SHORTEST:
        said = [(other.start, other.end) for other in find_lengths(rest) if other.start <= length.start]
        used += said
        rest = blank(rest, said)
        heard = replace(heard, length_min=length.minutes)
    return heard, rest, chosen


def _chosen_days(heard: Heard, text: str, days: Sequence[Days], today: date) -> tuple[Heard, list[Days]]:
    """One day or range, or the several it may be; a range of days with times at both ends keeps both days."""
    merged, kept = days_together(text, days, today)
    if not merged:
        return heard, []
    options = [(day.first, day.last) for day in merged]
    for day in merged:
        options += day.others
    first = merged[0]
    problem = next((day.problem for day in merged if day.problem), "")
    heard = replace(
        heard,
        days=tuple(dict.fromkeys(options)),
        loose=first.loose and len(merged) == 1,
        today=first.kind == "today" and "tonight" in text[first.start : first.end],
        problem=problem,
    )
    return heard, kept if len(merged) == 1 else []


def _clocks(heard: Heard, text: str, told: str, days: Sequence[Days], used: Spans) -> tuple[Heard, Spans]:
    """The time: one, or the last after a correction; numbers without a clock's words only beside a day or alone.

    ``text`` has its days blanked, ``told`` has them: "tonight" is also a part of the day. Also where other words stand
    that are accounted for: times that were corrected, minutes alone.
    """
    clocks, said = times_together(text)
    several = len(clocks) > 1 and len(heard.days) > 1  # "Monday at ten or Tuesday at eleven": the day comes first
    clock = clocks[0] if clocks and not several else None
    spans = [(clock.start, clock.end) for clock in clocks]
    part = part_of_day(told, spans) or _around_lunch(text)
    minutes = None if clock else _MINUTES.search(text)
    half = None if clock else _HALF_ALONE.search(text)
    wrong = [span for span in find_impossible(text) if not clock or (span[0] < clock.end and clock.start < span[1])]
    used += spans[:1] + ([part[1]] if part else []) + wrong
    named = part[0] if part else heard.series.part if heard.series else ""
    heard = replace(
        heard,
        clock=clock,
        other_clocks=tuple(clocks[1:]) if clock else (),
        bound=bound_of(text, clock) if clock else "",
        part=named,
        problem="no_such_time" if wrong else heard.problem,
    )
    if clock and clock.until and len(days) == 2 and days[0].start < clock.end and days[0].end <= days[1].start:
        inside = text[clock.start : clock.end]
        if clock.start < days[1].start and re.search(r"(?:to|until|through)\s_+", inside):
            heard = replace(heard, days=((days[0].first, days[0].first),), end_day=heard.days[0][1])
    heard = replace(
        heard,
        minutes=_minutes(minutes) if minutes else None,
        half="" if half is None else "am" if half["half"] == "am" else "pm",
    )
    return heard, [*said, *(match.span() for match in (minutes, half) if match)]


def _minutes(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    minutes = 15 if match["quarter"] == "quarter" else int(match["quarter"])
    return minutes if match["side"] == "past" else -minutes


def _around_lunch(text: str) -> tuple[str, tuple[int, int]] | None:
    match = re.search(r"\b(?P<side>after|before)\s(?:lunch|noon)\b", text)
    return ("afternoon" if match["side"] == "after" else "morning", match.span()) if match else None
