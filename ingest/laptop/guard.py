"""A small process that outlives a killed `up` for a moment and ends what it had started.

A plain script (``python -I guard.py LOCKFILE [GRACE]``), standard library only. `up` writes a line for every program
it starts, ``+ PID SIGNAL``, and ``- PID`` when that ended. When the pipe closes, each program left gets its signal and,
after GRACE seconds, its whole process group is killed. The lock file is held meanwhile: a new `up` waits for it.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time

GRACE_S = 4.0


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    with open(sys.argv[1], "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        end(watch(), float(sys.argv[2]) if len(sys.argv) > 2 else GRACE_S)


def watch() -> dict[int, int]:
    """Read lines until `up` is gone; the programs left, as pid -> signal that ends it well."""
    left: dict[int, int] = {}
    for line in sys.stdin:
        what, pid, *rest = line.split()
        if what == "+":
            left[int(pid)] = int(rest[0])
        else:
            left.pop(int(pid), None)
    return left


def end(left: dict[int, int], grace_s: float) -> None:
    """Signal each program, wait up to ``grace_s`` seconds, kill what is left of the groups."""
    for pid, number in left.items():
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + grace_s
    while any(map(group_alive, left)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in filter(group_alive, left):
        os.killpg(pid, signal.SIGKILL)


def group_alive(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
