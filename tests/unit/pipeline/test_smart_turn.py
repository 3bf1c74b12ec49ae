"""What the acoustic end-of-turn model sees and says, held to its publisher's own code.

smart_turn_witness.npz holds, for each sound made here, every 20th column of the picture that pipecat-ai 1.14.0 computes
(`compute_whisper_log_mel_features`) and the probability its copy of the model gives for that picture.
"""

from pathlib import Path

import numpy as np
import pytest

from agent.pipeline.engines.client import EngineFailed, EngineLost
from agent.pipeline.engines.protocol import Frame
from agent.pipeline.smart_turn import OPERATION, acoustic_end
from agent.pipeline.smart_turn_engine import SmartTurn
from agent.pipeline.smart_turn_features import log_mel

WITNESS = Path(__file__).with_name("smart_turn_witness.npz")
SOUNDS_S = (0.02, 1.3, 3.0, 8.0, 11.0)


def sound(seconds: float) -> bytes:
    """Something with pitch, syllables and a hiss; the same on every machine."""
    t = np.arange(round(seconds * 16_000)) / 16_000
    voice = np.sin(2 * np.pi * 140 * t + 27 * np.sin(2 * np.pi * 1.1 * t))
    formant = 0.5 * np.sin(2 * np.pi * 900 * t) * np.sin(2 * np.pi * 3 * t)
    hiss = 0.1 * np.sin(1e5 * np.sin(np.arange(len(t)) * 12.9898))
    return ((voice + formant + hiss) * np.abs(np.sin(2 * np.pi * 2 * t)) * 6000).astype(np.int16).tobytes()


@pytest.mark.parametrize("seconds", SOUNDS_S)
def test_the_picture_of_a_sound_is_the_publishers(seconds: float) -> None:
    picture = log_mel(sound(seconds))
    assert picture.shape == (80, 800)
    assert picture.dtype == np.float32
    np.testing.assert_allclose(picture[:, ::20], np.load(WITNESS)[f"picture_{seconds}"], atol=1e-4)


def test_probabilities_are_the_publishers() -> None:
    smart_turn = SmartTurn()
    told = [smart_turn.end_probability(sound(seconds)) for seconds in SOUNDS_S]
    known = [float(np.load(WITNESS)[f"probability_{seconds}"]) for seconds in SOUNDS_S]
    assert told == pytest.approx(known, abs=0.1)  # its 8-bit weights make steps of hundredths of the last bit of input


def test_silence_and_nothing_at_all_have_a_picture() -> None:
    assert np.isfinite(log_mel(b"")).all()
    assert np.isfinite(log_mel(bytes(32_000))).all()


class Engine:
    def __init__(self, answer: Frame | Exception) -> None:
        self.answer, self.asked = answer, list[tuple[str, int]]()

    async def request(self, op: str, payload: bytes = b"") -> Frame:
        self.asked.append((op, len(payload)))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def ask(engine: Engine, pcm: bytes) -> float | None:
    return await acoustic_end(engine, pcm)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def test_only_the_last_eight_seconds_travel() -> None:
    engine = Engine(Frame({"probability": 0.7}))
    assert await ask(engine, bytes(2 * 16_000 * 20)) == 0.7
    assert engine.asked == [(OPERATION, 2 * 16_000 * 8)]


@pytest.mark.parametrize("answer", [EngineLost("away"), EngineFailed("ill"), Frame({})])
async def test_a_model_that_does_not_answer_leaves_the_decision_to_others(answer: Frame | Exception) -> None:
    assert await ask(Engine(answer), b"") is None
