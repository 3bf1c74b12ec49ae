"""One object sent in parts while its bytes come in; aborted at the server when anything goes wrong on the way.

obstore aborts a multipart upload when its source raises, and only then: so a failure and a cancelled caller are handed
to it as an error of the source, and its end is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import obstore
from obstore.store import S3Store

PART_BYTES: Final = 5 * 1024 * 1024  # the least S3 takes; ten thousand of them are 50 GB
_AT_ONCE: Final = 2
_ABORT_S: Final = 10.0


class _GivenUp(Exception):
    """The source ended before its time."""


async def send_in_parts(store: S3Store, key: str, beginning: list[bytes], rest: AsyncIterator[bytes]) -> None:
    """Send ``beginning`` and ``rest``; whatever ``rest`` raises leaves no object. Raises what obstore raises."""
    queue: asyncio.Queue[bytes | _GivenUp | None] = asyncio.Queue(maxsize=1)
    sending = asyncio.ensure_future(
        obstore.put_async(
            store, key, _handed_over(queue), use_multipart=True, chunk_size=PART_BYTES, max_concurrency=_AT_ONCE
        )
    )
    try:
        while beginning:  # taken out, so that what was sent is not kept
            await _hand(queue, beginning.pop(0), sending)
        async for piece in rest:
            await _hand(queue, piece, sending)
        await _hand(queue, None, sending)
        await asyncio.shield(sending)
    except BaseException:
        await _abort(queue, sending)
        raise


async def _handed_over(queue: asyncio.Queue[bytes | _GivenUp | None]) -> AsyncIterator[bytes]:
    while (piece := await queue.get()) is not None:
        if isinstance(piece, _GivenUp):
            raise piece
        yield piece


async def _hand(
    queue: asyncio.Queue[bytes | _GivenUp | None], piece: bytes | None, sending: asyncio.Future[obstore.PutResult]
) -> None:
    """Wait until there is room for the piece, or the upload has ended with an error, which is raised."""
    handing = asyncio.ensure_future(queue.put(piece))
    try:
        await asyncio.wait({handing, sending}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        handing.cancel()
    if not handing.done() or (sending.done() and piece is not None):
        sending.result()


async def _abort(queue: asyncio.Queue[bytes | _GivenUp | None], sending: asyncio.Future[obstore.PutResult]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(_GivenUp())
    _, unfinished = await asyncio.wait({sending}, timeout=_ABORT_S)
    for one in unfinished:
        one.cancel()
    if sending.done() and not sending.cancelled():
        sending.exception()  # it is the consequence of what is being raised
