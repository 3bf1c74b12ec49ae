"""What a sentence says about when, before anything is made of it: days, time, length, repetition, zone. Pure.

`hear` finds; `meaning` makes candidates of what was found; `settling` puts an answer over what was heard before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from tools.calendars.language.clock import LEAD, Clock, Half, find_clocks, find_impossible
from tools.calendars.language.context import (
    EARLY_WORDS,
    LATE_WORDS,
    LONGEST,
    OF_CORRECTION,
    Spans,
    blank,
    part_of_day,
    sources,
    without_negated,
)
from tools.calendars.language.dates import Span
from tools.calendars.language.days import Days, read_days
from tools.calendars.language.english import ENGLISH
from tools.calendars.language.series import Series, complete, find_series
from tools.calendars.language.spans import find_day_count, find_delay, find_length, find_shift
from tools.calendars.language.table import Language
from tools.calendars.language.words import read_words
from tools.calendars.language.zones import Zone, find_zone

_ALL_DAY = re.compile(r"\b(?:all\sday(?:\slong)?|(?:the|a)\s(?:whole|entire|full)\sday)\b")
_TO = re.compile(r"(?:\s_+)*\s(?:to|through|until|and)(?:\sincluding)?\s(?:on\s|the\s)?")
_AND = re.compile(r"\s(?:and|or)\s(?:maybe\s|perhaps\s|on\s|the\s)*")
_BOUND = re.compile(r"\b(?P<side>before|after)\s(?:the\s)?$")
_OR = re.compile(r"\s(?:or|and)\s(?:maybe\s|perhaps\s|again\s|then\s)*(?:at\s)?$")
_EITHER = re.compile(r"^(?:\s\S+){0,4}\s(?:or|and)\s(?:maybe\s|perhaps\s|else\s)?$")
_BESIDE = re.compile(r"_\s(?:at\s|around\s)?$")
_LONE = re.compile(
    r"(?:(?:um|uh|okay|ok|yes|no|sorry|actually|then|lets|say|make|it|that|at|about|around|how|better|rather|"
    r"to|i|mean|meant|said|please|instead|_+)\s?)*"
)
_HALF_ALONE = re.compile(r"(?<!\d\s)(?<!oclock\s)\b(?P<half>am|pm)\b")
_MINUTES = re.compile(
    r"\b(?:(?P<half>half\spast)|(?P<quarter>quarter|\d{1,2})(?:\sminutes)?\s(?P<side>past|to))(?=$|\s(?!\d))"
)
Bound = Literal["", "before", "after"]
_LIMIT = re.compile(
    r"\b(?:(?P<before>(?<!not\s)before|until|by|no\slater\sthan|(?<!no\s)earlier\sthan)"
    r"|(?P<after>after|not\sbefore|(?<!no\s)later\sthan|no\searlier\sthan))\s(?:about\s|around\s)?$"
)
Item = TypeVar("Item", Days, Clock)


@dataclass(frozen=True, slots=True)
class Heard:
    """``days``: what the day may be, the likeliest first, several only to be asked. ``end_day``: of a range.
    ``other_clocks``: times said besides ("at nine or ten"). ``bound``: the time is only a limit.

    ``minutes``: after (or before) an hour that was said earlier ("half past"). ``half``: only "am" or "pm".
    ``problem``: "no_such_day", "no_such_time" or "weekday_mismatch". ``spans``: parts of the original sentence.
    """

    days: tuple[Span, ...] = ()
    loose: bool = False
    today: bool = False
    end_day: date | None = None
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
    normal = without_negated(words.text)
    zone = find_zone(normal)
    rest, used = _without(normal, zone), list[tuple[int, int]]([(zone.start, zone.end)] if zone else [])
    today = now.date()  # "tomorrow at 3 pm Pacific" is the caller's own tomorrow
    context = "late" if LATE_WORDS.search(normal) else "early" if EARLY_WORDS.search(normal) else ""
    heard = Heard(zone=zone.name if zone else "", context=context)
    delay = find_delay(rest)
    if delay:
        length = find_length(blank(rest, [(delay.start, delay.end)]))
        used += [(delay.start, delay.end)] + ([(length.start, length.end)] if length else [])
        at = _rounded(now + timedelta(minutes=delay.minutes), heard.zone)
        return replace(heard, delayed_to=at, length_min=length.minutes if length else None, spans=sources(words, used))
    heard, rest = _lengths_and_series(heard, rest, today, used)
    told = rest
    heard, rest, days = _days(heard, rest, today, used)
    heard = _clocks(heard, rest, told, days, used)
    return replace(heard, spans=sources(words, used))


def _without(text: str, zone: Zone | None) -> str:
    return blank(text, [(zone.start, zone.end)]) if zone else text


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
        heard = replace(heard, series=series)
    left = [_bounded(text, day, today) for day in left]
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
    if length:
        used.append((length.start, length.end))
        rest = blank(rest, [(length.start, length.end)])
        heard = replace(heard, length_min=length.minutes)
    return heard, rest, chosen


def _chosen_days(heard: Heard, text: str, days: Sequence[Days], today: date) -> tuple[Heard, list[Days]]:
    """One day or range, or the several it may be; a range of days with times at both ends keeps both days."""
    kept = _corrected(list(days), text)
    if not kept:
        return heard, []
    merged = [kept[0]]
    for day in _in_same_week(text, kept)[1:]:
        joined = _joined(text, merged[-1], day, today)
        merged = [*merged[:-1], joined] if joined else [*merged, day]
    merged = _refined(merged)
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


def _in_same_week(text: str, days: list[Days]) -> list[Days]:
    """ "next week on Tuesday or Thursday": the Thursday after that Tuesday."""
    placed = days[:1]
    for day in days[1:]:
        before = placed[-1]
        if day.loose and not before.loose and before.one and _EITHER.search(text[before.end : day.start]):
            weeks = max(0, (before.first - day.first).days + 6) // 7
            day = replace(day, first=day.first + timedelta(weeks=weeks), last=day.last + timedelta(weeks=weeks))
        placed.append(day)
    return placed


def _bounded(text: str, day: Days, today: date) -> Days:
    """ "before friday" is some day until then, "after christmas" one of the week that follows."""
    match = _BOUND.search(text[max(0, day.start - 20) : day.start])
    if match is None:
        return day
    step = timedelta(days=1)
    if match["side"] == "after":
        return replace(day, first=day.last + step, last=day.last + 7 * step, loose=False, kind="", others=())
    if day.first <= today:
        return day
    return replace(day, first=today, last=day.first - step, loose=False, kind="", others=())


def _corrected(found: list[Item], text: str) -> list[Item]:
    """What was said after the last words of correction ("Tuesday, no, Friday")."""
    for at in range(len(found) - 1, 0, -1):
        if OF_CORRECTION.search(text[found[at - 1].end : found[at].start]):
            return found[at:]
    return found


def _joined(text: str, first: Days, second: Days, today: date) -> Days | None:
    """ "monday through wednesday", "the 3rd to the 5th", "the 10th and 11th of december" as one range."""
    between = text[first.end : second.start + 4]
    both = _AND.match(between) or _AND.match(text[first.end : second.start] + " ")
    range_of = _TO.match(between)
    timed = not range_of and re.search(r"\s(?:to|until|through)\s(?:_+\s|on\s|the\s)*$", text[first.end : second.start])
    if not (both or range_of or timed) or first.others or second.others:
        return None
    start, end = first.first, second.last
    if first.kind == "nth" and second.kind != "nth":
        start = _same_month(start, end)
    elif second.kind == "nth" and end < start:
        end = _after(start, end)
    elif first.loose and not second.loose and (end - start).days >= 7:
        start += timedelta(days=(end - start).days // 7 * 7)
    elif second.loose and end < start:
        end += timedelta(days=7)
    if both and not range_of and (" or " in between or (end - start).days != 1):
        return None
    if _AND.match(between) and (end - start).days != 1:
        return None
    return Days(start, end, first.start, second.end) if start <= end else None


def _same_month(start: date, end: date) -> date:
    try:
        return end.replace(day=start.day) if start.day <= end.day else start
    except ValueError:
        return start


def _after(start: date, end: date) -> date:
    """The number of ``end`` in the month of ``start`` or the one after it."""
    for month in (start.replace(day=1), (start.replace(day=1) + timedelta(days=32)).replace(day=1)):
        try:
            day = month.replace(day=end.day)
        except ValueError:
            continue
        if day >= start:
            return day
    return end


def _refined(days: list[Days]) -> list[Days]:
    """ "next week, maybe Thursday": the weekday of that week. "Tomorrow, Sunday" says the same day twice."""
    named = [day for day in days if not day.loose]
    if len(named) == 1 and named[0].one and all(day.first.weekday() == named[0].first.weekday() for day in days):
        return named
    if len(days) != 2 or days[0].one == days[1].one:
        return days
    several, one = (days[1], days[0]) if days[0].one else (days[0], days[1])
    if not one.loose or (several.last - several.first).days > 7:
        return days
    inside = several.first + timedelta(days=(one.first.weekday() - several.first.weekday()) % 7)
    return [replace(one, first=inside, last=inside, loose=False)] if inside <= several.last else days


def _clocks(heard: Heard, text: str, told: str, days: Sequence[Days], used: Spans) -> Heard:
    """The time: one, or the last after a correction; numbers without a clock's words only beside a day or alone.

    ``text`` has its days blanked, ``told`` has them: "tonight" is also a part of the day.
    """
    clocks = find_clocks(text, bare=True, across=True)
    clocks = [
        clock
        for at, clock in enumerate(clocks)
        if not clock.bare or _stands_for_time(text, clock, clocks[at - 1] if at else None)
    ]
    clocks = _corrected(_sure_ones(text, clocks), text)
    several = len(clocks) > 1 and len(heard.days) > 1  # "Monday at ten or Tuesday at eleven": the day comes first
    clock = clocks[0] if clocks and not several else None
    spans = [(clock.start, clock.end) for clock in clocks]
    part = part_of_day(told, spans) or _around_lunch(text)
    minutes = None if clock else _MINUTES.search(text)
    half = None if clock else _HALF_ALONE.search(text)
    wrong = [] if clocks else find_impossible(text)
    used += spans[:1] + ([part[1]] if part else []) + wrong
    named = part[0] if part else heard.series.part if heard.series else ""
    heard = replace(
        heard,
        clock=clock,
        other_clocks=tuple(clocks[1:]) if clock else (),
        bound=_bound(text, clock) if clock else "",
        part=named,
        problem="no_such_time" if wrong else heard.problem,
    )
    if clock and clock.until and len(days) == 2 and days[0].start < clock.end and days[0].end <= days[1].start:
        inside = text[clock.start : clock.end]
        if clock.start < days[1].start and re.search(r"(?:to|until|through)\s_+", inside):
            heard = replace(heard, days=((days[0].first, days[0].first),), end_day=heard.days[0][1])
    return replace(
        heard,
        minutes=_minutes(minutes) if minutes else None,
        half="" if half is None else "am" if half["half"] == "am" else "pm",
    )


def _bound(text: str, clock: Clock) -> Bound:
    """ "before four", "after three": the time is a limit, not the time meant."""
    if clock.until:
        return ""
    lead = LEAD.match(text, clock.start)
    match = _LIMIT.search(text[max(0, clock.start - 16) : lead.end() if lead else clock.start])
    if match is None:
        return ""
    return "before" if match["before"] else "after"


def _minutes(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    minutes = 15 if match["quarter"] == "quarter" else int(match["quarter"])
    return minutes if match["side"] == "past" else -minutes


def _sure_ones(text: str, clocks: list[Clock]) -> list[Clock]:
    """Times said as times; a lone number counts as one only where there is no such, or as its alternative ("or 10")."""
    if all(clock.bare for clock in clocks):
        return clocks
    return [clock for clock in clocks if not clock.bare or _OR.search(text[: clock.start])]


def _stands_for_time(text: str, clock: Clock, earlier: Clock | None) -> bool:
    """Whether a lone number is beside a day, all there is, or another time's alternative."""
    before, after = text[: clock.start], text[clock.end :]
    if _bound(text, clock):
        return True
    if earlier and _OR.fullmatch(text[earlier.end : clock.start]):
        return True
    return (
        (bool(before) and bool(_BESIDE.search(before[-12:])))
        or after.startswith(" _")
        or (bool(_LONE.fullmatch(before)) and bool(_LONE.fullmatch(after.lstrip())))
    )


def _around_lunch(text: str) -> tuple[str, tuple[int, int]] | None:
    match = re.search(r"\b(?P<side>after|before)\s(?:lunch|noon)\b", text)
    return ("afternoon" if match["side"] == "after" else "morning", match.span()) if match else None
