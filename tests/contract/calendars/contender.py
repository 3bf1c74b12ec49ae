"""A calendar server under test: the backend that speaks to it, and what its own side can be made to do.

A new backend adds a module beside this one with ``NAME_contender(**fixtures)``, an async context manager that yields a
Contender with empty calendars in Europe/Berlin, and names the pytest fixtures it wants in ``NEEDS``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tools.calendars.backend import (
    Attendee,
    CalendarBackend,
    CalendarUnavailable,
    Changes,
    Draft,
    Interval,
    Recurrence,
    RemoteEvent,
    Status,
)

BERLIN = ZoneInfo("Europe/Berlin")
ANNA, BEN = Attendee("anna@example.com", "Anna"), Attendee("ben@example.com", "Ben")

Hook = Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Contender:
    """``read_only_calendar_id`` is None when the server has none. ``page_size``: events the server lists at once.

    Hooks from ``lose_next_answer`` on are None for what is no server beside us (``LocalCalendars``); a test says so.
    """

    name: str
    backend: CalendarBackend
    calendar_id: str
    second_calendar_id: str
    read_only_calendar_id: str | None
    # (event_id, summary): another client changes the event in ``calendar_id``
    change_elsewhere: Callable[[str, str], Awaitable[None]]
    # (event_id): another client removes the event in ``calendar_id``
    delete_elsewhere: Callable[[str], Awaitable[None]]
    # (event_id, email, status): an attendee answers the invitation
    answer_elsewhere: Callable[[str, str, Status], Awaitable[None]]
    unknown_calendar_id: str = "nobody@example.org"
    page_size: int = 2
    # (event_id): the account's owner is among the attendees and declines the event
    decline: Callable[[str], Awaitable[None]] | None = None
    # the next request that changes an event is carried out, but its answer never arrives (the connection ends)
    lose_next_answer: Hook | None = None
    # the next request that would make an event is answered 400 and does nothing; all others work
    refuse_next_create: Hook | None = None
    # no token that the server gave for changes is known any more
    lose_sync_tokens: Hook | None = None
    # the next request is answered 401, then everything is well
    refuse_token_once: Hook | None = None
    # the next request is answered 429 with Retry-After: seconds, then everything is well
    busy_for: Callable[[int], Awaitable[None]] | None = None
    # the person withdraws the consent (or changes the password): every request is answered 401 from now on
    revoke: Hook | None = None
    # every connection ends before the server has seen anything, until ``mend``
    cut: Hook | None = None
    mend: Hook | None = None

    def missing(self) -> list[str]:
        """The names of hooks this one does not have."""
        return [field.name for field in fields(self) if field.default is None and getattr(self, field.name) is None]


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, zone: str = "Europe/Berlin") -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(zone))


def timed(start: datetime, minutes: int = 60, **others: object) -> Draft:
    """A draft in the zone of ``start``; ``rrule`` (and ``exdates``) make it a series."""
    rrule, exdates = others.pop("rrule", ""), others.pop("exdates", ())
    recurrence = Recurrence(str(rrule), exdates=exdates) if rrule else None
    return Draft(
        **{
            "summary": "Stand-up",
            "start": start,
            "end": (start.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(start.tzinfo),
            "timezone": str(start.tzinfo),
            "recurrence": recurrence,
        }
        | others
    )


def days(first: date, count: int = 1, *, zone: str = "Europe/Berlin", **others: object) -> Draft:
    """An all-day draft of ``count`` days."""
    start = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))
    return timed(start, end=start + timedelta(days=count), all_day=True, **others)


def instants(events: Iterable[RemoteEvent]) -> list[datetime]:
    return [event.start.astimezone(UTC) for event in events]


def wall_times(events: Iterable[RemoteEvent]) -> list[str]:
    """``01-04 09:00``: starts as a clock in the event's own zone shows them."""
    return [event.start.astimezone(ZoneInfo(event.timezone)).strftime("%m-%d %H:%M") for event in events]


def spans(intervals: Iterable[Interval] | None) -> list[str] | None:
    """``01-04 09:00/10:00`` in Berlin; None stays None."""
    if intervals is None:
        return None
    return [
        f"{start.astimezone(BERLIN):%m-%d %H:%M}/{end.astimezone(BERLIN):%m-%d %H:%M}".replace(
            f"/{start.astimezone(BERLIN):%m-%d} ", "/"
        )
        for start, end in intervals
    ]


def said(event: RemoteEvent | Draft) -> tuple[object, ...]:
    """What a person would compare of two events."""
    return (
        event.summary,
        event.start.astimezone(UTC),
        event.end.astimezone(UTC),
        event.timezone,
        event.all_day,
        event.description,
        event.location,
        sorted((attendee.email, attendee.name) for attendee in event.attendees),
        event.busy,
        event.recurrence is not None,
    )


async def year_of(contender: Contender, calendar_id: str = "") -> list[RemoteEvent]:
    """Every occurrence in 2027."""
    return await contender.backend.occurrences(calendar_id or contender.calendar_id, at(2027, 1, 1), at(2028, 1, 1))


async def insist(act: Callable[[], Awaitable[RemoteEvent]]) -> RemoteEvent:
    """What a caller does whose answer was lost: the very same once more."""
    try:
        return await act()
    except CalendarUnavailable:
        return await act()


def left_out(changes: Changes, series_id: str) -> list[datetime]:
    """Starts that the series leaves out, whichever of the two ways the server has to say it."""
    cancelled = [
        event.original_start
        for event in changes.events
        if event.series_id == series_id and event.cancelled and event.original_start
    ]
    masters = [event for event in changes.events if event.id == series_id and event.recurrence]
    exdates = [start for master in masters if master.recurrence for start in master.recurrence.exdates]
    return sorted({start.astimezone(UTC) for start in [*cancelled, *exdates]})
