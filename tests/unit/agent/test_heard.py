"""What passes the session's ear and voice becomes the figures of an answer, and is passed on as it is."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.llm import ChatMessage
from livekit.agents.voice import io

from agent.behaviors.heard import Heard
from agent.pipeline.ear import Ear
from agent.pipeline.output import GentleOutput
from tests.unit.pipeline.test_output import RATE, Clock, Loudspeaker, spoken

VOICE, SILENCE = 6_000, 0
ALMOST = 30  # milliseconds: a piece is shorter than two of its blocks


class Microphone(io.AudioInput):
    """Gives 50 ms of sound whenever it is asked, and the clock goes on by as much."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(label="microphone")
        self.clock, self.loudness = clock, deque[int]()

    async def __anext__(self) -> rtc.AudioFrame:
        samples = np.full(RATE // 20, self.loudness.popleft(), np.int16)
        self.clock.now_s += 0.05
        return rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples))


class Call:
    """A session's audio and events, without a session."""

    def __init__(self) -> None:
        self.clock, self.handlers = Clock(), dict[str, Any]()
        self.microphone, self.room = Microphone(self.clock), Loudspeaker(self.clock)
        self.ear = Ear(self.microphone, lambda level, duration: None)
        self.voice = GentleOutput(self.room, now=self.clock.now, sleep=self.clock.sleep)
        self.guard: Any = SimpleNamespace(bridge=SimpleNamespace(), fills=False)
        session: Any = SimpleNamespace(
            input=SimpleNamespace(audio=self.ear),
            output=SimpleNamespace(audio=self.voice),
            on=self.handlers.__setitem__,
        )
        self.heard = Heard(session, self.guard, now=self.clock.now, wall=lambda: self.clock.now() + 5000)
        self.handlers["speech_created"](SimpleNamespace())

    async def caller(self, loudness: int, seconds: float) -> None:
        self.microphone.loudness.extend([loudness] * round(seconds * 20))
        while self.microphone.loudness:
            await anext(self.ear)

    def turns(self, old: str, new: str) -> None:
        self.handlers["user_state_changed"](SimpleNamespace(old_state=old, new_state=new))

    async def asks(self) -> None:
        """A second of speech, whose end voice detection puts 0.1 s late; the turn is over after 0.4 s of silence."""
        await self.caller(SILENCE, 1.0)
        self.turns("listening", "speaking")
        await self.caller(VOICE, 1.0)
        stopped_at = self.clock.now() + 5000 + 0.1
        await self.caller(SILENCE, 0.4)
        self.turns("speaking", "listening")
        metrics: Any = {"stopped_speaking_at": stopped_at, "transcription_delay": 0.2, "end_of_turn_delay": 0.3}
        assert self.heard.figures(ChatMessage(role="user", content=["When?"], metrics=metrics)) == {}

    async def answers(self, seconds: float = 1.0) -> None:
        await self.voice.capture_frame(spoken(seconds))
        self.voice.flush()
        await self.voice.wait_for_playout()

    def figures(self, *, interrupted: bool = False) -> dict[str, float]:
        return self.heard.figures(ChatMessage(role="assistant", content=["At seven."], interrupted=interrupted))


async def test_an_answer_is_measured_from_sound_to_sound() -> None:
    call = Call()
    await call.asks()
    call.guard.bridge.on_words()
    call.clock.now_s += 0.2
    call.guard.bridge.on_voice(0.0)
    await call.answers()
    found = call.figures()
    assert found["heard"] == pytest.approx(600, abs=ALMOST)
    assert found["wait"] == pytest.approx(400, abs=ALMOST)
    assert found["to_transcript"] == pytest.approx(300, abs=ALMOST)
    assert found["to_voice"] == pytest.approx(200, abs=ALMOST)


async def test_a_filler_is_no_answer() -> None:
    call = Call()
    await call.asks()
    call.guard.fills = True
    await call.answers(0.5)
    call.guard.fills = False
    await call.answers()
    found = call.figures()
    assert found["first_sound"] == pytest.approx(400, abs=ALMOST)
    assert found["heard"] >= 900 - ALMOST


async def test_what_is_listened_to_is_passed_on_unchanged() -> None:
    call = Call()
    await call.asks()
    await call.answers(0.5)
    assert np.array_equal(call.room.heard, np.frombuffer(spoken(0.5).data, np.int16))


async def test_a_typed_turn_has_no_sound_to_measure() -> None:
    call = Call()
    call.heard.figures(ChatMessage(role="user", content=["When?"]))
    await call.answers()
    assert call.figures() == {}
