"""One caller's live audio through Moonshine: when words become final, and which events the framework gets.

speaking         -> INTERIM now and then (ahead.py)
a lull           -> recognised whole (lull.py); PREFLIGHT (a reply may be prepared) when the words are a finished turn
a longer one     -> the acoustic model is asked (opinion.py); all that is known goes to the turn detector (`OpenWords`)
turn over        -> FINAL, when the turn detector says so; over a shorter pause the segment stays open
flush            -> FINAL at once, where no turn detector decides
Steady noise, in which voice detection never ends, is told by its level and by words that stay the same (following.py).
Audio and words not yet final live on the stream, so a dying engine or a retry of `_run` loses none.
"""

import asyncio
from typing import TYPE_CHECKING

from livekit import rtc
from livekit.agents import APIConnectOptions, LanguageCode, stt, utils, vad

from agent.pipeline.ahead import HearingAhead
from agent.pipeline.following import VoiceFollower
from agent.pipeline.segment import SegmentWords
from agent.pipeline.utterance import SAMPLE_RATE
from agent.turns.detector import PLAIN_WAIT_S, RECHECK_S
from agent.turns.evidence import Evidence
from store.log import get_logger

if TYPE_CHECKING:
    from agent.pipeline.moonshine import MoonshineSTT

log = get_logger(__name__)
OWN_END_SILENCE_S = 0.3
WORDLESS_S = 2.0  # "speech" without a new word for so long is noise, however loud
SEGMENT_MOST_S = 45.0  # then its words are final, though the turn is not over


class MoonshineStream(stt.RecognizeStream):
    """The base class resamples what is pushed to 16 kHz."""

    def __init__(self, recogniser: "MoonshineSTT", conn_options: APIConnectOptions) -> None:
        super().__init__(stt=recogniser, conn_options=conn_options, sample_rate=SAMPLE_RATE)
        self._detector, self._open_words = recogniser.voice_detector, recogniser.open_words
        by_flush = recogniser.capabilities.manual_flush
        self._voice = VoiceFollower(recogniser.engine, self._open_words, by_flush=by_flush)
        self._words = SegmentWords(
            recogniser.engine, self._voice.utterance, recogniser.is_finished, conn_options.timeout
        )
        self._ahead = HearingAhead(self._voice, self._words, self._emit)
        self._owes_final = False
        self._one_final_at_a_time = asyncio.Lock()
        self._judging: asyncio.Task[None] | None = None
        self._begin_segment()

    def _begin_segment(self) -> None:
        self._voice.begin_segment()
        self._words.begin_segment()
        self._ahead.begin_segment()
        self._final_wanted = self._turn_over = False
        if self._judging is not None:
            self._judging.cancel()
            self._judging = None

    # ---------------------------------------------------------------- audio in

    async def _run(self) -> None:
        detector, news = self._detector.stream(), asyncio.Event()
        if self._voice.by_flush:
            self._open_words.finalise = lambda: self._want_final(news)
            self._open_words.evidence = self._evidence
        listeners = [
            asyncio.create_task(self._voice.follow(detector, news)),
            asyncio.create_task(self._hear(news)),
        ]
        reader = asyncio.create_task(self._read_audio(detector))
        try:
            done, _ = await asyncio.wait([reader, *listeners], return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            judging = [self._judging] if self._judging is not None else []
            await utils.aio.cancel_and_wait(reader, *listeners, *judging)
            await self._ahead.aclose()
            await self._voice.opinion.aclose()
            self._judging = None
            if self._open_words.evidence == self._evidence:  # else the stream that follows this one tells already
                self._open_words.evidence = None
            await detector.aclose()

    async def _read_audio(self, detector: vad.VADStream) -> None:
        """Returns when the input has ended, which also ends the voice detection and so the other tasks."""
        utterance = self._voice.utterance
        if self._owes_final:
            await self._finalise()
        async for item in self._input_ch:
            if isinstance(item, rtc.AudioFrame):
                self._voice.add(bytes(item.data))
                detector.push_frame(item)
            elif not self._voice.is_judged or utterance.speech_end is None:
                await self._voice.caught_up()
                if self._voice.by_flush or utterance.speech_end is not None:
                    await self._finalise()
        detector.end_input()

    # ---------------------------------------------------------------- when it is over

    def _want_final(self, news: asyncio.Event) -> None:
        self._final_wanted = True
        news.set()

    async def _hear(self, news: asyncio.Event) -> None:
        voice = self._voice
        while not voice.input_over:
            await news.wait()
            news.clear()
            if voice.utterance.speech_end is None:
                continue
            if voice.is_judged:
                if self._judging is None:
                    self._judging = asyncio.create_task(self._judge(news))
                voice.opinion.consider(max(voice.silence_s, voice.pause.hush_s))
            if self._ends_now():
                await self._finalise()
            else:
                self._ahead.consider()

    async def _judge(self, news: asyncio.Event) -> None:
        over = self._open_words.over
        assert over is not None
        try:
            await over()
        except Exception as error:  # whatever it is: nobody else would end this turn
            log.error("the turn detector failed; this turn ends with a plain silence", exc_info=error)
            while self._voice.silence_s < PLAIN_WAIT_S:
                await self._open_words.changed(RECHECK_S)
        self._turn_over = True
        news.set()

    def _ends_now(self) -> bool:
        voice = self._voice
        if not voice.is_judged:
            own_end = not voice.by_flush and voice.silence_s >= OWN_END_SILENCE_S
            return self._final_wanted or own_end
        wordless = voice.silence_s == 0 and voice.pause.unchanged_s >= WORDLESS_S
        self._turn_over = self._turn_over or wordless
        return self._turn_over or voice.utterance.end - voice.segment_from > SEGMENT_MOST_S * SAMPLE_RATE

    def _evidence(self) -> Evidence:
        return self._voice.evidence(self._ahead.heard.until)

    async def _finalise(self) -> None:
        """Sends the FINAL of the open segment; an empty one when nobody spoke, because a flush wants an answer."""
        async with self._one_final_at_a_time:
            self._owes_final = True
            words, voice, decided = self._open_words, self._voice, self._turn_over
            if voice.utterance.speech_end is None:
                self._emit(stt.SpeechEventType.FINAL_TRANSCRIPT, "")
            else:
                if decided and voice.silence_s == 0:
                    voice.end_in_noise(self._ahead.heard.until)
                heard = await self._ahead.catch_up()
                words.decided = decided and not voice.is_behind(heard.until)  # more may have been said meanwhile
                text, duration_s = self._words.hand_over(heard)
                voice.pause.hand_over(text, ends_turn=words.decided)
                self._emit(stt.SpeechEventType.FINAL_TRANSCRIPT, text)
                self._report_usage(duration_s)
            words.heard = voice.utterance.speech_end is not None
            self._begin_segment()
            self._owes_final = False
            words.tell()

    # ---------------------------------------------------------------- events out

    def _emit(self, kind: stt.SpeechEventType, text: str) -> None:
        data = stt.SpeechData(language=LanguageCode("en"), text=text, confidence=1.0 if text else 0.0)
        self._event_ch.send_nowait(stt.SpeechEvent(type=kind, request_id=utils.shortuuid(), alternatives=[data]))

    def _report_usage(self, duration_s: float) -> None:
        usage = stt.RecognitionUsage(audio_duration=duration_s)
        self._event_ch.send_nowait(stt.SpeechEvent(type=stt.SpeechEventType.RECOGNITION_USAGE, recognition_usage=usage))
