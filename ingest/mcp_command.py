"""`voiceloop mcp`: the tools over standard input and output, for assistants that start their servers as programs.

It carries messages to `/mcp` of a running sidecar and back, so that keys, scopes and limits are those of the API.
Nothing but messages may be written to standard output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx2
from mcp.client.streamable_http import streamable_http_client
from mcp.server.stdio import stdio_server
from mcp_types import JSONRPCError, JSONRPCRequest, JSONRPCResponse

from ingest.laptop.home import Home
from store.errors import SettingsError, Unavailable

_TIMEOUT_S = 60.0
_USUAL_URL = "http://127.0.0.1:8080"


async def serve(folder: Path, url: str, environment: Mapping[str, str]) -> None:
    """Carry messages between this program's input and output and the sidecar at ``url``, or the one of ``folder``."""
    home = Home.at(folder)
    await carry(url or str(home.read_state().get("url") or _USUAL_URL), key_from(environment, home))


def key_from(environment: Mapping[str, str], home: Home) -> str:
    """VOICELOOP_API_KEY, else the key that the first start wrote. Raises SettingsError."""
    if key := environment.get("VOICELOOP_API_KEY", "").strip():
        return key
    try:
        return home.owner_key.read_text("utf-8").strip()
    except OSError as error:
        raise SettingsError(
            "There is no key: set VOICELOOP_API_KEY, or run `voiceloop up` once, which writes one.", code="no_key"
        ) from error


async def carry(url: str, key: str) -> None:
    """Carry messages until standard input ends. Raises Unavailable when no sidecar answers at ``url``."""
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=_TIMEOUT_S) as client:
        await _require_answer(client, url)
        async with (
            streamable_http_client(f"{url.rstrip('/')}/mcp", http_client=client, terminate_on_close=False) as there,
            stdio_server() as here,
            here[1],
            anyio.create_task_group() as both,
        ):
            questions = _Questions()
            both.start_soon(_pass_on, there[0], here[1], _ignore, questions.answered)
            await _pass_on(here[0], there[1], questions.asked, _ignore)
            with anyio.move_on_after(_TIMEOUT_S):
                await questions.all_answered()
            both.cancel_scope.cancel()


async def _require_answer(client: httpx2.AsyncClient, url: str) -> None:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SettingsError(f"{url!r} is no address; use one such as http://127.0.0.1:8080.", code="bad_url")
    try:
        answer = await client.get(f"{url.rstrip('/')}/api/me")
    except httpx2.HTTPError as error:
        raise Unavailable(f"Nothing answers at {url}. Start it with `voiceloop up`, or name another --url.") from error
    if answer.status_code == 401:
        raise SettingsError("That key is unknown there, was revoked, or is over.", code="bad_key")


_Note = Callable[[object], None]


def _ignore(_message: object) -> None: ...


class _Questions:
    """Which requests have no answer yet: when input ends they are still waited for."""

    def __init__(self) -> None:
        self._open: set[str | int] = set()
        self._changed = anyio.Event()

    def asked(self, message: object) -> None:
        if isinstance(message, JSONRPCRequest):
            self._open.add(message.id)

    def answered(self, message: object) -> None:
        if isinstance(message, JSONRPCResponse | JSONRPCError) and message.id is not None:
            self._open.discard(message.id)
            self._changed.set()

    async def all_answered(self) -> None:
        while self._open:
            self._changed = anyio.Event()
            await self._changed.wait()


async def _pass_on(source: Any, target: Any, before: _Note, after: _Note) -> None:
    async for message in source:
        if not isinstance(message, Exception):
            before(message.message)
            await target.send(message)
            after(message.message)
