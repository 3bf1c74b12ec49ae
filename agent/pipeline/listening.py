"""One caller's live audio through Moonshine: what to recognise when, and which events the framework gets.

speaking         -> INTERIM about every PARTIAL_EVERY_S
EARLY_SILENCE_S  -> recognised whole; PREFLIGHT (a reply may be prepared) when the words are a finished turn
ACOUSTIC_AT_S    -> the acoustic model is asked; all that is known of the pause goes to the turn detector (`OpenWords`)
turn over        -> FINAL, when the turn detector says so; over a shorter pause the segment stays open
flush            -> FINAL at once, where no turn detector decides
Steady noise, in which voice detection never ends, is told by its level and by words that stay the same.
Audio and words not yet final live on the stream, so a dying engine or a retry of `_run` loses none.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, LanguageCode, stt, utils, vad

from agent.pipeline.hypotheses import StablePrefix, as_fragment, continuation, is_loop, without_echo
from agent.pipeline.loudness import Noise
from agent.pipeline.pause_watch import PauseWatch
from agent.pipeline.recognition import FINAL, LONGEST_S, PARTIAL, transcribe
from agent.pipeline.smart_turn import acoustic_end
from agent.pipeline.utterance import SAMPLE_RATE, TAIL_S, Slice, Utterance
from agent.turns.evidence import Evidence

if TYPE_CHECKING:
    from agent.pipeline.moonshine import MoonshineSTT

PARTIAL_EVERY_S = 0.4
EARLY_SILENCE_S = 0.06
OWN_END_SILENCE_S = 0.3
PARTIAL_TIMEOUT_S = 5.0  # a partial that hangs must not keep the final waiting
CUT_AFTER_S, CUT_SILENCE_S = 12.0, 0.2  # a monologue: the part before a pause is recognised once and put aside
VOICE_WINDOW, CATCH_UP_S = 1024, 5.0  # two windows of the detector, in samples
CONTEXT_GAP_S, CONTEXT_MOST_S = 2.0, 12.0
ACOUSTIC_AT_S = (0.1, 0.4)  # of silence; again only when the first answer was no
ACOUSTIC_SURE = 0.5
WORDLESS_S = 2.0  # "speech" without a new word for so long is noise, however loud
SEGMENT_MOST_S = 45.0  # then its words are final, though the turn is not over


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
        self._judging: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._asked_acoustic = 0
        self._pause = PauseWatch()
        self._noise: Noise | None = None  # what the detector takes for speech now
        self._begin_segment()

    def _begin_segment(self) -> None:
        self._heard = Heard("", 0)
        self._prefix = StablePrefix()
        self._prepared = self._shown = ""
        self._silence_s = 0.0
        self._partial_due = 0.0
        self._recognising_until, self._segment_from = 0, self._utterance.end
        self._final_wanted = self._turn_over = False
        if self._judging is not None:
            self._judging.cancel()
            self._judging = None
        self._put_aside.clear()
        self._pause.forget_words()

    # ---------------------------------------------------------------- audio in

    async def _run(self) -> None:
        detector, news = self._recogniser.voice_detector.stream(), asyncio.Event()
        words = self._recogniser.open_words
        if self._recogniser.capabilities.manual_flush:
            words.finalise = lambda: self._want_final(news)
            words.evidence = self._evidence
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
            running = [task for task in (self._recognising, self._judging, self._asking) if task is not None]
            await utils.aio.cancel_and_wait(reader, *listeners, *running)
            self._recognising = self._judging = self._asking = words.evidence = None
            await detector.aclose()

    async def _read_audio(self, detector: vad.VADStream) -> None:
        """Returns when the input has ended, which also ends the voice detection and so the other tasks."""
        if self._owes_final:
            await self._finalise()
        async for item in self._input_ch:
            if isinstance(item, rtc.AudioFrame):
                self._utterance.add(bytes(item.data))
                self._pause.add(bytes(item.data))
                detector.push_frame(item)
            elif not self._is_judged or self._utterance.speech_end is None:
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
            if self._noise is not None and (not speaking or self._noise.is_over(position, self._pause.loudness)):
                self._set_noise(None)
            if speaking and self._silence_s == 0.0 and self._noise is None:
                self._note_speech(position)
            else:
                self._note_silence(position, speaking=speaking and self._noise is None)
            self._listened_to = position
            self._listened.set()
            news.set()
        news.set()
        self._input_over = True

    def _note_speech(self, position: int) -> None:
        if self._utterance.speech_end is None:
            self._partial_due = time.monotonic() + PARTIAL_EVERY_S
            self._segment_from = position
        if self._pause.silence_s > 0 or (self._asked_acoustic and self._pause.hush_s == 0):
            self._asked_acoustic = 0
            self._pause.acoustic = None
            if self._asking is not None:
                self._asking.cancel()
        self._utterance.mark_speech(position)
        self._recogniser.open_words.heard = True
        self._recogniser.open_words.decided = False
        was_hushed = self._pause.hush_s > 0
        self._pause.voice(position)
        if not was_hushed and self._pause.hush_s > 0:
            self._recogniser.open_words.tell()

    def _note_silence(self, position: int, *, speaking: bool) -> None:
        if not speaking:
            self._utterance.forget_silence(position)
        begins = self._pause.silence_s == 0
        self._pause.silence(max(self._silence_s, 1 / SAMPLE_RATE), position)
        if begins:
            self._recogniser.open_words.tell()

    def _set_noise(self, noise: Noise | None) -> None:
        self._noise = noise
        began_at = time.monotonic() - self._pause.hush_s
        self._recogniser.open_words.noise_since = None if noise is None else began_at

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
            if self._is_judged:
                if self._judging is None:
                    self._judging = asyncio.create_task(self._judge(news))
                self._consider_acoustic()
            if self._ends_now():
                await self._finalise()
            elif self._is_behind(self._heard.until) or self._pause.hush_s > 0:
                self._consider_hearing()

    @property
    def _is_judged(self) -> bool:
        """Whether a turn detector decides when words become final, not the flush."""
        return self._recogniser.capabilities.manual_flush and self._recogniser.open_words.over is not None

    async def _judge(self, news: asyncio.Event) -> None:
        over = self._recogniser.open_words.over
        assert over is not None
        await over()
        self._turn_over = True
        news.set()

    def _ends_now(self) -> bool:
        if not self._is_judged:
            own_end = not self._recogniser.capabilities.manual_flush and self._silence_s >= OWN_END_SILENCE_S
            return self._final_wanted or own_end
        wordless = self._silence_s == 0 and self._pause.unchanged_s >= WORDLESS_S
        self._turn_over = self._turn_over or wordless
        return self._turn_over or self._utterance.end - self._segment_from > SEGMENT_MOST_S * SAMPLE_RATE

    def _evidence(self) -> Evidence:
        return self._pause.evidence(whole=not self._is_behind(self._heard.until) and not self._pause.is_behind)

    def _consider_acoustic(self) -> None:
        """Asks for the model's opinion once early in a pause, and once more when it was no and the pause goes on."""
        asked, quiet_s = self._asked_acoustic, max(self._silence_s, self._pause.hush_s)
        if self._asking is not None or asked >= len(ACOUSTIC_AT_S) or quiet_s < ACOUSTIC_AT_S[asked]:
            return
        if (self._pause.acoustic or 0.0) < ACOUSTIC_SURE:
            self._asked_acoustic += 1
            self._asking = asyncio.create_task(self._ask_acoustic())

    async def _ask_acoustic(self) -> None:
        try:
            self._pause.acoustic = await acoustic_end(self._recogniser.engine, self._pause.turn_sound)
            self._recogniser.open_words.tell()
        finally:
            if self._asking is asyncio.current_task():
                self._asking = None

    def _consider_hearing(self) -> None:
        """Starts a recognition when one is due: a partial now and then, a whole one as soon as the caller is silent."""
        running = self._recognising is not None
        hushed = self._pause.hush_s > 0 and self._is_behind(self._heard.until)
        if self._silence_s >= EARLY_SILENCE_S or hushed:
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
            self._note_heard(await self._recognise(PARTIAL))
            self._tell_partial()
        except APIConnectionError:
            pass  # the final recognition tries again and reports
        finally:
            now = time.monotonic()
            self._partial_due = now + max(PARTIAL_EVERY_S, 2 * (now - started))
            if self._recognising is asyncio.current_task():
                self._recognising = None

    def _note_heard(self, heard: Heard) -> None:
        self._heard = heard
        self._pause.words(heard.text, heard.until)
        self._recogniser.open_words.tell()

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
        speech_end = self._utterance.speech_end or 0
        if self._pause.hush_s > 0 and self._is_judged:
            speech_end = min(speech_end, self._pause.hush_from)
        return until < speech_end + int(TAIL_S * SAMPLE_RATE)

    # ---------------------------------------------------------------- final words

    async def _finalise(self) -> None:
        """Sends the FINAL of the open segment; an empty one when nobody spoke, because a flush wants an answer."""
        async with self._one_final_at_a_time:
            self._owes_final = True
            words, decided = self._recogniser.open_words, self._turn_over
            if self._utterance.speech_end is None:
                self._emit(stt.SpeechEventType.FINAL_TRANSCRIPT, "")
            else:
                if decided and self._silence_s == 0:
                    self._end_in_noise()
                await self._catch_up()
                words.decided = decided and not self._speaks_again()
                self._hand_over(self._heard)
            words.heard = self._utterance.speech_end is not None
            self._begin_segment()
            self._owes_final = False
            words.tell()

    def _end_in_noise(self) -> None:
        """The caller has finished and the detector does not notice: it hears what is in the room."""
        hush_s, level_db = self._pause.hush_s, self._pause.loudness.level_db
        self._utterance.unmark_speech(self._pause.hush_from if hush_s > 0 else self._heard.until)
        self._set_noise(Noise(level_db or 0.0, self._utterance.end))

    def _speaks_again(self) -> bool:
        """Whether more speech was heard while the final words were recognised."""
        return self._is_behind(self._heard.until)

    async def _catch_up(self) -> None:
        """Has everything said recognised: waits for a running recognition that will do, or starts one that cuts in."""
        if self._recognising is not None and not self._is_behind(self._recognising_until):
            await asyncio.wait([self._recognising])
        self._forget_running()
        if self._is_behind(self._heard.until):
            self._note_heard(await self._recognise(FINAL))

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
        self._pause.hand_over(text, ends_turn=self._recogniser.open_words.decided)
        self._emit(stt.SpeechEventType.FINAL_TRANSCRIPT, text)
        self._report_usage(audio.duration_s)

    async def _recognise(self, priority: int) -> Heard:
        """Words of the whole open segment, without those already handed over or put aside."""
        await self._put_monologue_aside()
        audio = self._utterance.audio()
        text = await self._with_context(audio, priority)
        if text is None:
            text = await self._transcribe(audio.pcm, priority)
        return Heard(" ".join([*self._put_aside, without_echo(text)]).strip(" ,"), audio.end)

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
