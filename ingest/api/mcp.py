"""`/mcp`: the tools of the house for other programs' assistants, over MCP's streamable HTTP, with the keys of the API.

The protocol is the official library's; here a request of ours becomes one of its own and its answer one of ours. No
session is kept: each request says who asks. The library is loaded when the first one comes.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator, MutableMapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

from aiohttp import web

from ingest.auth import CREDENTIAL_KIND
from ingest.keys import CALENDARS, CLOCK, KNOWLEDGE, PLANNING
from ingest.routes import Route, identity_of
from ingest.zones import zone_of_house
from store.errors import NotAllowed
from store.identity import Identity

PATH: Final = "/mcp"
LONGEST_BODY: Final = 256 * 1024
_BY_PAGE = {"page", "local"}
Message = MutableMapping[str, Any]


class McpEndpoint:
    """Answers MCP requests of one application; ``running`` holds what the library runs beside them."""

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._wanted = asyncio.Event()
        self._manager: asyncio.Future[Any] | None = None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The library's answer, in full."""
        if request.get(CREDENTIAL_KIND) in _BY_PAGE:  # a browser must not be talked into it by another page
            raise NotAllowed("Send `Authorization: Bearer` with an API key or a token.", code="bearer_needed")
        self._wanted.set()
        manager = await asyncio.shield(self._future())
        body = await request.read()
        sent: list[Message] = []
        gone = asyncio.Event()
        pieces: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if pieces:
                return pieces.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await manager.handle_request(_scope_of(request), receive, send)
        gone.set()
        return _response_of(sent)

    async def run(self) -> None:
        """Load the library once somebody asks, and run it until cancelled."""
        await self._wanted.wait()
        future = self._future()
        try:
            async with self._opened() as manager:
                future.set_result(manager)
                await asyncio.Event().wait()
        except Exception as error:
            if not future.done():
                future.set_exception(error)
            raise

    @asynccontextmanager
    async def _opened(self) -> AsyncGenerator[Any]:
        server = await asyncio.to_thread(importlib.import_module, "tools.mcp.server")
        managers = await asyncio.to_thread(importlib.import_module, "mcp.server.streamable_http_manager")
        built = server.build_server(self._client_of, version("voiceloop"))
        manager = managers.StreamableHTTPSessionManager(
            built, json_response=True, stateless=True, max_request_body_size=LONGEST_BODY
        )
        async with manager.run():
            yield manager

    def _future(self) -> asyncio.Future[Any]:
        if self._manager is None:
            self._manager = asyncio.get_running_loop().create_future()
        return self._manager

    async def _client_of(self, context: Any) -> Any:
        """For whom a request acts: the identity that was authenticated, on the clocks that every route reads."""
        from tools.mcp.model import Client

        identity: Identity = context.request.scope["voiceloop.identity"]
        zone = await zone_of_house(self._app, identity)
        clock, calendars = self._app[CLOCK], self._app[CALENDARS]
        return Client(identity, zone, clock, calendars, self._app[PLANNING], self._app[KNOWLEDGE])


ENDPOINT: web.AppKey[McpEndpoint] = web.AppKey("mcp")


async def answer_mcp(request: web.Request) -> web.StreamResponse:
    """One message of the Model Context Protocol."""
    return await request.app[ENDPOINT].answer(request)


async def refuse(_: web.Request) -> web.StreamResponse:
    """No stream is held open and no session kept, so there is nothing to get or to end; the protocol asks for a 405."""
    return web.Response(status=405, headers={"Allow": "POST"})


def routes() -> list[Route]:
    """Not among the routes of `/api`: what these say is described by MCP, and errors are its own."""
    return [
        Route(method, PATH, handler, "MCP", "", None, None, "application/json", 200)
        for method, handler in (("POST", answer_mcp), ("GET", refuse), ("DELETE", refuse))
    ]


def _scope_of(request: web.Request) -> Message:
    """The request as ASGI describes one."""
    headers = [
        (name.lower(), value)
        for name, value in request.raw_headers
        if name.lower() not in {b"authorization", b"cookie"}
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.scheme,
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": None,
        "server": None,
        "state": {},
        "voiceloop.identity": identity_of(request),
    }


def _response_of(sent: list[Message]) -> web.Response:
    start = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    response = web.Response(status=start["status"], body=body)
    for name, value in start.get("headers", ()):
        if name.lower() not in {b"content-length", b"connection", b"transfer-encoding"}:
            response.headers[name.decode("latin-1")] = value.decode("latin-1")
    return response
