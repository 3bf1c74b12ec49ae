"""The whole product, started by the real command in a home of its own, and what the tests ask it.

Knows the product only from outside: the command, its ready line, HOME/run/up.json, HTTP, the database.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import psutil
import psycopg
from livekit import api
from psycopg.rows import dict_row

T = TypeVar("T")
REPOSITORY = Path(__file__).resolve().parents[2]
VOICELOOP = str(Path(sys.executable).with_name("voiceloop"))
TIMEZONE = "America/New_York"
AGENT_NAME = "voiceloop"


class Stack:
    """``with Stack(folder) as stack``: a running VoiceLoop; at the end it must stop by SIGTERM and leave nothing."""

    def __init__(self, folder: Path, *, page: bool = False, environment: Mapping[str, str] | None = None) -> None:
        self.home = folder / "home"
        self.livekit_key, self.livekit_secret = "APItests", secrets.token_urlsafe(48)
        self.started_in_s = 0.0
        self.output: deque[str] = deque(maxlen=200)
        self._page = page
        self._mark = uuid4().hex
        self._ready = threading.Event()
        self._environment = {**os.environ, **_settings(self._mark), **(environment or {})}
        self._environment |= {"LIVEKIT_API_KEY": self.livekit_key, "LIVEKIT_API_SECRET": self.livekit_secret}
        for name in ("LIVEKIT_URL", "DATABASE_URL", "OPENAI_API_KEY", "DEEPGRAM_API_KEY"):
            self._environment.pop(name, None)

    def __enter__(self) -> Stack:
        command = ["setpriv", "--pdeathsig", "TERM"]  # a test run that is killed takes its product along
        command += [VOICELOOP, "up", "--home", str(self.home), "--port", str(free_port())]
        command += ["--no-browser"] if self._page else ["--no-browser", "--without-page"]
        began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_output, daemon=True)
        self._reader.start()
        try:
            self._wait_until_ready(300.0)
            self.started_in_s = time.monotonic() - began
            state = json.loads((self.home / "run" / "up.json").read_text("utf-8"))
            self.url: str = state["url"]
            self.database_url: str = state["database_url"]
            self.key = (self.home / "owner.key").read_text("utf-8").strip()
            me = self.request("GET", "/api/me")
            self.tenant_id: str = me["tenant"]["id"]
            self.livekit_url: str = self.request("POST", "/api/token", {"room_name": "address"})["server_url"]
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- asking -----------------------------------------------------------------------------------------------------

    def request(self, method: str, path: str, body: Any = None, *, content_type: str = "application/json") -> Any:
        """One HTTP request as the owner; returns the parsed JSON. Raises AssertionError with the problem."""
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = Request(self.url + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.key}")
        request.add_header("Content-Type", content_type)
        try:
            with urlopen(request, timeout=60) as response:
                text = response.read()
        except HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')}") from None
        return json.loads(text) if text else None

    def upload(
        self, filename: str, content: bytes, content_type: str, path: str = "/api/files/upload"
    ) -> dict[str, Any]:
        """POST a file as a browser form does."""
        border = uuid4().hex
        head = (
            f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{border}--\r\n".encode()
        return self.request("POST", path, body, content_type=f"multipart/form-data; boundary={border}")

    def token(self, **wanted: str) -> tuple[str, str]:
        """LiveKit address and token from the token endpoint, which also calls an agent."""
        answer = self.request("POST", "/api/token", dict(wanted))
        return answer["server_url"], answer["participant_token"]

    def bare_token(self, room: str, *, dispatch: str | None = None, agent: str = AGENT_NAME) -> tuple[str, str]:
        """A token made with LiveKit's own secret: no dispatch, or one with ``dispatch`` as its metadata."""
        grants = api.VideoGrants(room_join=True, room=room)
        token = api.AccessToken(self.livekit_key, self.livekit_secret)
        token = token.with_identity(f"caller-{uuid4().hex[:8]}").with_grants(grants)
        if dispatch is not None:
            agents = [api.RoomAgentDispatch(agent_name=agent, metadata=dispatch)]
            token = token.with_room_config(api.RoomConfiguration(agents=agents))
        return self.livekit_url, token.to_jwt()

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows of the tenant, read as the plain role that the programs use."""
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            connection.execute("SET ROLE voiceloop_app")
            connection.execute("SELECT set_config('voiceloop.tenant', %s, true)", (self.tenant_id,))
            return connection.execute(query.encode(), parameters).fetchall()

    def conversation(self, room: str) -> dict[str, Any]:
        """The newest conversation held in a room, with its ``messages``; waits until it is written."""
        query = "SELECT * FROM conversations WHERE room_name = %s ORDER BY started_at DESC LIMIT 1"
        row = eventually(lambda: self.rows(query, room), 5.0, f"conversation of room {room}")[0]
        of_it = "SELECT * FROM messages WHERE conversation_id = %s ORDER BY created_at, id"
        return {**row, "messages": self.rows(of_it, row["id"])}

    def ended_conversation(self, room: str, within_s: float = 30.0) -> dict[str, Any]:
        """The conversation of a room once it is no longer active."""

        def ended() -> dict[str, Any] | None:
            row = self.conversation(room)
            return row if row["status"] != "active" else None

        return eventually(ended, within_s, f"end of the conversation in {room}")

    def clear_calendar(self) -> None:
        """No events, so that every test may book the same hour."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute("DELETE FROM events")

    # -- its processes ----------------------------------------------------------------------------------------------

    def processes(self, *words: str) -> list[psutil.Process]:
        """Every process that this stack started, however deep or detached, whose command line has all ``words``."""
        found: list[psutil.Process] = []
        for process in psutil.process_iter():
            try:
                marked = process.environ().get("VOICELOOP_TEST_MARK") == self._mark
                if not marked and process.pid != self.process.pid and not self._is_of_home(process):
                    continue
                if process.status() != psutil.STATUS_ZOMBIE and all(word in process.cmdline() for word in words):
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    def worker(self) -> psutil.Process:
        """The worker's main process."""
        return self.processes("-m", "agent", "start")[0]

    def client_environment(self) -> dict[str, str]:
        """For other commands on the same home, such as the console."""
        return {**self._environment, "VOICELOOP_HOME": str(self.home)}

    def log(self, name: str) -> str:
        """A program's log so far (sidecar, worker, livekit-server, postgres)."""
        path = self.home / "logs" / f"{name}.log"
        return path.read_text("utf-8", errors="replace") if path.exists() else ""

    def stop(self) -> None:
        """SIGTERM, as an init system would; fails when it does not exit 0 in time or leaves a process."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"`up` did not stop within 30 s.\n{self._tail()}") from None
        self._close_output()
        left = self.processes()
        names = [" ".join(process.cmdline())[:120] for process in left]
        self.kill()
        assert not names, f"`up` left processes behind: {names}"
        assert code == 0, f"`up` exited with {code}.\n{self._tail()}"

    def kill(self) -> None:
        """End everything of this stack at once."""
        for process in [*self.processes()]:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.kill()
        self.process.wait()
        self._close_output()

    def _close_output(self) -> None:
        self._reader.join(2)
        if self.process.stdout and not self._reader.is_alive():
            self.process.stdout.close()

    def _is_of_home(self, process: psutil.Process) -> bool:
        """Programs such as the database do not get our environment; they are told from their arguments."""
        return any(argument.startswith(str(self.home)) for argument in process.cmdline())

    def _read_output(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line.rstrip())
            if line.startswith("VoiceLoop is ready:"):
                self._ready.set()

    def _wait_until_ready(self, within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while not self._ready.wait(0.1):
            if self.process.poll() is not None:
                self._reader.join(2)
                raise AssertionError(f"`up` exited with {self.process.returncode}.\n{self._tail()}")
            if time.monotonic() > deadline:
                raise AssertionError(f"`up` was not ready within {within_s:.0f} s.\n{self._tail()}")

    def _tail(self) -> str:
        return "\n".join(self.output)


def _settings(mark: str) -> dict[str, str]:
    return {
        "VOICELOOP_TEST_MARK": mark,
        "VOICELOOP_TIMEZONE": TIMEZONE,
        "VOICELOOP_MAX_CALLS": "16",  # the same on every machine
        "VOICELOOP_STRAIN_GUARD": "off",  # however busy it is
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "COLUMNS": "160",
    }


def free_port() -> int:
    """A TCP port nobody uses on loopback now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(found: Callable[[], T | None], within_s: float, what: str) -> T:
    """The first truthy value of ``found``, asked every 50 ms; for what only the outside can see, such as rows."""
    deadline = time.monotonic() + within_s
    while not (value := found()):
        if time.monotonic() > deadline:
            raise AssertionError(f"no {what} within {within_s:.1f} s")
        time.sleep(0.05)
    return value
