"""Ends the job process with its sidecar, from its first moment on. Standard library only: it starts before all else.

The sidecar holds the other end of standard input, which closes with the sidecar, however that ends.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable


def leave_now() -> None:
    """End without waiting for pools that may be half open: each step is a transaction, the next process goes on."""
    logging.shutdown()
    os._exit(0)


class Leash:
    """Calls ``then`` (from a thread or a signal handler) when the sidecar is gone or SIGTERM comes."""

    def __init__(self, then: Callable[[], object] = leave_now) -> None:
        self.then = then

    def hold(self) -> None:
        """Start watching; to be called in the main thread."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the sidecar, which then closes the pipe
        signal.signal(signal.SIGTERM, lambda _number, _frame: self.then())
        threading.Thread(target=self._watch, name="leash", daemon=True).start()

    def _watch(self) -> None:
        while os.read(0, 4096):  # not sys.stdin: its lock, held by a waiting thread, would break the exit
            pass
        self.then()
