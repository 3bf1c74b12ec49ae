"""An answer or a correction put over a reading: "in the evening", "the later one", "no, Friday", "make it 5". Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from tools.calendars.language.clock import Clock, Half
from tools.calendars.language.context import LONGEST
from tools.calendars.language.dates import WEEKDAYS, Span
from tools.calendars.language.days import find_days
from tools.calendars.language.denials import denied
from tools.calendars.language.english import ENGLISH
from tools.calendars.language.heard import Heard, hear
from tools.calendars.language.meaning import Candidate
from tools.calendars.language.reading import Reading, reading_of
from tools.calendars.language.rules import Limit, rrule
from tools.calendars.language.series import Series, anchored, find_limit
from tools.calendars.language.table import Language
from tools.calendars.language.words import read_words

_YES = re.compile(r"(?:um\s|uh\s)*(?:yes|yeah|yep|yup|sure|right|correct|exactly|thats right|ok|okay)\b")
_NO = re.compile(r"(?:um\s|uh\s)*(?:no|nope|neither|the other(?: one)?)(?: the other(?: one)?)?(?: please)?$")
_PICK = re.compile(
    r"\b(?:the )?(?:(?P<nth>1st|2nd|3rd|4th)(?: (?:one|1|option))?$|(?P<nth1>1st|2nd|3rd|4th) (?:one|option)"
    r"|(?P<early>earlier|sooner|earliest|former|nearer|closer|(?<!not )this (?:one|coming one))\b(?: one)?"
    r"|(?P<late>(?:later|latest|latter|(?:not this )?one after(?: that)?|following|not this)(?: one)?)(?: please)?$)"
)
_BESIDE = re.compile(
    r"\b(?:the\s)?(?:(?P<count>\d+|a|1|one)\s)?(?P<unit>day|week)s?\s(?P<side>after|later|before|earlier|sooner)$"
    r"|\bthe\s(?:next|following)\s(?P<next>day|week)$|\bthe\s(?P<weekday>\w+day)\safter$"
)
_VAGUELY = re.compile(
    r"(?:no )?(?:can we (?:do|make) (?:it )?)?(?:an? (?:bit|little) |much |slightly )?"
    r"(?:earlier|later|sooner)(?: please)?"
)
_UNTIL = re.compile(r"\buntil\b")
_HALVES: dict[str, Half] = {"": "", "morning": "am", "afternoon": "pm", "evening": "pm"}
_NEVER = datetime.combine(date.max, time.max)
_OF_MONTH, _OF_WEEKS = re.compile(r"\bmonth"), re.compile(r"\bweeks?\b")


def settle(reading: Reading, answer: str, language: Language = ENGLISH) -> Reading:
    """The reading after ``answer``: to its question, or a correction of any part; the same one when it says nothing."""
    normal = read_words(answer[:LONGEST], language).text
    picked = _picked(reading, normal)
    if picked:
        return _settled(reading, _pinned(reading.heard, picked))
    new = hear(answer, reading.now, language)
    fitting = _fitting(reading, new) or (_spared(reading, normal) if new.empty else None)
    if fitting:
        return _settled(reading, _pinned(reading.heard, fitting))
    beside = _BESIDE.search(normal)
    best = reading.best
    if beside and best and best.day:
        return _settled(reading, _pinned(reading.heard, _moved(best, beside)))
    if new.shift_min and best and best.start:
        later = replace(best, start=best.start + timedelta(minutes=new.shift_min))
        return _settled(reading, _pinned(reading.heard, later))
    limit = find_limit(normal)
    if reading.heard.series and not new.series and limit:
        series = replace(reading.heard.series, limit=limit)
        return _settled(reading, replace(reading.heard, series=series))
    if (new.doubt and new.empty) or _VAGUELY.fullmatch(normal):
        return _settled(reading, replace(reading.heard, doubt=new.doubt or "which_time"))
    if new.empty and not new.half and new.minutes is None:
        return reading
    if new.clock and new.bound == "before" and reading.heard.clock and _UNTIL.search(normal) and not new.days:
        return _settled(reading, replace(reading.heard, clock=replace(reading.heard.clock, until=new.clock)))
    return _settled(reading, _over(reading, new))


def _moved(candidate: Candidate, beside: re.Match[str]) -> Candidate:
    """The candidate so many days or weeks later or earlier."""
    count = beside["count"] or "1"
    days = (int(count) if count.isdigit() else 1) * (7 if (beside["unit"] or beside["next"]) == "week" else 1)
    if beside["weekday"] in WEEKDAYS and candidate.day:
        days = (WEEKDAYS.index(beside["weekday"]) - candidate.day.weekday() - 1) % 7 + 1
    step = timedelta(days=-days if beside["side"] in {"before", "earlier", "sooner"} else days)
    day = candidate.day + step if candidate.day else None
    return replace(candidate, start=candidate.start + step if candidate.start else None, day=day, last_day=day)


def _settled(reading: Reading, heard: Heard) -> Reading:
    return reading_of(heard, reading.text, reading.now)


def _picked(reading: Reading, normal: str) -> Candidate | None:
    """One of the candidates, when the answer chooses among them."""
    candidates = reading.candidates
    if not candidates:
        return None
    if reading.ask == "how_often":
        month, weeks = _OF_MONTH.search(normal), _OF_WEEKS.search(normal)
        named = "MONTHLY" if month else "WEEKLY" if weeks else ""
        fitting = [candidate for candidate in candidates if named and f"FREQ={named}" in candidate.rrule]
        return fitting[0] if len(fitting) == 1 else None
    if not reading.ask or (len(candidates) < 2 and not reading.heard.doubt):
        return None
    match = _PICK.search(normal)
    candidates = _asked_between(reading)
    ordered = sorted(candidates, key=lambda candidate: (candidate.day or date.max, candidate.start or _NEVER))
    if match and match["early"]:
        return ordered[0]
    if match and match["late"]:
        return ordered[-1]
    if match:
        place = int((match["nth"] or match["nth1"])[0]) - 1
        return candidates[place] if place < len(candidates) else None
    if _NO.match(normal) and len(candidates) == 2:
        return candidates[1]
    return candidates[0] if _YES.fullmatch(normal) else None


def _asked_between(reading: Reading) -> tuple[Candidate, ...]:
    """The candidates a person chooses from: asked which day, the likeliest of each day."""
    if reading.ask != "which_day":
        return reading.candidates
    days: dict[date | None, Candidate] = {}
    for candidate in reading.candidates:
        days.setdefault(candidate.day, candidate)
    return tuple(days.values()) if len(days) > 1 else reading.candidates


def _spared(reading: Reading, normal: str) -> Candidate | None:
    """The one candidate that "not on Tuesday" or "not in the morning" leaves."""
    said = [normal[start:end] for start, end in denied(normal)]
    days = [day for text in said for day in find_days(text, reading.now.date())]
    morning, later = (any(word in text for text in said) for word in ("morning", "evening"))
    left = [
        other
        for other in _asked_between(reading)
        if other.day
        and not any(day.first <= other.day <= day.last for day in days)
        and not (other.start and (morning if other.start.hour < 12 else later))
    ]
    return left[0] if len(left) == 1 and reading.ask and (days or morning or later) else None


def _fitting(reading: Reading, new: Heard) -> Candidate | None:
    """The candidate that has the day or time said in the answer ("the 27th", "this week")."""
    if len(reading.candidates) < 2 or not reading.ask or new.clock or new.series or not new.days:
        return None
    first, last = new.days[0]
    fitting = [other for other in reading.candidates if other.day and first <= other.day <= last]
    return fitting[0] if fitting else None


def _pinned(heard: Heard, candidate: Candidate) -> Heard:
    """What would have been heard, had the candidate been said without any doubt."""
    day = candidate.day
    heard = replace(heard, loose=False, today=False, problem="", delayed_to=None, other_clocks=(), doubt="")
    if heard.series:
        return replace(heard, series=_pinned_series(heard.series, candidate), clock=_pinned_clock(heard, candidate))
    if candidate.start:
        start = candidate.start.date()
        return replace(heard, days=((start, start),), clock=_pinned_clock(heard, candidate))
    return replace(heard, days=((day, candidate.last_day or day),)) if day else heard


def _pinned_clock(heard: Heard, candidate: Candidate) -> Clock | None:
    start, clock = candidate.start, heard.clock
    if start is None:
        return clock
    until = clock.until if clock else None
    return Clock(start.hour, start.minute, "", sure=True, start=0, end=0, until=until)


def _pinned_series(series: Series, candidate: Candidate) -> Series:
    rules = [
        rule
        for rule in (series.rule, *series.others)
        if candidate.rrule.startswith(rrule(rule, Limit(), date.min, None, None))
    ]
    return replace(series, rule=rules[-1] if rules else series.rule, others=(), ask="", per=0)


def _over(reading: Reading, new: Heard) -> Heard:
    """What was heard before, with everything the answer says in its place."""
    old = reading.heard
    if old.delayed_to and reading.best:
        old = _pinned(old, reading.best)
    length = new.length_min or old.length_min
    clock = old.clock
    if new.length_min and clock:
        clock = replace(clock, until=None)
    if new.clock:
        clock = _with_half_of(new.clock, old)
        if old.clock and old.clock.until and not new.clock.until and reading.best:
            length = length or reading.best.duration_min
    elif new.minutes is not None and clock:
        clock = _with_minutes(clock, new.minutes)
    half = new.half or ("" if new.clock else _HALVES[new.part])
    if half and clock:
        clock = replace(clock, hour=clock.hour % 12 or 12, half=half, sure=False)
    part = new.part or ("" if new.clock and old.clock else old.part)
    return replace(
        old,
        days=_days_over(old, new),
        loose=new.loose if new.days else old.loose,
        today=new.today if new.days else old.today,
        end_day=None if new.days or new.clock else old.end_day,
        clock=clock,
        other_clocks=new.other_clocks if new.clock else old.other_clocks,
        bound=new.bound if new.clock else old.bound,
        part=part,
        length_min=length,
        day_count=new.day_count or old.day_count,
        all_day=new.all_day or (old.all_day and not new.clock),
        series=_series_over(old, new),
        zone=new.zone or old.zone,
        delayed_to=new.delayed_to,
        context=new.context or old.context,
        problem=new.problem or ("" if new.days or new.clock else old.problem),
        doubt=new.doubt or ("" if new.days or new.clock or new.series else old.doubt),
    )


def _days_over(old: Heard, new: Heard) -> tuple[Span, ...]:
    """A weekday after "next week" is that week's."""
    if new.loose and len(new.days) == len(old.days) == 1:
        first, last = old.days[0]
        inside = first + timedelta(days=(new.days[0][0].weekday() - first.weekday()) % 7)
        if first != last and inside <= last and (last - first).days <= 7:
            return ((inside, inside),)
    return new.days or old.days


def _series_over(old: Heard, new: Heard) -> Series | None:
    """A new repetition keeps the weekday of the old one; a new weekday keeps its repetition."""
    if new.series and old.series:
        rule = new.series.rule
        if not rule.complete and rule.frequency == old.series.rule.frequency:
            rule = replace(rule, by_day=old.series.rule.by_day, by_month_day=old.series.rule.by_month_day)
        limit = old.series.limit if new.series.limit == Limit() else new.series.limit
        return replace(new.series, rule=rule, limit=limit, starts=new.series.starts or old.series.starts)
    if new.series and not new.series.rule.complete and old.days:
        return replace(new.series, rule=anchored(new.series.rule, [old.days[0][0]]))
    if old.series and new.only_end:
        return replace(old.series, limit=Limit(until=new.days[0][1]))
    if old.series and new.days and old.series.rule.frequency != "DAILY":
        plain = replace(old.series.rule, by_day=(), by_month_day=(), by_month=0)
        rule = anchored(plain, [first for first, _ in new.days])
        return replace(old.series, rule=rule, others=(), ask="", per=0)
    return new.series or old.series


def _with_half_of(clock: Clock, old: Heard) -> Clock:
    """ "at 8 pm", "make it nine": still the evening, when that was said before."""
    before = old.clock
    if clock.sure or clock.half or before is None or not (before.half or before.sure):
        return clock
    evening = before.half == "pm" or (before.sure and before.hour >= 12)
    return replace(clock, half="pm") if evening and clock.hour % 12 >= 7 else clock


def _with_minutes(clock: Clock, minutes: int) -> Clock:
    if minutes >= 0:
        return replace(clock, minute=minutes)
    hour = (clock.hour - 1) % 24 if clock.sure else clock.hour - 1 or 12
    return replace(clock, hour=hour, minute=60 + minutes)
