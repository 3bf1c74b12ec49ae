"""A clause made ahead is spoken from what was made; one that is not said is withdrawn, and never in anybody's way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from agent.behaviors.ahead import first_clause
from agent.pipeline.clause_sounds import ClauseSounds
from agent.pipeline.engines.client import EngineClient, EngineFailed
from agent.pipeline.engines.protocol import Frame
from agent.pipeline.engines.server import serve
from agent.pipeline.speakable import speaking


class Voice:
    """An engine that says what it was asked for as bytes; "wait" holds its only thread until the gate opens."""

    def __init__(self) -> None:
        self.gate, self.started = threading.Event(), threading.Event()
        self.spoken: list[str] = []

    def handle(self, request: Frame) -> Iterator[Frame]:
        text = str(request.header["text"])
        self.spoken.append(text)
        self.started.set()
        if text == "wait":
            self.gate.wait(10)
        if text == "broken":
            raise ValueError("no such voice")
        yield Frame({}, text.encode())


@pytest.fixture
def voice() -> Iterator[Voice]:
    voice = Voice()
    yield voice
    voice.gate.set()


@pytest.fixture
async def engine(voice: Voice, tmp_path: Path) -> AsyncIterator[EngineClient]:
    server = await serve(str(tmp_path / "v.sock"), voice.handle, workers=1)
    client = EngineClient(tmp_path / "v.sock")
    yield client
    voice.gate.set()
    await client.aclose()
    server.close()


@pytest.fixture
async def sounds(engine: EngineClient) -> AsyncIterator[ClauseSounds]:
    sounds = ClauseSounds(engine)
    yield sounds
    sounds.close()


async def heard(sounds: ClauseSounds, text: str, speed: float = 1.0) -> bytes | None:
    pieces = sounds.take(text, speed)
    return None if pieces is None else b"".join([piece.payload async for piece in pieces])


async def said(engine: EngineClient, text: str, priority: int) -> bytes:
    return (await engine.request("synthesize", text=text, speed=1.0, priority=priority)).payload


async def test_the_clause_is_taken_once(sounds: ClauseSounds, voice: Voice) -> None:
    sounds.begin("draft", "Hello,", 1.0)
    assert await heard(sounds, "Hello,") == b"Hello,"
    assert await heard(sounds, "Hello,") is None
    assert voice.spoken == ["Hello,"]


async def test_other_words_or_another_speed_are_not_taken_from_it(sounds: ClauseSounds) -> None:
    sounds.begin("draft", "Hello,", 1.0)
    assert await heard(sounds, "Goodbye,") is None
    assert await heard(sounds, "Hello,", speed=1.2) is None


async def test_a_discarded_clause_is_withdrawn_before_it_is_made(
    sounds: ClauseSounds, engine: EngineClient, voice: Voice
) -> None:
    busy = asyncio.create_task(said(engine, "wait", 0))
    await asyncio.to_thread(voice.started.wait, 5)
    sounds.begin("draft", "Hello,", 1.0)
    await engine.request("ping")  # the request has arrived
    sounds.discard("another draft")
    sounds.discard("draft")
    await engine.request("ping")
    voice.gate.set()
    await busy
    assert await said(engine, "last", 9) == b"last"
    assert voice.spoken == ["wait", "last"]
    assert await heard(sounds, "Hello,") is None


async def test_it_comes_after_all_that_is_waited_for_until_it_is_waited_for_itself(
    sounds: ClauseSounds, engine: EngineClient, voice: Voice
) -> None:
    busy = asyncio.create_task(said(engine, "wait", 0))
    await asyncio.to_thread(voice.started.wait, 5)
    sounds.begin("draft", "Hello,", 1.0)
    await engine.request("ping")
    later = asyncio.create_task(said(engine, "later", 1))
    await engine.request("ping")
    needed = asyncio.create_task(heard(sounds, "Hello,"))
    await engine.request("ping")
    voice.gate.set()
    assert await needed == b"Hello,"
    await asyncio.gather(busy, later)
    assert voice.spoken == ["wait", "Hello,", "later"]


async def test_the_same_clause_for_the_next_draft_is_not_made_again(sounds: ClauseSounds, voice: Voice) -> None:
    sounds.begin("draft", "Hello,", 1.0)
    sounds.begin("next", "Hello,", 1.0)
    sounds.discard("draft")
    assert await heard(sounds, "Hello,") == b"Hello,"
    assert voice.spoken == ["Hello,"]


async def test_what_the_engine_says_against_it_is_raised_where_it_is_spoken(sounds: ClauseSounds) -> None:
    sounds.begin("draft", "broken", 1.0)
    with pytest.raises(EngineFailed):
        await heard(sounds, "broken")


async def test_the_first_clause_is_the_one_that_is_spoken() -> None:
    say = 'According to the *Harbour House* handbook, page 2: "Breakfast is from 7:30."'
    assert await first_clause(say, [speaking()]) == "According to the Harbour House handbook,"
    assert await first_clause("Goodbye.", [speaking()]) == "Goodbye."
    assert await first_clause("", []) == ""
