"""Programs: restarted when they die, ended in order, never left behind, even when `up` is killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.laptop import guard, processes
from ingest.laptop.home import Home
from ingest.laptop.processes import Processes, Program, rotate
from store.errors import Unavailable

DEAF = "trap '' TERM INT; echo ready; while :; do sleep 0.1; done"


def shell(name: str, script: str, **more: object) -> Program:
    return Program(name, ("/bin/sh", "-c", script), dict(os.environ), **more)  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does: nothing in this one could tell us."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_program_that_dies_is_started_again_with_a_line(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "FIRST_PAUSE_S", 0.01)
    lines: list[str] = []
    running = Processes(home, lines.append)
    await running.start(shell("mill", "echo turn; sleep 0.05; exit 3"))
    running.keep("mill", give_up_after=2)
    problem = await asyncio.wait_for(running.failed, 10)
    assert lines[:1] == ["mill ended (exit code 3); starting it again in 0 s"]
    assert len(lines) == 2
    assert "3 times in a row" in problem
    assert running.log_path("mill").read_text().count("turn") == 3
    await running.stop_all()


async def test_a_program_that_ends_while_starting_shows_its_last_words(home: Home) -> None:
    running = Processes(home, lambda _line: None)
    await running.start(shell("mill", "echo the wheel is broken; exit 1"))
    with pytest.raises(Unavailable, match="the wheel is broken"):
        await running.wait_until("mill", lambda: False, 10, "The mill")
    await running.stop_all()


async def test_a_program_deaf_to_its_signal_is_killed_with_its_group(home: Home) -> None:
    running = Processes(home, lambda _line: None)
    program = shell("deaf", f"({DEAF}) & {DEAF}", stop=((signal.SIGTERM, 0.1), (signal.SIGTERM, 0.1)))
    await running.start(program)
    await until(lambda: running.log_path("deaf").read_text().count("ready") == 2)
    pid = running.pid("deaf")
    await running.stop_all()
    await until(lambda: not guard.group_alive(pid))


async def test_the_last_started_is_stopped_first(home: Home) -> None:
    note = home.path / "order"
    running = Processes(home, lambda _line: None)
    for name in ("first", "second"):
        script = f"trap 'echo {name} >> {note}; exit 0' TERM; echo ready; while :; do sleep 0.02; done"
        await running.start(shell(name, script))
        await until(lambda name=name: "ready" in running.log_path(name).read_text())
    await running.stop_all()
    assert note.read_text().split() == ["second", "first"]


async def test_run_hands_on_lines_and_the_exit_code(home: Home) -> None:
    lines: list[str] = []
    assert await Processes(home, print).run(shell("build", "echo one; echo two >&2; exit 4"), lines.append) == 4
    assert lines == ["one", "two"]


def test_the_guard_ends_what_a_killed_up_left(home: Home) -> None:
    script = [sys.executable, "-I", str(Path(guard.__file__)), str(home.run / "guard.lock"), "0.2"]
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watcher:
        assert watcher.stdin is not None
        assert watcher.stdout is not None
        assert watcher.stdout.readline() == "ready\n"
        left = subprocess.Popen(["/bin/sh", "-c", DEAF], start_new_session=True, stdout=subprocess.PIPE)
        with left:
            assert left.stdout is not None
            left.stdout.readline()
            watcher.stdin.write(f"+ {left.pid} 15\n+ 999999 15\n- 999999\n")
            watcher.stdin.close()
            assert left.wait(10) == -signal.SIGKILL
        assert watcher.wait(10) == 0


def test_logs_are_rotated_by_size_and_the_oldest_goes(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    for text in ("a", "b", "c", "d", "e"):
        log.write_text(text * 10)
        rotate(log, limit_bytes=10)
    assert [(tmp_path / f"x.log.{number}").read_text()[0] for number in (1, 2, 3)] == ["e", "d", "c"]
    assert not log.exists()


async def test_a_log_in_use_is_emptied_and_written_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "ROTATE_EVERY_S", 0.01)
    monkeypatch.setattr(rotate, "__defaults__", (10,))
    running = Processes(home, lambda _line: None)
    await running.open()
    await running.start(shell("mill", "while :; do echo turning; sleep 0.02; done"))
    log = running.log_path("mill")
    await until(lambda: log.with_name("mill.log.2").exists() and log.stat().st_size > 0)
    await running.stop_all()
    assert b"\0" not in log.read_bytes()
    assert "turning" in log.with_name("mill.log.1").read_text()


async def test_a_program_that_cannot_be_started_again_is_tried_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "FIRST_PAUSE_S", 0.01)
    lines: list[str] = []
    running = Processes(home, lines.append)
    await running.start(shell("mill", "sleep 0.05; exit 3"))
    real, failures = asyncio.create_subprocess_exec, [OSError(24, "Too many open files")]

    async def scarce(*arguments: Any, **more: Any) -> asyncio.subprocess.Process:
        if failures:
            raise failures.pop()
        return await real(*arguments, **more)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", scarce)
    running.keep("mill", give_up_after=2)
    problem = await asyncio.wait_for(running.failed, 10)
    assert "Too many open files" in lines[1]
    assert running.log_path("mill").exists()
    assert "3 times in a row" in problem
    await running.stop_all()
