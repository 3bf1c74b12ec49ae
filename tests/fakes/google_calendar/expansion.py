"""When a series of the stand-in occurs, by dateutil: on the wall clock of its zone, as Google expands it.

It is as strict as RFC 5545: UNTIL is an instant for timed events and a date for whole days, else the rule is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr

Json = dict[str, Any]

MOST_INSTANCES = 800
_UNTIL = re.compile(r"UNTIL=(\d{8})(T\d{6}Z)?(?=;|$)")
_TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)")


class BadRecurrence(Exception):
    """Lines that Google would refuse."""


def zone_of(item: Json, calendar_zone: str) -> ZoneInfo:
    return ZoneInfo(item["start"].get("timeZone") or calendar_zone)


def moment(when: Json, zone: ZoneInfo) -> datetime:
    """A start or end as an instant; whole days begin at midnight of the calendar's zone."""
    if "date" in when:
        return datetime.combine(date.fromisoformat(when["date"]), time(0), zone)
    found = datetime.fromisoformat(when["dateTime"])
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(when.get("timeZone") or zone.key))


def starts(item: Json, calendar_zone: str, until: datetime | None = None) -> list[datetime]:
    """Starts of a series, by the rule: aware, in its zone, up to ``until``."""
    zone = zone_of(item, calendar_zone)
    whole = "date" in item["start"]
    first = moment(item["start"], zone).astimezone(zone).replace(tzinfo=None)
    found: list[datetime] = []
    for wall in _expanded(item["recurrence"], first, zone, whole=whole):
        aware = wall.replace(tzinfo=zone)
        if (until is not None and aware >= until) or len(found) >= MOST_INSTANCES:
            break
        found.append(aware.astimezone(UTC).astimezone(zone))
    return found


def length(item: Json, calendar_zone: str) -> timedelta:
    zone = zone_of(item, calendar_zone)
    start, end = moment(item["start"], zone), moment(item["end"], zone)
    if "date" in item["start"]:
        return end.replace(tzinfo=None) - start.replace(tzinfo=None)
    return end.astimezone(UTC) - start.astimezone(UTC)


def instance_id(series_id: str, original: datetime, *, whole: bool) -> str:
    if whole:
        return f"{series_id}_{original:%Y%m%d}"
    return f"{series_id}_{original.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _expanded(lines: list[str], first: datetime, zone: ZoneInfo, *, whole: bool) -> Iterator[datetime]:
    try:
        rules = _rules(lines, first, zone, whole=whole)
    except (ValueError, KeyError, AttributeError) as error:
        raise BadRecurrence from error
    return iter(rules)


def _rules(lines: list[str], first: datetime, zone: ZoneInfo, *, whole: bool) -> rruleset:
    rules = rruleset()
    rules.rdate(first)
    for line in lines:
        head, colon, value = line.partition(":")
        name, *options = head.split(";")
        if name == "RRULE" and colon:
            rules.rrule(rrulestr(_local_until(value, zone, whole=whole), dtstart=first))
        elif name in ("EXDATE", "RDATE") and colon:
            add = rules.exdate if name == "EXDATE" else rules.rdate
            for one in value.split(","):
                add(_wall(one, options, zone, whole=whole))
        else:
            raise BadRecurrence(line)
    return rules


def _local_until(rule: str, zone: ZoneInfo, *, whole: bool) -> str:
    if _TOO_OFTEN.search(rule) or "FREQ=" not in rule or ("COUNT=" in rule and "UNTIL=" in rule):
        raise BadRecurrence(rule)
    found = _UNTIL.search(rule)
    if found is None:
        if "UNTIL" in rule:
            raise BadRecurrence(rule)
        return rule
    if bool(found[2]) == whole:
        raise BadRecurrence(rule)
    if whole:
        return rule
    local = datetime.strptime(found[1] + found[2], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(zone)
    return rule.replace(found[0], f"UNTIL={local:%Y%m%dT%H%M%S}")


def _wall(text: str, options: list[str], zone: ZoneInfo, *, whole: bool) -> datetime:
    if (options == ["VALUE=DATE"]) != whole:
        raise BadRecurrence(text)
    if whole:
        return datetime.strptime(text, "%Y%m%d")  # noqa: DTZ007 (a date has no zone)
    named = [ZoneInfo(one.removeprefix("TZID=")) for one in options]
    plain = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC if text.endswith("Z") else named[0])
    return plain.astimezone(zone).replace(tzinfo=None)
