"""Changes a whole resource: one occurrence, all of a series, or a series in two. Pure; edits the calendar it is given.

"This" is a component with RECURRENCE-ID beside the master; what is left out is an EXDATE; a split is a second resource.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from tools.calendars.backend import Patch, Recurrence, RemoteEvent, RemoteEventGone
from tools.calendars.caldav.expanding import first_occurrence, occurrence_at
from tools.calendars.caldav.moments import as_value, moment_in, put_time
from tools.calendars.caldav.reading import Reader, Resource, exceptions_of, master_of
from tools.calendars.caldav.writing import Times, Writer, put_recurrence, put_times_of
from tools.calendars.recurrence import checked_rrule, shifted, split
from tools.calendars.series.step import step_of

_GONE = "That event is no longer in the calendar."
_OF_DATES = ("EXDATE", "RDATE")
_OF_SERIES = ("RRULE", "EXRULE", *_OF_DATES)


@dataclass(frozen=True, slots=True)
class Editor:
    """Changes what a resource holds, in place; sending it is the calendar's."""

    reader: Reader
    writer: Writer

    def whole(self, resource: Resource, patch: Patch, *, said_of: datetime | None = None) -> None:
        """Change a single event, or a series with everything in it that is as the series is.

        ``said_of`` is the occurrence from which the change was asked for; what that one has of its own gives way.
        """
        master, before = self._master(resource)
        if said_of is not None:
            patch = relative(patch, said_of, before.start)
        times = times_after(before, patch)
        recurrence = recurrence_after(before, patch, times)
        if patch.make_single and before.recurrence:
            first = first_occurrence(before)
            if first is not None and patch.start is None:
                times = moved(times, first)
        if before.recurrence is not None and recurrence is None:
            self._drop(resource.calendar, exceptions_of(resource.calendar))
        else:
            self._carry_exceptions(resource, before, patch, times, said_of)
        self.writer.patch(master, patch)
        self._put(master, before, times, recurrence)

    def one(self, resource: Resource, occurrence: datetime, patch: Patch) -> str:
        """Change one occurrence; the stamp of its id. Raises RemoteEventGone when the series has none there."""
        part, event = self._exception(resource, occurrence)
        times = times_after(event, patch)
        self.writer.patch(part, patch)
        if times != times_of(event):
            put_times_of(part, times, single=True)
        self.writer.touch(part, rescheduled=times != times_of(event))
        return event.id

    def leave_out(self, resource: Resource, occurrence: datetime) -> bool:
        """Leave one occurrence out; False when the series has none there any more."""
        master, before = self._master(resource)
        changed = self._exception_at(resource, occurrence)
        if changed is None and occurrence_at(self.reader, resource, occurrence) is None:
            return False
        self._drop(resource.calendar, [changed] if changed is not None else [])
        if before.recurrence is not None:
            left = (*before.recurrence.exdates, occurrence)
            self._put(master, before, times_of(before), replace(before.recurrence, exdates=left))
        return True

    def cut(self, resource: Resource, occurrence: datetime) -> bool:
        """End the series before an occurrence; False when nothing would be left of it."""
        master, before = self._master(resource)
        if before.recurrence is None:
            return False
        first, _ = split(before.recurrence, before.start, occurrence, all_day=before.all_day)
        if first is None:
            return False
        self._drop(resource.calendar, self._from(resource, occurrence))
        self._put(master, before, times_of(before), first)
        return True

    def second_half(self, resource: Resource, occurrence: datetime, patch: Patch, uid: str, name: str) -> Resource:
        """The series from ``occurrence`` on as a resource of its own, changed; the given one stays as it is."""
        calendar = deepcopy(resource.calendar)
        second = Resource(name, "", calendar)
        master, before = self._master(second)
        if before.recurrence is None:
            raise RemoteEventGone(_GONE)
        _, rest = split(before.recurrence, before.start, occurrence, all_day=before.all_day)
        later = self._from(second, occurrence)
        self._drop(calendar, [part for part in exceptions_of(calendar) if part not in later])
        for part in [master, *later]:
            put_time(part, "UID", uid)
        put_time(master, "CREATED", self.writer.now)
        self._put(master, before, moved(times_of(before), occurrence), rest)
        put_time(master, "SEQUENCE", 0)
        self.whole(second, patch, said_of=occurrence)
        if patch.recurrence is not None:
            self._drop(calendar, [part for part in exceptions_of(calendar) if not self._fits(second, part)])
        return second

    def _put(self, master: Component, before: RemoteEvent, times: Times, recurrence: Recurrence | None) -> None:
        """Write times and rule, where they changed: what another program wrote there says more than we read."""
        same_times, same_rule = times == times_of(before), recurrence == before.recurrence
        if not same_times or (not same_rule and not (recurrence and before.recurrence)):
            put_times_of(master, times, single=recurrence is None)
        if not same_rule or (not same_times and recurrence is not None):
            same_line = same_times and recurrence and before.recurrence and recurrence.rrule == before.recurrence.rrule
            for name in _OF_DATES if same_line else _OF_SERIES:
                master.pop(name, None)
            if recurrence is not None:
                rest = replace(recurrence, rrule="") if same_line else recurrence
                put_recurrence(master, rest, times.zone, day=times.day)
        self.writer.touch(master, rescheduled=not (same_times and same_rule))

    def _carry_exceptions(
        self, resource: Resource, before: RemoteEvent, patch: Patch, times: Times, said_of: datetime | None
    ) -> None:
        """Exceptions follow the series in whatever is not theirs alone."""
        step = step_of(before.start, times.start)
        for part in exceptions_of(resource.calendar):
            event = self.reader.event(resource, part)
            if event is None or event.original_start is None:
                continue
            same = Patch(
                summary=patch.summary if event.summary == before.summary else None,
                description=patch.description if event.description == before.description else None,
                location=patch.location if event.location == before.location else None,
                attendees=patch.attendees if event.attendees == before.attendees else None,
                busy=patch.busy if event.busy == before.busy else None,
            )
            meant = event.original_start == said_of
            self.writer.patch(part, patch if meant else same)
            self.writer.touch(part)
            if times == times_of(before) and not (meant and (patch.start or patch.end)):
                continue
            original = step(event.original_start).astimezone(ZoneInfo(times.zone))
            put_time(part, "RECURRENCE-ID", as_value(original, times.zone, day=times.day))
            if meant or event.start == event.original_start or times.day != event.all_day:
                put_times_of(part, moved(times, original), single=True)

    def _master(self, resource: Resource) -> tuple[Component, RemoteEvent]:
        master = master_of(resource.calendar)
        event = self.reader.event(resource, master) if master is not None else None
        if master is None or event is None:
            raise RemoteEventGone(_GONE)
        return master, event

    def _exception(self, resource: Resource, occurrence: datetime) -> tuple[Component, RemoteEvent]:
        part = self._exception_at(resource, occurrence)
        event = self.reader.event(resource, part) if part is not None else None
        if part is not None and event is not None and not event.cancelled:
            return part, event
        master, before = self._master(resource)
        planned = occurrence_at(self.reader, resource, occurrence) if part is None else None
        if planned is None:
            raise RemoteEventGone(_GONE)
        part = deepcopy(master)
        for name in _OF_SERIES:
            part.pop(name, None)
        put_time(part, "RECURRENCE-ID", as_value(occurrence, before.timezone, day=before.all_day))
        put_times_of(part, times_of(planned), single=True)
        resource.calendar.add_component(part)
        return part, planned

    def _exception_at(self, resource: Resource, occurrence: datetime) -> Component | None:
        return next((part for part in exceptions_of(resource.calendar) if self._original(part) == occurrence), None)

    def _original(self, part: Component) -> datetime | None:
        moment = moment_in(part, "RECURRENCE-ID", self.reader.home)
        return moment.at if moment else None

    def _from(self, resource: Resource, occurrence: datetime) -> list[Component]:
        starts = [(self._original(part), part) for part in exceptions_of(resource.calendar)]
        return [part for start, part in starts if start is not None and start >= occurrence]

    def _fits(self, resource: Resource, part: Component) -> bool:
        original = self._original(part)
        return original is not None and occurrence_at(self.reader, resource, original) is not None

    def _drop(self, calendar: Calendar, parts: list[Component]) -> None:
        kept: list[Any] = [one for one in calendar.subcomponents if not any(one is part for part in parts)]
        calendar.subcomponents = kept


def times_of(event: RemoteEvent) -> Times:
    return Times(event.start, event.end, event.timezone, event.all_day)


def times_after(event: RemoteEvent, patch: Patch) -> Times:
    """The event's times after a patch; a new start alone keeps the length."""
    zone = patch.timezone or event.timezone
    day = event.all_day if patch.all_day is None else patch.all_day
    start, end = patch.start or event.start, patch.end
    if day:  # whatever zone it is said in, that date is meant
        start = start.replace(tzinfo=ZoneInfo(zone))
        end = end.replace(tzinfo=ZoneInfo(zone)) if end is not None else None
    if end is None and patch.start is not None:
        end = moved(Times(event.start, event.end, zone, event.all_day), start).end
    if end is None:
        end = event.end
    return Times(start.astimezone(ZoneInfo(zone)), end.astimezone(ZoneInfo(zone)), zone, day)


def relative(patch: Patch, occurrence: datetime, first: datetime) -> Patch:
    """A patch with an occurrence's new times as one with those that the first occurrence gets."""
    if patch.start is None and patch.end is None:
        return patch
    step = step_of(occurrence.astimezone(first.tzinfo), first)
    start, end = (at and step(at).astimezone(first.tzinfo) for at in (patch.start, patch.end))
    return replace(patch, start=start, end=end)


def moved(times: Times, start: datetime) -> Times:
    """As long as before from another start: days on the calendar, else elapsed time."""
    zone = ZoneInfo(times.zone)
    if times.day:
        days = wall(times.end, times.zone).date() - wall(times.start, times.zone).date()
        local = wall(start, times.zone)
        return replace(times, start=local.replace(tzinfo=zone), end=(local + days).replace(tzinfo=zone))
    length = times.end.astimezone(UTC) - times.start.astimezone(UTC)
    return replace(times, start=start.astimezone(zone), end=(start.astimezone(UTC) + length).astimezone(zone))


def wall(at: datetime, zone: str) -> datetime:
    """What the clocks of ``zone`` show, without zone."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def recurrence_after(event: RemoteEvent, patch: Patch, times: Times) -> Recurrence | None:
    """The series' rule after a patch: the given one, or its own on other days and at other times."""
    if patch.make_single:
        return None
    recurrence = patch.recurrence
    if recurrence is None:
        if event.recurrence is None or times.start == event.start:
            return event.recurrence
        recurrence = shifted(event.recurrence, event.start, times.start)
    if not recurrence.rrule or (patch.recurrence is None and times.day == event.all_day):
        return recurrence
    return replace(recurrence, rrule=checked_rrule(recurrence.rrule, times.start, all_day=times.day))
