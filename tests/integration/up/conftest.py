"""A real `voiceloop up` as its own process, on a home and a port of the test's own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.integration.up.installation import Installation, install

READY = "VoiceLoop is ready: "
START_TIMEOUT_S = 540.0  # on an empty cache the media server is built first


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Up:
    """One `voiceloop up` without page and browser. Its output is read by a thread, so it can never block."""

    def __init__(self, home: Path, port: int, **environment: str) -> None:
        self.home = home
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.lines: list[str] = []
        self._ready = threading.Event()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("VOICELOOP_", "LIVEKIT_"))}
        clean.pop("DATABASE_URL", None)
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "ingest.cli", "up", "--home", str(home), "--port", str(port)),
                *("--no-browser", "--without-page"),
            ],
            env={**clean, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith(READY):
                self._ready.set()
        self._ready.set()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    def wait_ready(self) -> Up:
        assert self._ready.wait(START_TIMEOUT_S), self.output
        assert f"{READY}{self.url}" in self.lines, self.output
        return self

    def wait_ended(self, timeout_s: float = 30.0) -> int:
        code = self.process.wait(timeout_s)
        self._reader.join(10)
        return code

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.wait_ended()

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this home: found by its command line or by the variable that all children get."""
        return [process for process in psutil.process_iter() if self._is_mine(process)]

    def _is_mine(self, process: psutil.Process) -> bool:
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                return False
            in_command = any(str(self.home) in part for part in process.cmdline())
            return in_command or process.environ().get("VOICELOOP_HOME") == str(self.home)
        except psutil.Error:
            return False

    def child(self, name: str) -> psutil.Process:
        """The direct child whose command line contains ``name``."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if name in " ".join(child.cmdline()))

    def wait_gone(self, timeout_s: float = 15.0) -> None:
        wait_until(lambda: not self.processes(), timeout_s, lambda: str(self.processes()))

    def end(self) -> None:
        """For a test's end, however it went."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        deadline = time.monotonic() + 10
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        for process in left:
            process.kill()
        self._reader.join(10)
        if self.process.stdout:
            self.process.stdout.close()


def wait_until(condition: Callable[[], Any], timeout_s: float, explain: Callable[[], str] = lambda: "") -> Any:
    """Poll what other processes do; the value of the condition once it is true."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, explain()
        time.sleep(0.05)
    return value


@pytest.fixture
def installation(fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    for name in [name for name in os.environ if name.startswith("VOICELOOP_")]:
        monkeypatch.delenv(name)
    return install(fresh_database_url, tmp_path)


@pytest.fixture
def start() -> Iterator[Callable[..., Up]]:
    """``start(home, port=…, NAME="value")``; all of them are ended with the test."""
    started: list[Up] = []

    def begin(home: Path, port: int = 0, **environment: str) -> Up:
        started.append(Up(home, port or free_port(), **environment))
        return started[-1]

    yield begin
    for up in started:
        up.end()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One that is ready, shared by the tests of a module that only look."""
    up = Up(tmp_path_factory.mktemp("up") / "home", free_port())
    try:
        yield up.wait_ready()
    finally:
        up.end()
