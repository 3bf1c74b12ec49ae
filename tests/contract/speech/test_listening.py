"""Moonshine on live audio: partials while speaking, a final at once on a flush, and no word lost whatever happens."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc
from livekit.agents import stt, vad

from agent.pipeline.engines.client import EngineClient
from agent.pipeline.engines.protocol import Frame
from agent.pipeline.engines.supervisor import EngineSupervisor, Patience, socket_path
from agent.pipeline.listening import MoonshineStream
from agent.pipeline.moonshine import MoonshineSTT
from agent.turns.finished import is_finished
from store.errors import Unavailable
from tests.contract.speech.conftest import Say, silence, slices

FINAL, INTERIM, PREFLIGHT = (
    stt.SpeechEventType.FINAL_TRANSCRIPT,
    stt.SpeechEventType.INTERIM_TRANSCRIPT,
    stt.SpeechEventType.PREFLIGHT_TRANSCRIPT,
)


async def speak(stream: stt.RecognizeStream, *frames: rtc.AudioFrame, pace: float = 1.0) -> None:
    """Pushes audio as a microphone does, `pace` times as fast as life."""
    clock = asyncio.get_running_loop().time
    due = clock()
    for piece in slices(*frames):
        stream.push_frame(piece)
        due += piece.duration / pace
        await asyncio.sleep(max(0.0, due - clock()))


def words(event: stt.SpeechEvent) -> str:
    return event.alternatives[0].text.lower()


async def next_final(stream: stt.RecognizeStream) -> tuple[str, list[stt.SpeechEvent]]:
    """The next final transcript and the events that came before it."""
    before: list[stt.SpeechEvent] = []
    async with asyncio.timeout(30):
        async for event in stream:
            if event.type == FINAL:
                return words(event), before
            before.append(event)
    raise AssertionError("the stream ended")


async def test_words_appear_while_the_caller_speaks_and_are_final_at_the_flush(
    moonshine: MoonshineSTT, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    request = moonshine.engine.request

    async def counted(op: str, payload: bytes = b"", **parameters: Any) -> Frame:
        asked.append(op)
        return await request(op, payload, **parameters)

    monkeypatch.setattr(moonshine.engine, "request", counted)
    async with moonshine.stream() as stream:
        await speak(stream, silence(0.3), await say("Do you have a swimming pool for the children?"), silence(0.5))
        kinds: list[stt.SpeechEventType] = []
        async with asyncio.timeout(20):
            async for event in stream:
                kinds.append(event.type)
                if event.type == PREFLIGHT and "children" in words(event):
                    break
        recognised = len(asked)
        stream.flush()
        text, _ = await next_final(stream)
    assert "pool" in text
    assert INTERIM in kinds
    assert len(asked) == recognised  # only silence came since: nothing to recognise again


async def test_an_unfinished_sentence_prepares_no_reply_and_loses_its_full_stop(
    moonshine: MoonshineSTT, say: Say
) -> None:
    async with moonshine.stream() as stream:
        await speak(stream, silence(0.3), await say("We will arrive on Monday and"), silence(0.6))
        stream.flush()
        text, before = await next_final(stream)
        assert not any(event.type == PREFLIGHT for event in before)
        assert not text.endswith(".")
        await speak(stream, await say("we will leave again on Friday."), silence(0.6))
        stream.flush()
        rest, _ = await next_final(stream)
    assert "monday" in text
    assert "friday" in rest
    assert "monday" not in rest


async def test_a_flush_without_speech_is_answered_with_nothing(moonshine: MoonshineSTT) -> None:
    async with moonshine.stream() as stream:
        await speak(stream, silence(1.0), pace=4)
        stream.flush()
        assert await next_final(stream) == ("", [])


async def test_open_words_become_final_when_the_turn_detector_wants_them(moonshine: MoonshineSTT, say: Say) -> None:
    async with moonshine.stream() as stream:
        await speak(stream, silence(0.3), await say("Please cancel my appointment."), silence(0.5))
        assert moonshine.open_words.heard
        assert moonshine.open_words.finalise is not None
        moonshine.open_words.finalise()
        text, _ = await next_final(stream)
    assert "appointment" in text
    assert not moonshine.open_words.heard


async def test_a_long_monologue_keeps_its_beginning_and_its_end(moonshine: MoonshineSTT, say: Say) -> None:
    middle = await say("We walked along the river for many hours and talked about the weather and about our families.")
    async with moonshine.stream() as stream:
        await speak(stream, silence(0.3), await say("The first thing is a yellow elephant."), pace=3)
        for _ in range(6):
            await speak(stream, silence(0.1), middle, pace=3)
        await speak(stream, silence(0.1), await say("The last thing is a purple bicycle."), silence(0.5), pace=3)
        stream.flush()
        text, _ = await next_final(stream)
    assert "elephant" in text
    assert "bicycle" in text
    assert text.count("river") >= 5


async def test_without_flushes_a_pause_makes_the_words_final(
    engine_dir: Path, voice_detector: vad.VAD, say: Say
) -> None:
    recogniser = MoonshineSTT(
        EngineClient(socket_path(engine_dir, "moonshine")), voice_detector=voice_detector, manual_flush=False
    )
    async with recogniser.stream() as stream:
        await speak(stream, silence(0.3), await say("Do you have a swimming pool?"), silence(0.8))
        text, _ = await next_final(stream)
    assert "pool" in text
    await recogniser.aclose()


@pytest.fixture
async def supervisor() -> AsyncIterator[EngineSupervisor]:
    with tempfile.TemporaryDirectory(prefix="vl-") as folder:
        patience = Patience(ping_every_s=0.1, ping_s=1.5)
        async with EngineSupervisor(Path(folder), ("moonshine",), patience=patience) as supervisor:
            yield supervisor


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
async def test_an_engine_killed_or_frozen_in_mid_sentence_costs_no_words(
    supervisor: EngineSupervisor, voice_detector: vad.VAD, say: Say, blow: signal.Signals
) -> None:
    recogniser = MoonshineSTT(
        EngineClient(socket_path(supervisor.engine_dir, "moonshine")),
        voice_detector=voice_detector,
        is_finished=is_finished,
    )
    first = supervisor.pids["moonshine"]
    async with recogniser.stream() as stream:
        assert isinstance(stream, MoonshineStream)
        await speak(stream, silence(0.3), await say("Do you have a swimming pool"))
        os.kill(first, blow)
        await speak(stream, await say("for the children?"), silence(0.4))
        stream.flush()
        text, _ = await next_final(stream)
    assert "pool" in text
    assert "children" in text
    assert supervisor.pids["moonshine"] != first
    await recogniser.aclose()


async def test_a_supervisor_says_why_an_engine_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "piper.py").write_text("raise ImportError('not here')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with tempfile.TemporaryDirectory(prefix="vl-") as folder, pytest.raises(Unavailable, match="uv sync --extra local"):
        await EngineSupervisor(Path(folder), ("piper",)).start()


async def test_an_engine_ends_with_the_program_that_started_it(engine_dir: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="vl-") as folder:
        supervisor = EngineSupervisor(Path(folder), ("moonshine",))
        await supervisor.start()
        pid = supervisor.pids["moonshine"]
        await supervisor.stop()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert os.listdir(folder) == []
