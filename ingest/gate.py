"""What stands before every handler of the route table: how often, who asks, whether they may, and repeated writes.

Handlers stay thin because of it; a handler never checks a scope or a limit itself (but for an e-mail's, `limits.py`).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web
from aiohttp.typedefs import Handler as WebHandler

from ingest.auth import authenticate
from ingest.errors import NotSignedIn, TookTooLong
from ingest.idempotency import KEY_HEADER, answer_once
from ingest.keys import SETTINGS
from ingest.limits import take_for_address, take_for_failure, take_for_identity
from ingest.patience import expect_body, read_ahead
from ingest.routes import IDENTITY, Answer, Handler, Route, identity_of, respond
from store.identity import Identity

_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


def guarded(route: Route) -> WebHandler:
    """The route as the web server calls it."""
    timed = replace(route, handler=_within_time(route))

    async def handle(request: web.Request) -> web.StreamResponse:
        if route.is_limited:
            await take_for_address(request, route.limit)
        identity = None if route.scope is None else await _identity(request, route)
        with expect_body(request):
            if not route.upload:
                await read_ahead(request)
            if identity and route.method in _WRITES and KEY_HEADER in request.headers:
                return await answer_once(request, timed, identity)
            return respond(await timed.handler(request), route.status)

    return handle


async def _identity(request: web.Request, route: Route) -> Identity:
    """Who asks, within their limits and allowed to. Raises NotSignedIn, NotAllowed, TooMany."""
    try:
        request[IDENTITY] = await authenticate(request)
    except NotSignedIn:
        await take_for_failure(request)
        raise
    identity = identity_of(request)
    await take_for_identity(request, identity, route.limit)
    if route.scope and route.or_scope not in identity.scopes:
        identity.require(route.scope)
    return identity


def _within_time(route: Route) -> Handler:
    """The handler, given up when it takes too long: nobody waits for a proxy's own error instead."""

    async def handle(request: web.Request) -> Answer:
        seconds = route.time_to_answer_s(request.app[SETTINGS].answer_timeout_s)
        patience = asyncio.timeout(seconds)
        try:
            async with patience:
                return await route.handler(request)
        except TimeoutError as error:
            if not patience.expired():
                raise
            raise TookTooLong("This took too long and was given up. Try again in a moment.") from error

    return handle
