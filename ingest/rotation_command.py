"""`voiceloop rotate-key` in a terminal: asks for the rotation, shows how it goes, and says when the old key may go.

The work is in ``rotation.py``, done by a job process, or here when none is running.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ingest.jobs.presence import is_worked_off
from ingest.laptop.database import database_url
from ingest.laptop.file_store import open_file_store
from ingest.laptop.home import Home
from ingest.laptop.secrets import secret_key
from ingest.rotation import Census, Rotation, queue_rotation
from store import installation
from store.clock import SystemClock
from store.database import Database
from store.errors import Unavailable
from store.seal import Keyring

_POLL_S = 0.25
_PATIENCE_S = 30.0


async def rotate_key(folder: Path, environment: Mapping[str, str], *, only_check: bool) -> int:
    """Rotate, or with ``only_check`` count; returns the exit code: 1 while something is under another key."""
    console = Console(highlight=False)
    home = Home.at(folder)
    keyring = Keyring.from_text(secret_key(home, environment))
    async with (
        database_url(folder, environment) as url,
        await Database.open(url, max_size=3) as database,
    ):
        await installation.check_key(database, keyring)
        rotation = Rotation(database, open_file_store(home, environment, keyring), keyring, SystemClock())
        before = await rotation.count()
        if not only_check and not _is_done(before, keyring):
            await _rotate(rotation, console)
        return _report(await rotation.count(), keyring, console)


def _is_done(census: Census, keyring: Keyring) -> bool:
    return census.left(keyring) == 0 and census.canary == keyring.current_id


async def _rotate(rotation: Rotation, console: Console) -> None:
    database, keyring = rotation.database, rotation.keyring
    if await is_worked_off(database):
        await queue_rotation(database, keyring)
        await _follow(database, console, asyncio.create_task(asyncio.sleep(0)))
        return
    console.print("No job process runs on this database; the work is done here.")
    await installation.note_rotation(database, None)
    work = asyncio.create_task(rotation.run(keyring.current_id))
    try:
        await _follow(database, console, work)
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    work.result()


async def _follow(database: Database, console: Console, work: asyncio.Task[Any]) -> None:
    """Show the state until the rotation has ended. Raises Unavailable when nobody begins it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    waited_s, seen = 0.0, ""
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("Waiting for a job process", total=None)
        while True:
            state = await installation.last_rotation(database)
            if work.done() and work.exception() is not None:
                return
            if state is not None:
                done = state["done"] + state["broken"]
                progress.update(bar, description="Sealing again", total=state["total"], completed=done)
                if state["problem"]:
                    raise Unavailable(f"The rotation stopped: {state['problem']}.", code="rotation_stopped")
                if state["ended_at"]:
                    return
            waited_s = 0.0 if seen != str(state) else waited_s + _POLL_S
            seen = str(state)
            if waited_s > _PATIENCE_S and not await is_worked_off(database):
                text = "The job process has stopped. The rotation goes on when one starts, or run this command again."
                raise Unavailable(text, code="no_job_process")
            await asyncio.sleep(_POLL_S)


def _report(census: Census, keyring: Keyring, console: Console) -> int:
    table = Table("", "new key", "older keys", "unknown keys", box=None, pad_edge=False)
    for title, counts in (("files", census.files), ("values in rows", census.fields)):
        older = sum(counts[key] for key in keyring.ids[1:])
        new = counts[keyring.current_id]
        table.add_row(title, str(new), str(older), str(counts.total() - new - older))
    console.print(table)
    unknown = sum(count for key, count in (census.files + census.fields).items() if key not in keyring.ids)
    if unknown:
        console.print(
            f"{unknown} cannot be opened: damaged, or sealed with a key that VOICELOOP_SECRET_KEY does not list. "
            "The sidecar's log names them.",
            soft_wrap=True,
        )
    if _is_done(census, keyring):
        console.print(_farewell(keyring), soft_wrap=True)
        return 0
    if census.left(keyring) > unknown or census.canary != keyring.current_id:
        text = "Not everything is under the new key yet; keep the old one and run `voiceloop rotate-key`."
        console.print(text, soft_wrap=True)
    return 1


def _farewell(keyring: Keyring) -> str:
    if len(keyring.ids) == 1:
        return "Everything is under the one key there is."
    return (
        "Everything is under the new key. Remove the old one from VOICELOOP_SECRET_KEY and restart; keep it with the "
        "backups that were made under it."
    )
