"""`GET /api/events`: the tenant's changes as server-sent events, for as long as the client listens."""

from __future__ import annotations

import contextlib
import json

from aiohttp import web

from ingest.events import Stream
from ingest.keys import HUB
from ingest.routes import Routes, identity_of

routes = Routes("Live")
_HEARTBEAT_S = 15.0


@routes.add("GET", "/api/events", answer="text/event-stream")
async def stream_events(request: web.Request) -> web.StreamResponse:
    """Live changes: `event:` is the type (`job.updated`, `document.updated`, `event.booked`, ...), `data:` JSON."""
    identity = identity_of(request)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    async with request.app[HUB].stream(identity.tenant_id) as stream:
        await response.prepare(request)
        await response.write(b"retry: 2000\n: listening\n\n")
        with contextlib.suppress(ConnectionResetError):  # the client left
            await _forward(stream, response)
    return response


async def _forward(stream: Stream, response: web.StreamResponse) -> None:
    while not stream.closed.is_set():
        event = await stream.next(_HEARTBEAT_S)
        if event is not None:
            data = json.dumps(event.data, default=str)
            await response.write(f"event: {event.type}\ndata: {data}\n\n".encode())
        elif not stream.closed.is_set():
            await response.write(b": still here\n\n")
