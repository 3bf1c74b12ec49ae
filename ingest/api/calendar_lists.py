"""The calendars there are, kept here or mirrored, how they are set up, and which providers more can come from."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from aiohttp import web
from pydantic import Field

from ingest.keys import CALENDAR_ACCOUNTS, CALENDAR_APPS
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of
from tools.calendars.accounts.model import NAMES, PROVIDERS, CalendarChange, MirroredCalendar, Provider

routes = Routes("Calendar")


class CalendarShape(Shape):
    """`account_id` is null for a calendar that is kept here only. `use`: as `counts_busy` and `hidden` say."""

    id: UUID
    account_id: UUID | None
    name: str
    timezone: str
    color: str
    writable: bool
    counts_busy: bool
    hidden: bool
    use: Literal["busy", "ignored", "hidden"]
    default: bool
    synced_at: datetime | None
    sync_error: str


class CalendarList(Shape):
    items: list[CalendarShape]
    next_cursor: str | None = None


class CalendarChangeBody(Body):
    """What is not sent stays as it is. `default`: the assistant books there; only true, another takes it over."""

    name: Annotated[str | None, Field(min_length=1, max_length=300)] = None
    color: Annotated[str | None, Field(max_length=7, description="`#rrggbb`, or empty for none.")] = None
    counts_busy: Annotated[bool | None, Field(description="Whether its events take time.")] = None
    hidden: bool | None = None
    default: Literal[True] | None = None


class CalendarProvider(Shape):
    """`configured`: accounts can be connected; otherwise `hint` says what to set. `accounts`: one's own."""

    provider: Provider
    name: str
    configured: bool
    missing: list[str]
    hint: str
    accounts: int


class CalendarProviderList(Shape):
    items: list[CalendarProvider]
    next_cursor: str | None = None


@routes.add("GET", "/api/calendar/providers", scope="calendar:read", answer=CalendarProviderList)
async def list_calendar_providers(request: web.Request) -> CalendarProviderList:
    """Where calendars can be connected from, what is missing for it, and how many accounts one has there."""
    connected = await request.app[CALENDAR_ACCOUNTS].connected(identity_of(request))
    apps = request.app[CALENDAR_APPS]
    return CalendarProviderList(items=[_provider(one, apps.missing(one), connected.get(one, 0)) for one in PROVIDERS])


@routes.add("GET", "/api/calendar/calendars", scope="calendar:read", answer=CalendarList)
async def list_calendars(request: web.Request) -> CalendarList:
    """The tenant's calendars and one's own, the default one first; those who manage members see everybody's."""
    found = await request.app[CALENDAR_ACCOUNTS].list_calendars(identity_of(request))
    return CalendarList(items=[shape_of_calendar(one) for one in found])


@routes.add(
    "PATCH",
    "/api/calendar/calendars/{id}",
    scope="calendar:write",
    body=CalendarChangeBody,
    answer=CalendarShape,
    errors=(409,),
)
async def change_calendar(request: web.Request) -> CalendarShape:
    """Another name or color, whether its events take time or are shown, or the default (needs `tenant:write`)."""
    calendar_id, sent = id_of(request, "calendar"), await body_of(request, CalendarChangeBody)
    change = CalendarChange(
        name=sent.name,
        color=sent.color,
        counts_busy=sent.counts_busy,
        hidden=sent.hidden,
        default=sent.default is not None,
    )
    return shape_of_calendar(
        await request.app[CALENDAR_ACCOUNTS].change_calendar(identity_of(request), calendar_id, change)
    )


def shape_of_calendar(calendar: MirroredCalendar) -> CalendarShape:
    return CalendarShape(
        id=calendar.id,
        account_id=calendar.account_id,
        name=calendar.name,
        timezone=calendar.timezone,
        color=calendar.color,
        writable=calendar.writable,
        counts_busy=calendar.counts_busy,
        hidden=calendar.hidden,
        use=calendar.use,
        default=calendar.is_default,
        synced_at=calendar.synced_at,
        sync_error=calendar.sync_error,
    )


def _provider(provider: Provider, missing: tuple[str, ...], accounts: int) -> CalendarProvider:
    hint = f"Set {' and '.join(missing)} to connect {NAMES[provider]} calendars." if missing else ""
    return CalendarProvider(
        provider=provider,
        name=NAMES[provider],
        configured=not missing,
        missing=list(missing),
        hint=hint,
        accounts=accounts,
    )
