"""What one is told of one's calendar: the day's briefing, what was told lately, and what to tell, how and when not."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field, field_validator

from ingest.api.calendar_shapes import EventShape
from ingest.api.scheduling_shapes import Window
from ingest.keys import CALENDARS, CLOCK, DATABASE
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, identity_of, query_of
from ingest.zones import zone_for
from tools.calendars.briefing.service import BriefingService
from tools.calendars.briefing.settings import NoticeSettings
from tools.calendars.scheduling.traits import WEEKDAYS

routes = Routes("Calendar")
Way = Literal["page", "mail"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:00"])]
_WORKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")
Ways = Annotated[tuple[Way, ...], Field(max_length=2)]


class NoticeSettingsBody(Body):
    """Replaces what was set: what is not sent is off. Times are one's own wall clock.

    `briefing_at`: when the daily briefing comes, null for never. `heads_up_min`: so long before an event (10 is usual),
    null for never. `conflicts`: double bookings as they appear. `travel`: when to leave for the next place. In quiet
    hours everything waits for their end; with `quiet_heads_up` not what is about an event that begins in them.
    """

    briefing_at: Clock | None = None
    briefing_days: Annotated[tuple[Weekday, ...], Field(max_length=7)] = _WORKDAYS
    briefing_by: Ways = ("mail",)
    heads_up_min: Annotated[int, Field(ge=1, le=1440)] | None = None
    conflicts: bool = False
    travel: bool = False
    notices_by: Ways = ("page",)
    quiet_from: Clock | None = None
    quiet_to: Clock | None = None
    quiet_heads_up: bool = False

    @field_validator("briefing_days", "briefing_by", "notices_by")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))


class NoticeSettingsShape(Shape):
    """What is set."""

    briefing_at: str | None
    briefing_days: list[Weekday]
    briefing_by: list[Way]
    heads_up_min: int | None
    conflicts: bool
    travel: bool
    notices_by: list[Way]
    quiet_from: str | None
    quiet_to: str | None
    quiet_heads_up: bool


class NoticeShape(Shape):
    """`at`: when what it is about begins. `event_id`: the event to open, null for a briefing."""

    id: UUID
    kind: Literal["starting_soon", "double_booked", "travel", "briefing"]
    text: str
    event_id: str | None
    at: datetime
    created_at: datetime


class NoticeList(Shape):
    items: list[NoticeShape]
    next_cursor: str | None


class BriefingQuery(Body):
    """`date` is today when it is not said, on the clock of `timezone` (default: the tenant's)."""

    date: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2026-11-24"])] | None = None
    timezone: Annotated[str, Field(max_length=64)] = ""

    @field_validator("date")
    @classmethod
    def _is_a_day(cls, value: str | None) -> str | None:
        return value if value is None else date.fromisoformat(value).isoformat()


class BriefingShape(Shape):
    """`spoken`: the day in a few sentences. `events`: what is not over, `over`: how many are. `gaps`: free between."""

    date: date
    timezone: str
    spoken: str
    events: list[EventShape]
    over: int
    gaps: list[Window]
    double_booked: list[str]
    travel: list[str]


@routes.add("GET", "/api/calendar/briefing", scope="calendar:read", query=BriefingQuery, answer=BriefingShape)
async def read_briefing(request: web.Request) -> BriefingShape:
    """What a day is like."""
    query, identity = query_of(request, BriefingQuery), identity_of(request)
    zone = await zone_for(request, identity, query.timezone)
    today = request.app[CLOCK].now().astimezone(zone).date()
    day = date.fromisoformat(query.date) if query.date else today
    return BriefingShape.model_validate((await _service(request).briefing_for(identity, day, zone)).as_json())


@routes.add("GET", "/api/calendar/notices", scope="calendar:read", query=PageQuery, answer=NoticeList)
async def list_notices(request: web.Request) -> NoticeList:
    """What one was told in the page during the last month, newest first; not what has moved or gone since."""
    page = query_of(request, PageQuery)
    found = await _service(request).recent(identity_of(request), after=page.after, limit=page.limit + 1)
    shown, cursor = page_of(found, page.limit, lambda one: (one.created_at, one.id))
    items = [
        NoticeShape(
            id=one.id,
            kind=one.kind,
            text=one.text,
            event_id=one.event_id,
            at=one.starts_at,
            created_at=one.created_at,
        )
        for one in shown
    ]
    return NoticeList(items=items, next_cursor=cursor)


@routes.add("GET", "/api/calendar/notices/settings", scope="calendar:read", answer=NoticeSettingsShape)
async def read_notice_settings(request: web.Request) -> NoticeSettingsShape:
    """What one wants to be told; everything is off until it is switched on."""
    return _shape(await _service(request).read_settings(identity_of(request)))


@routes.add(
    "PUT",
    "/api/calendar/notices/settings",
    scope="calendar:write",
    body=NoticeSettingsBody,
    answer=NoticeSettingsShape,
)
async def write_notice_settings(request: web.Request) -> NoticeSettingsShape:
    """Replace what one wants to be told."""
    sent = await body_of(request, NoticeSettingsBody)
    settings = NoticeSettings(
        briefing_at=_time(sent.briefing_at),
        briefing_days=tuple(sorted(WEEKDAYS.index(day) for day in sent.briefing_days)),
        briefing_by=sent.briefing_by,
        heads_up_min=sent.heads_up_min,
        conflicts=sent.conflicts,
        travel=sent.travel,
        notices_by=sent.notices_by,
        quiet_from=_time(sent.quiet_from),
        quiet_to=_time(sent.quiet_to),
        quiet_heads_up=sent.quiet_heads_up,
    )
    return _shape(await _service(request).write_settings(identity_of(request), settings))


def _service(request: web.Request) -> BriefingService:
    return BriefingService(request.app[DATABASE], request.app[CALENDARS], request.app[CLOCK])


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _shape(settings: NoticeSettings) -> NoticeSettingsShape:
    def clock(value: time | None) -> str | None:
        return f"{value:%H:%M}" if value is not None else None

    return NoticeSettingsShape.model_validate(
        {
            "briefing_at": clock(settings.briefing_at),
            "briefing_days": [WEEKDAYS[day] for day in settings.briefing_days],
            "briefing_by": settings.briefing_by,
            "heads_up_min": settings.heads_up_min,
            "conflicts": settings.conflicts,
            "travel": settings.travel,
            "notices_by": settings.notices_by,
            "quiet_from": clock(settings.quiet_from),
            "quiet_to": clock(settings.quiet_to),
            "quiet_heads_up": settings.quiet_heads_up,
        }
    )
