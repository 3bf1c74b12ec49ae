"""The home directory: one `up` at a time, private files, socket paths that fit."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.laptop.home import LONGEST_SOCKET_DIRECTORY, Home, is_locked, locked, write_private
from store.errors import Conflict, SettingsError

HOLD = """
import sys, pathlib
from ingest.laptop.home import Home, locked
home = Home(pathlib.Path(sys.argv[1]))
with locked(home):
    home.write_state(url="http://127.0.0.1:8080")
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_up_is_told_who_holds_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with locked(home):
        home.write_state(url="http://127.0.0.1:8080")
        assert is_locked(home)
        with pytest.raises(Conflict, match=r"process \d+, http://127.0.0.1:8080") as refused, locked(home):
            pass
    assert refused.value.code == "already_running"
    assert not is_locked(home)
    assert home.read_state() == {}


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert is_locked(home)
        holder.kill()
    with locked(home):
        assert home.read_state() == {}


def test_a_home_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match="--home"), locked(Home(tmp_path / "file" / "home")):
        pass


def test_private_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_long_home_keeps_its_sockets_elsewhere(tmp_path: Path) -> None:
    short = Home(tmp_path / "h")
    short.create()
    long = Home(tmp_path / ("h" * 90))
    long.create()
    folder = long.socket_directory("pg")
    assert len(str(folder)) <= LONGEST_SOCKET_DIRECTORY
    assert folder == long.socket_directory("pg")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.rmdir()
