"""Google's free/busy put together: groups, overlaps, what nobody may see, and answers that make no sense."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tools.calendars.backend import CalendarUnavailable, Interval
from tools.calendars.google.busy import busy_times
from tools.calendars.google.rest import Rest


class Asked:
    """A Rest that always gets the same answer."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        self.bodies: list[Any] = []

    async def json(self, *_: str, body: Any) -> dict[str, Any]:
        self.bodies.append(body)
        return self.answer


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2027, 1, day, hour, tzinfo=UTC)


def span(first: int, last: int) -> dict[str, str]:
    return {"start": f"2027-01-11T{first:02}:00:00Z", "end": f"2027-01-11T{last:02}:00:00Z"}


async def told(answer: dict[str, Any], who: Sequence[str]) -> dict[str, tuple[Interval, ...] | None]:
    return dict(await busy_times(cast(Rest, Asked(answer)), who, at(11, 9), at(11, 17)))


async def test_what_overlaps_or_touches_is_one_and_cut_to_what_was_asked() -> None:
    answer = {"calendars": {"anna": {"busy": [span(15, 18), span(8, 10), span(9, 11), span(11, 12), span(18, 19)]}}}
    assert await told(answer, ["anna"]) == {"anna": ((at(11, 9), at(11, 12)), (at(11, 15), at(11, 17)))}


async def test_a_group_is_busy_when_one_of_it_is() -> None:
    answer = {
        "groups": {"team": {"calendars": ["anna", "ben"]}, "club": {"errors": [{"reason": "groupTooBig"}]}},
        "calendars": {"anna": {"busy": [span(9, 10)]}, "ben": {"busy": [span(11, 12)]}},
    }
    seen = await told(answer, ["Team", "club", "anna"])
    assert seen["Team"] == ((at(11, 9), at(11, 10)), (at(11, 11), at(11, 12)))
    assert seen["club"] is None
    assert seen["anna"] == ((at(11, 9), at(11, 10)),)


async def test_whoever_is_not_told_of_is_not_seen() -> None:
    answer = {"calendars": {"anna": {"errors": [{"reason": "notFound"}], "busy": []}}}
    assert await told(answer, ["anna", "ben"]) == {"anna": None, "ben": None}


@pytest.mark.parametrize(
    "calendar", [{"busy": [{"start": "soon"}]}, {"busy": [{}]}, {"busy": 7}, {"busy": [7]}, 7, "nobody"]
)
async def test_nonsense_is_no_free_time(calendar: Any) -> None:
    with pytest.raises(CalendarUnavailable):
        await told({"calendars": {"anna": calendar}}, ["anna"])


async def test_nobody_is_asked_about_nobody() -> None:
    rest = Asked({})
    assert await busy_times(cast(Rest, rest), [], at(11), at(12)) == {}
    assert rest.bodies == []
