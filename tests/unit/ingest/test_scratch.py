"""Folders for temporary files go with everything in them, and nobody waits for that but their owner."""

from __future__ import annotations

import asyncio
import shutil
import threading
from pathlib import Path

import pytest

from ingest.documents.scratch import scratch


def gone(place: Path) -> bool:
    return not place.exists()


async def test_a_folder_goes_with_everything_in_it() -> None:
    async with scratch() as folder:
        place = Path(folder)
        (place / "left").write_bytes(b"behind")
    assert gone(place)


async def test_a_folder_goes_when_its_work_is_cancelled() -> None:
    folders: list[Path] = []

    async def work() -> None:
        async with scratch() as folder:
            folders.append(Path(folder))
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    while not folders:
        await asyncio.wait({task}, timeout=0.01)
    task.cancel()
    await asyncio.wait({task})
    assert gone(folders[0])


async def test_folders_are_removed_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    remove = shutil.rmtree

    def seen(path: str, ignore_errors: bool) -> None:
        threads.append(threading.current_thread())
        remove(path, ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", seen)
    async with scratch():
        pass
    assert threads
    assert threading.main_thread() not in threads
