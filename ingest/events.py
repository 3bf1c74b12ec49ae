"""Live events out: one database listener per sidecar, a bounded queue per open stream, its own tenant only.

A stream that cannot keep up is closed (its client connects again and looks afresh) rather than ever holding memory.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Callable
from uuid import UUID

from ingest.metrics import Metrics
from store.errors import TooMany, VoiceLoopError
from store.identity import Identity
from store.live import LiveEvent, listen
from store.log import get_logger

log = get_logger(__name__)
QUEUE_LENGTH = 200
MOST_OF_A_PERSON = 20  # pages and programs of one person, or of a key that is nobody's
MOST_OF_A_TENANT = 500
MOST = 2000  # of a sidecar; `ingest.app` asks the system for the descriptors
_RECONNECT_S = 1.0
_RETRY_S = 10.0


class Stream:
    """One client's queue of what it ``hears`` (asked with an event's type), and of what is only for ``user_id``.

    ``closed`` is set when it was too slow or the listener lost its connection.
    """

    def __init__(self, length: int, hears: Callable[[str], bool], user_id: UUID | None = None) -> None:
        self._queue: asyncio.Queue[LiveEvent] = asyncio.Queue(length)
        self._hears, self._user_id = hears, user_id
        self.closed = asyncio.Event()

    def offer(self, event: LiveEvent) -> bool:
        """Queue the event unless it is none of the client's business; False when the stream is closed."""
        try:
            if event.only_for in (None, self._user_id) and self._hears(event.type):
                self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.closed.set()
        return not self.closed.is_set()

    async def next(self, timeout_s: float) -> LiveEvent | None:
        """The next event; None when nothing happened within ``timeout_s`` or the stream was closed."""
        getter = asyncio.ensure_future(self._queue.get())
        closing = asyncio.ensure_future(self.closed.wait())
        try:
            done, _ = await asyncio.wait({getter, closing}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
            return getter.result() if getter in done else None
        finally:  # also when the client leaves, which cancels the wait
            getter.cancel()
            closing.cancel()


class LiveHub:
    """Distributes notifications to the streams of their tenant."""

    def __init__(self, url: str, metrics: Metrics, *, queue_length: int = QUEUE_LENGTH) -> None:
        self._url = url
        self._metrics = metrics
        self._length = queue_length
        self._streams: defaultdict[UUID, set[Stream]] = defaultdict(set)
        self._of_person: Counter[UUID | None] = Counter()

    async def run(self) -> None:
        """Listen until cancelled; a broken connection closes the streams (they may have missed something)."""
        while True:
            try:
                async for event in listen(self._url):
                    self.deliver(event)
            except VoiceLoopError as error:
                log.warning("live listener lost", error=error.message)
            except Exception:  # a root: no stream would hear anything again if the listener ended
                log.exception("live listener failed; it starts again")
            self.close_all()
            await asyncio.sleep(_RECONNECT_S)

    def deliver(self, event: LiveEvent) -> None:
        if event.type == "message.added":
            self._metrics.count_turn(event.data.get("latency_ms", {}))
        for stream in list(self._streams.get(event.tenant_id, ())):
            if not stream.offer(event):
                self._streams[event.tenant_id].discard(stream)
                self._metrics.dropped.inc()

    def close_streams_of(self, tenant_id: UUID | None) -> None:
        """Somebody's access to the tenant changed: whoever listens connects again and is asked who they are.

        None: to any tenant.
        """
        if tenant_id is None:
            self.close_all()
            return
        for stream in self._streams.get(tenant_id, ()):
            stream.closed.set()

    def _require_room(self, tenant_id: UUID, person: UUID | None) -> None:
        own, tenants = self._of_person.get(person, 0), len(self._streams.get(tenant_id, ()))
        if own >= MOST_OF_A_PERSON or tenants >= MOST_OF_A_TENANT or self._of_person.total() >= MOST:
            raise TooMany(
                "Too many live streams are open. Close some, or ask again in a moment.",
                code="streams_limit",
                retry_after_s=_RETRY_S,
            )

    def close_all(self) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.closed.set()

    @contextlib.asynccontextmanager
    async def stream(self, identity: Identity, hears: Callable[[str], bool]) -> AsyncGenerator[Stream]:
        """A stream, from now on, of those of the identity's tenant's events whose type ``hears`` accepts.

        Raises TooMany ``streams_limit``: each holds a connection of this sidecar that others need too.
        """
        tenant_id, person = identity.tenant_id, identity.user_id or identity.key_id
        self._require_room(tenant_id, person)
        stream = Stream(self._length, hears, identity.user_id)
        self._streams[tenant_id].add(stream)
        self._of_person[person] += 1
        self._metrics.listeners.inc()
        try:
            yield stream
        finally:
            self._metrics.listeners.dec()
            self._of_person[person] -= 1
            if not self._of_person[person]:
                del self._of_person[person]
            self._streams[tenant_id].discard(stream)
            if not self._streams[tenant_id]:
                del self._streams[tenant_id]
