"""What only CalDAV has: servers to be found, old ones without sync tokens, other programs' files, and hostile XML."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from store.errors import VoiceLoopError
from tests.contract.calendars.caldav import PASSWORD, Radicale, caldav_contender
from tests.contract.calendars.contender import Contender, at, left_out, timed, year_of
from tools.calendars.backend import (
    CalendarForbidden,
    CalendarUnavailable,
    ChangedElsewhere,
    NeedsReconnect,
    NotSupported,
    Patch,
    RemoteEventGone,
    SyncTokenLost,
)
from tools.calendars.caldav import AddressRefused, CaldavCalendar, Password

SIX = "FREQ=WEEKLY;BYDAY=MO;COUNT=6"


@pytest.fixture
async def caldav(radicale: Radicale) -> AsyncIterator[Contender]:
    async with caldav_contender(radicale) as made:
        yield made


@pytest.fixture
async def old(radicale: Radicale) -> AsyncIterator[Contender]:
    async with caldav_contender(radicale, old=True) as made:
        yield made


@pytest.mark.parametrize("typed", ["", "/", "/USER/", "/USER", "/nothing/here", "/.well-known/caldav", "/USER/work/"])
async def test_the_calendars_are_found_from_wherever_one_begins(radicale: Radicale, typed: str) -> None:
    radicale.set_password("finder", PASSWORD)
    radicale.forget("finder")
    radicale.make_calendar("finder", "work")
    address = f"{radicale.url}{typed.replace('USER', 'finder')}"
    backend = CaldavCalendar(address, Password("finder", PASSWORD), allowed=("127.0.0.1",))
    try:
        [calendar] = await backend.list_calendars()
    finally:
        await backend.aclose()
    assert (calendar.name, calendar.color, calendar.writable) == ("Work", "#ff0000", True)
    assert calendar.id == f"{radicale.url}/finder/work/"


async def test_a_wrong_password_is_said_at_once(radicale: Radicale) -> None:
    backend = CaldavCalendar(radicale.url, Password("nobody", "nothing"), allowed=("127.0.0.1",))
    with pytest.raises(NeedsReconnect):
        await backend.list_calendars()
    await backend.aclose()


async def test_calendars_of_others_are_not_seen(caldav: Contender, radicale: Radicale) -> None:
    radicale.set_password("stranger", PASSWORD)
    radicale.forget("stranger")
    radicale.make_calendar("stranger", "secret")
    theirs = f"{caldav.calendar_id.rsplit('/', 3)[0]}/stranger/secret/"
    with pytest.raises(CalendarForbidden):
        await caldav.backend.occurrences(theirs, at(2027, 1, 1), at(2027, 2, 1))
    assert await caldav.backend.busy([theirs], at(2027, 1, 1), at(2027, 2, 1)) == {theirs: None}


async def test_a_calendar_on_another_server_is_none_of_ours(caldav: Contender, radicale: Radicale) -> None:
    for elsewhere in ("https://example.com/dav/", f"{radicale.url}/x/work/", "file:///etc/", "not a url", "//x/"):
        with pytest.raises(RemoteEventGone):
            await caldav.backend.create(elsewhere, timed(at(2027, 1, 11, 9)), key="one")


async def test_an_old_server_is_compared_with_what_it_had(old: Contender) -> None:
    async def create(day: int, **others: object) -> str:
        draft = timed(at(2027, 1, day, 9), **others)
        return (await old.backend.create(old.calendar_id, draft, key=f"{day}")).id

    kept, changed, gone = await create(11), await create(12), await create(13)
    series = await create(4, rrule=SIX)
    first = await old.backend.changes(old.calendar_id)
    assert first.full
    assert {event.id for event in first.events} == {kept, changed, gone, series}
    added = await create(14)
    await old.change_elsewhere(changed, "Theirs")
    await old.delete_elsewhere(gone)
    await old.backend.delete(old.calendar_id, series, scope="this", occurrence=at(2027, 1, 18, 9))
    second = await old.backend.changes(old.calendar_id, first.token)
    assert not second.full
    assert {event.id for event in second.events} == {added, changed, series}
    assert second.removed == (gone,)
    assert left_out(second, series) == [at(2027, 1, 18, 9)]
    third = await old.backend.changes(old.calendar_id, second.token)
    assert (third.events, third.removed) == ((), ())


async def test_a_token_of_an_old_server_is_lost_on_a_new_one(old: Contender, radicale: Radicale) -> None:
    first = await old.backend.changes(old.calendar_id)
    async with caldav_contender(radicale) as new:
        with pytest.raises(SyncTokenLost):
            await new.backend.changes(new.calendar_id, first.token)


async def test_an_exception_that_was_undone_elsewhere_is_told_as_gone(caldav: Contender, radicale: Radicale) -> None:
    series = await caldav.backend.create(caldav.calendar_id, timed(at(2027, 1, 4, 9), rrule=SIX), key="one")
    patch = Patch(summary="Retro")
    changed = await caldav.backend.update(
        caldav.calendar_id, series.id, patch, scope="this", occurrence=at(2027, 1, 18, 9)
    )
    first = await caldav.backend.changes(caldav.calendar_id)
    text = await raw(caldav, radicale, series.id)
    undone = re.sub(r"BEGIN:VEVENT\r\n(?:(?!END:VEVENT).)*RECURRENCE-ID.*?END:VEVENT\r\n", "", text, flags=re.DOTALL)
    await raw(caldav, radicale, series.id, undone)
    second = await caldav.backend.changes(caldav.calendar_id, first.token)
    assert [event.id for event in second.events] == [series.id]
    assert second.removed == (changed.id,)


async def test_a_resource_may_have_any_name_and_its_tasks_are_none_of_ours(
    caldav: Contender, radicale: Radicale
) -> None:
    body = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:{0}\r\nUID:{1}\r\nDTSTAMP:20270101T000000Z\r\n"
    body += "DTSTART:20270104T090000Z\r\nSUMMARY:Theirs\r\nEND:{0}\r\nEND:VCALENDAR\r\n"
    await raw(caldav, radicale, "Fran%C3%A7ois%20%2B%40%20100.ics", body.format("VEVENT", "1"))
    await raw(caldav, radicale, "task.ics", body.format("VTODO", "2"))
    told = await caldav.backend.changes(caldav.calendar_id)
    [event] = told.events
    assert event.summary == "Theirs"
    [seen] = await year_of(caldav)
    assert (await caldav.backend.read(caldav.calendar_id, event.id)).uid == seen.uid == "1"
    await caldav.backend.update(caldav.calendar_id, event.id, Patch(summary="Ours"), etag=event.etag)
    await caldav.backend.delete(caldav.calendar_id, event.id)
    assert await year_of(caldav) == []
    assert (await caldav.backend.changes(caldav.calendar_id, told.token)).removed == (event.id,)


async def test_what_is_sent_describes_its_zone(caldav: Contender, radicale: Radicale) -> None:
    event = await caldav.backend.create(caldav.calendar_id, timed(at(2027, 1, 4, 9), rrule=SIX), key="one")
    text = await raw(caldav, radicale, event.id)
    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART;TZID=Europe/Berlin:20270104T090000" in text


async def test_two_who_change_an_event_without_having_read_it_both_succeed(caldav: Contender) -> None:
    event = await caldav.backend.create(caldav.calendar_id, timed(at(2027, 1, 4, 9)), key="one")
    calm, renew = caldav.backend.read, caldav.change_elsewhere

    await renew(event.id, "Theirs")
    patched = await caldav.backend.update(caldav.calendar_id, event.id, Patch(location="Room 4"))
    assert (patched.summary, patched.location) == ("Theirs", "Room 4")
    assert (await calm(caldav.calendar_id, event.id)).etag == patched.etag
    with pytest.raises(ChangedElsewhere):
        await caldav.backend.delete(caldav.calendar_id, event.id, etag=event.etag)


async def raw(caldav: Contender, radicale: Radicale, name: str, text: str = "") -> str:
    """A file as the server has it; with ``text`` it is replaced first."""
    _, user, calendar, _ = caldav.calendar_id.removeprefix("http://").split("/")
    url = aiohttp.client.URL(f"{radicale.url}/{user}/{calendar}/{name}", encoded=True)
    async with aiohttp.ClientSession(headers={"Authorization": aiohttp.encode_basic_auth(user, PASSWORD)}) as session:
        if text:
            async with session.put(url, data=text.encode()) as answer:
                assert answer.status in (201, 204), await answer.text()
        async with session.get(url) as answer:
            return (await answer.read()).decode()


# what follows is a server that answers whatever a test says

Answer = Callable[[web.Request], Awaitable[web.Response] | web.Response]
HEAD = '<?xml version="1.0"?>'


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """Its address, and the requests that came."""
    seen: list[web.Request] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request)
        said = answer(request)
        return said if isinstance(said, web.Response) else await said

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", seen
    finally:
        await runner.cleanup()


def multistatus(inner: str) -> web.Response:
    text = f'{HEAD}<multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">{inner}</multistatus>'
    return web.Response(status=207, text=text, content_type="application/xml")


def home(href: str) -> web.Response:
    return multistatus(
        "<response><href>/</href><propstat><prop><C:calendar-home-set>"
        f"<href>{href}</href></C:calendar-home-set></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
    )


async def listed(url: str, error: type[VoiceLoopError], login: object = None) -> None:
    backend = CaldavCalendar(url, login or Password("u", "p"), allowed=("127.0.0.1",))  # type: ignore[arg-type]
    try:
        with pytest.raises(error):
            await backend.list_calendars()
    finally:
        await backend.aclose()


async def test_a_password_is_not_carried_to_where_a_redirect_leads() -> None:
    async with (
        server(lambda _: web.Response(status=404)) as (elsewhere, theirs),
        server(lambda _: web.Response(status=301, headers={"Location": f"{elsewhere}/dav/"})) as (url, ours),
    ):
        await listed(url, AddressRefused)
        assert [request.path for request in ours] == ["/", "/.well-known/caldav"]
    assert theirs == []


async def test_a_password_is_not_carried_to_where_the_calendars_are_said_to_be() -> None:
    async with (
        server(lambda _: web.Response(status=404)) as (elsewhere, theirs),
        server(lambda _: home(f"{elsewhere}/cal/")) as (url, _),
    ):
        await listed(url, AddressRefused)
    assert theirs == []


@pytest.mark.parametrize("where", ["http://169.254.169.254/latest/", "file:///etc/passwd", "//10.0.0.1/", "http://["])
async def test_a_redirect_leads_nowhere_inside(where: str) -> None:
    async with server(lambda _: web.Response(status=302, headers={"Location": where})) as (url, seen):
        await listed(url, VoiceLoopError)
        assert {request.path for request in seen} <= {"/", "/.well-known/caldav"}


async def test_redirects_without_end_have_one() -> None:
    async with server(lambda request: web.Response(status=307, headers={"Location": f"{request.path}x"})) as (
        url,
        seen,
    ):
        await listed(url, CalendarUnavailable)
        assert len(seen) == 4


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
HOSTILE = {
    "entities": f'{HEAD}{BOMB}<multistatus xmlns="DAV:"><response><href>&b;</href></response></multistatus>',
    "a file": f'{HEAD}<!DOCTYPE x [<!ENTITY a SYSTEM "/etc/passwd">]><multistatus xmlns="DAV:">&a;</multistatus>',
    "a DTD": f'{HEAD}<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><multistatus xmlns="DAV:"/>',
    "depth": f'{HEAD}<multistatus xmlns="DAV:">{"<a>" * 5000}{"</a>" * 5000}</multistatus>',
    "another root": f"{HEAD}<html/>",
    "no XML": "calendars? none here",
    "half": f'{HEAD}<multistatus xmlns="DAV:"><response>',
    "nothing": "",
    "no answers": f'{HEAD}<multistatus xmlns="DAV:"/>',
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_whatever_xml_comes_is_one_error(kind: str) -> None:
    async with server(lambda _: web.Response(status=207, text=HOSTILE[kind])) as (url, _):
        await listed(url, CalendarUnavailable)


async def test_a_server_without_calendars_is_said_to_have_none() -> None:
    async with server(lambda _: web.Response(status=405)) as (url, seen):
        await listed(url, RemoteEventGone)
        assert [request.path for request in seen] == ["/", "/.well-known/caldav"]


async def test_a_token_that_ended_is_renewed_and_sent_again() -> None:
    asked: list[str] = []

    class Tokens:
        async def access_token(self, *, refused: str = "") -> str:
            asked.append(refused)
            return "fresh" if any(asked) else "stale"

    def answer(request: web.Request) -> web.Response:
        if request.headers["Authorization"] != "Bearer fresh":
            return web.Response(status=401)
        return home("/cal/") if request.path == "/" else multistatus("")

    async with server(answer) as (url, _):
        backend = CaldavCalendar(url, Tokens(), allowed=("127.0.0.1",))
        assert await backend.list_calendars() == []
        await backend.aclose()
    assert asked == ["", "stale", ""]


CALENDAR = (
    "<response><href>/cal/</href><propstat><prop><resourcetype><collection/><C:calendar/></resourcetype>"
    "<supported-report-set><supported-report><report><sync-collection/></report></supported-report>"
    "</supported-report-set></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
)
NAMES_A_LIMIT = f'{HEAD}<error xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><C:max-resource-size/></error>'
NAMES_A_RIGHT = f'{HEAD}<error xmlns="DAV:"><need-privileges/></error>'


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (403, "", CalendarForbidden),
        (403, NAMES_A_RIGHT, CalendarForbidden),
        (403, NAMES_A_LIMIT, NotSupported),
        (415, "", NotSupported),
        (413, "", NotSupported),
        (404, "", RemoteEventGone),
        (409, "", RemoteEventGone),
        (507, "", CalendarUnavailable),
        (302, "", CalendarUnavailable),
        (501, "", CalendarUnavailable),
    ],
)
async def test_what_a_server_says_to_a_new_event_is_passed_on(
    status: int, body: str, error: type[VoiceLoopError]
) -> None:
    def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body) if request.method == "PUT" else multistatus(CALENDAR)

    async with server(answer) as (url, seen):
        backend = CaldavCalendar(url, Password("u@example.com", "p"), allowed=("127.0.0.1",))
        with pytest.raises(error):
            await backend.create(f"{url}/cal/", timed(at(2027, 1, 11, 9)), key="one")
        await backend.aclose()
        assert [request.method for request in seen] == ["PROPFIND", "PUT"]


async def test_a_list_that_is_cut_short_is_asked_for_on() -> None:
    event = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:{0}\nDTSTART:20270104T090000Z\nEND:VEVENT\nEND:VCALENDAR"
    full = "<response><href>/cal/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>"

    def entry(name: str, data: str = "") -> str:
        return (
            f"<response><href>/cal/{name}.ics</href><propstat><prop><getetag>&quot;{name}&quot;</getetag>"
            f"<C:calendar-data>{data}</C:calendar-data></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
        )

    async def answer(request: web.Request) -> web.Response:
        body = await request.text()
        if "multiget" in body:
            return multistatus(
                "".join(entry(name, event.format(name)) for name in re.findall(r"/cal/(\w+)\.ics", body))
            )
        if "sync-collection>" not in body:
            return multistatus(CALENDAR)
        if "<D:sync-token>t1</D:sync-token>" in body:
            return multistatus(f"{entry('b')}<sync-token>t2</sync-token>")
        return multistatus(f"{entry('a')}{full}<sync-token>t1</sync-token>")

    async with server(answer) as (url, _):
        backend = CaldavCalendar(url, Password("u@example.com", "p"), allowed=("127.0.0.1",))
        told = await backend.changes(f"{url}/cal/")
        await backend.aclose()
    assert [event.uid for event in told.events] == ["a", "b"]
    assert '"t2"' in told.token
