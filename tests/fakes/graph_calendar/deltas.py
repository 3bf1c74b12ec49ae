"""calendarView/delta as Exchange answers it: whole series at once, thin occurrences, no word on one left out."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime

from tests.fakes.graph_calendar.answers import event_json, kind_of, thin_json
from tests.fakes.graph_calendar.mailbox import Json, Mailbox, Refused


@dataclass
class _Round:
    """A window with what is still to be told of it; ``since`` is the mailbox's change it starts after."""

    calendar_id: str
    start: datetime
    end: datetime
    since: int
    left: list[list[Json]]


class Deltas:
    """``tokens`` are all that the server remembers; without them it is 410."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._numbers = itertools.count(1)
        self.tokens: dict[str, _Round] = {}

    def begin(self, calendar_id: str, start: datetime, end: datetime) -> _Round:
        self._mailbox.calendar(calendar_id)
        return self._filled(_Round(calendar_id, start, end, 0, []))

    def resume(self, calendar_id: str, token: str, *, new_round: bool) -> _Round:
        known = self.tokens.get(token)
        if known is None or known.calendar_id != calendar_id:
            raise Refused(410, "SyncStateNotFound")
        return self._filled(known) if new_round else known

    def page(self, known: _Round, size: int) -> tuple[list[Json], str, bool]:
        """Items (a series is never torn), the token that goes on, and whether the round is over."""
        items: list[Json] = []
        left = list(known.left)
        while left and len(items) < size:
            items += left.pop(0)
        token = f"tok+{next(self._numbers)}/x="
        self.tokens[token] = _Round(known.calendar_id, known.start, known.end, known.since, left)
        return items, token, not left

    def _filled(self, known: _Round) -> _Round:
        """A new round: everything after ``since``, and the change it reaches to."""
        left = [
            [{"@odata.type": "#microsoft.graph.event", "id": id, "@removed": {"reason": "deleted"}}]
            for change, calendar_id, id in self._mailbox.gone
            if calendar_id == known.calendar_id and change > known.since > 0
        ]
        for event in list(self._mailbox.events.values()):
            if event.calendar_id != known.calendar_id or event.change <= known.since:
                continue
            days = list(event.occurrences(known.start, known.end))
            if not days:
                removed = {"@odata.type": "#microsoft.graph.event", "id": event.id, "@removed": {"reason": "deleted"}}
                left += [[removed]] if known.since else []
                continue
            shown = [event_json(event, text=True)] if event.recurrence else []
            for day in days:
                thin = kind_of(event, day) == "occurrence"
                shown.append(thin_json(event, day) if thin else event_json(event, day, text=True))
            left.append(shown)
        return _Round(known.calendar_id, known.start, known.end, max(self._mailbox.last_change, 1), left)
