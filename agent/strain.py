"""Whether a worker is overloaded now: its event loop runs late, or callers' requests take long at a speech model.

Pure: samples in, a decision out. It turns quickly and turns back slowly, so that a call more or less does not make it
swing. Who samples is ``agent/guard.py``; what follows from it is ``agent/lines.py``.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. Strained beyond ``lag_s`` or ``wait_s`` for most of ``window_s``, until below half for ``calm_s``."""

    lag_s: float = 0.12
    wait_s: float = 0.8
    window_s: float = 4.0
    calm_s: float = 8.0


class Strain:
    """Fed with samples in the order of time; ``at_s`` is of any steady clock."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._samples: deque[tuple[float, float, float]] = deque()
        self._calm_since: float | None = None
        self.is_strained = False

    @property
    def lag_s(self) -> float:
        """The median of the window, so that one hiccup is none."""
        return median(lag for _, lag, _ in self._samples) if self._samples else 0.0

    @property
    def wait_s(self) -> float:
        return median(wait for _, _, wait in self._samples) if self._samples else 0.0

    def note(self, at_s: float, lag_s: float, wait_s: float) -> bool:
        """``lag_s``: how late a timer came; ``wait_s``: what urgent requests wait for a model. Returns the decision."""
        limits = self._limits
        self._samples.append((at_s, lag_s, wait_s))
        while self._samples[0][0] < at_s - limits.window_s:
            self._samples.popleft()
        worst = max(self.lag_s / limits.lag_s, self.wait_s / limits.wait_s)
        if worst >= 0.5:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = at_s
        if self.is_strained:
            self.is_strained = self._calm_since is None or at_s - self._calm_since < limits.calm_s
        else:
            self.is_strained = worst > 1.0 and self._spans_window(at_s)
        return self.is_strained

    def _spans_window(self, at_s: float) -> bool:
        """Whether there are samples of the whole window: the first seconds of a start say nothing."""
        return at_s - self._samples[0][0] >= 0.75 * self._limits.window_s
