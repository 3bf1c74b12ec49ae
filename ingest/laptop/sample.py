"""Puts the sample handbook into a new installation through the same HTTP API that everybody else uses.

Asks first what is there, so an interrupted first start goes on where it ended, and a deleted handbook stays deleted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from importlib import resources
from typing import Any

import aiohttp

from store.errors import Unavailable

FILENAME = "harbour-house-handbook.pdf"
TIMEOUT_S = 120.0
_ENDED_BADLY = {"failed", "rejected"}


async def add_handbook(url: str, key: str, note: Callable[[str], None]) -> None:
    """Upload, analyse, confirm and index it; returns when it can be searched. Raises Unavailable when that fails."""
    headers = {"Authorization": f"Bearer {key}"}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    try:
        async with aiohttp.ClientSession(url, headers=headers, timeout=timeout) as session:
            await _add(session, note)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable(f"The sample handbook could not be added: {error}.", code="sample_failed") from error


async def _add(session: aiohttp.ClientSession, note: Callable[[str], None]) -> None:
    files = (await _json(session, "GET", "/api/files"))["items"]
    usable = (item for item in files if item["filename"] == FILENAME and item["status"] not in _ENDED_BADLY)
    mine = next(usable, None)
    if mine is None:
        note("uploading")
        mine = await _upload(session)
    upload_id = mine["upload_id"]
    if await _status(session, upload_id) not in {"awaiting_confirmation", "indexing", "ready"}:
        await _json(session, "POST", f"/api/files/{upload_id}/analyze")
        note("reading")
        await _until(session, upload_id, {"awaiting_confirmation", "indexing", "ready"})
    if await _status(session, upload_id) == "awaiting_confirmation":
        await _json(session, "POST", f"/api/files/{upload_id}/confirm-rag", json={"save_to_rag": True})
        note("indexing")
    await _until(session, upload_id, {"ready"})
    note("indexed")


async def _upload(session: aiohttp.ClientSession) -> Any:
    content = (resources.files("ingest") / "samples" / FILENAME).read_bytes()
    form = aiohttp.FormData()
    form.add_field("file", content, filename=FILENAME, content_type="application/pdf")
    return await _json(session, "POST", "/api/files/upload", data=form)


async def _status(session: aiohttp.ClientSession, upload_id: str) -> str:
    answer = await _json(session, "GET", f"/api/files/{upload_id}")
    if answer["status"] in _ENDED_BADLY:
        raise Unavailable(f"The sample handbook could not be added: {answer.get('error')}.", code="sample_failed")
    return answer["status"]


async def _until(session: aiohttp.ClientSession, upload_id: str, wanted: set[str]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while await _status(session, upload_id) not in wanted:
        if time.monotonic() > deadline:
            raise Unavailable(
                "The sample handbook was not indexed in time; see the sidecar's log.", code="sample_failed"
            )
        await asyncio.sleep(0.1)


async def _json(session: aiohttp.ClientSession, method: str, path: str, **kwargs: Any) -> Any:
    async with session.request(method, path, **kwargs) as response:
        if response.status >= 400:
            raise Unavailable(
                f"The sample handbook could not be added: {path} answered {response.status} "
                f"{(await response.text())[:300]}",
                code="sample_failed",
            )
        return await response.json()
