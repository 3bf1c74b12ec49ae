"""A whole session on real local speech: complete turns are answered, a breath in mid-sentence cuts nobody off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import Agent, AgentSession, vad
from livekit.agents.voice import io

from agent.pipeline.build import build_pipeline
from agent.pipeline.settings import PipelineSettings
from agent.pipeline.speakable import speakable_stream
from tests.contract.speech.conftest import Say, silence, slices
from tests.contract.speech.test_language_models import Offline


class Microphone(io.AudioInput):
    def __init__(self) -> None:
        super().__init__(label="microphone")
        self.frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue()

    async def __anext__(self) -> rtc.AudioFrame:
        return await self.frames.get()

    async def play(self, *frames: rtc.AudioFrame) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        for piece in slices(*frames):
            self.frames.put_nowait(piece)
            due += piece.duration
            await asyncio.sleep(max(0.0, due - clock()))


class Loudspeaker(io.AudioOutput):
    """Plays in no time; `first_sounds` are the moments answers began."""

    def __init__(self) -> None:
        super().__init__(label="loudspeaker", capabilities=io.AudioOutputCapabilities(pause=False), sample_rate=22_050)
        self.first_sounds: list[float] = []
        self._played = 0.0

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        if self._played == 0.0:
            self.first_sounds.append(asyncio.get_running_loop().time())
            self.on_playback_started(created_at=0.0)
        self._played += frame.duration

    def flush(self) -> None:
        super().flush()
        if self._played:
            played, self._played = self._played, 0.0
            self.on_playback_finished(playback_position=played, interrupted=False)

    def clear_buffer(self) -> None:
        if self._played:
            played, self._played = self._played, 0.0
            self.on_playback_finished(playback_position=played, interrupted=True)


class Room:
    """A running session with a microphone and a loudspeaker, and what the caller said in each turn."""

    def __init__(self, session: AgentSession[Any]) -> None:
        self.microphone, self.loudspeaker = Microphone(), Loudspeaker()
        self.turns: list[str] = []
        session.input.audio, session.output.audio = self.microphone, self.loudspeaker
        session.on("conversation_item_added", lambda event: self._note(event.item))

    async def answered(self) -> None:
        """Plays silence until the agent has begun to answer."""
        async with asyncio.timeout(20):
            while not self.loudspeaker.first_sounds:
                await self.microphone.play(silence(0.1))

    def _note(self, item: Any) -> None:
        if item.type == "message" and item.role == "user":
            self.turns.append((item.text_content or "").lower())


@pytest.fixture
async def room(engine_dir: Path, voice_detector: vad.VAD) -> AsyncIterator[Room]:
    built = build_pipeline(PipelineSettings(), engine_dir=engine_dir, offline_llm=Offline, vad=voice_detector)
    async with AgentSession(
        stt=built.stt,
        llm=built.llm,
        tts=built.tts,
        vad=built.vad,
        turn_handling=built.turn_handling,
        conn_options=built.conn_options,
        tts_text_transforms=[speakable_stream],
        aec_warmup_duration=None,
    ) as session:
        room = Room(session)
        await session.start(Agent(instructions="Answer."))
        yield room
    await built.stt.aclose()
    await built.tts.aclose()


async def test_a_finished_question_is_one_turn_and_is_answered(room: Room, say: Say) -> None:
    """How fast is measured in bench/: a busy machine must not fail this."""
    await room.microphone.play(silence(0.5), await say("Do you have a swimming pool?"))
    await room.answered()
    assert len(room.turns) == 1
    assert "pool" in room.turns[0]


async def test_a_breath_in_mid_sentence_does_not_end_the_turn(room: Room, say: Say) -> None:
    first, second = await say("We will arrive on Monday and"), await say("we will leave again on Friday.")
    await room.microphone.play(silence(0.5), first, silence(0.7), second)
    await room.answered()
    assert len(room.turns) == 1
    assert "monday" in room.turns[0]
    assert "friday" in room.turns[0]
    assert len(room.loudspeaker.first_sounds) == 1
