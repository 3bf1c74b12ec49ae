"""`GET /api/events`: the tenant's changes as server-sent events, for as long as the client listens.

Whoever may not read a resource does not hear of it either.
"""

from __future__ import annotations

import contextlib
import json

from aiohttp import web

from ingest.events import Stream
from ingest.keys import HUB
from ingest.routes import Routes, identity_of
from store.errors import NotAllowed
from store.identity import Identity

routes = Routes("Live")
_HEARTBEAT_S = 15.0
_SCOPE_OF_PREFIX = {  # a type that is not listed is told to nobody
    "event": "calendar:read",
    "document": "documents:read",
    "job": "documents:read",
    "conversation": "conversations:read",
    "message": "conversations:read",
}
_TOLD_TO_ALL = frozenset({"persona"})  # what everybody who is signed in may read


@routes.add("GET", "/api/events", answer="text/event-stream")
async def stream_events(request: web.Request) -> web.StreamResponse:
    """Live changes: `event:` is the type (`job.updated`, `document.updated`, `event.booked`, ...), `data:` JSON.

    Only of what the scopes allow to read: `calendar:read`, `documents:read` (jobs too), `conversations:read` (messages
    too); of personas to everybody who has one of them. Without any 403.
    """
    identity = identity_of(request)
    if identity.scopes.isdisjoint(_SCOPE_OF_PREFIX.values()):
        needed = ", ".join(sorted(set(_SCOPE_OF_PREFIX.values())))
        raise NotAllowed(f"This needs one of the scopes {needed}; use a key that has one.", code="missing_scope")
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    async with request.app[HUB].stream(identity.tenant_id, lambda type_: may_hear(identity, type_)) as stream:
        await response.prepare(request)
        await response.write(b"retry: 2000\n: listening\n\n")
        with contextlib.suppress(ConnectionResetError):  # the client left
            await _forward(stream, response)
    return response


def may_hear(identity: Identity, type_: str) -> bool:
    """Whether the identity may read what a change of this type is about."""
    prefix = type_.partition(".")[0]
    return prefix in _TOLD_TO_ALL or _SCOPE_OF_PREFIX.get(prefix) in identity.scopes


async def _forward(stream: Stream, response: web.StreamResponse) -> None:
    while not stream.closed.is_set():
        event = await stream.next(_HEARTBEAT_S)
        if event is not None:
            data = json.dumps(event.data, default=str)
            await response.write(f"event: {event.type}\ndata: {data}\n\n".encode())
        elif not stream.closed.is_set():
            await response.write(b": still here\n\n")
