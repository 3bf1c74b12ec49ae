"""What every route promises: described, guarded, closed to other tenants, errors in one form."""

from __future__ import annotations

import base64
import io
import json
from uuid import UUID, uuid4

import aiohttp
import jsonschema
import pytest

from ingest.app import ROUTE_LISTS
from ingest.routes import Route
from tests.integration.ingest.conftest import Sidecar, Upload

ROUTES = [route for routes in ROUTE_LISTS for route in routes.items]
CURSOR_WITHOUT_OFFSET = base64.urlsafe_b64encode(json.dumps(["2026-11-21", str(UUID(int=0))]).encode()).decode()
GUARDED = [route for route in ROUTES if route.scope is not None]


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


async def test_every_route_is_described(client: aiohttp.ClientSession, sidecar: Sidecar) -> None:
    async with client.get("/api/openapi.json") as response:
        document = await response.json()
    assert document["openapi"] == "3.1.0"
    served = {
        (route.method, route.resource.canonical)
        for route in sidecar.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    } - {("GET", "/"), ("GET", "/{path}"), *((method, "/mcp") for method in ("GET", "POST", "DELETE"))}
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert described == served
    for item in document["paths"].values():
        for operation in item.values():
            assert operation["summary"]
    own_answer = document["paths"]["/api/openapi.json"]["get"]["responses"]["200"]["content"]
    assert own_answer == {"application/json": {"schema": {"type": "object"}}}  # text only where it is no JSON
    references = {part.split('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:]}
    assert references <= set(document["components"]["schemas"])
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


async def test_the_description_for_people_asks_no_other_server(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/docs") as response:
        text = await response.text()
    assert "/api/files/upload" in text
    assert "http://" not in text
    assert "https://" not in text
    assert "<script" not in text


async def test_an_address_too_long_to_be_read_is_refused_in_plain_text_as_described(
    client: aiohttp.ClientSession,
) -> None:
    async with client.get("/api/files", params={"cursor": "x" * 9000}) as response:
        assert (response.status, response.content_type) == (400, "text/plain")
    async with client.get("/api/openapi.json") as response:
        described = (await response.json())["paths"]["/api/files"]["get"]["responses"]["400"]["content"]
    assert described.keys() == {"application/problem+json", "text/plain"}


@pytest.mark.parametrize("route", GUARDED, ids=_name)
async def test_nobody_gets_in_without_credentials(route: Route, sidecar: Sidecar) -> None:
    path = _filled(route, str(uuid4()))
    async with aiohttp.ClientSession(sidecar.url) as nobody, nobody.request(route.method, path) as response:
        problem = await response.json()
        assert (response.status, response.content_type) == (401, "application/problem+json")
    assert problem["code"] == "not_signed_in"
    assert problem["request_id"] == response.headers["X-Request-ID"]


# for an operator every tenant exists, and a key has no sessions; both are walked in integration/isolation
ELSEWHERE = {"/api/auth/sessions/{id}"}
OWNED = [one for one in GUARDED if "{id}" in one.path and one.scope != "tenants" and one.path not in ELSEWHERE]


@pytest.mark.parametrize("route", OWNED, ids=_name)
async def test_another_tenants_things_do_not_exist(
    route: Route,
    sidecar: Sidecar,
    client: aiohttp.ClientSession,
    stranger: aiohttp.ClientSession,
    upload: Upload,
) -> None:
    identifier = await _owned(route, sidecar, client, upload)
    path, body = _filled(route, identifier), _body(route)
    async with stranger.request(route.method, path, json=body if route.body else None) as response:
        assert response.status == 404, await response.text()
    unknown = _filled(route, "%2e%2e%2fx")
    async with client.request(route.method, unknown, json=body if route.body else None) as response:
        assert response.status == 404


def _filled(route: Route, identifier: str) -> str:
    return route.path.replace("{id}", identifier).replace("{version}", "1").replace("{number}", "1")


def _body(route: Route) -> dict[str, object]:
    """Something that the route takes."""
    if "confirm" in route.path:
        return {"save_to_rag": True}
    if "files" in route.path:
        return {"title": "Another title"}
    if "calendar/accounts" in route.path:
        return {} if "reconnect" in route.path else {"label": "Another name"}
    if "mcp-servers" in route.path:
        return {"time_limit_s": 20}
    return {"start": "2026-11-25T10:00:00Z"} if "calendar/events" in route.path else {"name": "Another name"}


async def _owned(route: Route, sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload) -> str:
    """The id of something the tenant demo has, of the kind this route is about."""
    if "calendar/accounts" in route.path or "calendar/calendars" in route.path:
        return await sidecar.insert("calendar_accounts" if "accounts" in route.path else "calendars")
    if "calendar/feeds" in route.path:
        async with client.post("/api/calendar/feeds", json={}) as response:
            return (await response.json())["id"]
    if "calendar" in route.path:
        body = {"summary": "Lunch", "start": "2026-11-24T12:00:00Z"}
        async with client.post("/api/calendar/events", json=body) as response:
            return (await response.json())["id"]
    if "mcp-servers" in route.path:
        body = {"name": "desk", "url": "https://mcp.demo.test/mcp"}
        async with client.post("/api/mcp-servers", json=body) as response:
            return (await response.json())["id"]
    if "/api/users" in route.path:
        async with client.post("/api/users", json={"email": "ada@demo.test", "role": "viewer"}) as response:
            return (await response.json())["id"]
    if "/api/keys" in route.path:
        async with client.post("/api/keys", json={"name": "key", "scopes": ["calls"]}) as response:
            return (await response.json())["id"]
    if "/api/tenants" in route.path:
        return str(sidecar.identity.tenant_id)
    if "/api/attachments" in route.path:
        conversation = await sidecar.insert("conversations")
        form = aiohttp.FormData({"file": io.BytesIO(b"A text that belongs to one conversation only.")})
        async with client.post(f"/api/conversations/{conversation}/attachments", data=form) as response:
            return (await response.json())["id"]
    if "/api/messages" in route.path:
        return await sidecar.insert_message()
    if "conversations" in route.path or "personas" in route.path:
        return await sidecar.insert(route.path.split("/")[2])
    _, uploaded = await upload(b"A text that belongs to one tenant only.", "mine.txt")
    return uploaded["job_id" if "jobs" in route.path else "upload_id"]


async def test_lists_show_only_what_is_ones_own(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, upload: Upload
) -> None:
    await upload(b"A text that belongs to one tenant only.", "mine.txt", "/api/knowledge/upload")
    await sidecar.work_off()
    await sidecar.insert("conversations")
    await sidecar.insert("personas")
    async with client.post("/api/calendar/events", json={"summary": "Lunch", "start": "2026-11-24T12:00:00Z"}):
        pass
    window = "from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"
    for path in (
        "/api/files",
        "/api/knowledge/documents",
        "/api/conversations",
        "/api/personas",
        f"/api/calendar/events?{window}",
    ):
        async with client.get(path) as mine, stranger.get(path) as theirs:
            assert len((await mine.json())["items"]) == 1, path
            assert (await theirs.json())["items"] == [], path
    async with stranger.post("/api/knowledge/search", json={"query": "text that belongs"}) as response:
        assert (await response.json())["results"] == []


async def test_lists_come_in_pages(client: aiohttp.ClientSession, upload: Upload) -> None:
    for number in range(5):
        await upload(f"Text number {number} of five.".encode(), f"{number}.txt")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        async with client.get("/api/files", params={"limit": "2", "cursor": cursor}) as response:
            page = await response.json()
        assert len(page["items"]) <= 2
        seen += [item["filename"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/api/nothing", None, 404, "not_found"),
        ("PUT", "/api/files", None, 405, "method_not_allowed"),
        ("POST", "/api/knowledge/search", b"{", 422, "invalid"),
        ("POST", "/api/knowledge/search", b"[]", 422, "invalid"),
        ("POST", "/api/knowledge/search", b'{"query": ""}', 422, "invalid"),
        ("POST", "/api/knowledge/search", b'{"query": "x", "typo": 1}', 422, "invalid"),
        ("POST", "/api/knowledge/search", b'{"query": "a\\u0000b"}', 422, "nul_character"),
        ("POST", "/api/knowledge/search", b'{"query": "\\ud800"}', 422, "invalid"),
        ("POST", "/api/knowledge/search", b'{"query": "' + b"x" * 2_000_000 + b'"}', 413, "too_large"),
        ("GET", "/api/files?limit=0", None, 422, "invalid"),
        ("GET", "/api/files?cursor=nonsense", None, 422, "invalid_cursor"),
        ("GET", "/api/files?cursor=%00", None, 422, "nul_character"),
        ("GET", f"/api/files?cursor={CURSOR_WITHOUT_OFFSET}", None, 422, "invalid_cursor"),
        ("GET", "/api/calendar/events?from=x&to=y", None, 422, "invalid"),
        ("GET", "/api/calendar/events?from=1795600000&to=1795700000", None, 422, "invalid"),
        ("POST", "/api/calendar/events", b'{"summary": "x", "start": 1795600000}', 422, "invalid"),
        ("GET", "/api/audit?from=0", None, 422, "invalid"),
    ],
)
async def test_bad_requests_are_problems_with_a_code(
    client: aiohttp.ClientSession, method: str, path: str, body: bytes | None, status: int, code: str
) -> None:
    data = io.BytesIO(body) if body is not None else None
    async with client.request(method, path, data=data) as response:
        problem = await response.json()
        assert (response.status, problem["code"]) == (status, code)
        assert response.content_type == "application/problem+json"
    assert problem["status"] == status
    assert problem["detail"]
