"""The directory that `up` keeps everything in, and the lock that keeps a second `up` out of it.

The lock is an flock, so it ends with its process however that ends. ``run/up.json`` tells others where it listens.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.errors import Conflict, SettingsError

# sockaddr_un has 108 bytes on Linux and 104 on macOS; a directory gets a file name of up to 24 more
LONGEST_SOCKET_DIRECTORY = 76


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below one directory; nothing outside it is written except the user cache."""

    path: Path

    @classmethod
    def at(cls, folder: Path) -> Home:
        """The home at ``folder``, which may begin with ``~`` or be relative."""
        return cls(folder.expanduser().absolute())

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def database(self) -> Path:
        return self.path / "postgres"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets.json"

    @property
    def owner_key(self) -> Path:
        return self.path / "owner.key"

    @property
    def state(self) -> Path:
        return self.run / "up.json"

    def create(self) -> None:
        """Make the directories, private to the user. Raises SettingsError when that is not possible."""
        try:
            for folder in (self.path, self.logs, self.run, self.files):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise SettingsError(
                f"The home directory {self.path} cannot be made: {error.strerror}. Choose another with --home."
            ) from error

    def socket_directory(self, name: str) -> Path:
        """A directory for unix sockets: in the home when its path is fit for it, else in the temporary directory."""
        folder = self.run / name
        if len(os.fsencode(folder)) > LONGEST_SOCKET_DIRECTORY or not _is_plain(str(folder)):
            mark = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:10]
            folder = Path(tempfile.gettempdir()) / f"voiceloop-{os.getuid()}-{mark}-{name}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.stat().st_uid not in {os.getuid(), 0} and os.getuid() != 0:
            raise SettingsError(f"{folder} belongs to somebody else. Remove it, or choose a shorter --home.")
        return folder

    def read_state(self) -> dict[str, Any]:
        """What the running `up` wrote about itself: ``pid``, ``url``, ``database_url``; empty when there is none."""
        try:
            return json.loads(self.state.read_text("utf-8"))
        except (OSError, ValueError):
            return {}

    def write_state(self, **values: object) -> None:
        write_private(self.state, json.dumps({"pid": os.getpid(), **values}))


@contextmanager
def locked(home: Home) -> Generator[None]:
    """Hold the home for as long as this process runs. Raises Conflict when another `up` does."""
    home.create()
    with (home.run / "up.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(_already_running(home), code="already_running") from error
        home.state.unlink(missing_ok=True)
        try:
            yield
        finally:
            home.state.unlink(missing_ok=True)


def is_locked(home: Home) -> bool:
    """Whether an `up` runs on this home."""
    path = home.run / "up.lock"
    if not path.exists():
        return False
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def write_private(path: Path, text: str) -> None:
    """Write ``path`` (mode 600) in one step: readers see the old text or the new one, never half."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def _already_running(home: Home) -> str:
    state = home.read_state()
    where = f": process {state['pid']}, {state.get('url', 'still starting')}" if "pid" in state else ""
    return f"VoiceLoop already runs on {home.path}{where}. Stop that one first, or start this one with another --home."


def _is_plain(path: str) -> bool:
    """False for what libpq cannot take as one host: a comma parts hosts, and the rest has no UTF-8 form or line."""
    return path.isprintable() and "," not in path
