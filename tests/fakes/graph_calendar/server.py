"""Microsoft Graph on loopback: routes, judging every request and answer, and the ways it can fail.

What breaks Microsoft's schema or the written rules is answered 400 and kept in ``violations``, which a test should find
empty. A new route: a method here, its query in ``schema.QUERIES``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import web

from tests.fakes.graph_calendar import schema
from tests.fakes.graph_calendar.answers import calendar_json, event_json, selected, utc_text
from tests.fakes.graph_calendar.deltas import Deltas
from tests.fakes.graph_calendar.mailbox import Event, Json, Mailbox, Refused, instant

PREFIX = "/v1.0"
_AT_ONCE = 4  # requests for one mailbox
_SUBSCRIBED_FOR = timedelta(days=3)
_MESSAGES = {401: "InvalidAuthenticationToken", 403: "ErrorAccessDenied", 429: "ApplicationThrottled"}

Answering = Callable[[str], Awaitable[str]]


@dataclass
class Fault:
    """Befalls the next ``times`` requests that ``to`` holds for: an answer instead, or none, or none in time."""

    to: Callable[[web.Request], bool] = lambda _: True
    times: int = 1
    status: int = 0
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_before: bool = False
    cut_after: bool = False
    hangs: bool = False


async def echo(validation_token: str) -> str:
    """What a good notification address answers."""
    return validation_token


def writes(request: web.Request) -> bool:
    return request.method in ("POST", "PATCH", "DELETE") and not request.path.endswith("/getSchedule")


def creates(request: web.Request) -> bool:
    return request.method == "POST" and request.path.endswith("/events")


class FakeGraph:
    """``tokens``: bearer tokens that are valid. ``schedules``: busy times by address, or an error's code.
    ``answering``: what an address says to a validation token."""

    def __init__(self, page_size: int = 2) -> None:
        self.mailbox = Mailbox()
        self.deltas = Deltas(self.mailbox)
        self.tokens = {"good"}
        self.page_size = page_size
        self.faults: list[Fault] = []
        self.violations: list[str] = []
        self.seen: list[tuple[str, str]] = []
        self.most_at_once = 0
        self.schedules: dict[str, list[Json] | str] = {}
        self.subscriptions: dict[str, Json] = {}
        self.answering: Answering = echo
        self.now = datetime(2026, 11, 21, 9, tzinfo=UTC)
        self.url = ""
        self._running = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeGraph]:
        app = web.Application(middlewares=[self._guard])
        calendar, event = f"{PREFIX}/me/calendars/{{calendar}}", f"{PREFIX}/me/calendars/{{calendar}}/events/{{event}}"
        app.add_routes(
            [
                web.get(f"{PREFIX}/me/calendars", self._calendars),
                web.get(calendar, self._calendar),
                web.get(f"{calendar}/events", self._events),
                web.post(f"{calendar}/events", self._create),
                web.get(f"{calendar}/calendarView", self._view),
                web.get(f"{calendar}/calendarView/delta", self._delta),
                web.get(event, self._event),
                web.patch(event, self._patch),
                web.delete(event, self._delete),
                web.get(f"{event}/instances", self._instances),
                web.post(f"{event}/cancel", self._cancel),
                web.post(f"{PREFIX}/me/calendar/getSchedule", self._schedule),
                web.post(f"{PREFIX}/subscriptions", self._subscribe),
                web.delete(f"{PREFIX}/subscriptions/{{id}}", self._unsubscribe),
            ]
        )
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}{PREFIX}"
            yield self
        finally:
            await runner.cleanup()

    # ---------------------------------------------------------------- every request

    @web.middleware
    async def _guard(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.seen.append((request.method, request.path.removeprefix(PREFIX)))
        fault = next((one for one in self.faults if one.times > 0 and one.to(request)), None)
        if fault:
            fault.times -= 1
            if fault.status:
                return _error(fault.status, fault.code or _MESSAGES.get(fault.status, "UnknownError"), fault.headers)
        if fault and fault.hangs:
            await asyncio.Event().wait()
        if fault and fault.cut_before:
            return self._cut(request)
        self._running += 1
        self.most_at_once = max(self.most_at_once, self._running)
        try:
            answer = await self._answer(request, handler)
        finally:
            self._running -= 1
        return self._cut(request) if fault and fault.cut_after else answer

    async def _answer(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _error(401, "InvalidAuthenticationToken")
        if self._running > _AT_ONCE:
            return _error(429, "ApplicationThrottled", {"Retry-After": "1"})
        self.violations += schema.header_problems(request.headers)
        await asyncio.sleep(0)
        try:
            return await handler(request)
        except Refused as refused:
            return _error(refused.status, refused.code, extra=refused.extra)
        except web.HTTPNotFound:
            self.violations.append(f"no such path: {request.method} {request.path}")
            raise

    def _cut(self, request: web.Request) -> web.StreamResponse:
        if request.transport:
            request.transport.abort()
        return web.Response()

    async def _body(self, request: web.Request, name: str, *, new: bool = False) -> Json:
        body = await request.json()
        problems = schema.action_problems(name, body) if "@" in name else schema.body_problems(name, body)
        if name == "event":
            problems += schema.write_problems(body, new=new)
        if problems:
            self.violations += problems
            raise Refused(400, "ErrorInvalidRequest")
        return body

    def _asked(self, request: web.Request, route: str) -> None:
        if problems := schema.query_problems(route, request.query):
            self.violations += problems
            raise Refused(400, "ErrorInvalidRequest")

    def _said(self, name: str, shown: Json) -> Json:
        """Our own answers are judged too."""
        self.violations += [f"answered {problem}" for problem in schema.body_problems(name, shown)]
        return shown

    def _page(self, request: web.Request, items: list[Json], name: str) -> web.Response:
        first = int(request.query.get("$skip", "0"))
        size = min(int(request.query.get("$top", "10")), self.page_size)
        shown = [
            self._said(name, selected(item, request.query.get("$select", ""))) for item in items[first : first + size]
        ]
        body: Json = {"value": shown}
        if first + size < len(items):
            query = {**request.query, "$skip": str(first + size)}
            body["@odata.nextLink"] = self._link(request, query)
        return web.json_response(body)

    def _link(self, request: web.Request, query: Mapping[str, str]) -> str:
        path = request.rel_url.raw_path.removeprefix(PREFIX)
        return f"{self.url}{path}?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())

    # ---------------------------------------------------------------- calendars and lists

    async def _calendars(self, request: web.Request) -> web.Response:
        self._asked(request, "calendars")
        return self._page(request, [calendar_json(one) for one in self.mailbox.calendars.values()], "calendar")

    async def _calendar(self, request: web.Request) -> web.Response:
        self._asked(request, "calendar")
        shown = calendar_json(self.mailbox.calendar(request.match_info["calendar"]))
        return web.json_response(self._said("calendar", selected(shown, request.query.get("$select", ""))))

    async def _events(self, request: web.Request) -> web.Response:
        self._asked(request, "events")
        self.mailbox.calendar(request.match_info["calendar"])
        wanted = request.query.get("$filter", "")
        if wanted and not wanted.startswith("transactionId eq '"):
            self.violations.append(f"$filter: {wanted}")
        transaction = wanted.removeprefix("transactionId eq '").removesuffix("'")
        items = [
            event_json(event, text=_text(request))
            for event in self.mailbox.events.values()
            if event.calendar_id == request.match_info["calendar"] and transaction in ("", event.transaction)
        ]
        return self._page(request, items, "event")

    async def _view(self, request: web.Request) -> web.Response:
        self._asked(request, "calendarView")
        calendar, (start, end) = self.mailbox.calendar(request.match_info["calendar"]), _window(request)
        events = [event for event in self.mailbox.events.values() if event.calendar_id == calendar.id]
        items = [
            event_json(event, day, text=_text(request)) for event in events for day in event.occurrences(start, end)
        ]
        return self._page(request, items, "event")

    async def _instances(self, request: web.Request) -> web.Response:
        self._asked(request, "instances")
        (event, day), (start, end) = self._found(request), _window(request)
        if event.recurrence is None or day:
            raise Refused(400, "ErrorInvalidRequest")
        items = [event_json(event, one, text=_text(request)) for one in event.occurrences(start, end)]
        return self._page(request, items, "event")

    async def _delta(self, request: web.Request) -> web.Response:
        self._asked(request, "delta")
        calendar_id, query = request.match_info["calendar"], request.query
        if "$deltatoken" in query or "$skiptoken" in query:
            token = query.get("$deltatoken") or query["$skiptoken"]
            known = self.deltas.resume(calendar_id, token, new_round="$deltatoken" in query)
        else:
            known = self.deltas.begin(calendar_id, *_window(request))
        items, token, over = self.deltas.page(known, self.page_size)
        name, mark = ("@odata.deltaLink", "$deltatoken") if over else ("@odata.nextLink", "$skiptoken")
        shown = [item if "@removed" in item else self._said("event", item) for item in items]
        return web.json_response({"value": shown, name: self._link(request, {mark: token})})

    # ---------------------------------------------------------------- one event

    def _found(self, request: web.Request) -> tuple[Event, date | None]:
        return self.mailbox.find(request.match_info["calendar"], request.match_info["event"])

    async def _event(self, request: web.Request) -> web.Response:
        self._asked(request, "event")
        names = request.query.get("$select", "")
        shown = event_json(*self._found(request), text=_text(request), master="cancelledOccurrences" in names)
        return web.json_response(self._said("event", selected(shown, names)))

    async def _create(self, request: web.Request) -> web.Response:
        body = await self._body(request, "event", new=True)
        event = self.mailbox.create(request.match_info["calendar"], body)
        return web.json_response(self._said("event", event_json(event)), status=201)

    async def _patch(self, request: web.Request) -> web.Response:
        event, day = self._found(request)
        body = await self._body(request, "event")
        _check_version(request, event, day)
        self.mailbox.patch(event, day, body)
        return web.json_response(self._said("event", event_json(event, day)))

    async def _delete(self, request: web.Request) -> web.Response:
        event, day = self._found(request)
        _check_version(request, event, day)
        self.mailbox.delete(event, day)
        return web.Response(status=204)

    async def _cancel(self, request: web.Request) -> web.Response:
        event, day = self._found(request)
        await self._body(request, "cancel@event")
        if not event.is_organizer or not event.at(day)["attendees"]:
            raise Refused(400, "ErrorInvalidRequest")
        self.mailbox.delete(event, day)
        return web.Response(status=202)

    # ---------------------------------------------------------------- others' times, calling back

    async def _schedule(self, request: web.Request) -> web.Response:
        body = await self._body(request, "getSchedule@calendar")
        start, end = instant(body["startTime"]), instant(body["endTime"])
        found: list[Json] = []
        for address in body["schedules"]:
            known = self.schedules.get(address, "ErrorMailRecipientNotFound")
            if isinstance(known, str):
                found.append({"scheduleId": address, "error": {"responseCode": known, "message": "unknown"}})
                continue
            items = [one for one in known if instant(one["start"]) < end and instant(one["end"]) > start]
            found.append({"scheduleId": address, "availabilityView": "0", "scheduleItems": items})
        return web.json_response({"value": [self._said("scheduleInformation", one) for one in found]})

    async def _subscribe(self, request: web.Request) -> web.Response:
        body = await self._body(request, "subscription")
        until = datetime.fromisoformat(body["expirationDateTime"])
        if not self.now < until < self.now + _SUBSCRIBED_FOR or not body["notificationUrl"].startswith("https://"):
            raise Refused(400, "InvalidRequest")
        if await self.answering("Validation: a+b c") != "Validation: a+b c":
            raise Refused(400, "ValidationError")
        made = {**body, "id": f"sub-{len(self.subscriptions) + 1}", "expirationDateTime": f"{utc_text(until)}Z"}
        self.subscriptions[made["id"]] = made
        return web.json_response(self._said("subscription", {**made, "clientState": None}), status=201)

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        if self.subscriptions.pop(request.match_info["id"], None) is None:
            raise Refused(404, "ResourceNotFound")
        return web.Response(status=204)


def _text(request: web.Request) -> bool:
    return 'outlook.body-content-type="text"' in request.headers.get("Prefer", "")


def _window(request: web.Request) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(request.query["startDateTime"]), datetime.fromisoformat(request.query["endDateTime"])


def _check_version(request: web.Request, event: Event, day: date | None) -> None:
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted != event_json(event, day)["@odata.etag"]:
        raise Refused(412, "ErrorIrresolvableConflict")


def _error(
    status: int, code: str, headers: Mapping[str, str] | None = None, extra: Mapping[str, Any] | None = None
) -> web.Response:
    body = {"error": {"code": code, "message": "for developers", **(extra or {})}}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json", headers=headers)
