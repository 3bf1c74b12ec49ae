"""A caller whose clock is the microphone's: a frame every 10 ms by schedule, the agent's frames stamped on arrival.

An utterance starts and ends when its frames were due, not when a queue had room. Transport and jitter buffers are part
of what is heard and stay inside every figure. `late_ms` says how well the schedule was kept: a machine that is too busy
to speak on time measures itself.
"""

from __future__ import annotations

import asyncio
import time

import numpy as np
from livekit import rtc

from bench.voice.trace import SOUND, Trace
from tests.e2e.caller import FRAME, Caller
from tests.e2e.speech import SAMPLE_RATE

FRAME_S = 0.01
RESYNC_S = 0.5  # after a stall longer than this the schedule starts anew instead of catching up in a burst


class ClockedCaller(Caller):
    """`Caller` with a ``trace`` of everything heard. ``noise`` (int16, loops) is in the microphone all the time."""

    microphone_queue_ms = 0

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.trace = Trace()
        self.late_ms: list[float] = []
        self._noise_at = 0

    async def _feed(self) -> None:
        due = time.monotonic()
        while not self._closing:
            due += FRAME_S
            now = time.monotonic()
            self.late_ms.append(max(0.0, now - due) * 1000)
            if now < due:
                await asyncio.sleep(due - now)
            elif now - due > RESYNC_S:
                due = now
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
        if self.noise is not None:
            raw, self._noise_at = self._with_noise(raw, self._noise_at)
        return raw

    async def _hear(self, track: rtc.Track) -> None:
        stream = rtc.AudioStream(track, sample_rate=16_000, num_channels=1, frame_size_ms=10)
        try:
            async for event in stream:
                samples = np.frombuffer(event.frame.data, np.int16).astype(np.float64)
                now, level = time.monotonic(), float(np.sqrt((samples**2).mean()))
                self.frames_heard += 1
                self.trace.add(now, level)
                if level > SOUND:
                    self.loud.append(now)
                    self._changed.set()
        finally:
            await stream.aclose()
