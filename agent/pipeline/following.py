"""Follows the caller's voice through the stream: where it speaks and pauses, by voice detection; in noise by its level.

Marks the utterance and feeds the pause watch and the turn detector (`OpenWords`). Recognises nothing and ends nothing.
"""

import asyncio
import contextlib
import time

from livekit.agents import vad

from agent.pipeline.engines.client import EngineClient
from agent.pipeline.loudness import Noise
from agent.pipeline.lull import Lull
from agent.pipeline.opinion import AcousticOpinion
from agent.pipeline.pause_watch import PauseWatch
from agent.pipeline.utterance import SAMPLE_RATE, TAIL_S, Utterance
from agent.turns.detector import OpenWords
from agent.turns.evidence import Evidence

VOICE_WINDOW, CATCH_UP_S = 1024, 5.0  # two windows of the detector, in samples


class VoiceFollower:
    """One per stream. `by_flush`: words become final on demand, or when a turn detector says so, not by silence."""

    def __init__(self, engine: EngineClient, words: OpenWords, *, by_flush: bool) -> None:
        self.utterance, self.pause, self.words = Utterance(), PauseWatch(), words
        self.opinion = AcousticOpinion(engine, self.pause, words)
        self.by_flush = words.leads = by_flush
        self.silence_s = 0.0
        self.segment_from = 0  # where the open segment's speech began
        self.input_over = False
        self._listened_to, self._listened = 0, asyncio.Event()
        self._lull, self._noticed_late_s = Lull(SAMPLE_RATE), 0.0
        self._noise: Noise | None = None  # what the detector takes for speech now

    @property
    def is_judged(self) -> bool:
        """Whether a turn detector decides when words become final, not the flush."""
        return self.by_flush and self.words.over is not None

    @property
    def in_lull(self) -> bool:
        """Whether the caller seems to have fallen silent: all there is to hear may be recognised."""
        return self._lull.since is not None

    def begin_segment(self) -> None:
        """The words before are final."""
        self.silence_s, self.segment_from = 0.0, self.utterance.end
        self.pause.forget_words()

    def add(self, pcm: bytes) -> None:
        """All audio, in order."""
        self.utterance.add(pcm)
        self.pause.add(pcm)

    async def caught_up(self) -> None:
        """Until the detector has listened to all audio; matters only when audio comes faster than it is spoken."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_S):
                while self._listened_to + VOICE_WINDOW < self.utterance.end:
                    self._listened.clear()
                    await self._listened.wait()

    async def follow(self, detector: vad.VADStream, news: asyncio.Event) -> None:
        """Until the detector's events end; `news` is set at each."""
        offset, speaking = self.utterance.end, False
        async for event in detector:
            position = offset + event.samples_index
            if event.type == vad.VADEventType.INFERENCE_DONE:
                self._lull.hear(event.probability, position)
            if event.type == vad.VADEventType.START_OF_SPEECH:
                speaking = True
            elif event.type == vad.VADEventType.END_OF_SPEECH:
                speaking = False
            elif event.raw_accumulated_speech > 0 and speaking:
                self.silence_s = 0.0
            else:
                self.silence_s = self._silence_s(event, position)
            if self._noise is not None and (not speaking or self._noise.is_over(position, self.pause.loudness)):
                self._set_noise(None)
            if speaking and self.silence_s == 0.0 and self._noise is None:
                self._note_lull(position) if self._falls_silent() else self._note_speech(position)
            else:
                self._note_silence(position, speaking=speaking and self._noise is None)
            self._listened_to = position
            self._listened.set()
            if self.words.leads and self.words.hears is not None:
                self.words.hears(event)
            news.set()
        news.set()
        self.input_over = True

    def is_behind(self, until: int) -> bool:
        """Whether speech was heard that a recognition up to `until` lacks, or has without a little silence after it."""
        speech_end = self.utterance.speech_end or 0
        if self.pause.hush_s > 0 and self.is_judged:
            speech_end = min(speech_end, self.pause.hush_from)
        return until < speech_end + int(TAIL_S * SAMPLE_RATE)

    def evidence(self, recognised_until: int) -> Evidence:
        """What is known of the present pause, the words being those of the audio up to there."""
        return self.pause.evidence(whole=not self.is_behind(recognised_until) and not self.pause.is_behind)

    def end_in_noise(self, recognised_until: int) -> None:
        """The caller has finished and the detector does not notice: it hears what is in the room."""
        hush_s, level_db = self.pause.hush_s, self.pause.loudness.level_db
        self.utterance.unmark_speech(self.pause.hush_from if hush_s > 0 else recognised_until)
        self._set_noise(Noise(level_db or 0.0, self.utterance.end))

    def _note_speech(self, position: int) -> None:
        if self.utterance.speech_end is None:
            self.segment_from = position
        if self.pause.silence_s > 0 or (self.opinion.was_asked and self.pause.hush_s == 0):
            self.opinion.forget()
        self.utterance.mark_speech(position)
        self.words.heard = True
        self.words.decided = False
        was_hushed = self.pause.hush_s > 0
        self.pause.voice(position)
        if not was_hushed and self.pause.hush_s > 0:
            self.words.tell()

    def _silence_s(self, event: vad.VADEvent, position: int) -> float:
        """What the detector counts, and what had passed before it began to count."""
        counted_s = event.raw_accumulated_silence
        if self.silence_s == 0.0:
            since = self._lull.since
            self._noticed_late_s = 0.0 if since is None else max(0.0, (position - since) / SAMPLE_RATE - counted_s)
        return counted_s + self._noticed_late_s if counted_s else 0.0

    def _falls_silent(self) -> bool:
        return self._lull.since is not None and self.utterance.speech_end is not None

    def _note_lull(self, position: int) -> None:
        """The detector takes it for speech still: no silence is counted before it is sure."""
        assert self._lull.since is not None
        self.utterance.unmark_speech(self._lull.since)
        self.pause.listened(position)

    def _note_silence(self, position: int, *, speaking: bool) -> None:
        if not speaking:
            self.utterance.forget_silence(position)
        begins = self.pause.silence_s == 0
        self.pause.silence(max(self.silence_s, 1 / SAMPLE_RATE), position)
        if begins:
            self.words.tell()

    def _set_noise(self, noise: Noise | None) -> None:
        self._noise = noise
        self.words.noise_since = None if noise is None else time.monotonic() - self.pause.hush_s
