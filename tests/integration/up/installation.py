"""A seeded database and the `voiceloop` commands on it, run in the test's own process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from ingest.cli import app
from ingest.seed import seed
from store.access import identity_of_key
from store.clock import SystemClock
from store.database import Database
from store.errors import VoiceLoopError
from store.identity import Identity


@dataclass(frozen=True)
class Installation:
    """A seeded database and the commands on it."""

    url: str
    owner: Identity
    home: Path

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> Result:
        told = {"DATABASE_URL": self.url, "VOICELOOP_HOME": str(self.home), "VOICELOOP_TENANT": "demo", **environment}
        return CliRunner().invoke(app, list(arguments), input=stdin, env=told)

    def text(self, *arguments: str, stdin: str = "", **environment: str) -> str:
        result = self.run(*arguments, stdin=stdin, **environment)
        assert result.exit_code == 0, repr(result.exception)
        return result.stdout

    def answer(self, *arguments: str, stdin: str = "", **environment: str) -> Any:
        return json.loads(self.text(*arguments, "--json", stdin=stdin, **environment))

    def refusal(self, *arguments: str, stdin: str = "", **environment: str) -> str:
        """What it says no with; `main` makes one sentence and exit code 1 of it."""
        error = self.run(*arguments, stdin=stdin, **environment).exception
        assert isinstance(error, VoiceLoopError), repr(error)
        return error.message

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        async def read(database: Database) -> list[dict[str, Any]]:
            async with database.transaction(self.owner) as connection:
                return await (await connection.execute(statement.encode(), values)).fetchall()

        return self.ask(read)

    def ask(self, work: Callable[[Database], Any]) -> Any:
        async def ask() -> Any:
            async with await Database.open(self.url, max_size=2) as database:
                return await work(database)

        return asyncio.run(ask())


def install(url: str, folder: Path) -> Installation:
    """The tenant demo with its owner; the home, below ``folder``, is not there yet."""

    async def prepare() -> Identity:
        async with await Database.open(url, max_size=2) as database:
            made = await seed(database, slug="demo", timezone="Europe/Berlin", key_file=folder / "owner.key")
            known = await identity_of_key(database, made.key, SystemClock().now())
            assert known is not None
            return known.identity

    return Installation(url, asyncio.run(prepare()), folder / "home")
