"""What a sentence says about when: days, time, part of the day, length, repetition. Pure; `now` is wall time.

Nothing missing is invented here: a `When` holds what was said, and `resolve_start` fills in only what language implies
("at three" is the next three o'clock in working hours).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from tools.calendars.language.clock import Clock, choose, find_clocks, minutes_between
from tools.calendars.language.context import (
    LATE_WORDS,
    LONGEST,
    OF_CORRECTION,
    blank,
    part_of_day,
    sources,
)
from tools.calendars.language.days import Days, find_days
from tools.calendars.language.denials import without_denied
from tools.calendars.language.spans import find_delay, find_length, find_repeat, find_shift
from tools.calendars.language.words import Words, read_words

Heard = TypeVar("Heard", Days, Clock)


@dataclass(frozen=True, slots=True)
class When:
    """``day``/``last_day``: first and last day said, equal for one day. ``time``: wall time of day. ``guessed_half``:
    nobody said which half of the day. ``spans``: parts of the original sentence that said it."""

    day: date | None = None
    last_day: date | None = None
    time: time | None = None
    guessed_half: bool = False
    part: str = ""
    duration_min: int | None = None
    shift_min: int | None = None
    repeats: bool = False
    past: bool = False
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def several_days(self) -> bool:
        return self.day is not None and self.day != self.last_day

    @property
    def empty(self) -> bool:
        return self.day is None and self.time is None and not self.part and self.duration_min is None

    @property
    def has_moment(self) -> bool:
        """Says a day or a time."""
        return self.day is not None or self.time is not None or bool(self.part)


def read_when(text: str, now: datetime, *, bare: bool = False, late: bool = False) -> When:
    """Everything ``text`` says about when. ``bare`` takes a lone number as a time; ``late`` prefers the evening."""
    return read_words_when(read_words(text[:LONGEST]), now, bare=bare, late=late)


def read_words_when(words: Words, now: datetime, *, bare: bool = False, late: bool = False) -> When:
    """Like `read_when` for normalised words."""
    text = without_denied(words.text)
    late = late or bool(LATE_WORDS.search(text))
    used: list[tuple[int, int]] = []
    delay = find_delay(text)
    if delay:
        used.append((delay.start, delay.end))
        return _after_delay(words, now, delay.minutes, used, text)
    shift = find_shift(text)
    rest = blank(text, [(shift.start, shift.end)] if shift else [])
    repeat = find_repeat(rest)
    days = [day for day in find_days(rest, now.date()) if day.problem != "weekday_mismatch"]
    length = find_length(blank(rest, [(d.start, d.end) for d in days]))
    taken = [(d.start, d.end) for d in days] + ([(length.start, length.end)] if length else [])
    clocks = find_clocks(blank(rest, taken), bare=bare)
    clocks = [clock for clock in clocks if not clock.bare] or clocks
    day = _chosen(days, text)
    clock = _chosen(clocks, text)
    part = part_of_day(rest, [(c.start, c.end) for c in clocks])
    used += taken + [(c.start, c.end) for c in clocks] + ([(shift.start, shift.end)] if shift else [])
    used += [part[1]] if part else []
    used += [repeat] if repeat else []
    when = When(
        part=part[0] if part else "",
        duration_min=length.minutes if length else None,
        shift_min=shift.minutes if shift else None,
        repeats=repeat is not None,
        spans=sources(words, used),
    )
    return _resolved(when, day, clock, now, late=late)


def resolve_start(day: date | None, at: time, now: datetime, *, guessed_half: bool = False) -> datetime:
    """The naive local start: on ``day``, else at the next such time. Today's guessed half gives way to the clock."""
    today = now.date()
    naive_now = now.replace(tzinfo=None)
    start = datetime.combine(day or today, at)
    if start <= naive_now and guessed_half and at.hour < 12 and start.date() == today:
        later = start + timedelta(hours=12)
        if later > naive_now:
            return later
    if day is None and start <= naive_now:
        return start + timedelta(days=1)
    return start


def moments(text: str, now: datetime, default_day: date) -> list[datetime]:
    """All naive local moments a sentence offers, a day counting for the times after it ("tomorrow at 11, 1 PM …")."""
    words = read_words(text)
    days = find_days(words.text, now.date())
    clocks = find_clocks(blank(words.text, [(d.start, d.end) for d in days]))
    found: list[datetime] = []
    for clock in clocks:
        before = [d for d in days if d.start <= clock.start]
        day = before[-1].first if before else default_day
        found.append(datetime.combine(day, choose(clock)))
    return found


def _resolved(when: When, day: Days | None, clock: Clock | None, now: datetime, *, late: bool) -> When:
    part = when.part
    at = choose(clock, part=part, late=late) if clock else None
    guessed = bool(clock and not clock.sure and not clock.half and not part)
    duration = when.duration_min
    if clock and at and clock.until:
        duration = duration or minutes_between(clock, at, part=part)
    first, last = (day.first, day.last) if day else (None, None)
    if day and at and day.loose and day.first == now.date():
        start = resolve_start(day.first, at, now, guessed_half=guessed)
        if start <= now.replace(tzinfo=None) or (guessed and start.time() != at and start.hour > 19):
            first = last = day.first + timedelta(days=7)
    if first and at and guessed:
        at = resolve_start(first, at, now, guessed_half=True).time()
    past = bool(last and last < now.date()) or bool(
        first and at and first == last and datetime.combine(first, at) <= now.replace(tzinfo=None)
    )
    return replace(when, day=first, last_day=last, time=at, guessed_half=guessed, duration_min=duration, past=past)


def _after_delay(words: Words, now: datetime, minutes: int, used: list[tuple[int, int]], text: str) -> When:
    """ "in 20 minutes", rounded up to whole five minutes, so that a repeated reading says the same."""
    at = now.replace(tzinfo=None, second=0, microsecond=0) + timedelta(minutes=minutes)
    at += timedelta(minutes=-at.minute % 5)
    length = find_length(blank(text, used))
    used += [(length.start, length.end)] if length else []
    return When(
        day=at.date(),
        last_day=at.date(),
        time=at.time(),
        duration_min=length.minutes if length else None,
        spans=sources(words, used),
    )


def _chosen(found: list[Heard], text: str) -> Heard | None:
    """The first one said, or the last one after words of correction ("Tuesday, no, Friday")."""
    if not found:
        return None
    if len(found) > 1 and OF_CORRECTION.search(text[found[0].end : found[-1].start]):
        return found[-1]
    return found[0]
