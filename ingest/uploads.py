"""A file sent as multipart/form-data, streamed to whoever takes it; only a complete body is one.

What was sent is remembered with the request as a digest (title, replaced document, name, bytes): a repeat can be told
from another.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

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


async def _taken(request: web.Request, take: Callable[[Sent], Awaitable[T]]) -> T:
    limit = request.app[SETTINGS].upload_limit
    if (request.content_length or 0) > limit + _ENVELOPE_BYTES:
        raise too_large(limit)
    if request.content_type != "multipart/form-data":
        raise Invalid("Send the file as multipart/form-data in the field `file`.", code="not_multipart")
    title, replaces = "", None
    with _parsing():
        reader = await request.multipart()
    while (part := await _next(reader)) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        with _parsing():
            name, filename = part.name, part.filename
        if name == "title":
            title = (await _read(part, 1000)).decode("utf-8", "replace").replace("\0", "")
        elif name == "replaces":
            replaces = _id((await _read(part, 100)).decode("utf-8", "replace"))
        elif name == "file":
            label = f"{title}\n{replaces or ''}"
            return await take(Sent(filename, title, replaces, _pieces(request, reader, part, label)))
    raise Invalid("The upload has no field `file`.", code="file_missing")


@contextlib.contextmanager
def _parsing() -> Generator[None]:
    """Around what aiohttp reads of the body, and nothing else: what goes wrong there is the client's."""
    try:
        yield
    except (ValueError, AssertionError, RuntimeError, HttpProcessingError) as error:
        raise _malformed() from error


async def _next(reader: MultipartReader) -> MultipartReader | BodyPartReader | None:
    with _parsing():
        return await reader.next()


async def _read(part: BodyPartReader, size: int) -> bytes:
    with _parsing():
        return bytes(await part.read_chunk(size))


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
    request: web.Request, reader: MultipartReader, part: BodyPartReader, label: str
) -> AsyncIterator[bytes]:
    digest = hashlib.sha256(f"{label}\n{part.filename}\n".encode("utf-8", "surrogateescape"))
    size, limit = 0, request.app[SETTINGS].upload_limit
    while piece := await _read(part, _PIECE_BYTES):
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        digest.update(piece)
        yield piece
    if not part.at_eof():
        raise _malformed()
    await _read_to_the_end(reader)
    request[UPLOADED] = digest.hexdigest()


async def _read_to_the_end(reader: MultipartReader) -> None:
    """The fields after the file are of no interest, but the closing boundary is: without it the body was cut off."""
    left = _ENVELOPE_BYTES
    while (part := await _next(reader)) is not None:
        if not isinstance(part, BodyPartReader):
            raise _malformed()
        while piece := await _read(part, _PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise Invalid("Send one file at a time, and the other fields before it.", code="not_multipart")
        if not part.at_eof():
            raise _malformed()


def _malformed() -> Invalid:
    return Invalid("The upload is no complete, well-formed multipart body.", code="not_multipart")


def too_large(limit: int) -> TooLarge:
    return TooLarge(f"The file is larger than {limit // (1024 * 1024)} MB.", code="file_too_large")
