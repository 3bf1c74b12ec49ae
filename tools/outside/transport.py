"""HTTP to servers whose address somebody typed in: checked addresses only, bounded answers, no proxy, no surprise.

What goes wrong on the way is remembered as a sentence and answered as a 502, so that one lost request ends no
connection.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final

import httpx2

from tools.outside.addresses import AddressRefused, Guard

LONGEST_ANSWER: Final = 2 * 1024 * 1024
_TRIED: Final = 3  # addresses of one name
_SAYS: Final = {
    401: "The server does not accept the token or the headers.",
    403: "The server does not allow this with the token or the headers that it gets.",
    404: "There is no MCP server at this address; look at its path.",
    405: "There is no MCP server at this address; look at its path.",
    429: "The server has too many requests.",
}
Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, IPv4 first."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found.sort(key=lambda one: one[0] != socket.AF_INET)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class CheckedTransport(httpx2.AsyncBaseTransport):
    """``problem``: what went wrong last, as a sentence."""

    def __init__(self, guard: Guard, resolver: Resolve = resolve) -> None:
        self._guard = guard
        self._resolve = resolver
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False, retries=0)
        self.problem = ""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            response = await self._sent(request)
        except AddressRefused as error:
            return self._failed(error.message)
        except httpx2.TimeoutException:
            return self._failed("The server does not answer in time.")
        except httpx2.ConnectError as error:
            refused = "certificate" in str(error).casefold()
            return self._failed(
                "The server's certificate is not in order." if refused else "The server cannot be reached."
            )
        except (httpx2.TransportError, OSError):
            return self._failed("The server broke off the connection.")
        self._note(request, response)
        return response

    async def _sent(self, request: httpx2.Request) -> httpx2.Response:
        self._guard.checked(str(request.url))
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        found = (await self._resolve(host, port))[:_TRIED]
        self._guard.check_found(host, port, found)
        for place, address in enumerate(found, start=1):
            try:
                return _bounded(await self._inner.handle_async_request(_to(request, address)))
            except httpx2.ConnectError:
                if place == len(found):
                    raise
        raise httpx2.ConnectError("The name has no address.")

    def _note(self, request: httpx2.Request, response: httpx2.Response) -> None:
        if request.method != "POST":  # that there is nothing to listen to or to end is no problem
            return
        if 300 <= response.status_code < 400:
            self.problem = "The server sends us to another address; if that one is meant, type it in."
        elif response.status_code >= 400:
            self.problem = _SAYS.get(
                response.status_code, f"The server answers with an error ({response.status_code})."
            )

    def _failed(self, sentence: str) -> httpx2.Response:
        self.problem = sentence
        return httpx2.Response(502)

    async def aclose(self) -> None:
        await self._inner.aclose()


def client(transport: CheckedTransport, headers: Mapping[str, str]) -> httpx2.AsyncClient:
    """For one server; its headers go to no other, since redirects to others are not followed."""
    return httpx2.AsyncClient(
        transport=transport,
        headers={**headers, "Accept-Encoding": "identity"},
        timeout=httpx2.Timeout(10.0, read=120.0),
        trust_env=False,
        follow_redirects=False,
    )


def _to(request: httpx2.Request, address: str) -> httpx2.Request:
    """The same request to the address that was checked; name and certificate stay those of the host."""
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )


def _bounded(response: httpx2.Response) -> httpx2.Response:
    if response.headers.get("content-encoding", "identity") != "identity":  # a few bytes could become gigabytes
        raise httpx2.RemoteProtocolError("compressed without being asked to")
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    return httpx2.Response(
        response.status_code,
        headers=response.headers,
        stream=_Bounded(response.stream),
        extensions=response.extensions,
    )


class _Bounded(httpx2.AsyncByteStream):
    """Ends where the limit is, or where the connection breaks; who reads then finds half a message, which is none."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = LONGEST_ANSWER
        try:
            async for piece in self._stream:
                left -= len(piece)
                if left < 0:
                    return
                yield piece
        except httpx2.TransportError:
            return

    async def aclose(self) -> None:
        await self._stream.aclose()
