"""Stopping leaves nothing behind, however it happens; starting again finds everything where it was."""

import os
import pwd
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.integration.up.conftest import Up, wait_until
from tests.integration.up.test_ready import get

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(600)]
Start = Callable[..., Up]


def test_a_stop_leaves_no_process_and_the_next_start_keeps_the_rows(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "home").wait_ready()
    before = get(first, "/api/me"), get(first, "/api/files")["items"]
    assert first.stop() == 0
    first.wait_gone(1)
    second = start(tmp_path / "home").wait_ready()
    assert (get(second, "/api/me"), get(second, "/api/files")["items"]) == before
    second.process.send_signal(signal.SIGINT)
    assert second.wait_ended() == 0
    second.wait_gone(1)


def test_a_killed_up_leaves_no_children_and_the_next_start_recovers(start: Start, tmp_path: Path) -> None:
    first = start(tmp_path / "home").wait_ready()
    before = get(first, "/api/me")
    first.process.kill()
    second = start(tmp_path / "home", first.port)  # at once, while the rest is still ending
    first.process.wait()
    second.wait_ready()
    assert get(second, "/api/me") == before
    second.process.kill()
    second.process.wait()
    second.wait_gone()


def test_a_killed_database_is_recovered(start: Start, tmp_path: Path) -> None:
    up = start(tmp_path / "home").wait_ready()
    before = get(up, "/api/me")
    postgres = up.child("postgres")
    postgres.kill()
    postgres.wait(10)
    assert up.stop() == 0
    again = start(tmp_path / "home").wait_ready()
    assert get(again, "/api/me") == before


def test_a_stop_during_the_start_ends_it(start: Start, tmp_path: Path) -> None:
    up = start(tmp_path / "home")
    up_process = psutil.Process(up.process.pid)
    wait_until(lambda: (tmp_path / "home" / "secrets.json").exists() and up_process.children(), 20)
    assert up.stop() == 0
    up.wait_gone(2)


def test_a_taken_port_is_named(start: Start, tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        up = start(tmp_path / "home", port)
        assert up.wait_ended() == 1
    assert f"Port {port} on 127.0.0.1 is already taken" in up.output
    assert "--port" in up.output


def test_a_database_that_does_not_answer_is_a_clear_sentence(start: Start, tmp_path: Path) -> None:
    url = f"postgresql://nobody:hidden@127.0.0.1:{_closed_port()}/none"
    up = start(tmp_path / "home", DATABASE_URL=url)
    assert up.wait_ended() == 1
    assert "Check DATABASE_URL" in up.output
    assert "Traceback" not in up.output
    assert "hidden" not in up.output
    up.wait_gone(2)


def test_livekit_without_its_keys_is_a_clear_sentence(start: Start, tmp_path: Path) -> None:
    up = start(tmp_path / "home", LIVEKIT_URL="ws://127.0.0.1:9")
    assert up.wait_ended() == 1
    assert "LIVEKIT_API_KEY has to be set" in up.output


def test_a_database_that_another_program_holds_is_named(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "home" / "postgres"
    first = start(tmp_path / "home")
    wait_until((tmp_path / "home" / "owner.key").exists, 30)
    assert first.stop() == 0
    owner = pwd.getpwuid(data.stat().st_uid)
    other = {} if owner.pw_uid == os.getuid() else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    with subprocess.Popen(["sleep", "60"], **other) as holder:
        (data / "postmaster.pid").write_text(f"{holder.pid}\n{data}\n")
        (data / "postmaster.pid").chmod(0o644)
        up = start(tmp_path / "home")
        assert up.wait_ended(60) == 1
        holder.kill()
    assert "is locked by another program" in up.output


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
