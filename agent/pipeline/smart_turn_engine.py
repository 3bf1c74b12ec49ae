"""The acoustic end-of-turn model, Smart Turn v3.2, inside the speech recognition process. From the package's own file.

One thread: requests that wait are run one after the other, because a batch of n takes n times as long on a processor
and the first answer would come with the last.
"""

from pathlib import Path

import numpy as np
import onnxruntime

from agent.pipeline.smart_turn_features import log_mel

MODEL = Path(__file__).with_name("models") / "smart-turn-v3.2-cpu.onnx"


class SmartTurn:
    """Loads and warms the model. Call `end_probability` from one thread at a time."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
        self.end_probability(b"")

    def end_probability(self, pcm: bytes) -> float:
        """How likely, by its sound alone, the turn in 16 kHz mono 16-bit PCM (the last 8 s count) is over: 0 to 1."""
        (answer,) = self._session.run(None, {"input_features": log_mel(pcm)[None]})
        return float(np.asarray(answer)[0, 0])
