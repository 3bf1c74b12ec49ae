"""Whose turn it is to have a page drawn: a few at once, one of each tenant, and nobody waits for long.

Nothing is drawn here; whoever holds a turn draws.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Final
from uuid import UUID
from weakref import WeakValueDictionary

from ingest.errors import Busy

_RETRY_AFTER_S: Final = 5.0


class Turns:
    """``at_once`` turns for all tenants together; who waits longer than ``wait_s`` for one is told to come again."""

    def __init__(self, at_once: int, wait_s: float) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._own: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()  # gone when nobody waits or holds
        self._wait_s = wait_s

    @contextlib.asynccontextmanager
    async def turn(self, tenant_id: UUID) -> AsyncGenerator[None]:
        """Raises Busy."""
        own = self._own.setdefault(tenant_id, asyncio.Lock())
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._wait_s):
                    await held.enter_async_context(own)  # first: who waits for their own tenant takes no place
                    await held.enter_async_context(self._places)
            except TimeoutError as error:
                text = "Many pages are being drawn just now. Try again in a few seconds."
                raise Busy(text, retry_after_s=_RETRY_AFTER_S) from error
            yield
