"""Asks a running ClamAV (clamd) about a stream of bytes, by TCP or a Unix socket. Knows its protocol, decides nothing.

See clamd(8): ``INSTREAM`` takes chunks, each after its length, and a length of 0 at the end.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Any, Final
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
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):
        with await _connected(address) as connection:
            await loop.sock_sendall(connection, b"zVERSION\0")
            return await _answer(connection)


async def verdict(address: Address, chunks: AsyncIterable[bytes], *, timeout_s: float) -> str:
    """Its answer to these bytes, such as "stream: OK" or "stream: Win.Test FOUND".

    ``timeout_s`` is for all of it. Raises OSError, TimeoutError, and what ``chunks`` raises.
    """
    async with asyncio.timeout(timeout_s):
        with await _connected(address) as connection:
            try:
                await _send(connection, chunks)
            except ConnectionError:  # it hangs up on a stream longer than it takes, having said so
                if answer := await _answer(connection):
                    return answer
                raise
            return await _answer(connection)


async def _send(connection: socket.socket, chunks: AsyncIterable[bytes]) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, b"zINSTREAM\0")
    async for chunk in chunks:
        for at in range(0, len(chunk), _PIECE_BYTES):
            piece = chunk[at : at + _PIECE_BYTES]
            await loop.sock_sendall(connection, len(piece).to_bytes(4, "big") + piece)
    await loop.sock_sendall(connection, bytes(4))


async def _answer(connection: socket.socket) -> str:
    """One line; "" when it is none or far too long."""
    loop, text = asyncio.get_running_loop(), b""
    while b"\0" not in text and len(text) < _LONGEST_ANSWER:
        piece = await loop.sock_recv(connection, _LONGEST_ANSWER)
        if not piece:
            break
        text += piece
    return text.partition(b"\0")[0].decode("utf-8", "replace").strip() if len(text) < _LONGEST_ANSWER else ""


async def _connected(address: Address) -> socket.socket:
    """A plain socket: asyncio's streams forget what the other side said before it hung up."""
    loop = asyncio.get_running_loop()
    if address.path:
        return await _opened(socket.AF_UNIX, address.path)
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    for number, (family, _, _, _, where) in enumerate(found, start=1):
        try:
            return await _opened(family, where)
        except OSError:
            if number == len(found):
                raise
    raise OSError("no address")


async def _opened(family: int, where: Any) -> socket.socket:
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    try:
        async with asyncio.timeout(_CONNECT_S):
            await asyncio.get_running_loop().sock_connect(connection, where)
    except BaseException:
        connection.close()
        raise
    return connection
