"""A file sent as multipart/form-data, streamed to whoever takes it; only a complete body is one.

What was sent is remembered with the request as a digest (title, replaced document, name, bytes): a repeat can be told
from another.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from aiohttp import BodyPartReader, web

from ingest.form_body import FormBody, malformed, parsing, read
from ingest.keys import INBOX, SETTINGS
from ingest.routes import identity_of
from store.errors import Invalid, NotFound, TooLarge

T = TypeVar("T")
UPLOADED: web.RequestKey[str] = web.RequestKey("uploaded")
_ENVELOPE_BYTES = 16 * 1024  # boundaries, part headers and the title
_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """``name`` as the client wrote it; ``pieces`` raises Invalid at their end when the body was cut off."""

    name: str | None
    title: str
    replaces: UUID | None
    pieces: AsyncIterator[bytes]


async def take_file(request: web.Request, take: Callable[[Sent], Awaitable[T]]) -> T:
    """What ``take`` makes of the field ``file``; a declared length over the limit or the quota is refused unread.

    Raises Invalid, TooLarge, Conflict, and what ``take`` raises; it must read all pieces before it keeps anything.
    """
    size = max(1, (request.content_length or 0) - _ENVELOPE_BYTES)  # at least; how large the envelope is nobody knows
    await request.app[INBOX].require_room(identity_of(request), size)
    return await _taken(request, take)


async def read_file(request: web.Request, limit: int) -> bytes:
    """The bytes of the field ``file``, for a route that keeps no file: at most ``limit``, whatever a document may have.

    Raises Invalid, TooLarge.
    """

    async def read_all(sent: Sent) -> bytes:
        return b"".join([piece async for piece in sent.pieces])

    return await _taken(request, read_all, limit)


async def _taken(request: web.Request, take: Callable[[Sent], Awaitable[T]], limit: int | None = None) -> T:
    limit = limit or request.app[SETTINGS].upload_limit
    if (request.content_length or 0) > limit + _ENVELOPE_BYTES:
        raise too_large(limit)
    if request.content_type != "multipart/form-data":
        raise Invalid("Send the file as multipart/form-data in the field `file`.", code="not_multipart")
    title, replaces = "", None
    body = FormBody(request)
    while (part := await body.next()) is not None:
        with parsing():
            name, filename = part.name, part.filename
        if name == "title":
            title = (await read(part, 1000)).decode("utf-8", "replace")
        elif name == "replaces":
            replaces = _id((await read(part, 100)).decode("utf-8", "replace"))
        elif name == "file":
            label = f"{title}\n{replaces or ''}"
            return await take(Sent(filename, title, replaces, _pieces(request, body, part, label, limit)))
    raise Invalid("The upload has no field `file`.", code="file_missing")


def _id(text: str) -> UUID | None:
    """None for an empty field. Raises NotFound for what is no id, as for one that nobody has."""
    try:
        return UUID(text.strip()) if text.strip() else None
    except ValueError as error:
        raise NotFound("There is no such document to replace.", code="document_not_found") from error


async def digest_of(request: web.Request) -> str:
    """Read the upload and keep nothing of it but its digest."""

    async def read(sent: Sent) -> str:
        async for _ in sent.pieces:
            pass
        return request[UPLOADED]

    return await _taken(request, read)  # a repeat needs no room


async def _pieces(
    request: web.Request, body: FormBody, part: BodyPartReader, label: str, limit: int
) -> AsyncIterator[bytes]:
    digest = hashlib.sha256(f"{label}\n{part.filename}\n".encode("utf-8", "surrogateescape"))
    size = 0
    body.expect_file(limit)
    while piece := await read(part, _PIECE_BYTES):
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        digest.update(piece)
        yield piece
    if not part.at_eof():
        raise malformed()
    await body.read_to_the_end()
    request[UPLOADED] = digest.hexdigest()


def too_large(limit: int) -> TooLarge:
    return TooLarge(f"The file is larger than {limit // (1024 * 1024)} MB.", code="file_too_large")
