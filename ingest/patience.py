"""How long a client may take: for its headers, between the bytes of its body, for all of it. None of it asks a handler.

Headers that trickle in end with their connection (`server_options`); a body that stops coming ends with 408.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Generator
from typing import Any

from aiohttp import HttpVersion11, StreamReader, web

from ingest.errors import BodyTooSlow
from ingest.keys import SETTINGS
from ingest.settings import Settings
from store.errors import TooLarge

BODY_LIMIT = 1024 * 1024  # of everything but uploads
_SLOWEST_BYTES_S = 500  # after the first patience; less is somebody who holds the connection on purpose
_LOOKS = 4  # in the time without a byte
_SHUTDOWN_S = 3.0


def server_options(settings: Settings) -> dict[str, Any]:
    """Arguments of `web.AppRunner`: a connection without a complete request is closed; one line and all headers end.

    A handler whose client left is cancelled. What a refused client still sends is read a while, so that it hears why.
    """
    return {
        "access_log": None,
        "shutdown_timeout": _SHUTDOWN_S,
        "handler_cancellation": True,
        "keepalive_timeout": settings.idle_timeout_s,
        "lingering_time": min(10.0, settings.body_timeout_s),
    }


async def answer_expectation(request: web.Request) -> None:
    """`100 Continue` to who waits for it. Anything else in `Expect` is ignored, as RFC 9110 allows.

    The web server's own answer, 417, would be no problem details, and fails over bytes that are no text.
    """
    if request.version == HttpVersion11 and request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun


async def read_ahead(request: web.Request) -> None:
    """Read a body that is no upload, so that its handler finds it. Raises TooLarge, BodyTooSlow."""
    if (request.content_length or 0) > BODY_LIMIT:
        raise TooLarge("The request is larger than 1 MB.")
    if request.can_read_body:
        await request.read()


@contextlib.contextmanager
def expect_body(request: web.Request) -> Generator[None]:
    """Watch the body while the block runs: whoever reads it gets BodyTooSlow when it stops coming."""
    body = request.content
    if body.is_eof():
        yield
        return
    watch = _Watch(body, request.app[SETTINGS].body_timeout_s)
    try:
        yield
    except BodyTooSlow:
        body.set_exception(TimeoutError())  # the server then waits no longer for the rest
        raise
    finally:
        watch.stop()


class _Watch:
    """Looks now and then whether bytes came; costs a request that is there in full nothing."""

    def __init__(self, body: StreamReader, patience_s: float) -> None:
        self._body = body
        self._patience_s = patience_s
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._seen, self._seen_at = body.total_bytes, self._started
        self._timer = self._loop.call_later(patience_s / _LOOKS, self._look)

    def stop(self) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        if self._body.is_eof():
            return
        total, now = self._body.total_bytes, self._loop.time()
        if total != self._seen:
            self._seen, self._seen_at = total, now
        stopped = now - self._seen_at >= self._patience_s
        if stopped or now - self._started > self._patience_s + total / _SLOWEST_BYTES_S:
            self._body.set_exception(BodyTooSlow("The rest of the request did not come. Send it again, in one go."))
            return
        self._timer = self._loop.call_later(self._patience_s / _LOOKS, self._look)
