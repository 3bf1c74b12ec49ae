"""Piper as the framework's voice: `PiperTTS`, 22,050 Hz. The model lives in piper_engine.py, behind a socket.

Speaks the first clause while the rest of the answer is still being written. Being interrupted withdraws the request,
so the engine stops at the next clause. No sound for the connection's timeout is an APITimeoutError.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any

from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    APIConnectionError,
    APIConnectOptions,
    APITimeoutError,
    tts,
    utils,
)

from agent.pipeline.clause_sounds import ClauseSounds
from agent.pipeline.clauses import ClauseCutter
from agent.pipeline.engines.client import EngineClient, EngineFailed, EngineLost

SAMPLE_RATE = 22_050
FIRST, LATER = 0, 1
ATTEMPTS, PAUSE_S = 3, 0.05  # a dying engine still takes connections for a moment
_SOMETHING_TO_SAY = re.compile(r"\w")
_BREATH = bytes(2 * SAMPLE_RATE // 10)  # 100 ms of silence, for text that has no sound


class PiperTTS(tts.TTS[Any]):
    """American English text to speech on this machine. `speed` 1.0 is the voice's own."""

    def __init__(self, engine: EngineClient, *, speed: float = 1.0) -> None:
        super().__init__(capabilities=tts.TTSCapabilities(streaming=True), sample_rate=SAMPLE_RATE, num_channels=1)
        self.engine = engine
        self.speed = speed
        self.ahead = ClauseSounds(engine)

    @property
    def model(self) -> str:
        return "en_US-joe-medium"

    @property
    def provider(self) -> str:
        return "piper"

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        return self._synthesize_with_stream(text, conn_options=conn_options)

    def stream(self, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS) -> tts.SynthesizeStream:
        return PiperStream(self, conn_options)

    def prepare(self, draft: str, clause: str) -> None:
        """Make the first clause of an answer that may never be given: after all that is waited for."""
        if _SOMETHING_TO_SAY.search(clause):
            self.ahead.begin(draft, clause, self.speed)

    async def aclose(self) -> None:
        self.ahead.close()
        await self.engine.aclose()


class PiperStream(tts.SynthesizeStream):
    """One answer: clauses are cut from the text as it comes and spoken in order."""

    def __init__(self, voice: PiperTTS, conn_options: APIConnectOptions) -> None:
        super().__init__(tts=voice, conn_options=conn_options)
        self._voice = voice

    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        output_emitter.initialize(
            request_id=utils.shortuuid(),
            sample_rate=SAMPLE_RATE,
            num_channels=1,
            mime_type="audio/pcm",
            stream=True,
        )
        output_emitter.start_segment(segment_id=utils.shortuuid())
        clauses: asyncio.Queue[str | None] = asyncio.Queue()
        cutting = asyncio.create_task(self._cut(clauses))
        try:
            priority = FIRST
            while (clause := await clauses.get()) is not None:
                self._mark_started()
                await self._speak(clause, priority, output_emitter)
                priority = LATER
            await cutting
        finally:
            await utils.aio.cancel_and_wait(cutting)

    async def _cut(self, clauses: asyncio.Queue[str | None]) -> None:
        cutter = ClauseCutter()
        try:
            async for item in self._input_ch:
                for clause in cutter.push(item) if isinstance(item, str) else cutter.flush():
                    clauses.put_nowait(clause)
            for clause in cutter.flush():
                clauses.put_nowait(clause)
        finally:
            clauses.put_nowait(None)

    async def _speak(self, clause: str, priority: int, output: tts.AudioEmitter) -> None:
        """Pushes the clause's audio. An engine that died before its first sound is asked again."""
        pushed = False
        if _SOMETHING_TO_SAY.search(clause):
            for attempt in range(ATTEMPTS):
                try:
                    async for pcm in self._sound(clause, priority):
                        output.push(pcm)
                        pushed = True
                    break
                except EngineLost as lost:
                    if pushed or attempt + 1 == ATTEMPTS:
                        raise APIConnectionError("the local voice is away") from lost
                    await asyncio.sleep(PAUSE_S)
                except EngineFailed as failed:
                    raise APIConnectionError(f"the local voice failed: {failed}") from failed
        if not pushed:
            output.push(_BREATH)
        output.flush()

    async def _sound(self, clause: str, priority: int) -> AsyncIterator[bytes]:
        """The clause's PCM as it is made; each piece, the first too, has the connection's timeout to come."""
        timeout_s = self._conn_options.timeout
        voice = self._voice
        stream = (voice.ahead.take(clause, voice.speed) if priority == FIRST else None) or voice.engine.stream(
            "synthesize", text=clause, speed=voice.speed, priority=priority
        )
        async with contextlib.aclosing(stream) as pieces:
            while True:
                try:
                    async with asyncio.timeout(timeout_s):
                        piece = await anext(pieces, None)
                except TimeoutError as late:
                    raise APITimeoutError(f"the local voice gave no sound for {timeout_s:.0f} s") from late
                if piece is None:
                    return
                yield piece.payload
