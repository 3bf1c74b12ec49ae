"""How many calls this worker takes, and what it tells LiveKit when it takes no more. Knows no room and no database.

LiveKit leaves a caller in silence when every worker says it is full. So a worker that takes no further call still takes
two, to say so: the call itself is refused where its conversation would begin (``store.places.take``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

REFUSALS: Final = 2  # callers at a time who are told that all lines are busy, beyond those who are helped
# livekit-server sends nothing to a worker whose load is its `target_load` (0.7) or more, whatever the worker allows
MOST_BUSY: Final = 0.5
FULL: Final = 0.65  # it prefers any other worker, and takes this one when there is none


@dataclass(slots=True)
class Lines:
    """``limit``: calls it holds at most now; ``free_elsewhere``: places of other workers, as of the last heartbeat."""

    max_calls: int
    limit: int = field(init=False)
    free_elsewhere: int = 0

    def __post_init__(self) -> None:
        self.limit = self.max_calls

    @property
    def is_limited(self) -> bool:
        return self.limit < self.max_calls

    def note_strain(self, *, strained: bool, jobs: int) -> None:
        """An overloaded worker stays at what it holds, at one call at least: without any, the cause is another."""
        if not strained:
            self.limit = self.max_calls
        elif not self.is_limited:
            self.limit = min(self.max_calls, max(1, jobs))

    def load(self, jobs: int) -> float:
        """What LiveKit is told, 0 to 1: below 1 it may send a job, and sends most to who says least."""
        if jobs >= self.limit + REFUSALS:
            return 1.0
        return FULL if jobs >= self.limit else MOST_BUSY * jobs / self.limit

    def gives_way(self, jobs: int) -> bool:
        """Whether a job is left to another worker, which can hold the call instead of refusing it."""
        return jobs >= self.limit and self.free_elsewhere > 0
