"""Asks a running ClamAV (clamd) about a stream of bytes, by TCP or a Unix socket. Knows its protocol, decides nothing.

See clamd(8): ``INSTREAM`` takes chunks, each after its length, and a length of 0 at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_PIECE_BYTES: Final = 64 * 1024
_LONGEST_ANSWER: Final = 4096
_CONNECT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Address:
    """A Unix socket's ``path``, or ``host`` and ``port``."""

    path: str = ""
    host: str = ""
    port: int = 0


def clamd_address(url: str) -> Address:
    """The address in CLAMD_URL. Raises ValueError, the rest of a sentence."""
    problem = "must be tcp://host:3310 or unix:///run/clamav/clamd.ctl"
    try:
        parts = urlsplit(url)
        port = parts.port or 3310
    except ValueError as error:
        raise ValueError(problem) from error
    if parts.scheme == "unix" and parts.path.startswith("/") and not parts.netloc:
        return Address(path=parts.path)
    if parts.scheme == "tcp" and parts.hostname and parts.path in {"", "/"} and parts.username is None:
        return Address(host=parts.hostname, port=port)
    raise ValueError(problem)


async def version(address: Address, *, timeout_s: float) -> str:
    """Program and age of its signatures, such as "ClamAV 1.4.3/27800/...". Raises OSError, TimeoutError."""
    async with asyncio.timeout(timeout_s), _connected(address) as (reader, writer):
        writer.write(b"zVERSION\0")
        await writer.drain()
        return await _answer(reader)


async def verdict(address: Address, chunks: AsyncIterable[bytes], *, timeout_s: float) -> str:
    """Its answer to these bytes, such as "stream: OK" or "stream: Win.Test FOUND".

    ``timeout_s`` is for all of it. Raises OSError, TimeoutError, and what ``chunks`` raises.
    """
    async with asyncio.timeout(timeout_s), _connected(address) as (reader, writer):
        try:
            writer.write(b"zINSTREAM\0")
            async for chunk in chunks:
                for at in range(0, len(chunk), _PIECE_BYTES):
                    piece = chunk[at : at + _PIECE_BYTES]
                    writer.write(len(piece).to_bytes(4, "big") + piece)
                    await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
        except ConnectionError:  # it stops listening when a stream is longer than it takes, and says so
            if answer := await _last_words(reader):
                return answer
            raise
        return await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> str:
    try:
        text = await reader.readuntil(b"\0")
    except asyncio.IncompleteReadError as error:
        text = error.partial
    except asyncio.LimitOverrunError:
        return ""
    return text.rstrip(b"\0\n").decode("utf-8", "replace")


async def _last_words(reader: asyncio.StreamReader) -> str:
    with contextlib.suppress(ConnectionError):
        return await _answer(reader)
    return ""


@contextlib.asynccontextmanager
async def _connected(address: Address) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    async with asyncio.timeout(_CONNECT_S):
        if address.path:
            reader, writer = await asyncio.open_unix_connection(address.path, limit=_LONGEST_ANSWER)
        else:
            reader, writer = await asyncio.open_connection(address.host, address.port, limit=_LONGEST_ANSWER)
    try:
        yield reader, writer
    finally:
        writer.close()
