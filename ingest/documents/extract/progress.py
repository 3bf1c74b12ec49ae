"""How far an extractor has come, told to whoever runs it without a parameter through every function.

An extractor calls `report` after each page; nobody has to listen.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[float], None] | None] = ContextVar("extract_progress", default=None)


def report(share: float) -> None:
    """``share`` (0-1) of the whole work is done."""
    listener = _listener.get()
    if listener is not None:
        listener(min(1.0, max(0.0, share)))


@contextmanager
def reporting(to: Callable[[float], None]) -> Generator[None]:
    token = _listener.set(to)
    try:
        yield
    finally:
        _listener.reset(token)
