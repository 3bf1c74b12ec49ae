"""The stock framework with the best settings that can simply be set: what somebody who reads the manual gets.

End-of-turn model v1-mini with 0.3 to 1.4 s, recognition of everything since the last flush when the framework asks for
it, reply and first sound made ahead. Only the framework's own parts; nothing of `agent.turns`.
"""

from __future__ import annotations

import asyncio
from typing import Any

from livekit import rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    AgentSession,
    LanguageCode,
    inference,
    llm,
    stt,
    tts,
    utils,
    vad,
)

LONGEST_S, PRE_ROLL_S = 30.0, 0.4


def simple_session(recogniser: stt.STT, mind: llm.LLM, voice: tts.TTS) -> AgentSession[None]:
    """A session of the settings above, around parts that the stock agent has too."""
    detector = inference.VAD(model="silero", min_silence_duration=0.25)
    return AgentSession(
        stt=FlushedSTT(recogniser, detector),
        vad=detector,
        llm=mind,
        tts=voice,
        turn_handling={
            "turn_detection": inference.TurnDetector(version="v1-mini"),
            "endpointing": {"mode": "fixed", "min_delay": 0.3, "max_delay": 1.4},
            "interruption": {"mode": "vad"},
            "preemptive_generation": {"enabled": True, "preemptive_tts": True},
        },
    )


class FlushedSTT(stt.STT):
    """Whole segments like the plain one, but cut when the framework says so instead of at every short silence."""

    def __init__(self, plain: stt.STT, detector: vad.VAD) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=False, manual_flush=True))
        self.plain, self.detector = plain, detector

    async def _recognize_impl(
        self, buffer: utils.AudioBuffer, *, language: Any = NOT_GIVEN, conn_options: Any
    ) -> stt.SpeechEvent:
        return await self.plain.recognize(buffer, conn_options=conn_options)

    def stream(
        self, *, language: Any = NOT_GIVEN, conn_options: Any = DEFAULT_API_CONNECT_OPTIONS
    ) -> stt.RecognizeStream:
        return FlushedStream(self, conn_options)


class FlushedStream(stt.RecognizeStream):
    def __init__(self, recogniser: FlushedSTT, conn_options: Any) -> None:
        super().__init__(stt=recogniser, conn_options=conn_options, sample_rate=16_000)
        self._recogniser, self._options = recogniser, conn_options
        self._heard = False

    async def _run(self) -> None:
        voice = self._recogniser.detector.stream()
        watch = asyncio.create_task(self._watch(voice))
        frames, seconds = list[rtc.AudioFrame](), 0.0
        try:
            async for item in self._input_ch:
                if isinstance(item, rtc.AudioFrame):
                    frames.append(item)
                    voice.push_frame(item)
                    seconds += item.duration
                    while seconds > (LONGEST_S if self._heard else PRE_ROLL_S):
                        seconds -= frames.pop(0).duration
                else:
                    segment, spoken = frames, self._heard
                    frames, seconds, self._heard = [], 0.0, False
                    self._event_ch.send_nowait(await self._recognised(segment if spoken else []))
        finally:
            await utils.aio.cancel_and_wait(watch)
            await voice.aclose()

    async def _watch(self, voice: vad.VADStream) -> None:
        async for event in voice:
            if event.type == vad.VADEventType.START_OF_SPEECH:
                self._heard = True

    async def _recognised(self, segment: list[rtc.AudioFrame]) -> stt.SpeechEvent:
        """A final transcript, empty when nothing was said: a flush wants an answer."""
        if segment:
            event = await self._recogniser.plain.recognize(segment, conn_options=self._options)
            if event.alternatives:
                return event
        nothing = stt.SpeechData(language=LanguageCode("en"), text="")
        return stt.SpeechEvent(type=stt.SpeechEventType.FINAL_TRANSCRIPT, alternatives=[nothing])
