"""The process that all call processes are forked from, started before this one has imported anything heavy.

The framework would start it only once the worker runs, and the same imports would happen twice, one after the other;
begun here they happen side by side. Must import nothing of the framework itself.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver

PRELOAD = (
    "agent.preload",
    "livekit.agents.ipc._preload",
    "livekit.agents.ipc._preload_freeze",  # last: it freezes what the others imported
)


def begin() -> None:
    """Start importing in the fork server. Nothing happens where processes are spawned instead of forked."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        multiprocessing.get_context("forkserver").set_forkserver_preload(list(PRELOAD))
        forkserver.ensure_running()
