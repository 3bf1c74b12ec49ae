"""What stands before every handler of the route table: who asks, whether they may, and repeated writes.

Handlers stay thin because of it; a handler never checks a scope itself.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler as WebHandler

from ingest.auth import authenticate
from ingest.idempotency import KEY_HEADER, answer_once
from ingest.routes import IDENTITY, Route, identity_of, respond

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def guarded(route: Route) -> WebHandler:
    """The route as the web server calls it."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if route.scope is None:
            return respond(await route.handler(request), route.status)
        request[IDENTITY] = await authenticate(request)
        identity = identity_of(request)
        if route.scope:
            identity.require(route.scope)
        if route.method in _WRITES and KEY_HEADER in request.headers:
            return await answer_once(request, route, identity)
        return respond(await route.handler(request), route.status)

    return handle
