"""CalDAV with Digest sign-in: a door before a real Radicale that lets in who answers its challenge, and nobody else."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web

from tests.contract.calendars.caldav import PASSWORD, Radicale
from tests.contract.calendars.contender import at, timed
from tools.calendars.backend import NeedsReconnect
from tools.calendars.caldav.calendar import CaldavCalendar
from tools.calendars.caldav.wire import Password

_PASSED_ON = ("Depth", "If-Match", "If-None-Match", "Content-Type")
HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass
class Door:
    """Every nonce is good for three requests; a count that was used before is refused."""

    radicale: Radicale
    user: str
    offers: tuple[str, ...]
    nonce: str = field(default_factory=secrets.token_hex)
    counts: set[int] = field(default_factory=set[int])
    refused: int = 0
    let_in: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self._is_right(request):
            self.refused += 1
            self.nonce, self.counts = secrets.token_hex(), set()
            answer = web.Response(status=401)
            answer.headers.add("WWW-Authenticate", 'Basic realm="not this one"') if not self.offers else None
            for name in self.offers:
                challenge = f'Digest realm="our house", nonce="{self.nonce}", qop="auth", algorithm={name}, opaque="o"'
                answer.headers.add("WWW-Authenticate", challenge)
            return answer
        self.let_in += 1
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        headers["Accept-Encoding"] = "identity"
        headers["Authorization"] = aiohttp.encode_basic_auth(self.user, PASSWORD)
        url = f"{self.radicale.url}{request.raw_path}"
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(request.method, url, headers=headers, data=body, allow_redirects=False) as answer,
        ):
            kept = {name: answer.headers[name] for name in ("ETag", "Content-Type") if name in answer.headers}
            return web.Response(status=answer.status, headers=kept, body=await answer.read())

    def _is_right(self, request: web.Request) -> bool:
        header = request.headers.get("Authorization", "")
        said = {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^ ,]+))', header)}
        if not header.startswith("Digest ") or said["nonce"] != self.nonce or said["uri"] != request.raw_path:
            return False
        count = int(said["nc"], 16)
        if count in self.counts or count > 3 or said["algorithm"] != self.offers[-1]:
            return False
        self.counts.add(count)

        def made(text: str) -> str:
            return HASHES[said["algorithm"]](text.encode()).hexdigest()

        first, second = made(f"{self.user}:our house:{PASSWORD}"), made(f"{request.method}:{request.raw_path}")
        return said["response"] == made(f"{first}:{self.nonce}:{said['nc']}:{said['cnonce']}:auth:{second}")


@asynccontextmanager
async def door_before(radicale: Radicale, *offers: str, password: str = PASSWORD) -> AsyncIterator[tuple[Door, object]]:
    user = f"u{uuid4().hex[:12]}"
    radicale.set_password(user, PASSWORD)
    radicale.make_calendar(user, "work")
    door = Door(radicale, user, offers)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", door.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://{}:{}".format(*runner.addresses[0][:2])
    backend = CaldavCalendar(url, Password(user, password), timezone="Europe/Berlin", allowed=("127.0.0.1",))
    try:
        yield door, backend
    finally:
        await backend.aclose()
        await runner.cleanup()
        radicale.forget(user)


@pytest.mark.parametrize("offers", [("MD5",), ("MD5", "SHA-256")])
async def test_a_server_that_wants_a_digest_gets_the_strongest_it_offers(
    radicale: Radicale, offers: tuple[str, ...]
) -> None:
    async with door_before(radicale, *offers) as (door, backend):
        assert isinstance(backend, CaldavCalendar)
        [calendar] = await backend.list_calendars()
        made = await backend.create(calendar.id, timed(at(2027, 1, 4, 9)), key="one event")
        assert [one.id for one in (await backend.changes(calendar.id)).events] == [made.id]
        await backend.delete(calendar.id, made.id)
        assert (await backend.changes(calendar.id)).events == ()
        assert door.let_in > 6
        assert 1 <= door.refused <= door.let_in // 3 + 1  # at first, and when a nonce has been used up


@pytest.mark.parametrize("offers", [("SHA-256",), ()])
async def test_a_wrong_password_or_nothing_that_can_be_answered_needs_a_person(
    radicale: Radicale, offers: tuple[str, ...]
) -> None:
    async with door_before(radicale, *offers, password="wrong") as (door, backend):
        assert isinstance(backend, CaldavCalendar)
        with pytest.raises(NeedsReconnect):
            await backend.list_calendars()
        assert (door.let_in, door.refused) == (0, 2)
