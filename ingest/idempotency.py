"""`Idempotency-Key`: a repeated write gets the first answer again instead of being done twice.

Only finished answers are kept (a day long); after an error the same key may be tried again. Of routes that are
``secret`` nothing is kept: no answer, and no fingerprint, which could be that of a password. An upload's body is
streamed and never held: its digest is kept beside the answer instead, and a repeat is read through and compared before
it is answered.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Coroutine
from typing import Any

from aiohttp import web

from ingest.keys import DATABASE
from ingest.routes import Route, respond
from ingest.uploads import UPLOADED, digest_of
from store import answers
from store.errors import Invalid
from store.identity import Identity
from store.log import get_logger

log = get_logger(__name__)
KEY_HEADER = "Idempotency-Key"
_LONGEST = 200


async def answer_once(request: web.Request, route: Route, identity: Identity) -> web.StreamResponse:
    """Run the handler unless this key was answered before. Raises Invalid, Conflict."""
    key = request.headers[KEY_HEADER]
    if not 1 <= len(key) <= _LONGEST or not key.isprintable():
        raise Invalid("Idempotency-Key must be 1 to 200 printable characters.", code="invalid_idempotency_key")
    if route.secret:  # asking twice gives two, or is refused; that harms nobody
        return respond(await route.handler(request), route.status)
    return await _to_the_end(_once(request, route, identity, key))


async def _to_the_end(work: Coroutine[Any, Any, web.StreamResponse]) -> web.StreamResponse:
    """Run ``work`` in a task that a client who leaves does not cancel; only a second cancelling, at the stop, does."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("a write failed after its client had left", error=str(error))
        raise


async def _once(request: web.Request, route: Route, identity: Identity, key: str) -> web.StreamResponse:
    database = request.app[DATABASE]
    known = await answers.claim(database, identity, key, await _fingerprint(request, route))
    if known is not None:
        kept = await _same_upload(request, known.body) if route.upload else known.body
        text = "" if kept is None else json.dumps(kept)
        content_type = "application/json" if kept is not None else "text/plain"
        replayed = {"Idempotent-Replayed": "true"}
        return web.Response(text=text, status=known.status, content_type=content_type, headers=replayed)
    try:
        response = respond(await route.handler(request), route.status)
    except BaseException:
        await answers.release(database, identity, key)
        raise
    if isinstance(response, web.Response) and response.status < 400:
        body = json.loads(response.text) if response.text else None
        if route.upload:
            body = {"uploaded": request[UPLOADED], "answer": body}
        await answers.keep(database, identity, key, response.status, body)
    else:
        await answers.release(database, identity, key)
    return response


async def _same_upload(request: web.Request, kept: Any) -> Any:
    """The first answer, when this upload brings the same file under the same name and title. Raises Invalid."""
    if await digest_of(request) != kept["uploaded"]:
        raise Invalid("This Idempotency-Key was used for a different file.", code="idempotency_key_reused")
    return kept["answer"]


async def _fingerprint(request: web.Request, route: Route) -> bytes:
    digest = hashlib.sha256(f"{request.method} {request.raw_path}\n".encode())
    if route.upload:
        digest.update(request.content_type.encode())
    else:
        digest.update(await request.read())
    return digest.digest()
