"""Google's free/busy, for calendars and for people: as many and as long as is asked, in questions that Google takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.calendars.backend import CalendarUnavailable, Interval
from tools.calendars.google.rest import Rest

Json = dict[str, Any]

_MOST_AT_ONCE = 50
_LONGEST = timedelta(days=60)
_UNSEEN: Json = {"errors": ["notFound"]}


async def busy_times(
    rest: Rest, who: Sequence[str], start: datetime, end: datetime
) -> Mapping[str, tuple[Interval, ...] | None]:
    """As ``CalendarBackend.busy``. A group is busy when one of its members is."""
    found: dict[str, list[Interval] | None] = {one: [] for one in who}
    for first in range(0, len(who), _MOST_AT_ONCE):
        some = who[first : first + _MOST_AT_ONCE]
        since = start
        while since < end:
            until = min(end, since + _LONGEST)
            answer = await _asked(rest, some, since, until)
            for one in some:
                seen, before = _of(answer, one), found[one]
                found[one] = None if seen is None or before is None else [*before, *seen]
            since = until
    return {one: None if times is None else _merged(times, start, end) for one, times in found.items()}


async def _asked(rest: Rest, who: Sequence[str], start: datetime, end: datetime) -> Json:
    body = {
        "timeMin": start.astimezone(UTC).isoformat(),
        "timeMax": end.astimezone(UTC).isoformat(),
        "timeZone": "UTC",
        "items": [{"id": one} for one in dict.fromkeys(who)],
    }
    return await rest.json("POST", "freeBusy", body=body)


def _of(answer: Json, who: str) -> list[Interval] | None:
    """What the answer says of one; None for one that cannot be seen."""
    try:
        calendars = {name.lower(): told for name, told in answer.get("calendars", {}).items()}
        group = {name.lower(): told for name, told in answer.get("groups", {}).items()}.get(who.lower())
        names = [who] if group is None else group.get("calendars", [])
        if group is not None and group.get("errors"):
            return None
        told = [calendars.get(name.lower(), _UNSEEN) for name in names]
        if not told or any(one.get("errors") for one in told):
            return None
        return [(_moment(one["start"]), _moment(one["end"])) for each in told for one in each.get("busy", [])]
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise CalendarUnavailable("Google Calendar answered something unexpected. Try again later.") from error


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _merged(times: Sequence[Interval], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """In order, cut to [start, end), what touches made one."""
    result: list[Interval] = []
    for since, until in sorted((max(a, start.astimezone(UTC)), min(b, end.astimezone(UTC))) for a, b in times):
        if since >= until:
            continue
        if result and since <= result[-1][1]:
            result[-1] = (result[-1][0], max(until, result[-1][1]))
        else:
            result.append((since, until))
    return tuple(result)
