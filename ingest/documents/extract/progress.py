"""How far an extractor has come, told to whoever runs it without a parameter through every function.

An extractor calls `report` after each page, and `need` before work that takes longer than parsing does; nobody has to
listen.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

_listener: ContextVar[Callable[[float], None] | None] = ContextVar("extract_progress", default=None)
_giver: ContextVar[Callable[[float], None] | None] = ContextVar("extract_time", default=None)


def report(share: float) -> None:
    """``share`` (0-1) of the whole work is done."""
    listener = _listener.get()
    if listener is not None:
        listener(min(1.0, max(0.0, share)))


def need(seconds: float) -> None:
    """What follows needs that many seconds on top of what a document may take."""
    giver = _giver.get()
    if giver is not None:
        giver(seconds)


@contextmanager
def reporting(to: Callable[[float], None], more: Callable[[float], None] | None = None) -> Generator[None]:
    token, other = _listener.set(to), _giver.set(more)
    try:
        yield
    finally:
        _listener.reset(token)
        _giver.reset(other)
