"""The web process never stands still: hashing, sealing, parsing and embedding happen in threads or other processes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest

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


_HEAD = b'--b\r\nContent-Disposition: form-data; name="'
_FILE = _HEAD + b'file"; filename="a.txt"\r\n\r\nThe pool opens at nine.\r\n'
_TINY = _HEAD + b'q"\r\n\r\nx\r\n'
_LONG = _HEAD + b'q"\r\n\r\n' + b"x" * 20_000 + b"\r\n"
_END = b"--b--\r\n"


@pytest.mark.parametrize(
    "body",
    [
        _TINY * 40_000 + _FILE + _END,
        _FILE + _TINY * 40_000 + _END,
        b"\n" * 1_000_000 + _FILE + _END,
        _LONG + _FILE + _END,
    ],
    ids=["tiny parts before the file", "tiny parts after it", "empty lines before all parts", "a long field"],
)
async def test_a_body_of_anything_but_a_file_is_refused_early(
    sidecar: Sidecar, client: aiohttp.ClientSession, body: bytes
) -> None:
    async def in_chunks() -> AsyncIterator[bytes]:  # no length is declared
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    watch = asyncio.create_task(_longest_stall())
    await asyncio.sleep(0)
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with client.post("/api/files/upload", data=in_chunks(), headers=headers) as response:
        refused = await response.json()
        assert (response.status, refused["code"]) == (422, "not_multipart")
    assert "file" in refused["detail"]
    watch.cancel()
    assert await watch < _LONGEST_S
    assert sidecar.app_files() == []
