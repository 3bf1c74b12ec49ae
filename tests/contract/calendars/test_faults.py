"""What every backend with a server promises when things go wrong: nothing twice, nothing half, and whose turn it is."""

from __future__ import annotations

import pytest

from store.errors import VoiceLoopError
from tests.contract.calendars.conftest import NAMES
from tests.contract.calendars.contender import (
    ANNA,
    Contender,
    at,
    insist,
    timed,
    wall_times,
    year_of,
)
from tools.calendars.backend import CalendarUnavailable, NeedsReconnect, Patch, RemoteEvent

pytestmark = pytest.mark.parametrize("entrance", [name for name in NAMES if name != "local"], indirect=True)
WEEKLY = "FREQ=WEEKLY;BYDAY=MO;COUNT=4"


@pytest.fixture
def served(contender: Contender) -> Contender:
    """A contender whose server can be made to fail."""
    assert contender.missing() == []
    return contender


async def create(contender: Contender, **others: object) -> RemoteEvent:
    draft = timed(at(2027, 1, 11, 9), **others)
    return await contender.backend.create(contender.calendar_id, draft, key="one")


async def test_a_creation_whose_answer_was_lost_made_one_event(served: Contender) -> None:
    assert served.lose_next_answer
    await served.lose_next_answer()
    made = await insist(lambda: create(served))
    [listed] = await year_of(served)
    assert (listed.id, listed.etag) == (made.id, made.etag)


async def test_a_change_whose_answer_was_lost_is_made_once(served: Contender) -> None:
    assert served.lose_next_answer
    created = await create(served, attendees=(ANNA,))
    await served.lose_next_answer()
    patch = Patch(summary="Retro")
    changed = await insist(lambda: served.backend.update(served.calendar_id, created.id, patch))
    assert changed.summary == "Retro"
    assert (await served.backend.read(served.calendar_id, created.id)).etag == changed.etag


async def test_a_deletion_whose_answer_was_lost_is_no_error(served: Contender) -> None:
    assert served.lose_next_answer
    created = await create(served)
    await served.lose_next_answer()
    try:
        await served.backend.delete(served.calendar_id, created.id, etag=created.etag)
    except CalendarUnavailable:
        await served.backend.delete(served.calendar_id, created.id, etag=created.etag)
    assert await year_of(served) == []


@pytest.mark.parametrize("tries", [1, 2])
async def test_a_split_whose_answers_were_lost_is_one_split(served: Contender, tries: int) -> None:
    assert served.lose_next_answer
    series = await create(served, rrule=WEEKLY)

    async def split() -> RemoteEvent:
        return await served.backend.update(
            served.calendar_id,
            series.id,
            Patch(start=at(2027, 1, 25, 11)),
            scope="following",
            occurrence=at(2027, 1, 25, 9),
            key="split",
        )

    for _ in range(tries):
        await served.lose_next_answer()
        await insist(split)
    assert wall_times(await year_of(served)) == ["01-11 09:00", "01-18 09:00", "01-25 11:00", "02-01 11:00"]


async def test_one_refused_token_is_not_noticed(served: Contender) -> None:
    assert served.refuse_token_once
    created = await create(served)
    await served.refuse_token_once()
    assert (await served.backend.read(served.calendar_id, created.id)).id == created.id
    await served.refuse_token_once()
    await served.backend.update(served.calendar_id, created.id, Patch(summary="Retro"))
    assert [event.summary for event in await year_of(served)] == ["Retro"]


async def test_a_withdrawn_consent_asks_for_the_person(served: Contender) -> None:
    assert served.revoke
    created = await create(served)
    await served.revoke()
    with pytest.raises(NeedsReconnect):
        await served.backend.read(served.calendar_id, created.id)
    with pytest.raises(NeedsReconnect):
        await served.backend.changes(served.calendar_id)
    with pytest.raises(NeedsReconnect):
        await served.backend.delete(served.calendar_id, created.id)
    with pytest.raises(NeedsReconnect):
        await served.backend.list_calendars()


async def test_a_busy_server_gets_the_time_it_asks_for(served: Contender, waits: list[float]) -> None:
    assert served.busy_for
    created = await create(served)
    await served.busy_for(3)
    assert (await served.backend.read(served.calendar_id, created.id)).id == created.id
    assert waits == [3.0]


async def test_a_server_that_is_busy_for_long_says_until_when(served: Contender, waits: list[float]) -> None:
    assert served.busy_for
    await served.busy_for(3600)
    with pytest.raises(CalendarUnavailable) as told:
        await create(served)
    assert told.value.retry_after_s == 3600
    assert waits == []
    assert await year_of(served) == []


async def test_a_cut_connection_is_said_and_nothing_is_half_done(served: Contender) -> None:
    assert served.cut
    assert served.mend
    series = await create(served, rrule=WEEKLY)
    before = await year_of(served)
    await served.cut()
    with pytest.raises(CalendarUnavailable):
        await served.backend.create(served.calendar_id, timed(at(2027, 2, 11, 9)), key="two")
    with pytest.raises(CalendarUnavailable):
        await served.backend.update(
            served.calendar_id,
            series.id,
            Patch(summary="Retro"),
            scope="following",
            occurrence=at(2027, 1, 25, 9),
            key="split",
        )
    with pytest.raises(CalendarUnavailable):
        await served.backend.delete(served.calendar_id, series.id)
    with pytest.raises(CalendarUnavailable):
        await served.backend.busy([served.calendar_id], at(2027, 1, 1), at(2027, 2, 1))
    await served.mend()
    assert await year_of(served) == before


async def test_no_error_tells_addresses_ids_or_secrets(served: Contender) -> None:
    assert served.revoke
    created = await create(served)
    await served.revoke()
    with pytest.raises(VoiceLoopError) as told:
        await served.backend.read(served.calendar_id, created.id)
    said = f"{told.value} {told.value.message}"
    for secret in (created.id, created.uid, served.calendar_id, "127.0.0.1", "http"):
        assert secret not in said
