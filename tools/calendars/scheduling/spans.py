"""Stretches of time as pairs of whole Unix seconds, [start, end), and the few operations on sorted lists of them.

"Merged" means sorted, and neither overlapping nor touching. Everything is linear, or logarithmic where it only asks.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

Span = tuple[int, int]
MINUTE, HOUR, DAY = 60, 3600, 86_400


def seconds(moment: datetime, *, up: bool = False) -> int:
    """The instant in Unix seconds; parts of a second are dropped, or rounded ``up`` (for ends)."""
    return math.ceil(moment.timestamp()) if up else math.floor(moment.timestamp())


def wall(second: int, zone: ZoneInfo) -> datetime:
    """The instant on the wall clock of ``zone``."""
    return datetime.fromtimestamp(second, UTC).astimezone(zone)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as few stretches; empty ones vanish."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What of ``spans`` is in none of ``taken``; both merged."""
    return list(_left_over(spans, taken))


def _left_over(spans: Sequence[Span], taken: Sequence[Span]) -> Iterator[Span]:
    at = 0
    for start, end in spans:
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        here = at
        while here < len(taken) and taken[here][0] < end:
            if taken[here][0] > start:
                yield start, taken[here][0]
            start = max(start, taken[here][1])
            here += 1
        if start < end:
            yield start, end


def common(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    """What is in both; both merged."""
    found: list[Span] = []
    a = b = 0
    while a < len(first) and b < len(second):
        start, end = max(first[a][0], second[b][0]), min(first[a][1], second[b][1])
        if start < end:
            found.append((start, end))
        if first[a][1] < second[b][1]:
            a += 1
        else:
            b += 1
    return found


def meets(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether anything of the merged ``spans`` lies in [start, end)."""
    at = bisect_right(spans, (start, math.inf)) - 1
    if at >= 0 and spans[at][1] > start:
        return True
    return at + 1 < len(spans) and spans[at + 1][0] < end


def covers(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether one of the merged ``spans`` holds all of [start, end)."""
    at = bisect_left(spans, (start + 1,)) - 1
    return at >= 0 and spans[at][1] >= end
