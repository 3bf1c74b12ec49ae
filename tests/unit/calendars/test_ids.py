"""Ids of events as text, and answers kept as JSON: what is written is read again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tools.calendars.backend import Recurrence
from tools.calendars.local.rows import packed, unpacked
from tools.calendars.model import Event, EventNotFound, OccurrenceId, event_id_of

SERIES = UUID("01a1ff7b-f3d5-784b-b603-5c6be63d6695")
START = datetime(2026, 11, 24, 11, tzinfo=UTC)
SINGLE = Event(SERIES, UUID(int=1), "Lunch", START, START + timedelta(hours=1), "Europe/Berlin", attendees=("Anna",))
ONE = replace(
    SINGLE,
    id=OccurrenceId(SERIES, START),
    series_id=SERIES,
    original_start=START,
    recurrence=Recurrence("FREQ=DAILY", exdates=(START,)),
    change_id=UUID(int=2),
)


@pytest.mark.parametrize(
    ("event_id", "text"),
    [(SERIES, str(SERIES)), (OccurrenceId(SERIES, START), f"{SERIES}_20261124T110000Z")],
)
def test_an_id_is_read_as_it_was_written(event_id: UUID | OccurrenceId, text: str) -> None:
    assert str(event_id) == text
    assert event_id_of(text) == event_id


@pytest.mark.parametrize(
    "text", ["", "lunch", f"{SERIES}_", f"{SERIES}_20261124", f"_{START}", f"{SERIES}_20269924T110000Z", "x" * 500]
)
def test_what_is_no_id_names_no_event(text: str) -> None:
    with pytest.raises(EventNotFound):
        event_id_of(text)


@pytest.mark.parametrize("event", [SINGLE, ONE])
def test_an_answer_that_was_kept_is_the_same_answer(event: Event) -> None:
    again = unpacked(json.loads(json.dumps(packed(event))))
    assert again == event
    assert again.change_id == event.change_id
    assert again.as_json() == event.as_json()
