"""`python -m ingest.documents.sound.moonshine_process`: the local English model, from the installed package alone.

Phrases come on stdin as four bytes of length and PCM, answers go as JSON lines: ``{"ready": true}``, then
``{"text": ...}`` each. It has no network, and ends when stdin does.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from ingest.documents.confine import confine
from ingest.documents.sound.said import SAMPLE_RATE

if TYPE_CHECKING:
    from moonshine_voice.transcriber import Transcriber

_MEMORY_BYTES = 4 * 1024**3  # of addresses; about 300 MB is really used
_LONGEST_BYTES = 60 * 2 * SAMPLE_RATE
# The audio is cut already; the library's own second cut invents words at the edges ("You").
# Eight tokens a second: with fewer, spoken digits are cut off; with many more, it loops on unclear sounds.
_OPTIONS = {"vad_threshold": "0.0", "max_tokens_per_second": "8", "return_audio_data": "false"}


def main() -> int:
    out = os.dup(1)
    os.dup2(2, 1)  # what the library prints must not get between the answers
    confine(memory_bytes=_MEMORY_BYTES, cpu_s=12 * 3600)
    from moonshine_voice.moonshine_api import ModelArch
    from moonshine_voice.transcriber import Transcriber
    from moonshine_voice.utils import get_model_path

    model = Transcriber(str(get_model_path("tiny-en")), ModelArch.TINY, options=_OPTIONS)
    os.write(out, b'{"ready": true}\n')
    while len(head := _read(4)) == 4:
        size = int.from_bytes(head, "big")
        if size > _LONGEST_BYTES:
            return 1
        os.write(out, json.dumps({"text": hear(model, _read(size))}).encode() + b"\n")
    return 0


def hear(model: Transcriber, pcm: bytes) -> str:
    """The words in 16 kHz mono 16-bit PCM; where the model gets stuck, those of the halves (tools/loops.py)."""
    import numpy as np  # when the process is confined already, as the model

    from tools.loops import heard_without_loops
    from tools.quiet import Samples

    def decode(samples: Samples) -> str:
        lines = model.transcribe_without_streaming((samples / np.float32(32768.0)).tolist(), SAMPLE_RATE).lines
        return " ".join(line.text.strip() for line in lines if line.text.strip())

    return heard_without_loops(np.frombuffer(pcm, np.int16), decode)


def _read(size: int) -> bytes:
    content = bytearray()
    while len(content) < size and (piece := os.read(0, size - len(content))):
        content += piece
    return bytes(content)


if __name__ == "__main__":
    sys.exit(main())
