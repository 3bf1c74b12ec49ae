"""Moonshine as the framework's speech recogniser: `MoonshineSTT`. The model lives in moonshine_engine.py.

While the caller speaks it guesses and shows interim words. When the caller falls silent it recognises at once, before
anybody asks, so that the reply can be prepared and the final transcript is ready when the turn is over. See
listening.py for the order of things.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import (
    DEFAULT_API_CONNECT_OPTIONS,
    NOT_GIVEN,
    APIConnectOptions,
    LanguageCode,
    NotGivenOr,
    stt,
    utils,
    vad,
)

from agent.pipeline.engines.client import EngineClient
from agent.pipeline.listening import MoonshineStream
from agent.pipeline.recognition import transcribe_long
from agent.pipeline.utterance import SAMPLE_RATE
from agent.turns.detector import OpenWords


class MoonshineSTT(stt.STT[Any]):
    """English speech to text on this machine.

    `manual_flush=True`: the framework says when a segment is final (best, needs a turn detector or "vad").
    `manual_flush=False`: segments end by themselves after a short silence, for use as a fallback behind another STT.
    `is_finished(words)` decides whether words heard before the end are worth preparing a reply for.
    """

    def __init__(
        self,
        engine: EngineClient,
        *,
        voice_detector: vad.VAD,
        manual_flush: bool = True,
        open_words: OpenWords | None = None,
        is_finished: Callable[[str], bool] = lambda words: bool(words),
    ) -> None:
        super().__init__(
            capabilities=stt.STTCapabilities(streaming=True, interim_results=True, manual_flush=manual_flush)
        )
        self.engine = engine
        self.voice_detector = voice_detector
        self.open_words = open_words or OpenWords()
        self.is_finished = is_finished

    @property
    def model(self) -> str:
        return "moonshine-tiny-en"

    @property
    def provider(self) -> str:
        return "moonshine"

    async def _recognize_impl(
        self, buffer: utils.AudioBuffer, *, language: NotGivenOr[str] = NOT_GIVEN, conn_options: APIConnectOptions
    ) -> stt.SpeechEvent:
        frame = rtc.combine_audio_frames(buffer)
        text = await transcribe_long(self.engine, as_16khz_mono(frame), timeout_s=conn_options.timeout)
        return stt.SpeechEvent(
            type=stt.SpeechEventType.FINAL_TRANSCRIPT,
            request_id=utils.shortuuid(),
            alternatives=[stt.SpeechData(language=LanguageCode("en"), text=text, confidence=1.0 if text else 0.0)],
        )

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        return MoonshineStream(self, conn_options)

    async def aclose(self) -> None:
        await self.engine.aclose()


def as_16khz_mono(frame: rtc.AudioFrame) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """The samples of a frame of any rate and channel count."""
    samples = np.frombuffer(frame.data, np.int16)
    if frame.num_channels > 1:
        samples = samples.reshape(-1, frame.num_channels).mean(axis=1).astype(np.int16)
    if frame.sample_rate == SAMPLE_RATE:
        return samples
    resampler = rtc.AudioResampler(frame.sample_rate, SAMPLE_RATE, quality=rtc.AudioResamplerQuality.HIGH)
    mono = rtc.AudioFrame(samples.tobytes(), frame.sample_rate, 1, len(samples))
    pieces = [np.frombuffer(piece.data, np.int16) for piece in [*resampler.push(mono), *resampler.flush()]]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
