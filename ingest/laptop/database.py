"""A database for the commands that need only that.

DATABASE_URL, else that of the `up` which runs on the home, else the home's own, started for the while.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console

from ingest.laptop import postgres, secrets
from ingest.laptop.home import Home, is_locked, locked
from ingest.laptop.processes import Processes
from ingest.seed import local_timezone, seed
from store.database import Database
from store.errors import Conflict
from store.installation import check_key, check_key_before_migration
from store.migrate import migrate
from store.seal import Keyring


@asynccontextmanager
async def database_url(folder: Path, environment: Mapping[str, str]) -> AsyncGenerator[str]:
    """The URL to use. Raises Conflict while an `up` is starting, and what ``postgres.start`` raises."""
    if named := environment.get("DATABASE_URL"):
        yield named
        return
    home = Home.at(folder)
    if is_locked(home):
        url = home.read_state().get("database_url")
        if not url:
            raise Conflict(f"VoiceLoop is just starting on {home.path}; try again in a moment.", code="already_running")
        yield url
        return
    with locked(home):
        processes = Processes(home, lambda _line: None)
        await processes.open()
        try:
            yield await postgres.start(home, processes)
        finally:
            await processes.stop_all()


async def migrate_database(folder: Path, environment: Mapping[str, str], *, first_tenant: bool) -> None:
    """Apply what is missing and print it; with ``first_tenant`` also seed it."""
    console = Console(highlight=False)
    home = Home.at(folder)
    async with database_url(folder, environment) as url:
        keyring = _keyring(home, environment)
        if keyring is not None:
            await check_key_before_migration(url, keyring)
        applied = await migrate(url, report=lambda name: console.print(f"applying {name}"))
        if keyring is not None:
            async with await Database.open(url, max_size=1) as database:
                await check_key(database, keyring)
        if first_tenant:
            home.create()
            await _seed(url, home, environment)
            console.print(f"The owner's API key is in {home.owner_key}", soft_wrap=True)
    console.print(f"{len(applied)} migrations applied" if applied else "The database is up to date")


def _keyring(home: Home, environment: Mapping[str, str]) -> Keyring | None:
    """The key of this database; None when it is not known here, as it need not be to change a schema."""
    if environment.get("DATABASE_URL") and not environment.get("VOICELOOP_SECRET_KEY"):
        return None
    key = secrets.secret_key(home, environment)
    return Keyring.from_text(key) if key else None


async def run_console(folder: Path, environment: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Run the worker's console in this terminal on that database, made ready first; returns its exit code."""
    async with database_url(folder, environment) as url:
        await migrate(url)
        home = Home.at(folder)
        home.create()
        tenant = await _seed(url, home, environment)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "agent", "console", *arguments),
            env={
                **environment,
                **secrets.load_or_make(home, environment),
                "DATABASE_URL": url,
                "VOICELOOP_TENANT": tenant,
            },
        )
        return await _wait_through_interrupts(process)


async def _seed(url: str, home: Home, environment: Mapping[str, str]) -> str:
    """Seed the default tenant; returns its slug."""
    slug = environment.get("VOICELOOP_TENANT") or "demo"
    async with await Database.open(url, max_size=1) as database:
        await seed(database, slug=slug, timezone=local_timezone(environment), key_file=home.owner_key)
    return slug


async def _wait_through_interrupts(process: asyncio.subprocess.Process) -> int:
    """Ctrl-C goes to the whole terminal group: the console decides what it means, we only wait for it."""
    while True:
        try:
            return await asyncio.shield(process.wait())
        except asyncio.CancelledError:
            if process.returncode is not None:
                return process.returncode
            task = asyncio.current_task()
            assert task is not None
            task.uncancel()
