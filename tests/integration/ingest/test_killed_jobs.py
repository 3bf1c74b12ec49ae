"""The job process killed in any stage before confirmation: its document comes out as if nothing had happened."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import psutil
import pytest

from ingest.settings import Settings
from store.database import Database
from tests.integration.ingest.conftest import Sidecar, Upload, make_pdf
from tests.integration.ingest.test_job_process import supervised

_PAGES = 40


def manual() -> bytes:
    """A PDF that takes a second or two to be read, and another to be understood."""
    weeks = ("north", "south", "east", "west", "upper", "lower", "old")
    return make_pdf(
        *(
            f"Part {number}#\n"
            + " ".join(
                f"Boat {number * 100 + line} leaves the {weeks[(number + line) % 7]} quay at {line % 12 + 1} o'clock "
                f"with {line + 3} guests and a basket of towels."
                for line in range(30)
            )
            for number in range(_PAGES)
        )
    )


class SlowScanner:
    """A virus scanner that gives its first answer only when it is let."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            if await reader.readuntil(b"\0") == b"zVERSION\0":
                writer.write(b"ClamAV for tests\0")
            else:
                while length := int.from_bytes(await reader.readexactly(4), "big"):
                    await reader.readexactly(length)
                self.asked.set()
                await self.may_answer.wait()
                writer.write(b"stream: OK\0")
            await writer.drain()
        writer.close()


@pytest.fixture
async def scanner(settings: Settings) -> AsyncIterator[SlowScanner]:
    """``settings`` name it from here on."""
    made = SlowScanner()
    server = await asyncio.start_server(made.talk, "127.0.0.1", 0)
    async with server:
        object.__setattr__(settings, "clamd_url", f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        yield made


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(90):
        while not true():  # noqa: ASYNC110  # another process gets there
            await asyncio.sleep(0.02)


async def _row(client: aiohttp.ClientSession, uploaded: dict[str, Any]) -> dict[str, Any]:
    async with client.get(f"/api/files/{uploaded['upload_id']}") as response:
        return await response.json()


async def _reach(client: aiohttp.ClientSession, uploaded: dict[str, Any], *wanted: str) -> dict[str, Any]:
    async with asyncio.timeout(90):
        while (row := await _row(client, uploaded))["status"] not in wanted:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.02)
    return row


async def _understood(client: aiohttp.ClientSession, uploaded: dict[str, Any]) -> tuple[Any, Any, Any]:
    """What came out of a document: its analysis, its findings and its pages."""
    row = await _reach(client, uploaded, "awaiting_confirmation", "failed")
    assert row["status"] == "awaiting_confirmation", row["error"]
    async with client.get(f"/api/files/{uploaded['upload_id']}/pages?limit=100") as response:
        pages = (await response.json())["items"]
    return row["analysis"], row["findings"], pages


@pytest.mark.parametrize("stage", ["inspecting", "extracting", "analysing"])
async def test_a_document_whose_job_is_killed_comes_out_as_if_it_were_not(
    sidecar: Sidecar,
    settings: Settings,
    scanner: SlowScanner,
    client: aiohttp.ClientSession,
    stranger: aiohttp.ClientSession,
    upload: Upload,
    database: Database,
    stage: str,
) -> None:
    if stage != "inspecting":
        scanner.may_answer.set()
    async with supervised(sidecar, settings) as process:
        _, uploaded = await upload(manual(), "manual.pdf")
        await _reach(client, uploaded, stage)
        if stage == "inspecting":
            await scanner.asked.wait()
        assert process.process is not None
        family = psutil.Process(process.process.pid).children(recursive=True)
        os.kill(process.process.pid, signal.SIGKILL)
        assert (await _row(client, uploaded))["status"] == stage
        scanner.may_answer.set()
        await until(lambda: not any(_lives(one) for one in family))  # whoever read the file went with it
        killed = await _understood(client, uploaded)
        quiet = await _understood(stranger, await _sent(stranger, manual()))
    assert killed == quiet
    assert [page["number"] for page in killed[2]] == list(range(1, _PAGES + 1))
    async with database.transaction(sidecar.identity) as connection:
        rows = await (await connection.execute("SELECT count(*) AS n FROM chunks")).fetchone()
    assert rows == {"n": 0}


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def _sent(client: aiohttp.ClientSession, content: bytes) -> dict[str, Any]:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="manual.pdf")
    async with client.post("/api/files/upload", data=form) as response:
        return await response.json()
