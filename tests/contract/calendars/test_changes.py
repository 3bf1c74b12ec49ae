"""What every calendar promises of changes: everything once, then what is new, and a word when it forgot."""

from __future__ import annotations

import pytest

from tests.contract.calendars.contender import Contender, at, left_out, timed
from tools.calendars.backend import Changes, Patch, RemoteEvent, SyncTokenLost

SIX = "FREQ=WEEKLY;BYDAY=MO;COUNT=6"


async def create(contender: Contender, day: int = 11, **others: object) -> RemoteEvent:
    return await contender.backend.create(contender.calendar_id, timed(at(2027, 1, day, 9), **others), key=f"{day}")


async def changes(contender: Contender, token: str = "") -> Changes:
    return await contender.backend.changes(contender.calendar_id, token)


def summaries(changes: Changes) -> dict[str, str]:
    return {event.id: event.summary for event in changes.events if not event.cancelled}


async def test_an_empty_calendar_has_a_token(contender: Contender) -> None:
    first = await changes(contender)
    assert (first.events, first.removed, first.full) == ((), (), True)
    assert first.token
    again = await changes(contender, first.token)
    assert (again.events, again.removed, again.full) == ((), (), False)


async def test_without_a_token_everything_is_told(contender: Contender) -> None:
    one, two = await create(contender, 11), await create(contender, 12)
    await contender.backend.delete(contender.calendar_id, (await create(contender, 13)).id)
    told = await changes(contender)
    assert told.full
    assert told.removed == ()
    assert summaries(told) == {one.id: "Stand-up", two.id: "Stand-up"}
    assert {event.etag for event in told.events} == {one.etag, two.etag}


async def test_everything_comes_however_many_pages_it_is(contender: Contender) -> None:
    first = await changes(contender)
    made = {(await create(contender, 4 + number)).id for number in range(contender.page_size * 2 + 1)}
    assert set(summaries(await changes(contender))) == made
    since = await changes(contender, first.token)
    assert not since.full
    assert set(summaries(since)) == made
    assert (await changes(contender, since.token)).events == ()


async def test_only_what_is_new_is_told(contender: Contender) -> None:
    kept, changed, gone = await create(contender, 11), await create(contender, 12), await create(contender, 13)
    first = await changes(contender)
    added = await create(contender, 14)
    await contender.backend.update(contender.calendar_id, changed.id, Patch(summary="Retro"))
    await contender.backend.delete(contender.calendar_id, gone.id)
    since = await changes(contender, first.token)
    assert not since.full
    assert summaries(since) == {added.id: "Stand-up", changed.id: "Retro"}
    assert since.removed == (gone.id,)
    nothing = await changes(contender, since.token)
    assert (nothing.events, nothing.removed) == ((), ())
    assert kept.id not in summaries(since)


async def test_what_others_did_is_told(contender: Contender) -> None:
    changed, gone = await create(contender, 12), await create(contender, 13)
    first = await changes(contender)
    await contender.change_elsewhere(changed.id, "Theirs")
    await contender.delete_elsewhere(gone.id)
    since = await changes(contender, first.token)
    assert summaries(since) == {changed.id: "Theirs"}
    assert since.removed == (gone.id,)


async def test_a_series_is_told_as_itself_and_what_was_changed_in_it(contender: Contender) -> None:
    series = await create(contender, 4, rrule=SIX)
    await contender.backend.update(
        contender.calendar_id, series.id, Patch(summary="Retro"), scope="this", occurrence=at(2027, 1, 18, 9)
    )
    await contender.backend.delete(contender.calendar_id, series.id, scope="this", occurrence=at(2027, 1, 25, 9))
    told = await changes(contender)
    [master] = [event for event in told.events if not event.series_id]
    assert (master.id, master.recurrence is not None) == (series.id, True)
    [exception] = [event for event in told.events if event.series_id and not event.cancelled]
    assert (exception.series_id, exception.summary, exception.original_start) == (
        series.id,
        "Retro",
        at(2027, 1, 18, 9),
    )
    assert exception.recurrence is None
    assert left_out(told, series.id) == [at(2027, 1, 25, 9)]


async def test_one_occurrence_that_was_changed_or_left_out_is_told(contender: Contender) -> None:
    series = await create(contender, 4, rrule=SIX)
    first = await changes(contender)
    moved = await contender.backend.update(
        contender.calendar_id,
        series.id,
        Patch(start=at(2027, 1, 19, 14)),
        scope="this",
        occurrence=at(2027, 1, 18, 9),
    )
    second = await changes(contender, first.token)
    [exception] = [event for event in second.events if event.series_id]
    assert (exception.id, exception.start, exception.original_start) == (
        moved.id,
        at(2027, 1, 19, 14),
        at(2027, 1, 18, 9),
    )
    await contender.backend.delete(contender.calendar_id, series.id, scope="this", occurrence=at(2027, 1, 18, 9))
    third = await changes(contender, second.token)
    assert not third.full
    assert left_out(third, series.id) == [at(2027, 1, 18, 9)]
    assert "Retro" not in summaries(third).values()
    assert exception.id not in summaries(third)


async def test_a_split_is_told_as_two_series(contender: Contender) -> None:
    series = await create(contender, 4, rrule=SIX)
    first = await changes(contender)
    second = await contender.backend.update(
        contender.calendar_id,
        series.id,
        Patch(summary="Retro"),
        scope="following",
        occurrence=at(2027, 1, 18, 9),
        key="split",
    )
    since = await changes(contender, first.token)
    masters = {event.id: event for event in since.events if event.recurrence}
    assert set(masters) == {series.id, second.id}
    assert masters[second.id].start == at(2027, 1, 18, 9)


async def test_a_series_that_is_gone_is_told_as_gone(contender: Contender) -> None:
    series = await create(contender, 4, rrule=SIX)
    first = await changes(contender)
    await contender.backend.delete(contender.calendar_id, series.id)
    since = await changes(contender, first.token)
    assert series.id in since.removed
    assert [event for event in since.events if not event.cancelled] == []


async def test_each_calendar_has_changes_of_its_own(contender: Contender) -> None:
    first = await contender.backend.changes(contender.second_calendar_id)
    await create(contender)
    since = await contender.backend.changes(contender.second_calendar_id, first.token)
    assert (since.events, since.removed) == ((), ())


@pytest.mark.parametrize("token", ["nonsense", "1", "https://elsewhere.example.com/delta?token=1", "é" * 300])
async def test_a_token_that_is_none_is_lost(contender: Contender, token: str) -> None:
    await create(contender)
    with pytest.raises(SyncTokenLost):
        await changes(contender, token)


async def test_a_server_that_forgot_is_asked_for_everything_again(contender: Contender) -> None:
    if contender.lose_sync_tokens is None:
        assert contender.name == "local", "only local calendars never forget"
        return
    one = await create(contender, 11)
    first = await changes(contender)
    two = await create(contender, 12)
    await contender.lose_sync_tokens()
    with pytest.raises(SyncTokenLost):
        await changes(contender, first.token)
    again = await changes(contender)
    assert again.full
    assert set(summaries(again)) == {one.id, two.id}
    assert not (await changes(contender, again.token)).full
