"""A whole series moved: its rule, its dates left out or added, by the same step on the wall. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tools.calendars.backend import Recurrence
from tools.calendars.recurrence import BadRule
from tools.calendars.series.rule import Rule, Weekday, parsed


@dataclass(frozen=True, slots=True)
class Step:
    """From the wall clocks of ``before`` to those of ``after``, ``by`` so much later."""

    before: ZoneInfo
    after: ZoneInfo
    by: timedelta

    def __call__(self, moment: datetime) -> datetime:
        """Where this instant of the old series lies in the moved one, in UTC."""
        wall = moment.astimezone(self.before).replace(tzinfo=None, fold=0)
        return (wall + self.by).replace(tzinfo=self.after).astimezone(UTC)


def step_of(old: datetime, new: datetime) -> Step:
    """The step that makes ``new`` of ``old``; both aware, each on the clocks of its ZoneInfo."""
    before, after = old.tzinfo, new.tzinfo
    if not isinstance(before, ZoneInfo) or not isinstance(after, ZoneInfo):
        raise TypeError("a step needs wall clocks")
    return Step(before, after, new.replace(tzinfo=None, fold=0) - old.replace(tzinfo=None, fold=0))


def moved(recurrence: Recurrence, start: datetime, step: Step) -> Recurrence:
    """The recurrence of a series that began at ``start`` (on the old clocks), moved by ``step``.

    Days that the rule names go along where the start is one of them. Raises BadRule where it is not clear how.
    """
    new = step(start).astimezone(step.after)
    rule = parsed(recurrence.rrule) if recurrence.rrule else None
    if rule is not None:
        rule = _on_other_days(rule, start.astimezone(step.before), new)
        if rule.until is not None:
            rule = replace(rule, until=_moved_end(rule.until, step))
        rule = _at_other_times(rule, new)
    return Recurrence(
        rule.text() if rule else "",
        tuple(step(moment) for moment in recurrence.exdates),
        tuple(step(moment) for moment in recurrence.rdates),
    )


def _on_other_days(rule: Rule, old: datetime, new: datetime) -> Rule:
    days = (new.date() - old.date()).days
    if not days or not rule.names_days():
        return replace(rule, bymonth=_month(rule, old, new)) if days else rule
    if rule.freq in {"DAILY", "WEEKLY"} and not rule.bymonthday and not rule.bymonth and not rule.bysetpos:
        turned = {(number, (day + days) % 7) for number, day in rule.byday}
        return replace(rule, byday=tuple(sorted(turned, key=lambda day: (day[1], day[0]))))
    plain = not (rule.byweekno or rule.byyearday or rule.bysetpos)
    if plain and len(rule.bymonthday) == 1 and not rule.byday:
        last = rule.bymonthday[0] == -1 and (new.date() + timedelta(days=1)).day == 1
        return replace(rule, bymonthday=(-1 if last else new.day,), bymonth=_month(rule, old, new))
    if plain and len(rule.byday) == 1 and not rule.bymonthday and (rule.freq == "MONTHLY" or rule.bymonth):
        return replace(rule, byday=(_which(rule.byday[0], new.date()),), bymonth=_month(rule, old, new))
    raise BadRule("It is not clear how that repetition moves to another day. Say anew when it repeats.")


def _which(old: Weekday, day: date) -> Weekday:
    """The first, second, … or last such weekday of the month, counted as it was."""
    number, _ = old
    if not number:
        return (0, day.weekday())
    if number < 0 and (day + timedelta(days=7)).month != day.month:
        return (-1, day.weekday())
    return ((day.day - 1) // 7 + 1, day.weekday())


def _month(rule: Rule, old: datetime, new: datetime) -> tuple[int, ...]:
    if not rule.bymonth or new.month == old.month:
        return rule.bymonth
    if len(rule.bymonth) > 1:
        raise BadRule("It is not clear how that repetition moves to another month. Say anew when it repeats.")
    return (new.month,)


def _at_other_times(rule: Rule, new: datetime) -> Rule:
    """Hours and minutes in a rule are those of the start; several a day cannot be moved by one time."""
    if max(len(rule.byhour), len(rule.byminute), len(rule.bysecond)) > 1:
        raise BadRule("It is not clear how a repetition of several times a day moves. Say anew when it repeats.")
    return replace(
        rule,
        byhour=(new.hour,) if rule.byhour else (),
        byminute=(new.minute,) if rule.byminute else (),
        bysecond=(new.second,) if rule.bysecond else (),
    )


def _moved_end(until: date | datetime, step: Step) -> date | datetime:
    if not isinstance(until, datetime):
        return until + timedelta(days=step.by.days)
    if until.tzinfo is None:
        return until + step.by
    return step(until)
