"""Hears that the caller falls silent about 0.1 s before the voice detector says so. Pure; positions are samples.

The detector smooths its probabilities over three windows in order to be sure. Whoever only begins a recognition that
may be wasted can undo the smoothing and be wrong now and then. Decides no end: that silence is the detector's.
"""

SMOOTHING = 0.35  # the share of the newest window in livekit-plugins-silero's probability
QUIET, VOICED = 0.3, 0.5
LULL_S = 0.06  # two windows: the closure before a "p" or a "t" is shorter


class Lull:
    """One per stream, fed with every probability. `since`: where the caller fell silent; None: speaks, or never did."""

    def __init__(self, sample_rate: int) -> None:
        self.since: int | None = None
        self._least = int(LULL_S * sample_rate)
        self._smoothed: float | None = None
        self._voice_to = 0
        self._voiced = False

    def hear(self, probability: float, position: int) -> None:
        """The detector's smoothed probability (0 to 1) of speech in its window that ends at `position`."""
        before, self._smoothed = self._smoothed, probability
        raw = probability if before is None else (probability - (1 - SMOOTHING) * before) / SMOOTHING
        if raw >= QUIET:
            self._voice_to, self.since = position, None
            self._voiced = self._voiced or raw >= VOICED
        elif self._voiced and position - self._voice_to >= self._least:
            self.since = self._voice_to
