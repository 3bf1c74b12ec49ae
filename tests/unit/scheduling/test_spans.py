"""Sorted stretches of time against the same questions asked minute by minute."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tools.calendars.scheduling.spans import Span, common, covers, meets, merged, without

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def seconds_of(spans: list[Span]) -> set[int]:
    return {second for start, end in spans for second in range(start, end)}


@given(SPANS)
def test_merging_keeps_exactly_the_same_time_in_stretches_that_do_not_touch(spans: list[Span]) -> None:
    found = merged(spans)
    assert seconds_of(found) == seconds_of(spans)
    assert all(first[1] < second[0] for first, second in pairwise(found))


@given(SPANS, SPANS)
def test_what_is_left_over_and_what_is_common_make_up_the_whole(first: list[Span], second: list[Span]) -> None:
    a, b = merged(first), merged(second)
    assert seconds_of(without(a, b)) == seconds_of(a) - seconds_of(b)
    assert seconds_of(common(a, b)) == seconds_of(a) & seconds_of(b)


@given(SPANS, st.integers(0, 60), st.integers(1, 20))
def test_asking_about_a_stretch_agrees_with_asking_about_its_seconds(
    spans: list[Span], start: int, length: int
) -> None:
    known, asked = merged(spans), set(range(start, start + length))
    assert meets(known, start, start + length) == bool(asked & seconds_of(known))
    assert covers(known, start, start + length) == (asked <= seconds_of(known))
