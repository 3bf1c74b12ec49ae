"""Keeps this process's environment and memory from other processes of the same user. Linux; elsewhere nothing happens.

For processes that hold the installation's secrets beside children that read strangers' files (decision 12).
"""

from __future__ import annotations

import contextlib
import ctypes
import sys

_PR_SET_DUMPABLE = 4


def keep_memory_private() -> None:
    """No debugger, no core dump, no `/proc/.../environ` for others but root; what this process starts is free again."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
