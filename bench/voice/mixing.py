"""Sound put together from sound: levels, pauses, babble, the telephone, and what people do that is no speech.

Pure: arrays and seeds in, int16 mono at 48 kHz out, the same on every run. Levels are RMS of what is spoken, without
its silence, ratios are decibels. A new kind of noise is a function of a seed here and a row in ``casting.py``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.e2e.speech import QUIET, SAMPLE_RATE, Sound, loudness, silence, trimmed

SPEECH_LEVEL = 3000.0  # every utterance is brought to it, whoever speaks
STEP = SAMPLE_RATE // 100
FADE = SAMPLE_RATE // 200
TELEPHONE_RATE = 8_000
TELEPHONE_BAND = (300.0, 3400.0)
Samples = NDArray[np.float64]


def level_of(sound: Sound) -> float:
    """RMS of the 10 ms frames in which something is heard; 0 for silence."""
    frames = loudness(sound)
    heard = frames[frames > QUIET]
    return float(np.sqrt((heard**2).mean())) if len(heard) else 0.0


def at_level(sound: Sound, level: float = SPEECH_LEVEL) -> Sound:
    """The sound so loud that its RMS is ``level``; silence stays what it is."""
    now = level_of(sound)
    return whole(sound.astype(np.float64) * (level / now)) if now else sound


def softer(sound: Sound, by_db: float) -> Sound:
    return whole(sound.astype(np.float64) * 10 ** (-by_db / 20))


def whole(samples: Samples) -> Sound:
    """Rounded and clipped to int16."""
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


def joined(parts: list[Sound], pauses_s: list[float]) -> tuple[Sound, list[tuple[float, float]]]:
    """The parts with a pause after each but the last, and from when to when (s) each pause lasts."""
    if len(pauses_s) != len(parts) - 1:
        raise ValueError(f"{len(parts)} parts have {len(parts) - 1} pauses between them, not {len(pauses_s)}.")
    pieces, spans, at = [parts[0]], list[tuple[float, float]](), len(parts[0])
    for part, pause_s in zip(parts[1:], pauses_s, strict=True):
        gap = silence(pause_s)
        spans.append((at / SAMPLE_RATE, (at + len(gap)) / SAMPLE_RATE))
        pieces += [gap, part]
        at += len(gap) + len(part)
    return np.concatenate(pieces), spans


def parted(sound: Sound, share: float, reach: float = 0.12) -> list[Sound]:
    """Cut in two at the quietest 10 ms within ``reach`` of ``share`` of its length, ends faded."""
    level = np.convolve(loudness(sound), np.ones(3) / 3, mode="same")
    first, last = (int(len(level) * min(0.95, max(0.05, share + side))) for side in (-reach, reach))
    cut = (first + int(np.argmin(level[first : last + 1]))) * STEP
    return [faded(trimmed(sound[:cut])), faded(trimmed(sound[cut:]))]


def faded(sound: Sound) -> Sound:
    """With 5 ms of rise and fall."""
    if len(sound) < 2 * FADE:
        return sound
    slope, shaped = np.linspace(0.0, 1.0, FADE), sound.astype(np.float64)
    shaped[:FADE] *= slope
    shaped[-FADE:] *= slope[::-1]
    return whole(shaped)


def babble(voices: list[Sound], seconds: float, seed: int, talkers: int = 6) -> Sound:
    """A room full of people: ``talkers`` at once, each a shuffled row of the voices; its level is SPEECH_LEVEL."""
    random = np.random.default_rng(seed)
    length = int(seconds * SAMPLE_RATE)
    room = np.zeros(length)
    for _ in range(talkers):
        order = [voices[number] for number in random.permutation(len(voices))]
        row = np.concatenate(order).astype(np.float64)
        room += np.resize(np.roll(row, int(random.integers(len(row)))), length)
    return whole(room / np.sqrt((room**2).mean()) * SPEECH_LEVEL)


def background(noise: Sound, snr_db: float) -> Sound:
    """Noise of SPEECH_LEVEL brought ``snr_db`` below speech of SPEECH_LEVEL."""
    return softer(noise, snr_db)


def telephone(sound: Sound) -> Sound:
    """As it comes through a telephone: 300 to 3400 Hz, 8,000 samples a second, G.711 mu-law; as long as before."""
    every = SAMPLE_RATE // TELEPHONE_RATE
    narrow = np.convolve(sound.astype(np.float64), _band(*TELEPHONE_BAND), mode="same")[::every]
    spread = np.zeros(len(narrow) * every)
    spread[::every] = _mu_law(narrow) * every
    return whole(np.convolve(spread, _band(0.0, TELEPHONE_BAND[1]), mode="same")[: len(sound)])


def _mu_law(samples: Samples) -> Samples:
    """There and back through 8 bits."""
    loud = np.clip(np.abs(samples) / 32768, 0.0, 1.0)
    code = np.rint(np.log1p(255 * loud) / np.log(256) * 127) / 127
    return np.sign(samples) * np.expm1(code * np.log(256)) / 255 * 32768


def _band(low: float, high: float, taps: int = 481) -> Samples:
    """A filter that lets through what lies between two frequencies (windowed sinc)."""
    at = (np.arange(taps) - taps // 2) / SAMPLE_RATE
    shape = 2 * high * np.sinc(2 * high * at) - (2 * low * np.sinc(2 * low * at) if low else 0.0)
    return shape * np.hamming(taps) / SAMPLE_RATE


def cough(seed: int) -> Sound:
    """Two bursts of breath, the second one weaker."""
    random = np.random.default_rng(seed)
    bursts: list[Sound] = []
    for loud, seconds in ((1.0, random.uniform(0.18, 0.26)), (0.7, random.uniform(0.14, 0.22))):
        length = int(seconds * SAMPLE_RATE)
        breath = np.convolve(random.normal(size=length), _band(250, 2800), mode="same")
        rise = np.minimum(1.0, np.arange(length) / (0.008 * SAMPLE_RATE))
        bursts.append(_scaled(breath * rise * np.exp(-np.arange(length) / (0.3 * length)), loud))
    return at_level(joined(bursts, [float(random.uniform(0.05, 0.12))])[0])


def laughter(seed: int) -> Sound:
    """Four to six times "ha", about five a second, falling in pitch."""
    random = np.random.default_rng(seed)
    pitch, times = random.uniform(170, 260), int(random.integers(4, 7))
    syllables = [_ha(pitch * 0.95**number, 0.85**number, random) for number in range(times)]
    return at_level(joined(syllables, [0.07] * (times - 1))[0])


def _ha(pitch: float, loud: float, random: np.random.Generator) -> Sound:
    length = int(0.13 * SAMPLE_RATE)
    breath = np.convolve(random.normal(size=length), _band(600, 3000), mode="same")
    rounded = np.hanning(length)
    return _scaled((_buzz(np.full(length, pitch), 18) + 0.4 * breath / breath.std()) * rounded, loud)


def hum(seed: int) -> Sound:
    """ "Mm-hm" with closed lips: two low tones, the second one higher."""
    random = np.random.default_rng(seed)
    pitch = random.uniform(95, 190)
    tones: list[Sound] = []
    for start, end, seconds in ((1.0, 0.94, 0.16), (1.1, 1.25, 0.22)):
        length = int(seconds * SAMPLE_RATE)
        tones.append(_scaled(_buzz(np.linspace(pitch * start, pitch * end, length), 5) * np.hanning(length), 1.0))
    return at_level(joined(tones, [0.05])[0])


def _buzz(pitch: Samples, harmonics: int) -> Samples:
    """A voice's source: harmonics of a pitch (Hz for each sample), weaker the higher they are."""
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    tone = sum((np.sin(number * phase) / number for number in range(1, harmonics + 1)), np.zeros(len(pitch)))
    return tone / tone.std()


def _scaled(samples: Samples, loud: float) -> Sound:
    return whole(samples / np.abs(samples).max() * loud * 12_000)
