"""What was heard as candidates: moments or days, ends, rules; what must be asked, and what cannot be. Pure.

Two meanings stay two candidates. One is taken for granted only where the other is absurd (three at night), and then
`Reading.assumed` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import product
from zoneinfo import ZoneInfo

from tools.calendars.language.clock import Clock, choose, minutes_between
from tools.calendars.language.dates import Span
from tools.calendars.language.heard import Heard
from tools.calendars.language.rules import Rule, rrule
from tools.calendars.language.series import Series
from tools.calendars.language.times import Bound

MOST = 6  # candidates
_SURE, _LIKELY, _UNLIKELY = 0.95, 0.85, 0.1
_LATEST_TODAY = 19  # hour up to which a time that has passed this morning means this evening
_SMALL_HOURS = 3  # "tonight at two" is after midnight
_NOON, _HALF_DAY = 12, timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One meaning. ``start`` and ``end`` are naive wall times of ``zone`` (IANA; empty: the caller's own).

    ``day``, ``last_day``: inclusive, the same for one day; without a ``start`` only days were said.
    ``part``: "morning", "afternoon" or "evening". ``confidence``: 0-1, comparable within one reading.
    ``rrule``: an RRULE's value whose first occurrence is ``start`` (or ``day``); its UNTIL is a UTC moment where there
    is a ``start``, else a date. ``without``: days that it leaves out.
    ``bound``: "before" or "after" where ``start`` is only a limit ("after three"): the time itself is to be asked.
    """

    start: datetime | None = None
    end: datetime | None = None
    day: date | None = None
    last_day: date | None = None
    part: str = ""
    duration_min: int | None = None
    all_day: bool = False
    rrule: str = ""
    without: tuple[date, ...] = ()
    bound: Bound = ""
    zone: str = ""
    confidence: float = _SURE


@dataclass(frozen=True, slots=True)
class Meaning:
    """Candidates, the likeliest first, and what is to be asked: see `Reading`."""

    candidates: tuple[Candidate, ...] = ()
    ask: str = ""
    problem: str = ""
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Times:
    """Times of day that may be meant: each with the days it lies after the day said, the likeliest first."""

    options: tuple[tuple[time, int], ...]
    ask: str = ""
    assumed: str = ""


def meaning(heard: Heard, now: datetime) -> Meaning:
    """What ``heard`` means at ``now`` (aware, or wall time with no zone)."""
    zone = ZoneInfo(heard.zone) if heard.zone else now.tzinfo
    local = (now.astimezone(zone) if now.tzinfo and zone else now).replace(tzinfo=None)
    if heard.problem in {"no_such_day", "no_such_time"} and not heard.delayed_to:
        return Meaning(ask="impossible", problem=heard.problem)
    if heard.delayed_to:
        return Meaning((_lasting(Candidate(start=heard.delayed_to, zone=heard.zone), heard, None),))
    if heard.series:
        found = _series(heard, heard.series, local, zone)
    elif heard.clock:
        found = _at_any(heard, [heard.clock, *heard.other_clocks], local)
    elif heard.days:
        found = _only_days(heard, local)
    else:
        found = _neither(heard)
    return _doubted(found, heard, local, zone)


def _only_days(heard: Heard, local: datetime) -> Meaning:
    if heard.loose and heard.days[0][0] == local.date():
        later = heard.days[0][0] + timedelta(days=7)
        heard = replace(heard, days=(*heard.days, (later, later)))
    ask = "which_day" if len(heard.days) > 1 or heard.problem else ""
    found = [_on_days(heard, span, _SURE if not ask else _share(at)) for at, span in enumerate(heard.days)]
    return Meaning(tuple(found[:MOST]), ask, heard.problem)


def _on_days(heard: Heard, span: Span, confidence: float) -> Candidate:
    last = span[0] + timedelta(days=heard.day_count - 1) if heard.day_count else span[1]
    return Candidate(
        day=span[0], last_day=last, part=heard.part, duration_min=heard.length_min, all_day=heard.all_day,
        zone=heard.zone, confidence=confidence,
    )  # fmt: skip


def _neither(heard: Heard) -> Meaning:
    if not (heard.part or heard.length_min or heard.all_day):
        return Meaning(ask=heard.doubt)
    return Meaning((Candidate(part=heard.part, duration_min=heard.length_min, all_day=heard.all_day, zone=heard.zone),))


def _at_any(heard: Heard, clocks: Sequence[Clock], local: datetime) -> Meaning:
    """One time, or several ("nine or ten") of which one is asked for, the likeliest meaning of each."""
    if clocks[0].kind == "to":
        clocks = [*clocks, _as_range(clocks[0])]
    found = [_at_times(heard, clock, local) if heard.days else _next_time(heard, clock, local) for clock in clocks]
    if len(found) == 1:
        return found[0]
    best = [replace(one.candidates[0], confidence=_share(at)) for at, one in enumerate(found)]
    return Meaning(_distinct(best), found[0].ask or "which_time", heard.problem, found[0].assumed)


def _as_range(clock: Clock) -> Clock:
    """ "ten to eleven" as the hour between, not as 10:50."""
    hour = clock.hour % 12 + 1
    return replace(clock, minute=0, kind="", until=replace(clock, hour=hour, minute=0, kind=""))


def _at_times(heard: Heard, clock: Clock, local: datetime) -> Meaning:
    if len(heard.days) == 1 and heard.days[0][0] != heard.days[0][1] and heard.end_day is None:
        return replace(_only_days(heard, local), ask="which_day")  # "next week at nine" is no moment yet
    times = _times(heard, clock)
    made: list[Candidate] = []
    assumed = [times.assumed] if times.assumed else []
    for at, (span, (hour, after)) in enumerate(product(heard.days, times.options)):
        start = datetime.combine(span[0] + timedelta(days=after), hour)
        start = _not_passed(heard, clock, start, local)
        made.append(_lasting(Candidate(start=start, zone=heard.zone, confidence=_share(at)), heard, clock))
    ahead = [candidate for candidate in made if candidate.start and candidate.start > local]
    doubtful = {candidate.start for candidate in ahead if candidate.confidence > _UNLIKELY}
    several = len(heard.days) > 1 or bool(heard.problem)
    if heard.loose and ahead and ahead[0].day == local.date():  # "Saturday at two", said on a Saturday
        several, week = True, timedelta(days=7)
        later = datetime.combine(local.date() + week, ahead[0].start.time() if ahead[0].start else time())
        second = _lasting(Candidate(start=later, zone=heard.zone, confidence=_share(1)), heard, clock)
        ahead = [replace(ahead[0], confidence=_share(0)), second]
    ask = "which_day" if several else times.ask if len(doubtful) > 1 else ""
    ordered = ahead or made
    if not ask:
        ordered = [replace(ordered[0], confidence=_LIKELY if assumed else _SURE),
                   *(replace(other, confidence=_UNLIKELY) for other in ordered[1:])]  # fmt: skip
    return Meaning(_distinct(ordered), ask, heard.problem, tuple(assumed))


def _not_passed(heard: Heard, clock: Clock, start: datetime, local: datetime) -> datetime:
    """ "saturday at nine", said on a Saturday at ten, is the next one's; "today at nine" is this evening."""
    if start > local or start.date() != local.date():
        return start
    later = start + _HALF_DAY
    guessed = not clock.sure and not clock.half and start.hour < _NOON and not heard.part
    if guessed and later > local and (later.hour <= _LATEST_TODAY or not heard.loose):
        return later
    return start + timedelta(days=7) if heard.loose else start


def _next_time(heard: Heard, clock: Clock, local: datetime) -> Meaning:
    """A time without a day is the next such one; what has just passed may be this evening's or tomorrow's."""
    times = _times(heard, clock)
    today, tomorrow = local.date(), local.date() + timedelta(days=1)
    starts = [datetime.combine(today + timedelta(days=after), at) for at, after in times.options]
    likely = starts[0]
    ask, assumed = times.ask, [times.assumed] if times.assumed else []
    if len(starts) > 1 and likely <= local < starts[1] and (ask or 7 <= starts[1].hour <= 22):
        order = [starts[1], likely + timedelta(days=1)]
        ask = "" if ask else "which_day"
    else:
        order = [start if start > local else start + timedelta(days=1) for start in starts]
    assumed.append("tomorrow" if order[0].date() == tomorrow else "today")
    shares = [_share(at) if ask else (_LIKELY, _UNLIKELY)[at > 0] for at in range(len(order))]
    made = [
        _lasting(Candidate(start=start, zone=heard.zone, confidence=share), heard, clock)
        for start, share in zip(order, shares, strict=True)
    ]
    return Meaning(_distinct(made), ask, heard.problem, tuple(assumed))


def _times(heard: Heard, clock: Clock) -> _Times:
    if clock.kind == "midnight":
        if heard.today or not heard.days:
            return _Times(((time(0), 1),))
        return _Times(((time(0), 1), (time(0), 0)), "which_day")
    late = heard.context == "late"
    if clock.sure:
        return _Times(((choose(clock), 0),))
    if clock.half or heard.part:
        at = choose(clock, part=heard.part, late=late)
        if heard.part == "evening" and clock.hour == _NOON and not clock.half:
            return _Times(((time(0, clock.minute), 1),))
        if heard.part == "evening" and clock.hour <= _SMALL_HOURS and not clock.half:
            return _Times(((time(clock.hour, clock.minute), 1),), "" if heard.today else "which_day")
        return _Times(((at, 0),))
    likely = time(clock.hour % 12, clock.minute) if heard.context == "early" else choose(clock, late=late)
    other = likely.replace(hour=(likely.hour + 12) % 24)
    options = [(likely, 0), (other, 0)]
    if clock.kind == "half":
        options.append((likely.replace(hour=(likely.hour - 1) % 24, minute=30), 0))
    either = clock.hour == 7 and not heard.context and not _reaches_afternoon(clock)
    return _Times(tuple(options), "am_or_pm", "") if either else _Times(tuple(options), "", "half_of_day")


def _reaches_afternoon(clock: Clock) -> bool:
    """ "from seven to five" begins in the morning."""
    until = clock.until
    return until is not None and (until.sure or until.hour % 12 < clock.hour % 12)


def _lasting(candidate: Candidate, heard: Heard, clock: Clock | None) -> Candidate:
    start = candidate.start
    if start is None:
        return candidate
    minutes = heard.length_min
    if clock and clock.until and minutes is None:
        minutes = minutes_between(clock, start.time(), part=heard.part)
        if heard.end_day and minutes is not None:
            end = start + timedelta(minutes=minutes)
            end = datetime.combine(heard.end_day, choose(clock.until, part=heard.part)) if end else end
            minutes = max(0, int((end - start).total_seconds() // 60)) or None
    if heard.day_count and minutes is None:
        return replace(candidate, day=start.date(), last_day=start.date() + timedelta(days=heard.day_count - 1))
    end = start + timedelta(minutes=minutes) if minutes else None
    return replace(
        candidate, day=start.date(), last_day=end.date() if end else start.date(), end=end, duration_min=minutes
    )


def _series(heard: Heard, series: Series, local: datetime, zone: tzinfo | None) -> Meaning:
    rules = (series.rule, *series.others)
    times = _times(heard, heard.clock) if heard.clock else _Times(())
    made: list[Candidate] = []
    for at, rule in enumerate(rules):
        for hour, _ in times.options[: 2 if times.ask else 1] or ((None, 0),):
            made.append(replace(_first_of(heard, series, rule, hour, local, zone), confidence=_share(at)))
    ask = series.ask or times.ask
    until, first = series.limit.until, made[0].day
    if until and first and until < first:
        return Meaning(_distinct(made), "which_day", "past")
    if not ask and not series.rule.complete and not series.starts:
        ask = "which_day"
    if not ask:
        made = [replace(made[0], confidence=_SURE)]
    return Meaning(_distinct(made), ask, heard.problem, (times.assumed,) if times.assumed else ())


def _first_of(
    heard: Heard, series: Series, rule: Rule, at: time | None, local: datetime, zone: tzinfo | None
) -> Candidate:
    since = max(series.starts.first if series.starts else local.date(), local.date())
    if at is not None and datetime.combine(since, at) <= local:
        since += timedelta(days=1)
    first = rule.first(since) or since
    value = rrule(rule, series.limit, first, at, zone)
    if at is None:
        return Candidate(
            day=first, last_day=first, part=heard.part, duration_min=heard.length_min, all_day=heard.all_day,
            rrule=value, zone=heard.zone, without=series.without,
        )  # fmt: skip
    start = datetime.combine(first, at)
    return _lasting(Candidate(start=start, rrule=value, zone=heard.zone, without=series.without), heard, heard.clock)


def _doubted(found: Meaning, heard: Heard, local: datetime, zone: tzinfo | None) -> Meaning:
    """What lies behind, and an hour that the clocks skip, are problems."""
    if not found.candidates or found.problem:
        return found
    if heard.bound:
        bounded = tuple(replace(candidate, bound=heard.bound) for candidate in found.candidates)
        found = replace(found, candidates=bounded, ask=found.ask or "which_time")
    if heard.doubt and not found.ask:
        found = replace(found, ask=heard.doubt)
    best = found.candidates[0]
    over = best.start <= local if best.start else bool(best.last_day and best.last_day < local.date())
    if over:
        return replace(found, problem="past", ask=found.ask or ("which_time" if best.start else "which_day"))
    if best.start and zone and _skipped(best.start, zone):
        return replace(found, problem="skipped_hour", ask="which_time")
    return found


def _skipped(start: datetime, zone: tzinfo) -> bool:
    there = start.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != start


def _distinct(candidates: list[Candidate]) -> tuple[Candidate, ...]:
    seen: dict[object, Candidate] = {}
    for candidate in candidates:
        seen.setdefault((candidate.start, candidate.end, candidate.day, candidate.rrule), candidate)
    return tuple(seen.values())[:MOST]


def _share(at: int) -> float:
    return (0.55, 0.35, 0.1)[min(at, 2)]
