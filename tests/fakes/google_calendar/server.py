"""The stand-in as a server: every route of Google's description, every request and every answer judged by it.

What is wrong is kept in ``violations``, which a test should find empty. ``faults`` are used up in order, each by the
next request it fits; what it cannot do answers 501 and is a violation.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.fakes.google_calendar.discovery import Method, answer_problems, body_problems, methods, query_problems
from tests.fakes.google_calendar.listing import Lists, busy, rendered
from tests.fakes.google_calendar.model import Calendar, Refusal

Json = dict[str, Any]

WRITES = tuple(f"calendar.events.{verb}" for verb in ("insert", "patch", "update", "delete"))
OWNER = "owner@example.com"


@dataclass
class Fault:
    """What happens to the next request of a kind (``only``: ids of methods, all when empty).

    ``kind``: "cut before" and "cut after" end the connection, the latter when the request was carried out; "nonsense"
    answers 200 with a web page; a number is a status; else it is one of Google's reasons for 403.
    """

    kind: str | int
    only: tuple[str, ...] = ()
    retry_after: str = ""
    reason: str = "backendError"


class FakeGoogleCalendar:
    """``calendars`` by id; the owner's own is "owner@example.com". ``mails``: (event id, sendUpdates) of every write.

    ``asked``: (method id, query, body, If-Match) of every request, in order. ``meanwhile``: by method id, what somebody
    else does just before the next such request is carried out.
    """

    def __init__(self, page_size: int = 2) -> None:
        self.lists = Lists(page_size)
        self.calendars: dict[str, Calendar] = {}
        self.faults: list[Fault] = []
        self.refused_tokens: set[str] = set()
        self.revoked = self.cut = False
        self.channels: dict[str, Json] = {}
        self.mails: list[tuple[str, str]] = []
        self.asked: list[tuple[str, dict[str, str], Any, str]] = []
        self.meanwhile: dict[str, Callable[[], Any]] = {}
        self.violations: list[str] = []
        self.url = ""
        self.add_calendar(OWNER, "Owner")

    def add_calendar(
        self, calendar_id: str, name: str, *, zone: str = "Europe/Berlin", access: str = "owner"
    ) -> Calendar:
        made = Calendar(calendar_id, name, zone, access, OWNER)
        self.calendars[calendar_id] = made
        return made

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FakeGoogleCalendar]:
        app = web.Application()
        for method in sorted(methods(), key=lambda one: one.path.count("{")):
            app.router.add_route(method.verb, f"/calendar/v3/{method.path}", self._handler(method))
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/calendar/v3"
            yield self
        finally:
            await runner.cleanup()

    def _handler(self, method: Method) -> Callable[[web.Request], Any]:
        async def handle(request: web.Request) -> web.StreamResponse:
            fault = self._fault(method)
            if self.cut or (fault and fault.kind == "cut before"):
                return _cut(request)
            if fault and fault.kind != "cut after":
                return _failing(fault)
            if refusal := self._admit(request):
                return refusal
            answer = await self._answer(method, request)
            return _cut(request) if fault else answer

        return handle

    def _fault(self, method: Method) -> Fault | None:
        for fault in self.faults:
            if not fault.only or method.id in fault.only:
                self.faults.remove(fault)
                return fault
        return None

    def _admit(self, request: web.Request) -> web.Response | None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer" and token and not self.revoked and token not in self.refused_tokens:
            return None
        return _error(401, "authError", "Invalid Credentials")

    async def _answer(self, method: Method, request: web.Request) -> web.Response:
        raw = await request.read()
        body = json.loads(raw) if raw else None
        query = dict(request.query)
        self.asked.append((method.id, query, body, request.headers.get("If-Match", "")))
        problems = [*query_problems(method, list(request.query.items())), *body_problems(method, body)]
        self.violations += problems
        if (act := self.meanwhile.pop(method.id, None)) is not None:
            act()
        if problems:
            return _error(400, "invalid", problems[0])
        try:
            answer = self._do(method, dict(request.match_info), request, body)
        except Refusal as refusal:
            return _error(refusal.status, refusal.reason, refusal.message)
        self.violations += answer_problems(method, answer)
        if method.id in WRITES:
            self.mails.append(
                (request.match_info.get("eventId") or (answer or {}).get("id", ""), query.get("sendUpdates", ""))
            )
        return web.json_response(answer) if answer is not None else web.Response(status=204)

    def _do(self, method: Method, path: dict[str, str], request: web.Request, body: Any) -> Json | None:
        query, if_match = dict(request.query), request.headers.get("If-Match", "")
        match method.id.removeprefix("calendar."):
            case "calendarList.list":
                return self._calendar_list(query)
            case "calendarList.get":
                return _entry(self._calendar(path))
            case "events.list":
                return self.lists.events(self._calendar(path), query)
            case "events.instances":
                return self.lists.instances(self._calendar(path), path["eventId"], query)
            case "events.get":
                calendar = self._calendar(path)
                return rendered(calendar, calendar.find(path["eventId"]))
            case "events.insert":
                return rendered(calendar := self._calendar(path), calendar.insert(body))
            case "events.patch":
                return rendered(calendar := self._calendar(path), calendar.patch(path["eventId"], body, if_match))
            case "events.update":
                return rendered(calendar := self._calendar(path), calendar.update(path["eventId"], body, if_match))
            case "events.delete":
                self._calendar(path).delete(path["eventId"], if_match)
                return None
            case "freebusy.query":
                return self._free_busy(body)
            case "events.watch":
                return self._watch(self._calendar(path), body)
            case "channels.stop":
                return self._stop(body)
        self.violations.append(f"{method.id} is not played here")
        raise Refusal(501, "notImplemented")

    def _calendar(self, path: dict[str, str]) -> Calendar:
        name = OWNER if path["calendarId"] == "primary" else path["calendarId"]
        if name not in self.calendars or self.calendars[name].access == "freeBusyReader":
            raise Refusal(404, "notFound", f"Not Found: {name}")
        return self.calendars[name]

    def _calendar_list(self, query: dict[str, str]) -> Json:
        shown = [
            one
            for one in self.calendars.values()
            if query.get("minAccessRole") is None or one.access != "freeBusyReader"
        ]
        first = int(query.get("pageToken", "0"))
        last = first + min(self.lists.page_size, int(query.get("maxResults", "100")))
        following = {"nextPageToken": str(last)} if shown[last:] else {"nextSyncToken": "calendars"}
        return {"kind": "calendar#calendarList", "items": [_entry(one) for one in shown[first:last]], **following}

    def _free_busy(self, body: Json) -> Json:
        start, end = (datetime.fromisoformat(body[name]).astimezone(UTC) for name in ("timeMin", "timeMax"))
        if len(body["items"]) > 50:
            raise Refusal(400, "tooManyCalendarsRequested")
        if (end - start).days > 90:
            raise Refusal(400, "timeRangeTooLong", "The requested time range is too long.")
        told: Json = {}
        for name in (one["id"] for one in body["items"]):
            calendar = self.calendars.get(OWNER if name == "primary" else name)
            unseen = {"busy": [], "errors": [{"domain": "global", "reason": "notFound"}]}
            told[name] = unseen if calendar is None else {"busy": busy(calendar, start, end)}
        return {"kind": "calendar#freeBusy", "timeMin": body["timeMin"], "timeMax": body["timeMax"], "calendars": told}

    def _watch(self, calendar: Calendar, body: Json) -> Json:
        if not body.get("address", "").startswith("https://"):
            raise Refusal(400, "webhookUrlNotHttps", "WebHook callback must be HTTPS")
        if body["id"] in self.channels:
            raise Refusal(400, "channelIdNotUnique", "Channel id not unique")
        self.channels[body["id"]] = body
        made = {"kind": "api#channel", "id": body["id"], "resourceId": f"resource of {calendar.name}"}
        return {**made, "token": body.get("token", ""), "expiration": "1796000000000"}

    def _stop(self, body: Json) -> None:
        if not body.get("resourceId", "").startswith("resource of ") or self.channels.pop(body["id"], None) is None:
            raise Refusal(404, "notFound", "Channel not found")


def _entry(calendar: Calendar) -> Json:
    primary = {"primary": True} if calendar.id == calendar.owner else {}
    return {
        "kind": "calendar#calendarListEntry",
        "etag": '"1"',
        "id": calendar.id,
        "summary": calendar.name,
        "timeZone": calendar.zone,
        "accessRole": calendar.access,
        "backgroundColor": "#0088aa",
        **primary,
    }


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _failing(fault: Fault) -> web.Response:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    if fault.kind == "nonsense":
        return web.Response(text="<html>Sign in to the hotel's network</html>", content_type="text/html")
    if isinstance(fault.kind, int):
        return _error(fault.kind, fault.reason, headers=headers)
    return _error(403, fault.kind, headers=headers)


def _error(status: int, reason: str, message: str = "", headers: dict[str, str] | None = None) -> web.Response:
    errors = [{"domain": "global", "reason": reason, "message": message or reason}]
    body = {"error": {"errors": errors, "code": status, "message": message or reason}}
    return web.json_response(body, status=status, headers=headers)
