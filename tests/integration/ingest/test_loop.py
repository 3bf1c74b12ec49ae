"""The web process never stands still: hashing, sealing, parsing and embedding happen in threads or other processes."""

from __future__ import annotations

import asyncio
import time

import aiohttp

from tests.integration.ingest.conftest import Sidecar, Upload, make_pdf

_LONGEST_S = 0.5  # a blocked loop would stand for seconds; a busy machine must not fail this


async def _longest_stall() -> float:
    longest = 0.0
    try:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before - 0.01)
    except asyncio.CancelledError:
        return longest


async def test_uploads_and_searches_do_not_block_the_loop(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    content = make_pdf(*(f"Page {number}#\n" + "A sentence about boats on the quay. " * 60 for number in range(25)))
    watch = asyncio.create_task(_longest_stall())
    await asyncio.sleep(0)
    await upload(content, "boats.pdf", "/api/knowledge/upload")
    await sidecar.work_off()
    async with client.post("/api/knowledge/search", json={"query": "boats on the quay"}) as response:
        assert response.status == 200
    watch.cancel()
    assert await watch < _LONGEST_S
