"""What the reading process tells is what was read: of every file that other programs' tests have, and of none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.errors import Invalid, TooLarge
from tests.unit.calendars.test_icalendar_corpora import BERLIN, FILES, NOW
from tools.calendars.files.importing import with_origin
from tools.calendars.icalendar.child import Answer, packed, read, unpacked
from tools.calendars.icalendar.reading import read_events

HORIZON = NOW + timedelta(days=1190)


@pytest.mark.parametrize("path", FILES.values(), ids=FILES.keys())
def test_nothing_is_lost_on_the_way_out_of_the_process(path: Path) -> None:
    data = path.read_bytes()
    answer, expected = unpacked(packed(read(data, BERLIN, NOW, HORIZON))), read_here(data)
    assert answer == expected
    if answer.calendar and expected.calendar:  # the same version of each, too
        assert with_origin(answer.calendar.events) == with_origin(expected.calendar.events)


def read_here(data: bytes) -> Answer:
    try:
        return Answer(read_events(data, default_zone=BERLIN, now=NOW))
    except Invalid as error:
        return Answer(error=error.message, code=error.code, too_large=isinstance(error, TooLarge))


def test_series_that_take_place_too_often_together_are_refused() -> None:
    daily = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTART:19900101T000000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n" for n in range(6)
    )
    answer = read(f"BEGIN:VCALENDAR\n{daily}END:VCALENDAR\n".encode(), BERLIN, NOW, datetime(2030, 1, 1, tzinfo=UTC))
    assert (answer.calendar, answer.too_large, answer.code) == (None, True, "too_many_occurrences")


@pytest.mark.parametrize("text", [b"", b"{", b'{"calendar": 5}'])
def test_what_is_no_answer_is_an_error(text: bytes) -> None:
    with pytest.raises(ValueError):
        unpacked(text)
