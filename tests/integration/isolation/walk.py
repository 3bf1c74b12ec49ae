"""How every route is asked for another tenant's things: whose id goes into a path, what goes into a body or query.

To add a route: nothing, unless a test says what it needs: a line in OWNED (path), BODIES (body) or QUERIES (query).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import aiohttp
from yarl import URL

from ingest.app import ROUTE_LISTS
from ingest.auth import COOKIE_NAME, CSRF_HEADER
from ingest.keys import CLOCK, TOKENS
from ingest.routes import Route
from store import sessions
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar

Ids = Mapping[str, UUID]
ROUTES = [route for routes in ROUTE_LISTS for route in routes.items]
WITH_ID = [route for route in ROUTES if "{" in route.path]
WITHOUT_ID = [route for route in ROUTES if "{" not in route.path and route.answer != "text/event-stream"]

# In whose place the {id} of a path stands: the longest beginning counts.
OWNED = {
    "/api/attachments/": "attachments",
    "/api/auth/sessions/": "sessions",
    "/api/calendar/accounts/": "calendar_accounts",
    "/api/calendar/calendars/": "calendars",
    "/api/calendar/events/": "events",
    "/api/calendar/writes/": "calendar_writes",
    "/api/calendar/feed/": "calendar_feeds",
    "/api/calendar/feeds/": "calendar_feeds",
    "/api/conversations/": "conversations",
    "/api/files/": "documents",
    "/api/jobs/": "jobs",
    "/api/keys/": "api_keys",
    "/api/knowledge/documents/": "documents",
    "/api/mcp-servers/": "mcp_servers",
    "/api/messages/": "messages",
    "/api/personas/": "personas",
    "/api/tenants/": "tenants",
    "/api/users/": "users",
}
OTHER_PARAMETERS = {"version": "1", "number": "1", "token": "x" * 43}

SIGN_IN = {"email": "nobody@other.test", "password": "not the right one"}
BODIES: dict[str, Callable[[Ids], Any]] = {
    "PATCH /api/calendar/accounts/{id}": lambda ids: {
        "label": "Taken over",
        "default_calendar_id": str(ids["calendars"]),
        "calendars": [{"id": str(ids["calendars"]), "use": "busy"}],
    },
    "PATCH /api/calendar/calendars/{id}": lambda ids: {"name": "Taken over"},
    "PATCH /api/calendar/events/{id}": lambda ids: {"summary": "Taken over", "calendar_id": str(ids["calendars"])},
    "PATCH /api/keys/{id}": lambda ids: {"name": "taken over"},
    "PATCH /api/me": lambda ids: {"name": "Other owner"},
    "PATCH /api/mcp-servers/{id}": lambda ids: {"time_limit_s": 20},
    "PATCH /api/personas/{id}": lambda ids: {"name": "Taken over"},
    "PATCH /api/tenants/{id}": lambda ids: {"name": "Taken over"},
    "PATCH /api/users/{id}": lambda ids: {"name": "Taken over"},
    "POST /api/auth/invitations/accept": lambda ids: {"token": "x" * 43, "password": "a long enough one"},
    "POST /api/auth/invitations/read": lambda ids: {"token": "x" * 43},
    "POST /api/auth/login": lambda ids: SIGN_IN,
    "POST /api/auth/logout": lambda ids: {"refresh_token": "x" * 43},
    "POST /api/auth/password": lambda ids: {"current": "", "new": "a long enough one"},
    "POST /api/auth/password/forgot": lambda ids: {"email": "owner@other.test"},
    "POST /api/auth/password/reset": lambda ids: {"token": "x" * 43, "password": "a long enough one"},
    "POST /api/auth/refresh": lambda ids: {"refresh_token": "x" * 43},
    "POST /api/auth/session": lambda ids: SIGN_IN,
    "POST /api/calendar/accounts": lambda ids: {"provider": "google"},
    "POST /api/calendar/accounts/{id}/reconnect": lambda ids: {},
    "POST /api/calendar/command": lambda ids: {
        "command": "Book lunch on November 24th at noon",
        "calendar_id": str(ids["calendars"]),
    },
    "POST /api/calendar/events": lambda ids: {
        "summary": "Lunch",
        "start": "2026-11-24T12:00:00Z",
        "calendar_id": str(ids["calendars"]),
    },
    "POST /api/calendar/events/cancel": lambda ids: {"ids": [str(ids["events"])]},
    "POST /api/calendar/undo": lambda ids: {"change_id": str(ids["calendar_undo"])},
    "POST /api/calendar/feeds": lambda ids: {"calendar_ids": [str(ids["calendars"])]},
    "POST /api/calendar/replan": lambda ids: {
        "blocked": [{"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z"}],
    },
    "POST /api/calendar/suggest": lambda ids: {
        "from": "2026-11-23T00:00:00Z",
        "to": "2026-11-28T00:00:00Z",
        "attendees": ["owner@demo.test", {"name": "Grace", "optional": True}],
        "wishes": ["mornings", {"kind": "avoid", "value": "friday"}],
    },
    "PUT /api/calendar/notices/settings": lambda ids: {"briefing_at": "07:00"},
    "PUT /api/calendar/preferences": lambda ids: {"working_hours": {"friday": [["09:00", "12:00"]]}},
    "PATCH /api/files/{id}": lambda ids: {"title": "Taken over", "tags": ["theirs"], "source": {"doi": "10.1000/182"}},
    "POST /api/files/confirm": lambda ids: {"ids": [str(ids["documents"])], "save_to_rag": True},
    "POST /api/files/delete": lambda ids: {"ids": [str(ids["documents"])]},
    "POST /api/files/{id}/confirm-rag": lambda ids: {"save_to_rag": True},
    "POST /api/keys": lambda ids: {"name": "mine", "scopes": ["documents:read"]},
    "POST /api/knowledge/ingest": lambda ids: {"title": "Mine", "text": "Parking costs nothing here."},
    "POST /api/knowledge/search": lambda ids: {
        "query": "What does parking cost at the gate?",
        "filters": {"document_ids": [str(ids["documents"])], "series_ids": [str(ids["documents"])]},
    },
    "POST /api/mcp-servers": lambda ids: {"name": "mine", "url": "https://mcp.other.test/mcp"},
    "POST /api/personas": lambda ids: {"name": "Mine"},
    "POST /api/tenants": lambda ids: {"slug": "third", "name": "Third", "owner_email": "ada@third.test"},
    "POST /api/token": lambda ids: {"room_name": "desk"},
    "POST /api/users": lambda ids: {"email": "grace@other.test", "role": "viewer"},
}
QUERIES = {
    "GET /api/calendar/conflicts": {"from": "2026-11-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"},
    "GET /api/calendar/free-busy": {
        "from": "2026-11-01T00:00:00Z",
        "to": "2026-12-31T00:00:00Z",
        "people": "owner@demo.test",
    },
    "GET /api/calendar/events": {"from": "2026-11-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"},
}
VOLATILE = {"request_id", "execution_time_ms", "query_id", "created_at"}
ASKERS = ("key", "page", "program")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, ready to be sent."""

    route: Route
    path: str
    query: Mapping[str, str]
    body: Any

    @property
    def name(self) -> str:
        return f"{self.route.method} {self.path}{'?' if self.query else ''}{'&'.join(self.query)}"


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def table_of(path: str) -> str:
    """Whose id belongs into this path. Fails for a route nobody has thought of yet."""
    places = [place for place in OWNED if path.startswith(place)]
    assert places, f"say in OWNED which table's id belongs into {path}"
    return OWNED[max(places, key=len)]


def path_with(route: Route, identifier: str) -> str:
    path = route.path.replace("{id}", identifier)
    for name, value in OTHER_PARAMETERS.items():
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, f"say in OTHER_PARAMETERS what stands for the parameters of {route.path}"
    return path


def asks(route: Route, ids: Ids) -> Iterator[Ask]:
    """The route with these ids, once for every switch its query has (`purge`, `deleted`, ...)."""
    name = name_of(route)
    path = path_with(route, str(ids[table_of(route.path)])) if "{" in route.path else route.path
    assert not route.body or name in BODIES, f"say in BODIES what a right body for {name} is"
    body = BODIES[name](ids) if name in BODIES else None
    plain = Ask(route, path, QUERIES.get(name, {}), body)
    yield plain
    for switch in ("purge", "deleted"):
        if route.query and switch in route.query.model_fields:
            yield replace(plain, query={**plain.query, switch: "true"})


def ids_in_bodies(route: Route) -> set[str]:
    """The fields of the body that hold ids."""
    if route.body is None:
        return set()
    schema = route.body.model_json_schema()
    found: set[str] = set()
    for part in [schema, *schema.get("$defs", {}).values()]:
        for name, field in part.get("properties", {}).items():
            if '"uuid"' in json.dumps(field):
                found.add(name)
    return found


class Stranger:
    """Somebody of tenant B with all its rights, who comes with a key, the page's cookie or a program's token."""

    def __init__(self, sidecar: Sidecar, database: Database, identity: Identity) -> None:
        self._sidecar, self._database, self._identity = sidecar, database, identity

    async def headers(self, kind: str) -> dict[str, str]:
        if kind == "key":
            return {"Authorization": f"Bearer {self._sidecar.other_key}"}
        client, at = sessions.Client("127.0.0.1", "walk"), self._sidecar.app[CLOCK].now()
        async with self._database.transaction(self._identity) as connection:
            started = await sessions.start_session(
                connection, self._identity, "page" if kind == "page" else "program", client, at=at
            )
        if kind == "page":
            cookie = f"{COOKIE_NAME}={started.secret}"
            return {"Cookie": cookie, CSRF_HEADER: "1", "Origin": self._sidecar.url}
        assert self._identity.user_id
        token = self._sidecar.app[TOKENS].issue(self._identity.tenant_id, self._identity.user_id, started.session_id)
        return {"Authorization": f"Bearer {token}"}

    async def ask(self, one: Ask, kind: str = "key") -> tuple[int, str]:
        async with aiohttp.ClientSession(self._sidecar.url, headers=await self.headers(kind)) as session:
            return await send(session, one)


async def send(session: aiohttp.ClientSession, one: Ask) -> tuple[int, str]:
    """Status and text of the answer."""
    form = None
    if one.route.upload:
        form = aiohttp.FormData()
        form.add_field("file", f"Mine {new_id()}".encode(), filename="mine.txt", content_type="text/plain")
    url = URL(one.path, encoded=True).update_query(one.query) if one.query else URL(one.path, encoded=True)
    json_body = one.body if form is None else None
    async with session.request(one.route.method, url, json=json_body, data=form, allow_redirects=False) as response:
        return response.status, await response.text(errors="replace")  # a picture is no text


def without_chance(text: str, *ids: object) -> Any:
    """The answer without what differs between any two requests, and without the ids that were asked for."""
    for one in ids:
        text = re.sub(re.escape(str(one)), "ID", text, flags=re.IGNORECASE)
    try:
        return _without_volatile(json.loads(text))
    except ValueError:
        return text


def _without_volatile(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_volatile(inner) for name, inner in value.items() if name not in VOLATILE}
    return [_without_volatile(one) for one in value] if isinstance(value, list) else value
