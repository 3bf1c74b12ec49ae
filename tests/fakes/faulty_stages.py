"""A call without a room whose every stage can be told to fail: ears, mind, voice; and what its caller hears, when.

`FaultyCall` is a real session of the framework around them, for virtual time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livekit import rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    AgentSession,
    APIConnectionError,
    APIConnectOptions,
    LanguageCode,
    TurnHandlingOptions,
    llm,
    stt,
    tts,
    utils,
    vad,
)
from livekit.agents.voice import io

from agent import errors
from agent.pipeline.cached_audio import Sound, SoundCache

RATE = 24_000
FRAME_S = 0.05
SPEECH_S = 1.0
HANG_S = 3600.0
VOICE_LEVEL = 5000
ANSWER, TONE = "ANSWER", "TONE"
TURNS_BY_SILENCE: TurnHandlingOptions = {
    "turn_detection": "vad",
    "endpointing": {"mode": "fixed", "min_delay": 0.1, "max_delay": 1.0},
    "interruption": {"enabled": True, "mode": "vad", "min_duration": 0.4},
    "preemptive_generation": {"enabled": False},
}


class MindOf(llm.LLM[Any]):
    """Answers by script: a text, ("call", name), "HANG", "ERROR", "CRASH", "EMPTY", "STALL"; the last one for ever.

    ("slow", seconds, what) does it later.
    """

    def __init__(self, *script: Any) -> None:
        super().__init__()
        self.script = list(script)

    def next(self) -> Any:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def chat(
        self,
        *,
        chat_ctx: llm.ChatContext,
        tools: list[llm.Tool] | None = None,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
        parallel_tool_calls: Any = NOT_GIVEN,
        tool_choice: Any = NOT_GIVEN,
        extra_kwargs: Any = NOT_GIVEN,
    ) -> llm.LLMStream:
        del parallel_tool_calls, tool_choice, extra_kwargs
        return _Thought(self, self.next(), chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _Thought(llm.LLMStream):
    def __init__(self, mind: MindOf, what: Any, **options: Any) -> None:
        super().__init__(mind, **options)
        self._what = what

    async def _run(self) -> None:
        what = self._what
        if isinstance(what, tuple) and what[0] == "slow":
            await asyncio.sleep(what[1])
            what = what[2]
        if what == "HANG":
            await asyncio.sleep(HANG_S)
        elif what == "ERROR":
            raise APIConnectionError("the mind is away", retryable=False)
        elif what == "CRASH":
            raise ValueError("a bug in the plugin")
        elif what == "STALL":
            self._say("I can tell you that,")
            await asyncio.sleep(HANG_S)
        elif isinstance(what, tuple):
            self._call(*what[1:])
        elif what != "EMPTY":
            self._say(what)

    def _say(self, text: str) -> None:
        delta = llm.ChoiceDelta(role="assistant", content=text)
        self._event_ch.send_nowait(llm.ChatChunk(id="1", delta=delta))

    def _call(self, name: str, arguments: str = "{}") -> None:
        call = llm.FunctionToolCall(name=name, arguments=arguments, call_id=utils.shortuuid("call_"))
        delta = llm.ChoiceDelta(role="assistant", tool_calls=[call])
        self._event_ch.send_nowait(llm.ChatChunk(id="1", delta=delta))


class VoiceOf(tts.TTS[Any]):
    """One second of sound an answer; ``mood``: "", "HANG", "ERROR", "CRASH", "HALF" (breaks midway)."""

    def __init__(self, mood: str = "") -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=True), sample_rate=RATE, num_channels=1)
        self.mood = mood
        self.said: list[str] = []

    @property
    def model(self) -> str:
        return "fake"

    @property
    def provider(self) -> str:
        return "fake"

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return self._synthesize_with_stream(text, conn_options=conn_options)

    def stream(self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS) -> tts.SynthesizeStream:
        return _Speaking(tts=self, conn_options=conn_options)


class _Speaking(tts.SynthesizeStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        voice: Any = self._tts
        output_emitter.initialize(request_id="1", sample_rate=RATE, num_channels=1, mime_type="audio/pcm", stream=True)
        output_emitter.start_segment(segment_id="1")
        text = "".join([item async for item in self._input_ch if isinstance(item, str)])
        voice.said.append(text)
        if voice.mood == "HANG":
            await asyncio.sleep(HANG_S)
        if voice.mood == "ERROR":
            raise APIConnectionError("the voice is away", retryable=False)
        if voice.mood == "CRASH":
            raise ValueError("a bug in the plugin")
        output_emitter.push(_sound(SPEECH_S))
        output_emitter.flush()
        if voice.mood == "HALF":
            await asyncio.sleep(0.1)
            raise APIConnectionError("the voice broke", retryable=False)


def _sound(seconds: float, level: int = VOICE_LEVEL) -> bytes:
    return level.to_bytes(2, "little", signed=True) * int(RATE * seconds)


class ReadySounds(SoundCache):
    """Every sentence that a call should have ready, each recognisable by its level, one second a clause."""

    def __init__(self) -> None:
        super().__init__(Path("/nowhere"), "fake")
        self.levels = {100 + n: text for n, text in enumerate(errors.READY_SENTENCES)}

    def find(self, text: str) -> Sound | None:
        for level, known in self.levels.items():
            if known == text:
                return Sound(text, RATE, (_sound(1.0, level),) * text.count("."))
        return None


class EarsOf(stt.STT[Any]):
    """Hears what `Caller` says when it hears at all; ``mood``: "", "DEAF" (no words), "ERROR"."""

    def __init__(self, mood: str = "") -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.mood = mood
        self.words: asyncio.Queue[str] = asyncio.Queue()

    async def _recognize_impl(self, buffer: Any, *, language: Any, conn_options: Any) -> stt.SpeechEvent:
        raise NotImplementedError

    def stream(
        self, *, language: Any = NOT_GIVEN, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> stt.RecognizeStream:
        return _Hearing(stt=self, conn_options=conn_options)


class _Hearing(stt.RecognizeStream):
    async def _run(self) -> None:
        ears: Any = self._stt
        draining = asyncio.create_task(self._drain())
        try:
            while True:
                text = await ears.words.get()
                if ears.mood == "ERROR":
                    raise APIConnectionError("recognition is away", retryable=False)
                if ears.mood != "DEAF":
                    data = stt.SpeechData(language=LanguageCode("en"), text=text, confidence=0.9)
                    event = stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[data])
                    self._event_ch.send_nowait(event)
        finally:
            await utils.aio.cancel_and_wait(draining)

    async def _drain(self) -> None:
        async for _ in self._input_ch:
            pass


class VoiceDetector(vad.VAD):
    """Says that somebody speaks when it is told so."""

    def __init__(self) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=0.05))
        self.events: asyncio.Queue[vad.VADEvent] = asyncio.Queue()

    def stream(self) -> vad.VADStream:
        return _Detecting(self)

    def tell(self, kind: vad.VADEventType, speech_s: float) -> None:
        silence_s = 0.25 if kind is vad.VADEventType.END_OF_SPEECH else 0.0
        self.events.put_nowait(
            vad.VADEvent(
                type=kind,
                samples_index=0,
                timestamp=0.0,
                speech_duration=speech_s,
                silence_duration=silence_s,
                speaking=kind is vad.VADEventType.START_OF_SPEECH,
            )
        )


class _Detecting(vad.VADStream):
    async def _main_task(self) -> None:
        detector: Any = self._vad
        draining = asyncio.create_task(self._drain())
        try:
            while True:
                self._event_ch.send_nowait(await detector.events.get())
        finally:
            await utils.aio.cancel_and_wait(draining)

    async def _drain(self) -> None:
        async for _ in self._input_ch:
            pass


class Microphone(io.AudioInput):
    """Silence, for ever; the words come through `EarsOf`."""

    def __init__(self) -> None:
        super().__init__(label="microphone")

    async def __anext__(self) -> rtc.AudioFrame:
        await asyncio.sleep(FRAME_S)
        return rtc.AudioFrame(bytes(2 * int(RATE * FRAME_S)), RATE, 1, int(RATE * FRAME_S))


@dataclass(frozen=True)
class Stretch:
    """Sound of one kind; ``what`` is a ready sentence, ANSWER, or TONE."""

    begin: float
    end: float
    what: str


class Loudspeaker(io.AudioOutput):
    """Plays at the speed of the clock; ``heard`` holds what sounded when."""

    def __init__(self) -> None:
        super().__init__(label="loudspeaker", capabilities=io.AudioOutputCapabilities(pause=False), sample_rate=RATE)
        self._levels = ReadySounds().levels | {VOICE_LEVEL: ANSWER}
        self._planned: list[Stretch] = []
        self._past: list[Stretch] = []
        self._began: float | None = None
        self._until = 0.0
        self._ending: asyncio.TimerHandle | None = None

    @property
    def heard(self) -> list[Stretch]:
        """Until now, neighbours of one kind joined."""
        now, joined = asyncio.get_running_loop().time(), list[Stretch]()
        for one in [*self._past, *(Stretch(s.begin, min(s.end, now), s.what) for s in self._planned if s.begin < now)]:
            if joined and joined[-1].what == one.what and one.begin - joined[-1].end < 0.01:
                joined[-1] = Stretch(joined[-1].begin, one.end, one.what)
            else:
                joined.append(one)
        return joined

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = self._until = now
            self.on_playback_started(created_at=time.time())
        begin = max(now, self._until)
        self._until = begin + frame.duration
        level = frame.data[len(frame.data) // 2]
        if level or frame.duration > FRAME_S / 2:  # the framework ends a segment with 10 ms of nothing
            self._planned.append(Stretch(begin, self._until, self._levels.get(level, TONE)))

    def flush(self) -> None:
        super().flush()
        if self._began is not None and self._ending is None:
            loop = asyncio.get_running_loop()
            self._ending = loop.call_at(max(loop.time(), self._until), self._finish, False)

    def clear_buffer(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        if self._began is not None:
            self._finish(interrupted=True)

    def _finish(self, interrupted: bool) -> None:
        now, began = asyncio.get_running_loop().time(), self._began or 0.0
        self._past, self._planned = self.heard, []
        self._began, self._ending = None, None
        self.on_playback_finished(playback_position=min(now, self._until) - began, interrupted=interrupted)


@dataclass
class FaultyCall:
    """One caller and one session; times are seconds of the virtual clock."""

    session: AgentSession[None]
    ears: EarsOf
    detector: VoiceDetector
    speaker: Loudspeaker

    async def speak(self, text: str, seconds: float = 1.0) -> float:
        """Say something; returns when it ended."""
        self.detector.tell(vad.VADEventType.START_OF_SPEECH, 0.05)
        await asyncio.sleep(seconds)
        ended = asyncio.get_running_loop().time()
        await asyncio.sleep(0.25)
        self.ears.words.put_nowait(text)
        self.detector.tell(vad.VADEventType.END_OF_SPEECH, seconds)
        await asyncio.sleep(0)
        return ended

    def history(self) -> list[tuple[str, str]]:
        return [(i.role, i.text_content or "") for i in self.session.history.items if i.type == "message"]


@asynccontextmanager
async def faulty_session(
    mind: MindOf,
    voice: VoiceOf | None = None,
    ears: EarsOf | None = None,
    turn_handling: TurnHandlingOptions | None = None,
    **options: Any,
) -> AsyncIterator[FaultyCall]:
    """A session that is not started yet."""
    ears, voice, detector, speaker = ears or EarsOf(), voice or VoiceOf(), VoiceDetector(), Loudspeaker()
    session: AgentSession[None] = AgentSession(
        stt=ears,
        llm=mind,
        tts=voice,
        vad=detector,
        turn_handling=turn_handling or TURNS_BY_SILENCE,
        aec_warmup_duration=None,
        user_away_timeout=None,
        **options,
    )
    session.input.audio = Microphone()
    session.output.audio = speaker
    try:
        yield FaultyCall(session, ears, detector, speaker)
    finally:
        await session.aclose()
