"""One caller's live audio through Moonshine: what to recognise when, and which events the framework gets.

speaking         -> INTERIM about every PARTIAL_EVERY_S
EARLY_SILENCE_S  -> recognised whole; PREFLIGHT (a reply may be prepared) when the words are a finished turn
flush            -> FINAL, at once when only silence came since the last recognition
Audio and words not yet final live on the stream, so a dying engine or a retry of `_run` loses none.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, LanguageCode, stt, utils, vad

from agent.pipeline.hypotheses import StablePrefix, as_fragment, continuation, is_loop
from agent.pipeline.recognition import FINAL, LONGEST_S, PARTIAL, transcribe
from agent.pipeline.utterance import SAMPLE_RATE, TAIL_S, Slice, Utterance

if TYPE_CHECKING:
    from agent.pipeline.moonshine import MoonshineSTT

PARTIAL_EVERY_S = 0.4
EARLY_SILENCE_S = 0.06
OWN_END_SILENCE_S = 0.3
PARTIAL_TIMEOUT_S = 5.0  # a partial that hangs must not keep the final waiting
CUT_AFTER_S, CUT_SILENCE_S = 12.0, 0.2  # a monologue: the part before a pause is recognised once and put aside
VOICE_WINDOW, CATCH_UP_S = 1024, 5.0  # two windows of the detector, in samples
CONTEXT_GAP_S, CONTEXT_MOST_S = 2.0, 12.0


@dataclass(frozen=True)
class Heard:
    """A recognition of the open segment: its words, and the stream position its audio reached."""

    text: str
    until: int


@dataclass(frozen=True)
class Unfinished:
    """A segment handed over in mid-sentence: it is heard again together with what follows, for better words."""

    audio: Slice
    text: str


class MoonshineStream(stt.RecognizeStream):
    """The base class resamples what is pushed to 16 kHz."""

    def __init__(self, recogniser: "MoonshineSTT", conn_options: APIConnectOptions) -> None:
        super().__init__(stt=recogniser, conn_options=conn_options, sample_rate=SAMPLE_RATE)
        self._recogniser = recogniser
        self._timeout_s = conn_options.timeout
        self._utterance = Utterance()
        self._unfinished: Unfinished | None = None
        self._put_aside: list[str] = []
        self._owes_final = self._input_over = False
        self._listened_to, self._listened = 0, asyncio.Event()
        self._one_final_at_a_time = asyncio.Lock()
        self._recognising: asyncio.Task[None] | None = None
        self._begin_segment()

    def _begin_segment(self) -> None:
        self._heard = Heard("", 0)
        self._prefix = StablePrefix()
        self._prepared = self._shown = ""
        self._silence_s = 0.0
        self._partial_due = 0.0
        self._recognising_until = 0
        self._final_wanted = False
        self._put_aside.clear()

    # ---------------------------------------------------------------- audio in

    async def _run(self) -> None:
        detector, news = self._recogniser.voice_detector.stream(), asyncio.Event()
        if self._recogniser.capabilities.manual_flush:
            self._recogniser.open_words.finalise = lambda: self._want_final(news)
        listeners = [
            asyncio.create_task(self._follow_voice(detector, self._utterance.end, news)),
            asyncio.create_task(self._hear_ahead(news)),
        ]
        reader = asyncio.create_task(self._read_audio(detector))
        try:
            done, _ = await asyncio.wait([reader, *listeners], return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            running = [self._recognising] if self._recognising is not None else []
            await utils.aio.cancel_and_wait(reader, *listeners, *running)
            self._recognising = None
            await detector.aclose()

    async def _read_audio(self, detector: vad.VADStream) -> None:
        """Returns when the input has ended, which also ends the voice detection and so the other tasks."""
        if self._owes_final:
            await self._finalise()
        async for item in self._input_ch:
            if isinstance(item, rtc.AudioFrame):
                self._utterance.add(bytes(item.data))
                detector.push_frame(item)
            else:
                await self._wait_for_voice_detection()
                if self._recogniser.capabilities.manual_flush or self._utterance.speech_end is not None:
                    await self._finalise()
        detector.end_input()

    async def _wait_for_voice_detection(self) -> None:
        """Until it has listened to all audio up to here; matters only when audio comes faster than it is spoken."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP_S):
                while self._listened_to + VOICE_WINDOW < self._utterance.end:
                    self._listened.clear()
                    await self._listened.wait()

    async def _follow_voice(self, detector: vad.VADStream, offset: int, news: asyncio.Event) -> None:
        speaking = False
        async for event in detector:
            position = offset + event.samples_index
            if event.type == vad.VADEventType.START_OF_SPEECH:
                speaking = True
            elif event.type == vad.VADEventType.END_OF_SPEECH:
                speaking = False
            elif event.raw_accumulated_speech > 0 and speaking:
                self._silence_s = 0.0
            else:
                self._silence_s = event.raw_accumulated_silence
            if speaking and self._silence_s == 0.0:
                if self._utterance.speech_end is None:
                    self._partial_due = time.monotonic() + PARTIAL_EVERY_S
                self._utterance.mark_speech(position)
                self._recogniser.open_words.heard = True
            elif not speaking:
                self._utterance.forget_silence(position)
            self._listened_to = position
            self._listened.set()
            news.set()
        news.set()
        self._input_over = True

    # ---------------------------------------------------------------- recognising ahead of the flush

    def _want_final(self, news: asyncio.Event) -> None:
        self._final_wanted = True
        news.set()

    async def _hear_ahead(self, news: asyncio.Event) -> None:
        while not self._input_over:
            await news.wait()
            news.clear()
            if self._utterance.speech_end is None:
                continue
            if self._final_wanted or self._ends_by_itself():
                await self._finalise()
            elif self._is_behind(self._heard.until):
                self._consider_hearing()

    def _ends_by_itself(self) -> bool:
        return not self._recogniser.capabilities.manual_flush and self._silence_s >= OWN_END_SILENCE_S

    def _consider_hearing(self) -> None:
        """Starts a recognition when one is due: a partial now and then, a whole one as soon as the caller is silent."""
        running = self._recognising is not None
        if self._silence_s >= EARLY_SILENCE_S:
            if running and not self._is_behind(self._recognising_until):
                return
            self._forget_running()
        elif running or time.monotonic() < self._partial_due:
            return
        self._recognising_until = self._utterance.end
        self._recognising = asyncio.create_task(self._hear_now())

    async def _hear_now(self) -> None:
        started = time.monotonic()
        try:
            self._heard = await self._recognise(PARTIAL)
            self._tell_partial()
        except APIConnectionError:
            pass  # the final recognition tries again and reports
        finally:
            now = time.monotonic()
            self._partial_due = now + max(PARTIAL_EVERY_S, 2 * (now - started))
            if self._recognising is asyncio.current_task():
                self._recognising = None

    def _forget_running(self) -> None:
        if self._recognising is not None:
            self._recognising.cancel()
            self._recognising = None

    def _tell_partial(self) -> None:
        """INTERIM when the words changed; PREFLIGHT when they are whole and could be the end of the turn."""
        if not self._is_behind(self._heard.until):
            whole = " ".join(filter(None, [self._unfinished.text if self._unfinished else "", self._heard.text]))
            if self._heard.text and self._heard.text != self._prepared and self._recogniser.is_finished(whole):
                self._prepared = self._shown = self._heard.text
                self._emit(stt.SpeechEventType.PREFLIGHT_TRANSCRIPT, self._heard.text)
                return
        if is_loop(self._heard.text):
            return
        text = self._prefix.update(self._heard.text)
        if text and text != self._shown and text != self._prepared:
            self._shown = text
            self._emit(stt.SpeechEventType.INTERIM_TRANSCRIPT, text)

    def _is_behind(self, until: int) -> bool:
        """Whether speech was heard that a recognition up to `until` lacks, or has without a little silence after it."""
        return until < (self._utterance.speech_end or 0) + int(TAIL_S * SAMPLE_RATE)

    # ---------------------------------------------------------------- final words

    async def _finalise(self) -> None:
        """Sends the FINAL of the open segment; an empty one when nobody spoke, because a flush wants an answer."""
        async with self._one_final_at_a_time:
            self._owes_final = True
            if self._utterance.speech_end is None:
                self._emit(stt.SpeechEventType.FINAL_TRANSCRIPT, "")
            else:
                await self._catch_up()
                self._hand_over(self._heard)
            self._recogniser.open_words.heard = self._utterance.speech_end is not None
            self._begin_segment()
            self._owes_final = False

    async def _catch_up(self) -> None:
        """Has everything said recognised: waits for a running recognition that will do, or starts one that cuts in."""
        if self._recognising is not None and not self._is_behind(self._recognising_until):
            await asyncio.wait([self._recognising])
        self._forget_running()
        if self._is_behind(self._heard.until):
            self._heard = await self._recognise(FINAL)

    def _hand_over(self, heard: Heard) -> None:
        """Sends the words; what was said after them, while they were recognised, opens the next segment."""
        text, audio = heard.text, self._utterance.peek_until(heard.until)
        so_far = " ".join(filter(None, [self._unfinished.text if self._unfinished else "", text]))
        if text and not self._recogniser.is_finished(so_far):
            text = as_fragment(text)
            if self._unfinished is None and audio.duration_s < CONTEXT_MOST_S / 2 and not self._put_aside:
                self._unfinished = Unfinished(audio, text)
                self._utterance.take_until(audio.end)  # it is in the context: the pre-roll must not repeat it
            else:
                self._unfinished = None
        else:
            self._unfinished = None
        self._utterance.finish(heard.until)
        self._emit(stt.SpeechEventType.FINAL_TRANSCRIPT, text)
        self._report_usage(audio.duration_s)

    async def _recognise(self, priority: int) -> Heard:
        """Words of the whole open segment, without those already handed over or put aside."""
        await self._put_monologue_aside()
        audio = self._utterance.audio()
        text = await self._with_context(audio, priority)
        if text is None:
            text = await self._transcribe(audio.pcm, priority)
        return Heard(" ".join([*self._put_aside, text]).strip(" ,"), audio.end)

    async def _with_context(self, audio: Slice, priority: int) -> str | None:
        before = self._unfinished
        if before is None or self._put_aside:
            return None
        gap_s = (audio.end - before.audio.end) / SAMPLE_RATE - audio.duration_s
        if gap_s > CONTEXT_GAP_S or before.audio.duration_s + audio.duration_s > CONTEXT_MOST_S:
            self._unfinished = None
            return None
        whole = await self._transcribe(before.audio.pcm + audio.pcm, priority)
        return continuation(before.text, whole)

    async def _put_monologue_aside(self) -> None:
        """Keeps what the model hears short: it is slow on long audio and deaf beyond half a minute."""
        while self._utterance.duration_s > CUT_AFTER_S:
            if self._utterance.duration_s > LONGEST_S:
                cut = self._utterance.quietest(LONGEST_S / 2, LONGEST_S)
            elif self._silence_s >= CUT_SILENCE_S and self._utterance.speech_end is not None:
                cut = self._utterance.speech_end + int(self._silence_s / 2 * SAMPLE_RATE)
            else:
                return
            head = self._utterance.peek_until(cut)
            self._put_aside.append(await self._transcribe(head.pcm, FINAL))
            self._utterance.take_until(head.end)

    async def _transcribe(self, pcm: bytes, priority: int) -> str:
        timeout_s = self._timeout_s if priority == FINAL else min(self._timeout_s, PARTIAL_TIMEOUT_S)
        return await transcribe(self._recogniser.engine, pcm, priority=priority, timeout_s=timeout_s)

    # ---------------------------------------------------------------- events out

    def _emit(self, kind: stt.SpeechEventType, text: str) -> None:
        data = stt.SpeechData(language=LanguageCode("en"), text=text, confidence=1.0 if text else 0.0)
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, request_id=utils.shortuuid(), alternatives=[data]))

    def _report_usage(self, duration_s: float) -> None:
        usage = stt.RecognitionUsage(audio_duration=duration_s)
        self._event_ch.send_nowait(stt.SpeechEvent(type=stt.SpeechEventType.RECOGNITION_USAGE, recognition_usage=usage))
