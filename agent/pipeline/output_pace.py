"""When the next piece of the assistant's voice is due, and how loud it is. Pure: time is given, never asked for."""

from __future__ import annotations

import numpy as np
from livekit import rtc

AHEAD_S = 0.03  # a piece is handed over when the one before it has this much left: late is heard as a gap
MOST_AHEAD_S = 0.15
SOONER_S, BACK_S = 0.02, 0.0005
SOON_S = 0.001  # no clock wakes anybody more exactly than this
RAMP_S = 0.02  # quick, and without a click


class Pace:
    """How far ahead of the ear the audio is that was handed over. Times in seconds of one steady clock."""

    def __init__(self) -> None:
        self._dry_at: float | None = None
        self._ahead_s = AHEAD_S

    def early_s(self, now: float) -> float:
        """Seconds until the next piece is due; 0 when it is."""
        early_s = 0.0 if self._dry_at is None else self._dry_at - now - self._ahead_s
        return early_s if early_s > SOON_S else 0.0

    def left_s(self, now: float) -> float:
        """Seconds of sound handed over and not yet heard."""
        return 0.0 if self._dry_at is None else max(0.0, self._dry_at - now)

    def sounds_at(self, now: float) -> float:
        """When a piece that is handed over now will be heard."""
        return now if self._dry_at is None else max(now, self._dry_at)

    def pushed(self, duration_s: float, now: float, *, due: bool = True) -> None:
        """A piece was handed over. ``due``: it could have been earlier, so if it is late, this machine is busy and
        pieces are handed over sooner for a while: a voice with gaps is worse than one that is turned down late."""
        late = due and self._dry_at is not None and now > self._dry_at
        self._ahead_s = min(MOST_AHEAD_S, self._ahead_s + SOONER_S) if late else max(AHEAD_S, self._ahead_s - BACK_S)
        self._dry_at = duration_s + (now if self._dry_at is None else max(now, self._dry_at))

    def rest(self) -> None:
        """Nothing is playing any more."""
        self._dry_at = None


class Volume:
    """A gain that slides to where it is told to be."""

    def __init__(self) -> None:
        self._gain = self._wanted = 1.0

    def set(self, gain: float, *, at_once: bool = False) -> None:
        """``gain``: 1.0 is full voice. ``at_once``: without a slide, where there is silence anyway."""
        self._wanted = gain
        if at_once:
            self._gain = gain

    def apply(self, pcm: bytes, sample_rate: int, channels: int) -> rtc.AudioFrame:
        """One frame of these 16-bit samples, as loud as wanted."""
        count = len(pcm) // 2 // channels
        if self._gain != 1.0 or self._wanted != 1.0:
            steps = max(1, round(RAMP_S * sample_rate * abs(self._wanted - self._gain)))
            slide = self._gain + (self._wanted - self._gain) * np.minimum(1.0, np.arange(1, count + 1) / steps)
            samples = np.frombuffer(pcm, np.int16).reshape(count, channels)
            pcm = (samples * slide[:, None]).astype(np.int16).tobytes()
            self._gain = float(slide[-1]) if count else self._gain
        return rtc.AudioFrame(pcm, sample_rate, channels, count)
