"""A proxy before a real server that does what networks and servers do on bad days, once or until told otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

_WRITES = frozenset({"PUT", "POST", "PATCH", "DELETE"})
_PASSED_ON = ("Authorization", "Depth", "If-Match", "If-None-Match", "Content-Type")


@dataclass
class FaultyProxy:
    """``seen``: every request that came, as ``METHOD path``. ``old``: the server seems to know no sync-collection."""

    target: str
    url: str = ""
    seen: list[str] = field(default_factory=list[str])
    old: bool = False
    _loses: bool = False
    _refuses: bool = False
    _cut: bool = False
    _answers: list[tuple[int, dict[str, str]]] = field(default_factory=list[tuple[int, dict[str, str]]])

    async def lose_next_answer(self) -> None:
        self._loses = True

    async def refuse_next_create(self) -> None:
        self._refuses = True

    async def refuse_token_once(self) -> None:
        self._answers.append((401, {"WWW-Authenticate": "Basic"}))

    async def busy_for(self, seconds: int) -> None:
        self._answers.append((429, {"Retry-After": str(seconds)}))

    async def cut(self) -> None:
        self._cut = True

    async def mend(self) -> None:
        self._cut = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FaultyProxy]:
        async with aiohttp.ClientSession(auto_decompress=False) as self._session:
            application = web.Application(client_max_size=20 * 1024 * 1024)
            application.router.add_route("*", "/{path:.*}", self._handle)
            runner = web.AppRunner(application)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            self.url = f"http://{host}:{port}"
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(f"{request.method} {request.raw_path}")
        body = await request.read()
        if self._cut:
            return self._hang_up(request)
        if self._answers:
            status, headers = self._answers.pop(0)
            return web.Response(status=status, headers=headers)
        if self._refuses and request.method == "PUT" and "If-None-Match" in request.headers:
            self._refuses = False
            return web.Response(status=400)
        answer = await self._forward(request, body)
        if self._loses and request.method in _WRITES:
            self._loses = False
            return self._hang_up(request)
        return answer

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        headers["Accept-Encoding"] = "identity"
        async with self._session.request(
            request.method, f"{self.target}{request.raw_path}", headers=headers, data=body, allow_redirects=False
        ) as answer:
            kept = {
                name: value
                for name, value in answer.headers.items()
                if name not in ("Content-Length", "Date", "Server")
            }
            said = await answer.read()
            if self.old:
                said = said.replace(b"<report><sync-collection /></report>", b"<report><other /></report>")
            return web.Response(status=answer.status, headers=kept, body=said)

    def _hang_up(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
