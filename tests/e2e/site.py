"""A sidecar with the page and nothing else (no media server, no worker): for what people do with accounts.

Starts in a fraction of the whole product's time. Knows it from outside: its environment, HTTP, the database.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from uuid import UUID

import psycopg
from psycopg.conninfo import make_conninfo

from ingest.laptop import page
from ingest.laptop.home import Home
from ingest.laptop.processes import Processes
from ingest.seed import seed
from store.database import Database
from store.identity import Identity
from store.links import RESET_LIFETIME, make_link
from tests.e2e.stack import REPOSITORY, TIMEZONE, free_port


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any


class Site:
    """``with Site(folder, database_url) as site``: the page at ``url``; ``key`` is the owner's of the tenant demo.

    ``more``: environment variables beside the usual ones.
    """

    def __init__(self, folder: Path, database_url: str, **more: str) -> None:
        self._more = more
        self.url = f"http://127.0.0.1:{free_port()}"
        self._folder = folder
        self._database_url = database_url

    def __enter__(self) -> Site:
        self._folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(_build_page(self._folder / "build"))
        self.key = asyncio.run(_seed(self._database_url, self._folder / "owner.key"))
        self._log = (self._folder / "sidecar.log").open("wb")
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "ingest"],
            cwd=REPOSITORY,
            env=self._environment(),
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait_until_healthy(60.0)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

    def request(self, method: str, path: str, body: Any = None, *, key: str = "") -> Answer:
        """One HTTP request as a program with an API key, the owner's by default."""
        data = json.dumps(body).encode() if body is not None else None
        request = Request(self.url + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {key or self.key}")
        request.add_header("Content-Type", "application/json")
        try:
            with urlopen(request, timeout=30) as response:
                text, status = response.read(), response.status
        except HTTPError as error:
            text, status = error.read(), error.code
        return Answer(status, json.loads(text) if text else None)

    def reset_link(self, email: str) -> str:
        """Path and fragment of the link that a forgotten password's mail brings; nothing is sent here."""
        [user] = [one for one in self.request("GET", "/api/users").body["items"] if one["email"] == email]
        tenant_id = UUID(self.request("GET", "/api/me").body["tenant"]["id"])
        link = _link(self._database_url, Identity(tenant_id, None, ""), UUID(user["id"]), email)
        with ThreadPoolExecutor(1) as beside:  # the browser's loop runs in this thread
            token = beside.submit(asyncio.run, link).result()
        return f"/reset-password#{token}"

    def log(self) -> str:
        return (self._folder / "sidecar.log").read_text("utf-8", errors="replace")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VOICELOOP_", "OPENAI_"))}
        return kept | {
            "DATABASE_URL": self._database_url,
            "LIVEKIT_URL": "ws://127.0.0.1:9",
            "LIVEKIT_API_KEY": "devkey",
            "LIVEKIT_API_SECRET": "s" * 36,
            "VOICELOOP_SECRET_KEY": secrets.token_urlsafe(48),
            "VOICELOOP_PORT": self.url.rsplit(":", 1)[1],
            "VOICELOOP_FILES": str(self._folder / "files"),
            "VOICELOOP_LOCAL_SIGN_IN": "true",
            "VOICELOOP_JOB_PROCESSES": "0",
            "PYTHONUNBUFFERED": "1",
            **self._more,
        }

    def _wait_until_healthy(self, within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with urlopen(f"{self.url}/health", timeout=1):
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"the sidecar did not start.\n{self.log()[-4000:]}")


def own_database(server_url: str, template: str) -> str:
    """A migrated, empty database of its own on the server; the server is thrown away with it."""
    name = f"site_{secrets.token_hex(6)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
    return make_conninfo(server_url, dbname=name)


async def _seed(database_url: str, key_file: Path) -> str:
    async with await Database.open(database_url) as database:
        return (await seed(database, slug="demo", timezone=TIMEZONE, key_file=key_file)).key


async def _link(database_url: str, identity: Identity, user_id: UUID, email: str) -> str:
    async with (
        await Database.open(database_url) as database,
        database.transaction(identity) as connection,
    ):
        return await make_link(
            connection,
            identity,
            user_id,
            "password_reset",
            email=email,
            at=datetime.now(UTC),
            lifetime=RESET_LIFETIME,
        )


async def _build_page(home: Path) -> None:
    """As `voiceloop up` does: only when the sources are newer than the last build."""
    place = Home(home)
    place.logs.mkdir(parents=True, exist_ok=True)
    await page.build(page.SOURCES, os.environ, Processes(place, print), print)
