"""The speech recognition process: Moonshine tiny for English from the installed package, never from the network.

Request `transcribe` with 16 kHz mono 16-bit PCM as payload (up to about 30 s); answer `{"text": ...}`.
"""

import os
from collections.abc import Iterator
from queue import SimpleQueue

import numpy as np
from moonshine_voice.moonshine_api import ModelArch
from moonshine_voice.transcriber import Transcriber
from moonshine_voice.utils import get_model_path

from agent.pipeline.engines.protocol import Frame
from agent.pipeline.engines.server import Handler, run_engine

SAMPLE_RATE = 16_000
# The caller's own voice detection cuts the audio; the library's second cut invents words at the edges ("You").
# Eight tokens a second: with fewer, spoken digits are cut off; with many more, it loops on unclear sounds.
OPTIONS = {"vad_threshold": "0.0", "max_tokens_per_second": "8", "return_audio_data": "false"}
WORKERS = max(1, min(4, os.cpu_count() or 2))


def load() -> Handler:
    """One transcriber per thread (it is not re-entrant), each warmed with a second of silence."""
    idle: SimpleQueue[Transcriber] = SimpleQueue()
    for _ in range(WORKERS):
        transcriber = Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY, options=OPTIONS)
        transcriber.transcribe_without_streaming([0.0] * SAMPLE_RATE, SAMPLE_RATE)
        idle.put(transcriber)

    def handle(request: Frame) -> Iterator[Frame]:
        if request.header.get("op") != "transcribe":
            raise ValueError(f"unknown request {request.header.get('op')!r}")
        samples = np.frombuffer(request.payload, np.int16).astype(np.float32) / 32768.0
        transcriber = idle.get()
        try:
            lines = transcriber.transcribe_without_streaming(samples.tolist(), SAMPLE_RATE).lines
        finally:
            idle.put(transcriber)
        yield Frame({"text": " ".join(line.text.strip() for line in lines if line.text.strip())})

    return handle


if __name__ == "__main__":
    run_engine(load, WORKERS)
