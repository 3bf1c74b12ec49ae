"""Voice detection for the session of one call that ends when the caller has finished: earlier than the detector
notices, or though noise goes on.

The recogniser knows when that is so (`OpenWords.decided`, `noise_since`); here the detector's events only follow it:
one end of speech, silence for as long as it is so, a start of speech when somebody speaks on. Decides nothing.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from livekit import rtc
from livekit.agents import utils, vad

from agent.turns.detector import OpenWords


class CallerVoice(vad.VAD):
    """Wraps the detector that calls share; `words` are this call's."""

    def __init__(self, detector: vad.VAD, words: OpenWords, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(capabilities=detector.capabilities)
        self._detector = detector
        self._filter = lambda: NoiseFilter(words, clock)

    @property
    def model(self) -> str:
        return self._detector.model

    @property
    def provider(self) -> str:
        return self._detector.provider

    def stream(self) -> vad.VADStream:
        return CallerVoiceStream(self, self._detector.stream(), self._filter())


class NoiseFilter:
    """What to tell of each event of the detector. One per stream."""

    def __init__(self, words: OpenWords, clock: Callable[[], float]) -> None:
        self._words = words
        self._clock = clock
        self._detected = False  # the detector is within what it calls speech
        self._muted = False  # and we said that it is over
        self._stale = False  # what was decided is about the speech before

    def heard(self, event: vad.VADEvent) -> Iterator[vad.VADEvent]:
        """The events that take this one's place."""
        started = event.type == vad.VADEventType.START_OF_SPEECH
        if event.type != vad.VADEventType.INFERENCE_DONE:
            self._detected = started
        self._stale = self._words.decided and (self._stale or started)
        since = self._over_since(event)
        if since is None:
            if event.raw_accumulated_speech > 0:
                self._words.voice_at = self._clock()
            if self._muted and self._detected and not started:
                yield replace(event, type=vad.VADEventType.START_OF_SPEECH, silence_duration=0.0)
            if not self._muted or self._detected or event.type == vad.VADEventType.INFERENCE_DONE:
                yield event
            self._muted = False
            return
        quiet_s = max(0.0, self._clock() - since)
        if self._detected and not self._muted and not started:
            yield replace(event, type=vad.VADEventType.END_OF_SPEECH, silence_duration=quiet_s)
        if event.type == vad.VADEventType.INFERENCE_DONE:
            yield _as_silence(event, quiet_s) if self._detected else event
        elif not started and not self._muted:
            yield event
        self._muted = self._detected

    def _over_since(self, event: vad.VADEvent) -> float | None:
        """When (monotonic) the caller finished, where the detector does not know it yet."""
        if self._words.noise_since is not None:
            return self._words.noise_since
        decided = self._words.decided and self._detected and not self._stale and event.raw_accumulated_speech == 0
        return self._clock() - event.raw_accumulated_silence if decided else None


class CallerVoiceStream(vad.VADStream):
    def __init__(self, voice: CallerVoice, inner: vad.VADStream, noise: NoiseFilter) -> None:
        self._inner = inner
        self._noise = noise
        super().__init__(voice)

    async def _main_task(self) -> None:
        forwarding = asyncio.create_task(self._forward())
        try:
            async for event in self._inner:
                for told in self._noise.heard(event):
                    self._event_ch.send_nowait(told)
        finally:
            await utils.aio.cancel_and_wait(forwarding)
            await self._inner.aclose()

    async def _forward(self) -> None:
        async for item in self._input_ch:
            if isinstance(item, rtc.AudioFrame):
                self._inner.push_frame(item)
            else:
                self._inner.flush()
        self._inner.end_input()


def _as_silence(event: vad.VADEvent, quiet_s: float) -> vad.VADEvent:
    return replace(
        event,
        probability=0.0,
        speaking=False,
        speech_duration=0.0,
        silence_duration=quiet_s,
        raw_accumulated_speech=0.0,
        raw_accumulated_silence=quiet_s,
    )
