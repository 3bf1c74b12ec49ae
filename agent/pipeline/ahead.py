"""Recognises ahead of the end: guesses while the caller speaks, all of it as soon as the caller is silent.

So the reply can be prepared, and the final words are there when the turn is over. Decides no end.
"""

import asyncio
import time
from collections.abc import Callable

from livekit.agents import APIConnectionError, stt, utils

from agent.pipeline.following import VoiceFollower
from agent.pipeline.hypotheses import StablePrefix, is_loop
from agent.pipeline.recognition import EARLY, FINAL, PARTIAL
from agent.pipeline.segment import CUT_SILENCE_S, Heard, SegmentWords

PARTIAL_EVERY_S, PARTIAL_SHARE = 0.4, 0.5  # at most half the time is spent on guesses
OVER_ASSISTANT_EVERY_S, OVER_ASSISTANT_SHARE = 0.1, 0.7  # whoever talks over the assistant may want to interrupt
EARLY_SILENCE_S = 0.06
Emit = Callable[[stt.SpeechEventType, str], None]


class HearingAhead:
    """One per stream. `heard`: the latest words of the open segment. `emit` sends an event."""

    def __init__(self, voice: VoiceFollower, words: SegmentWords, emit: Emit) -> None:
        self._voice, self._words, self._emit = voice, words, emit
        self._running: asyncio.Task[None] | None = None
        self.begin_segment()

    def begin_segment(self) -> None:
        """The words before are final."""
        self.heard = Heard("", 0)
        self._prefix = StablePrefix()
        self._prepared = self._shown = ""
        self._due: float | None = None
        self._running_until = 0
        self._guesses = False

    def consider(self) -> None:
        """Starts a recognition when one is due: a guess now and then, a whole one as soon as the caller is silent."""
        voice = self._voice
        if self._due is None:
            self._due = time.monotonic() + self._pace()[0]
        behind, hushed = voice.is_behind(self.heard.until), voice.pause.hush_s > 0
        if not behind and voice.silence_s >= CUT_SILENCE_S:
            self._words.settle(self.heard)
        if not behind and (voice.in_lull or not hushed):
            return
        silent = behind and (hushed or voice.in_lull or voice.silence_s >= EARLY_SILENCE_S)
        if silent:
            if self._running is not None and not self._guesses and not voice.is_behind(self._running_until):
                return
            self.forget_running()
        elif self._running is not None or time.monotonic() < self._due:
            return
        self._running_until = voice.utterance.end
        self._guesses = not silent and self._words.can_skip
        self._running = asyncio.create_task(
            self._guess() if self._guesses else self._hear(EARLY if silent else PARTIAL)
        )

    async def catch_up(self) -> Heard:
        """Has everything said recognised: waits for a running recognition that will do, or starts one that cuts in."""
        voice = self._voice
        if self._running is not None and not self._guesses and not voice.is_behind(self._running_until):
            await asyncio.wait([self._running])
        self.forget_running()
        if voice.is_behind(self.heard.until):
            self._note(await self._words.whole(FINAL, voice.silence_s))
        return self.heard

    def forget_running(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None

    async def aclose(self) -> None:
        if self._running is not None:
            await utils.aio.cancel_and_wait(self._running)
            self._running = None

    async def _hear(self, priority: int) -> None:
        started = time.monotonic()
        try:
            self._note(await self._words.whole(priority, self._voice.silence_s))
            self._show(self.heard.text, whole=not self._voice.is_behind(self.heard.until))
        except APIConnectionError:
            pass  # the final recognition tries again and reports
        finally:
            self._ended(started)

    async def _guess(self) -> None:
        started = time.monotonic()
        try:
            guess = await self._words.guess(PARTIAL)
            self._voice.pause.words(guess.text, guess.until)
            self._voice.words.tell()
            self._show(guess.text, whole=False)
        except APIConnectionError:
            pass
        finally:
            self._ended(started)

    def _ended(self, started: float) -> None:
        now, (every_s, share) = time.monotonic(), self._pace()
        self._due = now + max(every_s, (now - started) * (1 / share - 1))
        if self._running is asyncio.current_task():
            self._running = None

    def _pace(self) -> tuple[float, float]:
        if self._voice.words.over_assistant:
            return OVER_ASSISTANT_EVERY_S, OVER_ASSISTANT_SHARE
        return PARTIAL_EVERY_S, PARTIAL_SHARE

    def _note(self, heard: Heard) -> None:
        self.heard = heard
        self._voice.pause.words(heard.text, heard.until)
        self._voice.words.tell()

    def _show(self, heard: str, *, whole: bool) -> None:
        """INTERIM when the words changed; PREFLIGHT when they are whole and could be the end of the turn."""
        if whole and heard and heard != self._prepared and self._words.finished(heard):
            self._prepared = self._shown = heard
            self._emit(stt.SpeechEventType.PREFLIGHT_TRANSCRIPT, heard)
            return
        if is_loop(heard):
            return
        text = self._prefix.update(heard)
        if text and text != self._shown and text != self._prepared:
            self._shown = text
            self._emit(stt.SpeechEventType.INTERIM_TRANSCRIPT, text)
