"""`GET /api/events`: the tenant's changes as server-sent events, while the client listens and for a quarter of an hour.

Whoever may not read a resource does not hear of it either, and nobody hears more than their credential is good for.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta

from aiohttp import web

from ingest.auth import CREDENTIAL_END
from ingest.events import Stream
from ingest.keys import CLOCK, HUB
from ingest.routes import Routes, identity_of
from store.errors import NotAllowed
from store.identity import Identity

routes = Routes("Live")
_HEARTBEAT_S = 15.0
_LONGEST = timedelta(minutes=15)  # then the client connects again by itself and is asked anew who it is
_SCOPE_OF_PREFIX = {  # a type that is not listed is told to nobody
    "event": "calendar:read",
    "calendar": "calendar:read",
    "calendar_account": "calendar:read",
    "calendar_write": "calendar:read",
    "document": "documents:read",
    "job": "documents:read",
    "knowledge": "documents:read",
    "conversation": "conversations:read",
    "message": "conversations:read",
    "attachment": "conversations:read",
}
_TOLD_TO_ALL = frozenset({"persona"})  # what everybody who is signed in may read


@routes.add("GET", "/api/events", answer="text/event-stream")
async def stream_events(request: web.Request) -> web.StreamResponse:
    """Live changes: `event:` is the type (`job.updated`, `document.updated`, `event.booked`, ...), `data:` JSON.

    Only of what the scopes allow to read: `calendar:read`, `documents:read` (jobs and knowledge too),
    `conversations:read` (messages and attachments too); of personas to everybody who has one of them. Without any 403.
    A stream ends with its credential and after a quarter of an hour: connect again. 429 `streams_limit` for somebody
    who holds too many open.
    """
    identity = identity_of(request)
    if identity.scopes.isdisjoint(_SCOPE_OF_PREFIX.values()):
        needed = ", ".join(sorted(set(_SCOPE_OF_PREFIX.values())))
        raise NotAllowed(f"This needs one of the scopes {needed}; use a key that has one.", code="missing_scope")
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    async with request.app[HUB].stream(identity, lambda type_: may_hear(identity, type_)) as stream:
        await response.prepare(request)
        await response.write(b"retry: 2000\n: listening\n\n")
        with contextlib.suppress(ConnectionResetError):  # the client left
            await _forward(stream, response, _time_left_of(request))
    return response


def may_hear(identity: Identity, type_: str) -> bool:
    """Whether the identity may read what a change of this type is about."""
    prefix = type_.partition(".")[0]
    return prefix in _TOLD_TO_ALL or _SCOPE_OF_PREFIX.get(prefix) in identity.scopes


def _time_left_of(request: web.Request) -> Callable[[], float]:
    """Seconds that the stream may go on, by the sidecar's clock; none when the credential is over."""
    clock = request.app[CLOCK]
    longest, end = clock.now() + _LONGEST, request.get(CREDENTIAL_END)
    until = longest if end is None else min(longest, end)
    return lambda: (until - clock.now()).total_seconds()


async def _forward(stream: Stream, response: web.StreamResponse, time_left: Callable[[], float]) -> None:
    while not stream.closed.is_set() and (left := time_left()) > 0:
        event = await stream.next(min(_HEARTBEAT_S, left))
        if time_left() <= 0:
            return
        if event is not None:
            data = json.dumps(event.data, default=str)
            await response.write(f"event: {event.type}\ndata: {data}\n\n".encode())
        elif not stream.closed.is_set():
            await response.write(b": still here\n\n")
