"""What a process that reads strangers' files gives up before it reads one. Child process only; Linux first.

Every limit is best effort: where the system knows none of them, the parent's clock still ends the process.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys

_FILE_BYTES = 256 * 1024 * 1024
_OPEN_FILES = 256
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_NO_NEW_PRIVILEGES = 38


def confine(*, memory_bytes: int, cpu_s: float, models_bytes: int = 0, most_cpu_s: float = 0) -> None:
    """Bound memory, processor time, files and their size; no core dump, no new privileges, no network.

    `allow_more` may raise the first two to ``models_bytes`` and ``most_cpu_s`` later on.
    """
    seconds = int(cpu_s) + 1
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory_bytes, max(memory_bytes, models_bytes)),
        (resource.RLIMIT_CPU, seconds, max(seconds + 1, int(most_cpu_s))),
        (resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, _FILE_BYTES, _FILE_BYTES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
            resource.setrlimit(kind, (soft, hard))
    if sys.platform == "linux":
        _leave_the_network()


def allow_more(*, memory_bytes: int = 0, cpu_s: float = 0) -> None:
    """Raise this process's limits to ``memory_bytes`` and by ``cpu_s``, as far as `confine` left it possible.

    For work of our own, such as models: a stranger's file is parsed within the lower ones.
    """
    for kind, more in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CPU, 0)):
        soft, hard = resource.getrlimit(kind)
        wanted = soft + int(cpu_s) if kind == resource.RLIMIT_CPU else max(soft, more)
        if soft != resource.RLIM_INFINITY and wanted > soft:
            resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _leave_the_network() -> None:
    """An empty network namespace: by right, or in a user namespace; systems that allow neither keep the network."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_NEW_NET) != 0:
            libc.unshare(_NEW_USER | _NEW_NET)
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
