"""What every calendar promises of free and busy: merged, in order, cut to the window, honest about the unseen."""

from __future__ import annotations

from datetime import date

from tests.contract.calendars.contender import ANNA, Contender, at, days, spans, timed
from tools.calendars.backend import Interval, Patch

START, END = at(2027, 1, 11), at(2027, 1, 16)


async def busy(contender: Contender, *calendars: str) -> dict[str, tuple[Interval, ...] | None]:
    return dict(await contender.backend.busy(calendars or (contender.calendar_id,), START, END))


async def test_what_touches_is_one_span(contender: Contender) -> None:
    for hour in (10, 9, 14):
        await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 12, hour)), key=f"at {hour}")
    [seen] = (await busy(contender)).values()
    assert spans(seen) == ["01-12 09:00/11:00", "01-12 14:00/15:00"]


async def test_each_calendar_is_told_by_itself_and_an_unknown_one_is_none(contender: Contender) -> None:
    await contender.backend.create(contender.second_calendar_id, timed(at(2027, 1, 12, 9)), key="one")
    seen = await busy(contender, contender.calendar_id, contender.second_calendar_id, contender.unknown_calendar_id)
    assert {who: spans(intervals) for who, intervals in seen.items()} == {
        contender.calendar_id: [],
        contender.second_calendar_id: ["01-12 09:00/10:00"],
        contender.unknown_calendar_id: None,
    }


async def test_a_series_is_busy_whenever_it_occurs(contender: Contender) -> None:
    series = await contender.backend.create(
        contender.calendar_id, timed(at(2027, 1, 4, 9), rrule="FREQ=DAILY;COUNT=12"), key="daily"
    )
    await contender.backend.update(
        contender.calendar_id,
        series.id,
        Patch(start=at(2027, 1, 12, 17)),
        scope="this",
        occurrence=at(2027, 1, 12, 9),
    )
    await contender.backend.update(
        contender.calendar_id, series.id, Patch(busy=False), scope="this", occurrence=at(2027, 1, 13, 9)
    )
    await contender.backend.delete(contender.calendar_id, series.id, scope="this", occurrence=at(2027, 1, 14, 9))
    [seen] = (await busy(contender)).values()
    assert spans(seen) == ["01-11 09:00/10:00", "01-12 17:00/18:00", "01-15 09:00/10:00"]


async def test_what_is_free_or_gone_leaves_the_time_free(contender: Contender) -> None:
    await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 12, 9), busy=False), key="free")
    gone = await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 13, 9)), key="gone")
    await contender.backend.delete(contender.calendar_id, gone.id)
    [seen] = (await busy(contender)).values()
    assert spans(seen) == []


async def test_what_the_owner_declined_leaves_the_time_free(contender: Contender) -> None:
    if contender.decline is None:
        assert contender.name == "local", "only local calendars know no invitations to their owner"
        return
    created = await contender.backend.create(
        contender.calendar_id, timed(at(2027, 1, 12, 9), attendees=(ANNA,)), key="one"
    )
    await contender.decline(created.id)
    assert not (await contender.backend.read(contender.calendar_id, created.id)).busy
    [seen] = (await busy(contender)).values()
    assert spans(seen) == []


async def test_a_busy_day_is_busy_from_midnight_to_midnight(contender: Contender) -> None:
    await contender.backend.create(contender.calendar_id, days(date(2027, 1, 13)), key="day")
    [seen] = (await busy(contender)).values()
    assert spans(seen) == ["01-13 00:00/01-14 00:00"]


async def test_only_what_lies_in_the_window_is_told(contender: Contender) -> None:
    await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 10, 23), 120), key="over its start")
    await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 15, 23), 60), key="up to its end")
    await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 16, 0)), key="after it")
    await contender.backend.create(contender.calendar_id, timed(at(2027, 1, 10, 20)), key="before it")
    [seen] = (await busy(contender)).values()
    assert spans(seen) == ["01-11 00:00/01:00", "01-15 23:00/01-16 00:00"]
