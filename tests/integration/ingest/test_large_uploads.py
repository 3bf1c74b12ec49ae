"""Files as large as allowed, and very many small ones: the loop turns, memory and descriptors stay where they were."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from ingest.settings import Settings
from tests.integration.ingest.conftest import Sidecar, Upload, make_settings

LIMIT = 25 * 1024 * 1024
_MEGABYTE = 1024 * 1024
_HEADERS = {"Content-Type": "multipart/form-data; boundary=b"}
_HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="boats.txt"\r\n\r\n'


@pytest.fixture
def settings(fresh_database_url: str, tmp_path: Path) -> Settings:
    return make_settings(fresh_database_url, tmp_path).model_copy(update={"upload_limit": LIMIT})


async def _text(size: int) -> AsyncIterator[bytes]:
    """A multipart body around ``size`` bytes of text, its length not declared."""
    line = b"A sentence about boats on the quay, one of many.\n"
    piece = line * (_MEGABYTE // 16 // len(line))
    yield _HEAD
    for _ in range(size // len(piece)):
        yield piece
    yield b"x" * (size % len(piece)) + b"\r\n--b--\r\n"


async def _longest_work() -> float:
    """Seconds of processor time between two turns of the loop: the same however busy the machine is."""
    longest = 0.0
    try:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - before)
    except asyncio.CancelledError:
        return longest


def _resident() -> int:
    """Bytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def _most_memory() -> int:
    most = 0
    try:
        while True:
            most = max(most, _resident())
            await asyncio.sleep(0.005)
    except asyncio.CancelledError:
        return most


async def test_the_largest_file_neither_holds_up_the_loop_nor_fills_the_memory(client: aiohttp.ClientSession) -> None:
    before = _resident()
    work, memory = asyncio.create_task(_longest_work()), asyncio.create_task(_most_memory())
    await asyncio.sleep(0)
    async with client.post("/api/files/upload", data=_text(LIMIT), headers=_HEADERS) as response:
        assert (response.status, (await response.json())["file_size"]) == (201, LIMIT)
    work.cancel()
    memory.cancel()
    assert await work < 0.05
    assert await memory - before < 100 * _MEGABYTE


async def test_one_byte_more_is_refused_although_no_length_was_declared(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    async with client.post("/api/files/upload", data=_text(LIMIT + 1), headers=_HEADERS) as response:
        assert (response.status, (await response.json())["code"]) == (413, "file_too_large")
    assert sidecar.app_files() == []


async def test_many_tiny_files_leave_no_trace_in_the_process(upload: Upload) -> None:
    for number in range(30):
        await upload(f"Note {number} of the warming up.".encode(), "note.txt")
    gc.collect()
    memory, descriptors = _resident(), len(os.listdir("/proc/self/fd"))
    for number in range(300):
        status, _ = await upload(f"Note {number}.".encode(), f"note {number}.txt")
        assert status == 201
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= descriptors + 4
    assert _resident() - memory < 20 * _MEGABYTE


@pytest.mark.parametrize(
    "name", ["דוח שנתי.txt", "تقرير ١.txt", "合同 2026.txt", "résumé’s “final”.txt", "a b c.txt", "🚢.txt"]
)
async def test_names_of_every_script_are_kept(upload: Upload, name: str) -> None:
    status, uploaded = await upload(f"The text of {name}.".encode(), name)
    assert (status, uploaded["filename"], uploaded["title"]) == (201, name, name.removesuffix(".txt"))
