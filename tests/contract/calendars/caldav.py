"""CaldavCalendar before a real Radicale, with a proxy between them that can lose, refuse and cut."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp
import bcrypt

from tests.contract.calendars.contender import Contender
from tests.contract.calendars.faults import FaultyProxy
from tools.calendars.backend import Status
from tools.calendars.caldav.calendar import CaldavCalendar
from tools.calendars.caldav.wire import Password

NEEDS = ("radicale",)
PASSWORD = "open sesame"
_CONFIG = """
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = bcrypt
delay = 0
[rights]
type = from_file
file = {folder}/rights
[storage]
filesystem_folder = {folder}/data
[web]
type = none
[logging]
level = critical
"""
_RIGHTS = """
[root]
user: .+
collection:
permissions: R
[only read]
user: .+
collection: {user}/holidays
permissions: ri
[own]
user: .+
collection: {user}(/[^/]*)?
permissions: RrWw
"""


@dataclass(frozen=True)
class Radicale:
    """A running server: its address and its files."""

    url: str
    folder: Path

    def set_password(self, user: str, password: str) -> None:
        lines = (self.folder / "users").read_text().splitlines()
        kept = [line for line in lines if not line.startswith(f"{user}:")]
        hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
        (self.folder / "users.new").write_text("\n".join([*kept, f"{user}:{hashed}", ""]))
        (self.folder / "users.new").replace(self.folder / "users")

    def make_calendar(self, user: str, name: str) -> Path:
        folder = self.folder / "data" / "collection-root" / user / name
        folder.mkdir(parents=True)
        properties = {"tag": "VCALENDAR", "D:displayname": name.title(), "ICAL:calendar-color": "#ff0000ff"}
        (folder / ".Radicale.props").write_text(json.dumps(properties))
        return folder

    def forget(self, user: str) -> None:
        shutil.rmtree(self.folder / "data" / "collection-root" / user, ignore_errors=True)


@contextmanager
def running_radicale(folder: Path) -> Iterator[Radicale]:
    """A process of its own: it binds what its configuration says, which must be a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "users").write_text("")
    (folder / "rights").write_text(_RIGHTS)
    (folder / "config").write_text(_CONFIG.format(port=port, folder=folder))
    environment = {**os.environ, "RADICALE_CONFIG": str(folder / "config")}
    command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_for(port, server)
            yield Radicale(f"http://127.0.0.1:{port}", folder)
        finally:
            server.terminate()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("Radicale does not start")


@dataclass
class OtherClient:
    """Somebody else's program, straight at the server: text in, text out."""

    session: aiohttp.ClientSession
    calendar: str

    async def get(self, event_id: str) -> str:
        async with self.session.get(f"{self.calendar}{event_id}") as answer:
            assert answer.status == 200, answer.status
            return (await answer.read()).decode()

    async def put(self, event_id: str, text: str) -> None:
        async with self.session.put(f"{self.calendar}{event_id}", data=text.encode()) as answer:
            assert answer.status in (201, 204), answer.status

    async def rename(self, event_id: str, summary: str) -> None:
        text = re.sub(r"(?m)^SUMMARY:.*?\r\n(?! )", f"SUMMARY:{summary}\r\n", await self.get(event_id), flags=re.DOTALL)
        await self.put(event_id, text)

    async def delete(self, event_id: str) -> None:
        async with self.session.delete(f"{self.calendar}{event_id}") as answer:
            assert answer.status in (200, 204), answer.status

    async def answer(self, event_id: str, email: str, status: Status) -> None:
        unfolded = (await self.get(event_id)).replace("\r\n ", "")
        text = re.sub(
            rf"(?m)^(ATTENDEE.*PARTSTAT=)[A-Z-]+(.*:mailto:{re.escape(email)}\r)$",
            rf"\g<1>{status.upper()}\g<2>",
            unfolded,
        )
        assert text != unfolded
        await self.put(event_id, text)

    async def decline(self, event_id: str, owner: str) -> None:
        line = f"ATTENDEE;PARTSTAT=DECLINED:mailto:{owner}\r\nEND:VEVENT"
        await self.put(event_id, (await self.get(event_id)).replace("END:VEVENT", line, 1))


@asynccontextmanager
async def caldav_contender(radicale: Radicale, *, old: bool = False) -> AsyncIterator[Contender]:
    """``old``: the server knows no sync-collection."""
    user = f"u{uuid4().hex[:12]}"
    radicale.set_password(user, PASSWORD)
    folders = [radicale.make_calendar(user, name) for name in ("work", "home", "holidays")]
    authorization = {"Authorization": aiohttp.encode_basic_auth(user, PASSWORD)}
    async with (
        FaultyProxy(radicale.url, old=old).running() as proxy,
        aiohttp.ClientSession(headers=authorization) as session,
    ):
        backend = CaldavCalendar(
            proxy.url,
            Password(user, PASSWORD),
            timezone="Europe/Berlin",
            owner="me@example.com",
            allowed=("127.0.0.1",),
            page_size=2,
        )
        client = OtherClient(session, f"{radicale.url}/{user}/work/")

        async def lose_sync_tokens() -> None:
            shutil.rmtree(folders[0] / ".Radicale.cache" / "sync-token")

        async def revoke() -> None:
            radicale.set_password(user, "another one")

        async def decline(event_id: str) -> None:
            await client.decline(event_id, "me@example.com")

        try:
            yield Contender(
                name="caldav",
                backend=backend,
                calendar_id=f"{proxy.url}/{user}/work/",
                second_calendar_id=f"{proxy.url}/{user}/home/",
                read_only_calendar_id=f"{proxy.url}/{user}/holidays/",
                change_elsewhere=client.rename,
                delete_elsewhere=client.delete,
                answer_elsewhere=client.answer,
                decline=decline,
                lose_next_answer=proxy.lose_next_answer,
                refuse_next_create=proxy.refuse_next_create,
                lose_sync_tokens=lose_sync_tokens,
                refuse_token_once=proxy.refuse_token_once,
                busy_for=proxy.busy_for,
                revoke=revoke,
                cut=proxy.cut,
                mend=proxy.mend,
            )
        finally:
            await backend.aclose()
            radicale.forget(user)
