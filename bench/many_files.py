"""Many tiny files at once: `python -m bench.many_files [count]` (10,000; about an hour on two cores).

A real sidecar with its job process: every file uploaded, inspected, read and analysed; then what is left behind: rows,
open descriptors, processes, scratch files, memory. Prints figures and writes bench/out/many_files.json.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import psycopg

from bench.ingest import measured, served, upload, worked_s

OUT = Path(__file__).parent / "out" / "many_files.json"
COUNT = 10_000
AT_ONCE = 4
WARM = 50
_KINDS = (
    ("txt", "Note {n}. Boat {n} leaves the quay in week {n}."),
    ("md", "# Boat {n}\n\nIt leaves the quay in week {n}."),
    ("csv", "boat,week\n{n},{n}\n"),
    ("html", "<html><body><h1>Boat {n}</h1><p>It leaves the quay in week {n}.</p></body></html>"),
)


def tiny(number: int) -> tuple[bytes, str]:
    """(content, name); no two are the same."""
    ending, text = _KINDS[number % len(_KINDS)]
    return text.replace("{n}", str(number)).encode(), f"boat-{number}.{ending}"


def held(sidecar: psutil.Process, scratch: Path) -> dict[str, Any]:
    """What the sidecar's family holds just now."""
    family = [sidecar, *sidecar.children(recursive=True)]
    return {
        "processes": len(family),
        "descriptors": [one.num_fds() for one in family],
        "rss_mb": [round(one.memory_info().rss / 2**20, 1) for one in family],
        "scratch_files": len(os.listdir(scratch)),
    }


async def statuses(url: str) -> dict[str, int]:
    async with await psycopg.AsyncConnection.connect(url) as connection:
        rows = await (await connection.execute("SELECT status, count(*) FROM documents GROUP BY status")).fetchall()
    return dict(rows)


async def run(url: str, folder: Path, count: int) -> dict[str, object]:
    async with served(url, folder) as (client, sidecar, _):
        await send(client, range(WARM))
        await all_done(url)
        before = held(sidecar, folder / "scratch")
        began, worked = time.perf_counter(), worked_s(sidecar)
        await send(client, range(WARM, WARM + count))
        sent_s = time.perf_counter() - began
        await all_done(url)
        took_s = time.perf_counter() - began
        return {
            "files": count,
            "uploads_per_s": round(count / sent_s, 1),
            "files_per_s": round(count / took_s, 1),
            "files_per_cpu_s": round(count / (worked_s(sidecar) - worked), 1),
            "statuses": await statuses(url),
            "before": before,
            "after": held(sidecar, folder / "scratch"),
        }


async def send(client: aiohttp.ClientSession, numbers: range) -> None:
    left = iter(numbers)

    async def some() -> None:
        for number in left:
            await upload(client, *tiny(number))

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(some())


async def all_done(url: str) -> None:
    while not (await statuses(url)).keys() <= {"awaiting_confirmation", "failed"}:  # noqa: ASYNC110  # another process
        await asyncio.sleep(1.0)
    await asyncio.sleep(1.0)  # the last child leaves


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    measured(lambda url, folder: run(url, folder, count), OUT)


if __name__ == "__main__":
    main()
