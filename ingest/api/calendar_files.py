"""Calendars as .ics files: import one, export, and private feeds that other programs subscribe to.

A feed's address is its secret: it is told once, only its hash is kept, and no log has it (they name the route).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from aiohttp import hdrs, web
from pydantic import Field, model_validator

from ingest.keys import CALENDAR_EXPORTS, CALENDAR_FEEDS, CALENDAR_IMPORTS, SETTINGS
from ingest.limits import take_for_failure
from ingest.paging import PageQuery, page_of
from ingest.routes import Body, Routes, Shape, body_of, id_of, identity_of, query_of
from ingest.uploads import read_file
from store.errors import NotFound
from tools.calendars.files.exporting import Told
from tools.calendars.files.feeds import Feed, NewFeed
from tools.calendars.files.importing import MOST_BYTES

routes = Routes("Calendar")
FEED: Final = "/api/calendar/feed"
_MEDIA_TYPE: Final = "text/calendar"


class ImportQuery(Body):
    """Without `calendar_id` the default calendar."""

    calendar_id: UUID | None = None


class ImportProblem(Shape):
    """What was left out or guessed: the line of the file where its event begins (0: unknown), its UID, a sentence."""

    line: int
    uid: str
    sentence: str


class CalendarImport(Shape):
    """`conflicts`: how many of the imported times to come meet something busy that was there before.
    `change_id`: what `POST /api/calendar/undo` takes back, null when nothing changed."""

    calendar_id: UUID
    added: int
    changed: int
    conflicts: int
    problems: list[ImportProblem]
    change_id: UUID | None = None


class ExportQuery(Body):
    """Without `calendar_id` the tenant's calendars and one's own, but for hidden ones."""

    calendar_id: UUID | None = None
    with_people: bool = False


class NewFeedBody(Body):
    """Without `calendar_ids` the tenant's calendars and one's own, but for hidden ones, those of later too.

    `with_details` false: only when time is taken is told, as "Busy".
    """

    name: Annotated[str, Field(max_length=200)] = ""
    calendar_ids: Annotated[tuple[UUID, ...] | None, Field(min_length=1, max_length=200)] = None
    with_people: bool = False
    with_details: bool = True

    @model_validator(mode="after")
    def _fits(self) -> NewFeedBody:
        if self.with_people and not self.with_details:
            raise ValueError("with_people needs with_details")
        return self


class FeedOwner(Shape):
    id: UUID
    name: str


class FeedShape(Shape):
    """`last_used_at`: when a program last asked for it, to the hour."""

    id: UUID
    name: str
    calendar_ids: list[UUID] | None
    with_people: bool
    with_details: bool
    owner: FeedOwner
    created_at: datetime
    last_used_at: datetime | None


class MadeFeed(FeedShape):
    """`url` is the secret, told only here; `webcal_url` is the same one, which opens the calendar program."""

    url: str
    webcal_url: str


class FeedList(Shape):
    items: list[FeedShape]
    next_cursor: str | None = None


@routes.add(
    "POST",
    "/api/calendar/import",
    scope="calendar:write",
    query=ImportQuery,
    answer=CalendarImport,
    status=201,
    upload=True,
    errors=(404, 409),
)
async def import_calendar(request: web.Request) -> CalendarImport:
    """Import an .ics file of up to 10 MB into a calendar that is kept here.

    The same file again changes nothing, a later version of it changes its events, and nothing is deleted. What is
    imported may overlap what is there. 409 `calendar_is_connected`: that calendar is filled at its provider.
    """
    importer, identity = request.app[CALENDAR_IMPORTS], identity_of(request)
    calendar = await importer.target(identity, query_of(request, ImportQuery).calendar_id)
    async with importer.turn(identity):
        done = await importer.run(identity, calendar, await read_file(request, MOST_BYTES))
    return CalendarImport(
        calendar_id=done.calendar_id,
        added=done.added,
        changed=done.changed,
        conflicts=done.conflicts,
        problems=[ImportProblem(line=one.line, uid=one.uid, sentence=one.sentence) for one in done.problems],
        change_id=done.change_id,
    )


@routes.add(
    "GET",
    "/api/calendar/export.ics",
    scope="calendar:read",
    query=ExportQuery,
    answer=_MEDIA_TYPE,
    errors=(404, 413),
)
async def export_calendar(request: web.Request) -> web.Response:
    """Calendars as an .ics file: series with their changed dates, and who takes part only `with_people`."""
    wanted = query_of(request, ExportQuery)
    chosen = None if wanted.calendar_id is None else [wanted.calendar_id]
    told = await request.app[CALENDAR_EXPORTS].export(
        identity_of(request), chosen, people=wanted.with_people, known=_known(request)
    )
    return _answer(told, told.name)


@routes.add(
    "POST",
    "/api/calendar/feeds",
    scope="calendar:write",
    body=NewFeedBody,
    answer=MadeFeed,
    status=201,
    errors=(404, 409),
    secret=True,
)
async def make_calendar_feed(request: web.Request) -> MadeFeed:
    """Make an address that other calendar programs can subscribe to. Whoever has it can read; it is told only here."""
    sent = await body_of(request, NewFeedBody)
    feed, token = await request.app[CALENDAR_FEEDS].make(
        identity_of(request),
        NewFeed(
            name=sent.name,
            calendar_ids=sent.calendar_ids,
            with_people=sent.with_people,
            with_details=sent.with_details,
        ),
    )
    url = f"{request.app[SETTINGS].public_url}{FEED}/{token}.ics"
    return MadeFeed(**_fields(feed), url=url, webcal_url="webcal" + url[url.index(":") :])


@routes.add("GET", "/api/calendar/feeds", scope="calendar:read", query=PageQuery, answer=FeedList)
async def list_calendar_feeds(request: web.Request) -> FeedList:
    """One's own feeds, newest first; those who manage members see everybody's. Never their addresses."""
    page = query_of(request, PageQuery)
    found = await request.app[CALENDAR_FEEDS].list_feeds(identity_of(request), limit=page.limit + 1, after=page.after)
    feeds, cursor = page_of(found, page.limit, lambda one: (one.created_at, one.id))
    return FeedList(items=[FeedShape(**_fields(one)) for one in feeds], next_cursor=cursor)


@routes.add("DELETE", "/api/calendar/feeds/{id}", scope="calendar:write", status=204)
async def end_calendar_feed(request: web.Request) -> None:
    """End a feed at once: nobody gets anything from its address any more."""
    await request.app[CALENDAR_FEEDS].end(identity_of(request), id_of(request, "feed"))


@routes.add(
    "GET",
    FEED + "/{token}.ics",
    scope=None,
    answer=_MEDIA_TYPE,
    path_types={"token": "string"},
    errors=(413,),
)
async def read_calendar_feed(request: web.Request) -> web.Response:
    """What a feed tells: 90 days back and two years ahead. 404 for one that never was or was ended."""
    try:
        told = await request.app[CALENDAR_FEEDS].read(request.match_info["token"], known=_known(request))
    except NotFound:
        await take_for_failure(request)
        raise
    return _answer(told, "calendar", shown=True)


def _fields(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.id,
        "name": feed.name,
        "calendar_ids": None if feed.calendar_ids is None else list(feed.calendar_ids),
        "with_people": feed.with_people,
        "with_details": feed.with_details,
        "owner": FeedOwner(id=feed.user_id, name=feed.user_name),
        "created_at": feed.created_at,
        "last_used_at": feed.last_used_at,
    }


def _known(request: web.Request) -> list[str]:
    """The versions that the client has. A header that is no list of tags counts as none."""
    try:
        return [tag.value for tag in request.if_none_match or ()]
    except ValueError:
        return []


def _answer(told: Told, name: str, *, shown: bool = False) -> web.Response:
    """Text that runs nowhere; a weak tag, since two texts of one version differ in when they were written."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in " ._-") else "_" for one in name)
    kept = "inline" if shown else "attachment"
    headers = {
        hdrs.ETAG: f'W/"{told.version}"',
        hdrs.CACHE_CONTROL: "private, no-cache",
        hdrs.CONTENT_DISPOSITION: f"{kept}; filename=\"{plain}.ics\"; filename*=UTF-8''{quote(name, safe='')}.ics",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    if told.content is None:
        return web.Response(status=304, headers=headers)
    return web.Response(body=told.content, content_type=_MEDIA_TYPE, charset="utf-8", headers=headers)
