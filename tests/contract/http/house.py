"""A sidecar that keeps running for a whole module of blocking tests: a loop in a thread, a tenant that has everything.

Every asker gets a key or session of its own (`headers`), so that a request that ends it harms no other test.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
import psycopg
from aiohttp import web

from ingest.access_tokens import AccessTokens
from ingest.app import create_app
from ingest.keys import CLOCK, KEYRING, TOKENS
from ingest.patience import server_options
from ingest.settings import Settings
from store import sessions
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from tests.conftest import make_owner
from tests.integration.ingest.conftest import Sidecar, make_key, make_settings
from tests.integration.ingest.people import make_person
from tests.integration.isolation.estate import Estate

T = TypeVar("T")
ASKERS = ("owner", "viewer", "hostile", "nobody")
HOSTILE = ("garbage", "over", "stranger")


class Loop:
    """An event loop in a thread of its own, for as long as the block runs."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sidecar")

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    def __enter__(self) -> Loop:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._loop.shutdown_asyncgens())
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass
class House:
    """What blocking tests may ask of it."""

    loop: Loop
    sidecar: Sidecar
    database: Database
    estate: Estate
    viewer: Identity
    spare_tenant: UUID

    @property
    def url(self) -> str:
        return self.sidecar.url

    def headers(self, asker: str, *, as_person: bool = False) -> dict[str, str]:
        """The credentials of an asker, new ones each time; ``as_person``: a session instead of a key."""
        if asker == "nobody":
            return {}
        if asker == "garbage":
            return {"Authorization": "Bearer vl_\u00e4\u00ff..\t.."}
        if asker == "stranger":
            return {"Authorization": f"Bearer {self.sidecar.other_key}"}
        identity = self.sidecar.identity if asker in {"owner", "over"} else self.viewer
        make = self._session(identity, is_over=asker == "over") if as_person or asker == "over" else None
        value = self.loop.run(make or make_key(self.database, identity))
        return {"Authorization": f"Bearer {value}"}

    def id_of(self, table: str) -> str:
        """Of something the owner may change. A tenant is one more that nobody else needs, so that all may be done."""
        return str(self.spare_tenant if table == "tenants" else self.estate.ids[table])

    def renew(self) -> None:
        """One more row in every table; `id_of` tells theirs from now on."""
        self.loop.run(self._renew())

    async def _renew(self) -> None:
        await self.estate.renew()
        spare = await make_owner(self.database, f"spare-{self.spare_tenant.hex[-8:]}")
        self.spare_tenant = spare.tenant_id

    async def _session(self, identity: Identity, *, is_over: bool) -> str:
        app, client = self.sidecar.app, sessions.Client("127.0.0.1", "fuzz")
        at = app[CLOCK].now()
        async with self.database.transaction(identity) as connection:
            started = await sessions.start_session(connection, identity, "program", client, at=at)
        tokens = AccessTokens(app[KEYRING], FixedClock(at - timedelta(hours=1))) if is_over else app[TOKENS]
        assert identity.user_id is not None
        return tokens.issue(identity.tenant_id, identity.user_id, started.session_id)


@contextmanager
def open_house(database_url: str, folder: Path, **changes: Any) -> Generator[House]:
    """A house on this empty, migrated database; ``changes`` are settings."""
    with Loop() as loop:
        settings = make_settings(database_url, folder).model_copy(update=changes)
        stack = AsyncExitStack()
        try:
            yield loop.run(stack.enter_async_context(_house(loop, settings)))
        finally:
            loop.run(stack.aclose())


@asynccontextmanager
async def _house(loop: Loop, settings: Settings) -> AsyncGenerator[House]:
    url = settings.database_url.get_secret_value()
    async with await Database.open(url, max_size=4) as database:
        owner, other = await make_owner(database, "demo"), await make_owner(database, "other")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("UPDATE tenants SET operates = true WHERE id = %s", [owner.tenant_id])
        runner = web.AppRunner(create_app(settings), **{**server_options(settings), "shutdown_timeout": 0.5})
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            host, port = runner.addresses[0][:2]
            keys = [await make_key(database, owner), await make_key(database, other)]
            sidecar = Sidecar(runner.app, f"http://{host}:{port}", *keys, owner)
            async with sidecar.client() as client:
                estate = Estate(sidecar, database, client, url)
                await estate.furnish(_uploader(client))
                viewer = await make_person(database, owner, "viewer@demo.test", role="viewer")  # with no canary
                spare = await make_owner(database, "spare")
                yield House(loop, sidecar, database, estate, viewer, spare.tenant_id)
        finally:
            await runner.cleanup()


def _uploader(client: aiohttp.ClientSession) -> Any:
    async def upload(content: bytes, filename: str, path: str = "/api/files/upload") -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData()
        form.add_field("file", content, filename=filename, content_type="application/octet-stream")
        async with client.post(path, data=form) as response:
            return response.status, await response.json()

    return upload
