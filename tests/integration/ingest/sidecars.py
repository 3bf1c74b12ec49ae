"""More sidecars than the fixture's one, each with settings and a clock of its own, on one database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from ingest.app import create_app
from ingest.keys import CLOCK
from ingest.patience import server_options
from ingest.settings import Settings
from store.clock import Clock


@asynccontextmanager
async def serving(settings: Settings, clock: Clock | None = None, **changes: Any) -> AsyncGenerator[str]:
    """The URL of a sidecar with these settings, but for ``changes``."""
    changed = Settings.model_validate({**settings.model_dump(), **changes})
    app = create_app(changed)
    if clock is not None:
        app[CLOCK] = clock
    options: dict[str, Any] = {**server_options(changed), "shutdown_timeout": 0.5}
    runner = web.AppRunner(app, **options)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def exchange(url: str, *pieces: bytes, until: bytes = b"") -> bytes:
    """Send bytes as they are on one connection; what comes back, to ``until`` or until the connection is closed."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.readuntil(until) if until else reader.read(), 10)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()
