"""The project's own reading of a phrase, in the words of the data files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.evals.language.scoring import Heard
from tools.calendars.language import Candidate, read, settle


def listen(said: str, answer: str, now: datetime) -> Heard:
    reading = read(said, now)
    if answer:
        reading = settle(reading, answer)
    return Heard(tuple(map(_meaning, reading.candidates)), bool(reading.ask), bool(reading.problem))


def _meaning(candidate: Candidate) -> dict[str, Any]:
    start, end, day, last_day = candidate.start, candidate.end, candidate.day, candidate.last_day
    return {
        "start": start.isoformat(timespec="minutes") if start else "",
        "end": end.isoformat(timespec="minutes") if end else "",
        "minutes": candidate.duration_min,
        "day": day.isoformat() if day else "",
        "last_day": last_day.isoformat() if last_day else "",
        "part": candidate.part,
        "all_day": candidate.all_day,
        "rrule": candidate.rrule,
        "zone": candidate.zone,
    }
