"""Voice detection for the session of one call that ends when the caller has finished: earlier than the detector
notices, or though noise goes on.

The recogniser knows when that is so (`OpenWords.decided`, `noise_since`); here the detector's events only follow it:
one end of speech, silence for as long as it is so, a start of speech when somebody speaks on. Decides nothing.
A recogniser that detects voices itself tells what it hears (`OpenWords.hears`): no sound is listened to twice.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from livekit import rtc
from livekit.agents import utils, vad

from agent.turns.detector import OpenWords

LOST_S = 0.5  # so much sound of which the recogniser's detection told nothing: from here on we listen ourselves


class CallerVoice(vad.VAD):
    """Wraps the detector that calls share; `words` are this call's."""

    def __init__(self, detector: vad.VAD, words: OpenWords, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(capabilities=detector.capabilities)
        self._detector, self._words = detector, words
        self._filter = lambda: NoiseFilter(words, clock)

    @property
    def model(self) -> str:
        return self._detector.model

    @property
    def provider(self) -> str:
        return self._detector.provider

    def stream(self) -> vad.VADStream:
        return CallerVoiceStream(self, self._detector, self._words, self._filter())


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

    def lost(self) -> Iterator[vad.VADEvent]:
        """Another detector takes over, which knows nothing of the speech that was going on."""
        if self._detected and not self._muted:
            yield vad.VADEvent(vad.VADEventType.END_OF_SPEECH, 0, 0.0, 0.0, 0.0)
        self._detected = self._muted = self._stale = False

    def _over_since(self, event: vad.VADEvent) -> float | None:
        """When (monotonic) the caller finished, where the detector does not know it yet."""
        if self._words.noise_since is not None:
            return self._words.noise_since
        decided = self._words.decided and self._detected and not self._stale and event.raw_accumulated_speech == 0
        return self._clock() - event.raw_accumulated_silence if decided else None


class CallerVoiceStream(vad.VADStream):
    """Opens the detector only while nobody tells what the caller's sound is."""

    def __init__(self, voice: CallerVoice, detector: vad.VAD, words: OpenWords, noise: NoiseFilter) -> None:
        self._detector, self._words, self._noise = detector, words, noise
        self._own: vad.VADStream | None = None
        self._reading: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._unheard: deque[rtc.AudioFrame] = deque()
        self._unheard_s = 0.0
        words.hears = self._told
        super().__init__(voice)

    def push_frame(self, frame: rtc.AudioFrame) -> None:
        self._check_input_not_ended()
        self._check_not_closed()
        if self._own is not None:
            self._own.push_frame(frame)
            return
        self._unheard.append(frame)
        self._unheard_s += frame.duration
        if not self._words.leads or self._unheard_s >= LOST_S:
            self._listen()

    def flush(self) -> None:
        """Only what was not heard yet can be forgotten of a detection that is another's."""
        if self._own is not None:
            self._own.flush()
        self._forget_unheard()

    def end_input(self) -> None:
        if self._own is not None:
            self._own.end_input()
        self._input_ch.close()

    async def _main_task(self) -> None:
        try:
            async for _ in self._input_ch:  # nothing passes here; it ends with the input
                pass
            if self._reading is not None:
                await self._reading
        finally:
            if self._words.hears == self._told:
                self._words.hears = None
            if self._own is not None:
                self._leave(self._own)
            await asyncio.gather(*self._leaving)

    def _told(self, event: vad.VADEvent) -> None:
        """By the recogniser's detection, which hears the same sound."""
        if self._event_ch.closed:
            return
        if self._own is not None:
            self._leave(self._own)
        self._forget_unheard()
        self._tell(event)

    def _tell(self, event: vad.VADEvent) -> None:
        for told in self._noise.heard(event):
            self._event_ch.send_nowait(told)

    def _listen(self) -> None:
        """With a detector of our own, from the first frame on that nobody heard."""
        self._end_speech()
        self._own = own = self._detector.stream()
        for frame in self._unheard:
            own.push_frame(frame)
        self._forget_unheard()
        self._reading = asyncio.create_task(self._read(own))
        self._reading.add_done_callback(self._on_read)

    async def _read(self, own: vad.VADStream) -> None:
        async for event in own:
            if own is self._own:
                self._tell(event)

    def _on_read(self, task: asyncio.Task[None]) -> None:
        if task is self._reading and not task.cancelled() and task.exception() is not None:
            self._input_ch.close()  # which ends this stream, with the error

    def _leave(self, own: vad.VADStream) -> None:
        """Somebody else listens now, or nobody has to any more."""
        reading, self._own, self._reading = self._reading, None, None
        closing = asyncio.create_task(_close(own, reading))
        self._leaving.add(closing)
        closing.add_done_callback(self._leaving.discard)
        self._end_speech()

    def _end_speech(self) -> None:
        for told in self._noise.lost():
            if not self._event_ch.closed:
                self._event_ch.send_nowait(told)

    def _forget_unheard(self) -> None:
        self._unheard.clear()
        self._unheard_s = 0.0


async def _close(stream: vad.VADStream, reading: asyncio.Task[None] | None) -> None:
    if reading is not None:
        await utils.aio.cancel_and_wait(reading)
    await stream.aclose()


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
