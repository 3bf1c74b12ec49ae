"""Imported once in the process that all call processes are forked from, so that they share its memory.

Only imports and read-only data: no thread, no event loop, no socket may exist when the fork happens.
"""

from __future__ import annotations

from agent import worker
from agent.brain import llm

__all__ = ["llm", "worker"]
