"""The speech recognition process: Moonshine tiny for English from the installed package, never from the network.

Request `transcribe` with 16 kHz mono 16-bit PCM as payload (up to about 30 s); answer `{"text": ...}`.
Request `end_of_turn` with the same (the last 8 s count); answer `{"probability": ...}` that the caller has finished.
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
from agent.pipeline.smart_turn import OPERATION as END_OF_TURN
from agent.pipeline.smart_turn_engine import SmartTurn
from tools.loops import heard_without_loops
from tools.quiet import SAMPLE_RATE, Samples

# The caller's own voice detection cuts the audio; the library's second cut invents words at the edges ("You").
# Eight tokens a second: with fewer, spoken digits are cut off; with many more, it loops on unclear sounds.
OPTIONS = {"vad_threshold": "0.0", "max_tokens_per_second": "8", "return_audio_data": "false"}
WORKERS = max(1, min(4, os.cpu_count() or 2))
# The library's own threads wait by spinning: an answer costs more than twice the work, and on busy cores six times the
# time. Our workers are the threads. Read by the library when it loads a model.
ONE_THREAD = "MOONSHINE_ORT_SINGLE_THREAD"


def load() -> Handler:
    """One transcriber per thread (it is not re-entrant), each warmed with a second of silence; one acoustic model."""
    os.environ.setdefault(ONE_THREAD, "1")
    idle: SimpleQueue[Transcriber] = SimpleQueue()
    for _ in range(WORKERS):
        transcriber = Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY, options=OPTIONS)
        transcriber.transcribe_without_streaming([0.0] * SAMPLE_RATE, SAMPLE_RATE)
        idle.put(transcriber)

    smart_turn = SmartTurn()

    def handle(request: Frame) -> Iterator[Frame]:
        match request.header.get("op"):
            case "transcribe":
                yield Frame({"text": recognised(request.payload)})
            case op if op == END_OF_TURN:
                yield Frame({"probability": smart_turn.end_probability(request.payload)})
            case op:
                raise ValueError(f"unknown request {op!r}")

    def recognised(pcm: bytes) -> str:
        transcriber = idle.get()
        try:
            return transcribe(transcriber, pcm)
        finally:
            idle.put(transcriber)

    return handle


def transcribe(transcriber: Transcriber, pcm: bytes) -> str:
    """The words in 16 kHz mono 16-bit PCM; where the model gets stuck, those of the halves (tools/loops.py)."""

    def decode(samples: Samples) -> str:
        lines = transcriber.transcribe_without_streaming((samples / np.float32(32768.0)).tolist(), SAMPLE_RATE).lines
        return " ".join(line.text.strip() for line in lines if line.text.strip())

    return heard_without_loops(np.frombuffer(pcm, np.int16), decode)


if __name__ == "__main__":
    run_engine(load, WORKERS, own_threads=(END_OF_TURN,))
