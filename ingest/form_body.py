"""The parts of a multipart body, with an end: so many bytes and so many parts, whatever length was declared.

aiohttp's reader skips what nobody asks for without ever letting others run, a lone preamble and tiny parts included;
so the bytes it may take are counted below it. What a part means is for ``uploads.py``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from typing import cast

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError

from store.errors import Invalid

_ENVELOPE_BYTES = 16 * 1024  # boundaries, part headers and short fields, on either side of the file
_MOST_PARTS = 8  # likewise
_AHEAD_BYTES = 256 * 1024  # read to find a boundary, and given back


class _Counted:
    """As much of a StreamReader as multipart reading needs; raises Invalid(``sentence``) after ``left`` bytes."""

    def __init__(self, content: StreamReader, left: int, sentence: str) -> None:
        self._content, self.left, self.sentence = content, left, sentence

    async def read(self, size: int) -> bytes:
        if self.left <= 0:
            raise self.too_much()
        data = await self._content.read(min(size, self.left))
        self.left -= len(data)
        return data

    async def readline(self, *, max_line_length: int | None = None) -> bytes:
        line = await self._content.readline(max_line_length=max_line_length)
        self.left -= len(line)
        if self.left < 0:
            raise self.too_much()
        return line

    def unread_data(self, data: bytes) -> None:
        self.left += len(data)
        self._content.unread_data(data)  # pyright: ignore[reportDeprecated]  # what the reader itself calls

    def at_eof(self) -> bool:
        return self._content.at_eof()

    def too_much(self) -> Invalid:
        return Invalid(self.sentence, code="not_multipart")


class FormBody:
    """The body of a request that is multipart/form-data. Every method raises Invalid for a malformed one."""

    def __init__(self, request: web.Request) -> None:
        sentence = "Too much stands before the file. Send `title` and `replaces` first, then `file`, and nothing else."
        self._content, self._parts = _Counted(request.content, _ENVELOPE_BYTES, sentence), 0
        with parsing():
            self._reader = MultipartReader(request.headers, cast(StreamReader, self._content))

    async def next(self) -> BodyPartReader | None:
        """The next part that holds no parts itself; None after the closing boundary."""
        while True:
            with parsing():
                part = await self._reader.next()
            if part is None:
                return None
            self._parts += 1
            if self._parts > _MOST_PARTS:
                raise self._content.too_much()
            if isinstance(part, BodyPartReader):
                return part

    def expect_file(self, limit: int) -> None:
        """The part last given is the file: so many bytes may come."""
        self._content.left = limit + _AHEAD_BYTES

    async def read_to_the_end(self) -> None:
        """Fields after the file are of no interest, but the closing boundary is: without it the body was cut off."""
        self._content.left, self._parts = _ENVELOPE_BYTES, 0
        self._content.sentence = "Send one file at a time, and the other fields before it."
        while (part := await self.next()) is not None:
            while await read(part, _ENVELOPE_BYTES):
                pass
            if not part.at_eof():
                raise malformed()


async def read(part: BodyPartReader, size: int) -> bytes:
    """At most ``size`` bytes of the part, empty at its end. Raises Invalid for a malformed body."""
    with parsing():
        return bytes(await part.read_chunk(size))


@contextlib.contextmanager
def parsing() -> Generator[None]:
    """Around what aiohttp reads of the body, and nothing else: what goes wrong there is the client's."""
    try:
        yield
    except (ValueError, AssertionError, RuntimeError, HttpProcessingError) as error:
        raise malformed() from error


def malformed() -> Invalid:
    return Invalid("The upload is no complete, well-formed multipart body.", code="not_multipart")
