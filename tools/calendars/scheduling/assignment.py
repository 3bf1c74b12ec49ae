"""Times for several events at once, at the least cost: exact by branch and bound, else the best that was found. Pure.

Knows neither people nor clocks: a task has options, and two tasks may have to lie a gap apart. Deterministic: the
search is bounded by the number of its steps, never by time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

UNPLACED: Final = 10**12  # dearer than any number of moves
STEPS: Final = 4000
_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class Option:
    """A task may lie in [start, end), in Unix seconds, for ``cost``."""

    start: int
    end: int
    cost: int


Gap = Callable[[int, int], int | None]  # of two tasks: seconds between them; None: they may lie at the same time
Choice = Option | None  # None: the task finds no time


@dataclass(frozen=True, slots=True)
class Assignment:
    """One choice for each task. ``optimal``: none is cheaper."""

    choices: tuple[Choice, ...]
    cost: int
    optimal: bool


def assign(tasks: Sequence[Sequence[Option]], gap: Gap, *, steps: int = STEPS) -> Assignment:
    """The cheapest choice of one option a task such that no two are in each other's way; a task may stay without."""
    search = _Search([sorted(options, key=lambda one: (one.cost, one.start)) for options in tasks], gap, steps)
    search.run()
    return Assignment(tuple(search.best), search.best_cost, search.steps >= 0)


class _TooLong(Exception):
    """The steps are used up."""


@dataclass(slots=True)
class _Search:
    tasks: list[list[Option]]
    gap: Gap
    steps: int
    best: list[Choice] = field(default_factory=list[Choice])
    best_cost: int = 0
    _gaps: list[list[int | None]] = field(default_factory=list[list[int | None]])

    def run(self) -> None:
        number = len(self.tasks)
        self._gaps = [[self.gap(a, b) if a != b else None for b in range(number)] for a in range(number)]
        self.best = self._greedy()
        self._improve()
        self.best_cost = _cost(self.best)
        try:
            self._branch({}, 0)
        except _TooLong:
            self.steps = -1

    def _branch(self, placed: dict[int, Choice], cost: int) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise _TooLong
        left = [task for task in range(len(self.tasks)) if task not in placed]
        firsts = {task: self._first(task, placed) for task in left}
        bound = cost + sum(_cost([first]) for first in firsts.values())
        if bound >= self.best_cost:
            return
        crossing = self._crossing(firsts)
        if crossing is None:  # everybody's cheapest fits beside everybody else's: nothing below here is cheaper
            self.best = [placed[task] if task in placed else firsts[task] for task in range(len(self.tasks))]
            self.best_cost = bound
            return
        rest = bound - cost - _cost([firsts[crossing]])
        for option in (*self.tasks[crossing], None):
            if cost + rest + _cost([option]) >= self.best_cost:
                break
            if option is None or self._fits(crossing, option, placed):
                self._branch({**placed, crossing: option}, cost + _cost([option]))

    def _crossing(self, firsts: dict[int, Choice]) -> int | None:
        """The task whose cheapest option is in the way of most others; None when none is in any's."""
        counts = dict.fromkeys(firsts, 0)
        for a, b in combinations(firsts, 2):
            first, second = firsts[a], firsts[b]
            if first and second and self._cross(a, first, b, second):
                counts[a] += 1
                counts[b] += 1
        worst = max(counts, key=lambda task: (counts[task], -task), default=None)
        return worst if worst is not None and counts[worst] else None

    def _greedy(self) -> list[Choice]:
        placed: dict[int, Choice] = {}
        for task in sorted(range(len(self.tasks)), key=lambda task: (len(self.tasks[task]), task)):
            placed[task] = self._first(task, placed)
        return [placed[task] for task in range(len(self.tasks))]

    def _improve(self) -> None:
        """Take one or two tasks out and put them back more cheaply, as long as that helps."""
        number = len(self.tasks)
        pairs = [(task,) for task in range(number)] + list(combinations(range(number), 2))
        if number > 30:  # quadratic pairs would cost more than they find
            pairs = pairs[:number]
        for _ in range(_ROUNDS):
            before = _cost(self.best)
            for taken in pairs:
                for order in {taken, taken[::-1]}:
                    self._try_again(order)
            if _cost(self.best) == before:
                return

    def _try_again(self, order: tuple[int, ...]) -> None:
        placed = {task: choice for task, choice in enumerate(self.best) if task not in order}
        for task in order:
            placed[task] = self._first(task, placed)
        found = [placed[task] for task in range(len(self.tasks))]
        if _cost(found) < _cost(self.best):
            self.best = found

    def _first(self, task: int, placed: dict[int, Choice]) -> Choice:
        return next((option for option in self.tasks[task] if self._fits(task, option, placed)), None)

    def _fits(self, task: int, option: Option, placed: dict[int, Choice]) -> bool:
        return not any(other and self._cross(task, option, number, other) for number, other in placed.items())

    def _cross(self, a: int, first: Option, b: int, second: Option) -> bool:
        gap = self._gaps[a][b]
        return gap is not None and first.start < second.end + gap and second.start < first.end + gap


def _cost(choices: Sequence[Choice]) -> int:
    return sum(choice.cost if choice else UNPLACED for choice in choices)
