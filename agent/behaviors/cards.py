"""What the tools publish (bookings, sources, questions to confirm) goes to the page as text streams in the room.

Queued and sent in order; a room that is away costs nothing but the card.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from livekit import rtc

from store.log import get_logger

log = get_logger(__name__)
Publish = Callable[[str, dict[str, Any]], None]


class Cards:
    """Give ``publish`` to the call; ``attach`` it to the room once there is one; ``aclose`` it at the end."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._listeners: list[Publish] = []
        self._task: asyncio.Task[None] | None = None

    def publish(self, topic: str, payload: dict[str, Any]) -> None:
        for listener in self._listeners:
            listener(topic, payload)
        self._queue.put_nowait((topic, payload))

    def listen(self, listener: Publish) -> None:
        self._listeners.append(listener)

    def attach(self, room: rtc.Room) -> None:
        self._task = asyncio.create_task(self._send(room), name="cards")

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _send(self, room: rtc.Room) -> None:
        while True:
            topic, payload = await self._queue.get()
            try:
                await room.local_participant.send_text(json.dumps(payload, default=str), topic=topic)
            except Exception:  # noqa: BLE001 - the root of this task: the SDK raises bare exceptions when a room closes
                log.warning("a card could not be sent", topic=topic)
