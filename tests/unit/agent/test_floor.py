"""A whole session, caller and engines scripted: who speaks over the assistant is heard, and rightly answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar

import numpy as np
import pytest
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
from agent.turns.interruption import Overlap, Verdict

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
    def chat(self, *, chat_ctx: llm.ChatContext, tools: Any = None, **_: Any) -> llm.LLMStream:
        return MindStream(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=DEFAULT_API_CONNECT_OPTIONS)


class MindStream(llm.LLMStream):
    async def _run(self) -> None:
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
        self.floor = floor.attach(session, detector)
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


@pytest.fixture
async def call() -> AsyncIterator[Call]:
    async with new_session() as session:
        call = Call(session)
        await opening(call)
        yield call


def new_session() -> AgentSession[None]:
    return AgentSession(
        stt=Scribe(),
        vad=Ears(),
        llm=Mind(),
        tts=Voice(),
        turn_handling={
            "turn_detection": "vad",
            "endpointing": {"mode": "fixed", "min_delay": 0.05, "max_delay": 0.1},
            "interruption": {"mode": "vad", "min_words": NEVER_WORDS, "resume_false_interruption": True},
        },
        aec_warmup_duration=None,
    )


async def opening(call: Call) -> None:
    await call.session.start(Agent(instructions="Answer."))
    call.session.say(OPENING)
    await call.is_heard(lambda level: level > 9_000)


async def test_at_the_first_sound_the_assistant_is_turned_down(call: Call) -> None:
    await call.begins()
    await call.is_heard(lambda level: level < 3_000)
    assert call.session.agent_state == "speaking"


async def test_after_a_sign_of_listening_it_goes_on_and_the_words_are_in_no_turn(call: Call) -> None:
    speech = call.session.current_speech
    await call.begins()
    await call.is_heard(lambda level: level < 3_000)
    await call.says("Mm-hmm.")
    await call.is_heard(lambda level: level > 9_000)
    await call.ends()
    streams = len(call.scribe.streams)
    await call.says("Mm-hmm.", final=True)
    await call.until(lambda: len(call.scribe.streams) > streams)  # a recogniser that remembers nothing of it
    assert call.session.current_speech is speech
    assert speech is not None
    assert not speech.interrupted
    await call.begins()
    await call.says("Wait, what about Friday?")
    await call.ends()
    await call.says("Wait, what about Friday?", final=True)
    await call.until(lambda: bool(call.turns))
    assert call.turns == ["Wait, what about Friday?"]


async def test_who_wants_to_speak_stops_it_with_the_first_words_and_is_answered(call: Call) -> None:
    speech = call.session.current_speech
    await call.begins()
    await call.says("Stop")
    await call.until(lambda: speech is not None and speech.interrupted)
    await call.until(lambda: call.session.agent_state == "listening")
    await call.ends()
    await call.says("Stop, I need a table.", final=True)
    await call.until(lambda: len(call.session.history.messages()) >= 3)
    said = [message.text_content or "" for message in call.session.history.messages()]
    assert said[1:] == ["Stop, I need a table.", "Certainly, as you wish."]
    assert call.session.history.messages()[0].interrupted


async def test_what_was_not_heard_is_not_in_the_conversation(call: Call) -> None:
    await call.begins()
    await call.says("Stop")
    await call.until(lambda: bool(call.loudspeaker.finished))
    heard_s = call.loudspeaker.finished[0].playback_position
    assert 0 < heard_s < WORD_S * len(OPENING.split())


async def test_a_yes_to_the_question_being_asked_is_an_answer(call: Call) -> None:
    await call.floor.spoken.capture_text("Thursday at three. Shall I book")
    await call.begins()
    await call.says("Yes")
    await call.ends()
    await call.says("Yes.", final=True)
    await call.until(lambda: call.turns == ["Yes."])


async def test_a_cough_turns_it_down_for_a_moment_only(call: Call) -> None:
    speech = call.session.current_speech
    await call.begins()
    await call.is_heard(lambda level: level < 3_000)
    await call.sounds(8_000, 0.2)
    await call.sounds(0, 0.3)
    await call.is_heard(lambda level: level > 9_000)
    await call.ends()
    assert speech is not None
    assert not speech.interrupted


async def test_somebody_far_quieter_than_the_caller_is_not_listened_to() -> None:
    async with new_session() as session:
        call = Call(session)
        await session.start(Agent(instructions="Answer."))
        session.say("Hello.")  # takes its place at the microphone
        await call.until(lambda: session.agent_state == "listening" and bool(call.loudspeaker.finished))
        await call.begins()
        await call.sounds(12_000, 1.0)
        await call.sounds(0, 0.5)
        await call.ends()
        speech = session.say(OPENING)
        await call.is_heard(lambda level: level > 9_000)
        await call.begins()
        await call.sounds(1_000, 0.6)
        await call.says("Did you feed the dog")
        await call.is_heard(lambda level: level > 9_000)
        assert not speech.interrupted


async def test_a_turn_that_ends_just_as_the_assistant_begins_to_announce_something_is_answered() -> None:
    async with new_session() as session:
        call = Call(session)
        await session.start(Agent(instructions="Answer."))
        session.say("Hello.")
        await call.until(lambda: session.agent_state == "listening" and bool(call.loudspeaker.finished))
        await call.begins()
        await call.says("A table for", final=True)
        speech = session.say(OPENING)
        await call.ends()
        await call.sounds(0, 0.1)
        await call.until(lambda: speech.interrupted)
        await call.until(lambda: call.turns == ["A table for"])


async def test_another_detector_is_asked_instead() -> None:
    class Stubborn:
        asked: ClassVar[list[Overlap]] = []

        def decide(self, overlap: Overlap) -> Verdict:
            self.asked.append(overlap)
            return "go_on"

    async with new_session() as session:
        call = Call(session, Stubborn())
        await opening(call)
        speech = session.current_speech
        await call.begins()
        await call.says("Stop, stop, stop")
        assert speech is not None
        assert not speech.interrupted
        assert Stubborn.asked[-1].words == "Stop, stop, stop"
        assert Stubborn.asked[-1].speaking


async def test_in_noise_that_never_ends_an_okay_after_the_assistant_is_a_turn() -> None:
    async with new_session() as session:
        call = Call(session)
        await session.start(Agent(instructions="Answer."))
        speech = session.say("Hello and good day to you all.")
        await call.is_heard(lambda level: level > 9_000)
        await call.begins()
        await call.sounds(1_000, 1.0)
        await call.until(speech.done)
        await call.sounds(1_000, 2.0)
        await call.says("Okay.", final=True)
        await call.ends()
        await call.until(lambda: call.turns == ["Okay."])
