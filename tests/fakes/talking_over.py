"""A whole session in which everybody does what a test says: caller, ears, voice and mind; real time, no room.

For who speaks when both do: ``agent/behaviors/floor.py`` is attached as in a call.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    Agent,
    AgentSession,
    APIConnectOptions,
    LanguageCode,
    llm,
    stt,
    tts,
    utils,
    vad,
)
from livekit.agents.voice import io

from agent.behaviors import floor
from agent.pipeline.build import NEVER_WORDS

RATE = 16_000
WORD_S = 0.1  # the scripted voice takes so long for each word
OPENING = "Good day and welcome " + "to our house " * 20


class Microphone(io.AudioInput):
    def __init__(self) -> None:
        super().__init__(label="microphone")
        self.frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue()

    async def __anext__(self) -> rtc.AudioFrame:
        return await self.frames.get()


class Loudspeaker(io.AudioOutput):
    """Hears what is said as soon as it is handed over."""

    def __init__(self) -> None:
        super().__init__(label="loudspeaker", capabilities=io.AudioOutputCapabilities(pause=True), sample_rate=RATE)
        self.level, self.heard_s, self.news = 0.0, 0.0, asyncio.Event()
        self.finished: list[io.PlaybackFinishedEvent] = []
        self.on("playback_finished", self.finished.append)

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if not self.heard_s:
            self.on_playback_started(created_at=0.0)
        self.heard_s += frame.duration
        self.level = float(np.frombuffer(frame.data, np.int16)[-1])
        self.news.set()

    def flush(self) -> None:
        super().flush()
        self._finish(interrupted=False)

    def clear_buffer(self) -> None:
        self._finish(interrupted=True)

    def _finish(self, *, interrupted: bool) -> None:
        if self.heard_s:
            heard_s, self.heard_s = self.heard_s, 0.0
            self.on_playback_finished(playback_position=heard_s, interrupted=interrupted)


class Ears(vad.VAD):
    """Reports the voice it is told to."""

    def __init__(self) -> None:
        super().__init__(capabilities=vad.VADCapabilities(update_interval=0.1))
        self.streams: list[EarsStream] = []

    def stream(self) -> vad.VADStream:
        self.streams.append(EarsStream(self))
        return self.streams[-1]

    def tell(self, kind: vad.VADEventType) -> None:
        event = vad.VADEvent(type=kind, samples_index=0, timestamp=0.0, speech_duration=0.1, silence_duration=0.1)
        self.streams[-1].tell(event)


class EarsStream(vad.VADStream):
    def tell(self, event: vad.VADEvent) -> None:
        self._event_ch.send_nowait(event)

    async def _main_task(self) -> None:
        async for _ in self._input_ch:
            pass


class Scribe(stt.STT):
    """Recognises what it is told to."""

    def __init__(self) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self.streams: list[ScribeStream] = []

    async def _recognize_impl(self, *_: Any, **__: Any) -> stt.SpeechEvent:
        raise NotImplementedError

    def stream(
        self, *, language: Any = NOT_GIVEN, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> stt.RecognizeStream:
        self.streams.append(ScribeStream(stt=self, conn_options=conn_options))
        return self.streams[-1]

    def tell(self, text: str, *, final: bool = False) -> None:
        kind = stt.SpeechEventType.FINAL_TRANSCRIPT if final else stt.SpeechEventType.INTERIM_TRANSCRIPT
        data = stt.SpeechData(language=LanguageCode("en"), text=text, confidence=1.0)
        self.streams[-1].tell(stt.SpeechEvent(type=kind, request_id=utils.shortuuid(), alternatives=[data]))


class ScribeStream(stt.RecognizeStream):
    def tell(self, event: stt.SpeechEvent) -> None:
        self._event_ch.send_nowait(event)

    async def _run(self) -> None:
        async for _ in self._input_ch:
            pass


class Voice(tts.TTS):
    """A steady tone, WORD_S long for each word, there at once."""

    def __init__(self) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=RATE, num_channels=1)

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return VoiceStream(tts=self, input_text=text, conn_options=conn_options)


class VoiceStream(tts.ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(request_id="1", sample_rate=RATE, num_channels=1, mime_type="audio/pcm")
        count = round(RATE * WORD_S * len(self._input_text.split()))
        output_emitter.push(np.full(count, 10_000, np.int16).tobytes())
        output_emitter.flush()


class Mind(llm.LLM[Any]):
    """Answers when it is ``ready``, which it is until told otherwise; ``asked`` counts its answers."""

    def __init__(self) -> None:
        super().__init__()
        self.ready, self.asked = asyncio.Event(), 0
        self.ready.set()

    def chat(self, *, chat_ctx: llm.ChatContext, tools: Any = None, **_: Any) -> llm.LLMStream:
        return MindStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=DEFAULT_API_CONNECT_OPTIONS)


class MindStream(llm.LLMStream):
    async def _run(self) -> None:
        mind: Any = self._llm
        mind.asked += 1
        await mind.ready.wait()
        delta = llm.ChoiceDelta(role="assistant", content="Certainly, as you wish.")
        self._event_ch.send_nowait(llm.ChatChunk(id="1", delta=delta))


class Call:
    """The session, and a caller who does what a test says."""

    def __init__(self, session: AgentSession[None], detector: Any = None) -> None:
        self.session = session
        self.microphone, self.loudspeaker = Microphone(), Loudspeaker()
        session.input.audio, session.output.audio = self.microphone, self.loudspeaker
        self.ears, self.scribe = session.vad, session.stt
        assert isinstance(self.ears, Ears)
        assert isinstance(self.scribe, Scribe)
        assert isinstance(session.llm, Mind)
        self.mind = session.llm
        self.fillers: list[Any] = []
        self.floor = floor.attach(session, detector, lambda speech: speech in self.fillers)
        session.output.transcription = self.floor.spoken
        self.turns: list[str] = []
        self.changed = asyncio.Event()
        for name in ("conversation_item_added", "agent_state_changed", "user_state_changed", "user_input_transcribed"):
            session.on(name, lambda _: self.changed.set())  # pyright: ignore[reportArgumentType]
        session.on("conversation_item_added", lambda event: self._note(event.item))

    def _note(self, item: Any) -> None:
        if item.type == "message" and item.role == "user":
            self.turns.append(item.text_content or "")

    async def begins(self) -> None:
        """Start a sound; returns when the session knows."""
        self.ears.tell(vad.VADEventType.START_OF_SPEECH)
        await self.until(lambda: self.session.user_state == "speaking")

    async def ends(self) -> None:
        self.ears.tell(vad.VADEventType.END_OF_SPEECH)
        await self.until(lambda: self.session.user_state == "listening")

    async def says(self, text: str, *, final: bool = False) -> None:
        self.changed.clear()
        self.scribe.tell(text, final=final)
        await self.changed.wait()

    async def sounds(self, loudness: int, seconds: float) -> None:
        """So much sound reaches the microphone; returns when all of it was taken."""
        for _ in range(round(seconds / 0.05)):
            samples = (np.sin(np.arange(RATE // 20)) * loudness).astype(np.int16)
            self.microphone.frames.put_nowait(rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples)))
        await self.until(self.microphone.frames.empty)

    async def asks(self, text: str) -> None:
        """A turn of the caller, from its first sound to its end."""
        await self.begins()
        await self.says(text)
        await self.ends()
        await self.says(text, final=True)
        await self.until(lambda: text in self.turns)

    async def is_heard(self, matches: Callable[[float], bool]) -> None:
        """Until the assistant's voice is as loud as said, from now on."""
        self.loudspeaker.level = 5_000
        await self.until(lambda: matches(self.loudspeaker.level))

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                self.changed.clear()
                self.loudspeaker.news.clear()
                waits = [asyncio.create_task(event.wait()) for event in (self.changed, self.loudspeaker.news)]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED, timeout=0.05)
                for wait in waits:
                    wait.cancel()


def new_session() -> AgentSession[None]:
    return AgentSession(
        stt=Scribe(),
        vad=Ears(),
        llm=Mind(),
        tts=Voice(),
        turn_handling={
            "turn_detection": "vad",
            "endpointing": {"mode": "fixed", "min_delay": 0.05, "max_delay": 0.1},
            "interruption": {"mode": "vad", "min_words": NEVER_WORDS, "resume_false_interruption": False},
        },
        aec_warmup_duration=None,
    )


async def opening(call: Call) -> None:
    await call.session.start(Agent(instructions="Answer."))
    call.session.say(OPENING)
    await call.is_heard(lambda level: level > 9_000)
