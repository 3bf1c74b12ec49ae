"""What every calendar server can do, in RFC 5545's words: one protocol, its values, its errors. No HTTP, no SQL.

Backends: ``LocalCalendars`` (Postgres), ``GoogleCalendar``, ``GraphCalendar``, ``CaldavCalendar``. What naive adapters
get wrong is written as the contract suite in ``tests/contract/calendars``; a new backend joins its list and passes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from store.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable

Scope = Literal["this", "following", "all"]
Status = Literal["needs-action", "accepted", "tentative", "declined"]
Interval = tuple[datetime, datetime]  # [start, end), aware UTC


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody invited. ``email`` is empty for a name nobody gave an address for (local calendars only)."""

    email: str
    name: str = ""
    status: Status = "needs-action"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A series. ``rrule`` is the RRULE's value (``FREQ=WEEKLY;BYDAY=MO``); dates are aware starts in the event's zone.

    ``exdates`` are starts that are left out, ``rdates`` further ones.
    """

    rrule: str
    exdates: tuple[datetime, ...] = ()
    rdates: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What to create. ``start`` and ``end`` (exclusive) are aware wall times of ``timezone`` (IANA).

    All day: midnight to midnight in ``timezone``. A series expands in ``timezone``.
    """

    summary: str
    start: datetime
    end: datetime
    timezone: str
    all_day: bool = False
    description: str = ""
    location: str = ""
    attendees: tuple[Attendee, ...] = ()
    busy: bool = True
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What shall be different; None leaves it. ``start`` alone keeps the length.

    On one occurrence (or from one on) ``start``/``end`` are that occurrence's new times. ``recurrence`` only with
    scope "all" or "following"; ``make_single`` ends a series at its first occurrence.
    """

    summary: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    timezone: str | None = None
    all_day: bool | None = None
    description: str | None = None
    location: str | None = None
    attendees: tuple[Attendee, ...] | None = None
    busy: bool | None = None
    recurrence: Recurrence | None = None
    make_single: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteEvent:
    """An event as its server has it: a single one, a series (``recurrence``), or an exception of one.

    An exception has ``series_id`` and ``original_start`` (its RECURRENCE-ID, aware); ``cancelled`` ones are left out of
    the series. ``busy`` is false for free, transparent, declined and working-place entries. ``editable`` is false where
    the server owns the event (birthdays, mail bookings) or the calendar is read-only.
    """

    id: str
    uid: str
    etag: str
    summary: str
    start: datetime
    end: datetime
    timezone: str
    all_day: bool = False
    description: str = ""
    location: str = ""
    attendees: tuple[Attendee, ...] = ()
    organizer: str = ""
    busy: bool = True
    cancelled: bool = False
    editable: bool = True
    recurrence: Recurrence | None = None
    series_id: str = ""
    original_start: datetime | None = None


@dataclass(frozen=True, slots=True)
class RemoteCalendar:
    """``id`` is the server's own; ``timezone`` IANA, empty when the server does not say."""

    id: str
    name: str
    timezone: str = ""
    writable: bool = True
    primary: bool = False
    color: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different since a token. ``full``: this is everything, forget what is not in it.

    ``removed`` are ids of events that are gone (with a series its exceptions too). A series comes as its master and
    its exceptions, never as expanded occurrences. ``token`` goes into the next call.
    """

    events: tuple[RemoteEvent, ...]
    removed: tuple[str, ...]
    token: str
    full: bool


@dataclass(frozen=True, slots=True)
class Capabilities:
    """``push``: it calls back. ``asks_busy_of_others``: free/busy of an e-mail address. ``always_mails``: a change of
    an event with attendees mails them whatever ``notify`` says (Graph). ``scheduling``: it mails invitations at all."""

    push: bool = False
    asks_busy_of_others: bool = False
    always_mails: bool = False
    scheduling: bool = True


@dataclass(frozen=True, slots=True)
class Channel:
    """A running push subscription; ``resource_id`` is what Google wants back to stop it; ends at ``expires_at``."""

    id: str
    resource_id: str
    expires_at: datetime


class AccessTokens(Protocol):
    """Where an OAuth backend gets its bearer token from; refreshing is not the backend's business."""

    async def access_token(self, *, refused: str = "") -> str:
        """A token that should work; ``refused`` is one that the server answered with 401. Raises NeedsReconnect."""
        ...


class CalendarBackend(Protocol):
    """One connected account. Every method may raise CalendarUnavailable, NeedsReconnect, CalendarForbidden.

    ``occurrence`` is the original start (RECURRENCE-ID, aware) of the occurrence that is meant; without it, and with
    scope "all", the whole event. "following" from the first occurrence is the same as "all". ``etag``: write only if
    the event is still that version, else ChangedElsewhere. ``notify``: the server mails the attendees.
    """

    @property
    def provider(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    async def list_calendars(self) -> list[RemoteCalendar]: ...

    async def changes(self, calendar_id: str, token: str = "") -> Changes:
        """Everything without ``token``, else what is new since. Raises SyncTokenLost: call again without."""
        ...

    async def read(self, calendar_id: str, event_id: str) -> RemoteEvent:
        """A single event, a series' master or an exception. Raises RemoteEventGone."""
        ...

    async def occurrences(self, calendar_id: str, start: datetime, end: datetime) -> list[RemoteEvent]:
        """Every occurrence that touches [start, end), by start; of a series each with ``series_id`` and
        ``original_start``, and without ``recurrence``."""
        ...

    async def create(self, calendar_id: str, draft: Draft, *, key: str, notify: bool = False) -> RemoteEvent:
        """Create once per ``key`` (up to 200 characters), however often it is tried. Raises NotSupported for a
        recurrence the server cannot hold."""
        ...

    async def update(
        self,
        calendar_id: str,
        event_id: str,
        patch: Patch,
        *,
        scope: Scope = "all",
        occurrence: datetime | None = None,
        etag: str = "",
        notify: bool = False,
        key: str = "",
    ) -> RemoteEvent:
        """Change; the event that now holds the change (the exception, the new series after a split, or the event).

        A split is all or nothing: when the second half cannot be made the first is as it was. ``key`` makes the
        second half of a split idempotent.
        """
        ...

    async def delete(
        self,
        calendar_id: str,
        event_id: str,
        *,
        scope: Scope = "all",
        occurrence: datetime | None = None,
        etag: str = "",
        notify: bool = False,
    ) -> None:
        """Remove; what is gone already is no error."""
        ...

    async def bring_back(self, calendar_id: str, event_id: str, occurrence: datetime, *, notify: bool = False) -> None:
        """An occurrence of a series that was removed by itself takes place again; what it had of its own may be lost.

        Where its series names it in ``exdates``, ``update`` those. Raises NotSupported.
        """
        ...

    async def busy(
        self, who: Sequence[str], start: datetime, end: datetime
    ) -> Mapping[str, tuple[Interval, ...] | None]:
        """When the calendars (ids) or people (addresses, where the server can) in ``who`` are busy in [start, end),
        merged, in order; None for one that cannot be seen."""
        ...

    async def watch(self, calendar_id: str, address: str, secret: str) -> Channel:
        """Ask the server to call ``address`` (https) when the calendar changes. Raises NotSupported."""
        ...

    async def unwatch(self, channel: Channel) -> None: ...

    async def aclose(self) -> None: ...


class CalendarUnavailable(Unavailable):
    """The calendar server does not answer, is too busy, or answered nonsense; ``retry_after_s`` if it said when."""

    code = "calendar_unavailable"

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NeedsReconnect(Conflict):
    """The account's consent was withdrawn or its password changed: a person has to connect it again."""

    code = "needs_reconnect"


class ChangedElsewhere(Conflict):
    """Somebody changed the event since it was read (412): read it again."""

    code = "changed_elsewhere"


class RemoteEventGone(NotFound):
    """The server no longer has this event, or never had."""

    code = "event_gone"


class SyncTokenLost(Conflict):
    """The server no longer knows the token (410): ask for everything again."""

    code = "sync_token_lost"


class CalendarForbidden(NotAllowed):
    """The account may read this calendar but not change it, or may not see it at all."""

    code = "calendar_forbidden"


class NotSupported(Invalid):
    """This server cannot do it; the message says what to do instead."""

    code = "not_supported"
