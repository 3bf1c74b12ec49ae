"""A caller whose clock is the microphone's: a frame every 10 ms by schedule, the agent's frames stamped on arrival.

An utterance starts and ends when its frames were due, not when a queue had room. Transport and jitter buffers are part
of what is heard and stay inside every figure. `late_ms` says how well the schedule was kept: a machine that is too busy
to speak on time measures itself.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque

import numpy as np
from livekit import rtc

from bench.voice.mixing import softer
from bench.voice.trace import SOUND, Trace
from tests.e2e.caller import FRAME, Caller
from tests.e2e.speech import SAMPLE_RATE, Sound, mixed

FRAME_S = 0.01
ECHO_FRAMES = 6  # the loudspeaker's and the room's delay, in frames
HEARD_RATE = 16_000
RESYNC_S = 0.5  # after a stall longer than this the schedule starts anew instead of catching up in a burst


class ClockedCaller(Caller):
    """`Caller` with a ``trace`` of everything heard. ``noise`` (int16, loops) is in the microphone all the time.

    ``echo_db``: the agent comes back through the microphone that much softer, as what a speaker phone leaves of it.
    """

    microphone_queue_ms = 0

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.trace = Trace()
        self.late_ms: list[float] = []
        self.echo_db: float | None = None
        self._echo: deque[Sound] = deque(maxlen=ECHO_FRAMES)
        self._noise_at = 0

    async def _feed(self) -> None:
        due = time.monotonic()
        while not self._closing:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            late = time.monotonic() - due
            self.late_ms.append(late * 1000)
            if late > RESYNC_S:
                due += late
            await self._source.capture_frame(rtc.AudioFrame(self._next_frame(due), SAMPLE_RATE, 1, FRAME))

    def _next_frame(self, due: float) -> bytes:
        """What is said in the 10 ms before ``due``, with the noise."""
        utterance = self._queue[0] if self._queue else None
        raw = utterance.frames.popleft() if utterance else bytes(2 * FRAME)
        if utterance:
            utterance.started_at = utterance.started_at or due - FRAME_S
            if not utterance.frames:
                self._queue.popleft()
                utterance.ended_at = due
                utterance.done.set()
        if self.echo_db is not None and len(self._echo) == ECHO_FRAMES:
            raw = mixed(np.frombuffer(raw, np.int16), echo_of(self._echo.popleft(), self.echo_db)).tobytes()
        if self.noise is not None:
            raw, self._noise_at = self._with_noise(raw, self._noise_at)
        return raw

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=HEARD_RATE, num_channels=1, frame_size_ms=10)
        try:
            async for event in stream:
                received = np.frombuffer(event.frame.data, np.int16)
                samples = received.astype(np.float64)
                self._echo.append(received)
                now, level = time.monotonic(), float(np.sqrt((samples**2).mean()))
                self.frames_heard += 1
                self.trace.add(now, level)
                if level > SOUND:
                    self.loud.append(now)
                    self._changed.set()
        finally:
            await stream.aclose()


def echo_of(heard: Sound, by_db: float) -> Sound:
    """A frame as it was heard, at the microphone's sample rate and softer."""
    every = SAMPLE_RATE // HEARD_RATE
    finer = np.interp(np.arange(len(heard) * every) / every, np.arange(len(heard)), heard.astype(np.float64))
    return softer(finer.astype(np.int16), by_db)
